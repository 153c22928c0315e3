/** What vacancy.yaml may say: every key with its meaning, unit and default, and the cases that it asks for. */
import { z } from 'zod';
import { knownCrystal } from '../../data/crystals.ts';
import { lattice, latticeKinds } from '../../data/lattice.ts';
import { methodNames } from '../../free-energy/estimators.ts';
import { samplingDefaults } from '../../free-energy/sampling.ts';
import { quantity } from '../quantity.ts';

const name = z.string().regex(/^[a-z0-9][a-z0-9.-]*$/, 'lower-case letters, digits, - and . were expected');
const files = z.union([z.string(), z.array(z.string()).min(1)]);
const point = z.tuple([z.number(), z.number(), z.number()]);

const defect = z.union([
  z.literal('vacancy'),
  z.strictObject({ vacancies: z.array(point).min(1) }).meta({ description: 'Sites to empty, in units of a' }),
  z.strictObject({
    dumbbell: point.meta({ description: 'Direction in cubic axes' }),
    separation: quantity('length', 'separation').optional(),
  }),
  z.strictObject({ interstitial: z.enum(['octahedral', 'tetrahedral']) }),
  z
    .strictObject({ bulk: z.string(), defect: z.string() })
    .meta({ description: 'Two structure files, the perfect crystal and the one with the defect, in the same cell' }),
]);

const temperature = quantity('temperature', 'temperatures');

export const vacancySchema = z
  .strictObject({
    campaign: z.literal('vacancy'),
    potential: files.optional().meta({ description: 'An embedded name, an inline form, or files' }),
    potentials: z.record(name, files).optional().meta({ description: 'Several potentials, each with a name' }),
    overlay: z.boolean().default(false).meta({ description: 'The files of a potential are terms of a sum' }),
    element: z.string().optional(),
    crystal: z.enum(latticeKinds).default('bcc'),
    a: quantity('length', 'a').optional().meta({
      description:
        'A guess of the lattice constant, which is relaxed; default for cubic metals: that of room temperature',
    }),
    c: quantity('length', 'c').optional().meta({ description: 'hcp: second lattice constant; c/a is kept' }),
    defect: defect.default('vacancy'),
    orientations: z
      .number()
      .positive()
      .default(1)
      .meta({ description: 'Equivalent orientations of the defect per site, for its concentration' }),
    sizes: z
      .array(z.int().min(1).max(50))
      .min(1)
      .default([4])
      .meta({ description: 'Repeats of the cubic cell: 4 are 128 atoms of bcc' }),
    temperatures: z.union([
      z.array(temperature).min(1),
      z.strictObject({ from: temperature, to: temperature, step: temperature }),
    ]),
    pressure: z.enum(['zero', 'constant-volume']).default('zero'),
    methods: z
      .array(z.enum(['none', ...methodNames]))
      .min(1)
      .default(['abf'])
      .meta({ description: 'Samplers of the anharmonic part; none: quasi-harmonic only' }),
    replicas: z.int().min(1).max(100).default(2),
    steps: z
      .int()
      .min(1000)
      .max(1e9)
      .default(100_000)
      .meta({ description: 'Of every replica of a state; at most, with error' }),
    record: z
      .int()
      .min(1)
      .max(1e6)
      .optional()
      .meta({ description: 'Steps of a record; default: a 200th of steps, with error 100 to 500' }),
    error: quantity('energy', 'error')
      .optional()
      .meta({ description: 'Standard error of the formation free energy until which rounds of runs are added' }),
    timestep: quantity('time', 'timestep').default(samplingDefaults.timestep),
    friction: quantity('frequency', 'friction').default(10),
    nodes: z
      .int()
      .min(3)
      .max(1001)
      .optional()
      .meta({ description: 'Points of the coupling from 0 to 1; default: those of the method' }),
    walls: z.boolean().default(true).meta({ description: 'Keep atoms in the Wigner–Seitz cells of their sites' }),
    seed: z.int().min(0).default(1),
    quantum: z.boolean().default(false).meta({ description: 'Quantum statistics of the harmonic part' }),
    grid: z
      .strictObject({
        strain: z.number().min(1e-4).max(0.01).default(0.003).meta({ description: 'Between neighbouring volumes' }),
        points: z.int().min(5).max(21).default(7).meta({ description: 'Volumes of a fit, odd' }),
        sampling: z.int().min(1).max(5).default(2).meta({ description: 'Strains between sampled volumes, in steps' }),
        degree: z.int().min(0).max(3).default(2).meta({ description: 'Of the polynomial through sampled volumes' }),
      })
      .prefault({}),
  })
  .superRefine((config, context) => {
    const refuse = (path: string, message: string) => {
      context.addIssue({ code: 'custom', path: [path], message });
    };
    if ((config.potential === undefined) === (config.potentials === undefined)) {
      refuse('potential', 'one of potential and potentials was expected');
    }
    const built = !(typeof config.defect === 'object' && 'bulk' in config.defect);
    if (built && config.element === undefined) refuse('element', 'an element was expected, such as Fe');
    if (built && guess(config) === undefined) {
      refuse('a', "a guess of the lattice constant was expected, such as '2.86 A'");
    }
    if (config.grid.points % 2 === 0) refuse('grid', `points: an odd number was expected, found ${config.grid.points}`);
    if (!Array.isArray(config.temperatures)) {
      const { from, to, step } = config.temperatures;
      if (!(from <= to && (to - from) / step < 1000))
        refuse('temperatures', 'from, to and step, rising, were expected');
    }
  })
  .transform((config) => {
    const a = guess(config);
    return a === undefined ? config : { ...config, a };
  });

/** Å: the given lattice constant, or for cubic metals that of room temperature. */
function guess({ a, crystal, element, defect }: { a?: number; crystal: string; element?: string; defect: unknown }) {
  if (a !== undefined || (typeof defect === 'object' && defect !== null && 'bulk' in defect)) return a;
  const known = element === undefined ? undefined : knownCrystal(element);
  return known?.lattice === crystal ? known.a : undefined;
}

export type VacancyConfig = z.output<typeof vacancySchema>;

/** K, ascending, each once. */
export function temperaturesOf({ temperatures }: VacancyConfig): number[] {
  if (Array.isArray(temperatures)) return [...new Set(temperatures)].sort((a, b) => a - b);
  const { from, to, step } = temperatures;
  return Array.from({ length: Math.floor((to - from) / step + 1 + 1e-9) }, (_, k) => from + k * step);
}

/** One potential and one size: all that its jobs share. */
export interface Case {
  /** Begins the names of its jobs: 'n128', 'eam-n128'. */
  id: string;
  /** Name of the potential among the campaign's resources. */
  potential: string;
  /** What the user calls it; undefined where there is one. */
  label?: string;
  /** Repeats of the conventional cell; 1 for files. */
  repeat: number;
  /** Å: what `scale` 1 means in the reports. */
  a?: number;
}

export const fromFiles = ({ defect }: VacancyConfig): boolean => typeof defect === 'object' && 'bulk' in defect;

/** Every potential with every size, in the order of the file. */
export function casesOf(config: VacancyConfig): Case[] {
  const names = config.potentials ? Object.keys(config.potentials) : [undefined];
  const sizes = fromFiles(config) ? [undefined] : [...new Set(config.sizes)];
  return names.flatMap((label) =>
    sizes.map((repeat): Case => {
      const size = repeat === undefined ? 'cell' : `n${repeat ** 3 * basis(config)}`;
      return {
        id: label === undefined ? size : `${label}-${size}`,
        potential: label === undefined ? 'potential' : `potential-${label}`,
        ...(label === undefined ? {} : { label }),
        repeat: repeat ?? 1,
        ...(config.a === undefined ? {} : { a: config.a }),
      };
    }),
  );
}

/** Atoms of the conventional cell. */
function basis({ crystal, element = 'Fe', a = 3 }: VacancyConfig): number {
  return lattice({ kind: crystal, elements: [element], a }).numbers.length;
}
