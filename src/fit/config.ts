/** What fit.yaml may say: every key with its meaning, unit and default, and the problem that it asks for. */
import { z } from 'zod';
import { numberOf, standardMass } from '../data/elements.ts';
import { InputError } from '../data/errors.ts';
import { parseQuantity } from '../data/units.ts';
import { fitsnapBar } from '../io/fitsnap.ts';
import type { Basis } from './design.ts';
import type { FitOptions } from './fit.ts';
import { defaultWeights, type Weights } from './rows.ts';

const length = (name: string) =>
  z.union([z.number(), z.string()]).transform((value, context) => {
    try {
      return parseQuantity(value, { dimension: 'length', name, sign: 'nonnegative' });
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      context.issues.push({ code: 'custom', message: error.message, input: value });
      return z.NEVER;
    }
  });

/** Units per eV/Å³, as LAMMPS 2021 and FitSNAP have them. */
const PER_STRESS = new Map([
  ['bar', fitsnapBar],
  ['kbar', fitsnapBar / 1e3],
  ['GPa', fitsnapBar / 1e4],
]);

/** A number, Å³/eV, or text such as '1e-8 /bar'. */
const stressWeight = z.union([z.number().nonnegative(), z.string()]).transform((value, context) => {
  if (typeof value === 'number') return value;
  const [, number, unit] = /^\s*([\d.eE+-]+)\s*\/\s*(bar|kbar|GPa)\s*$/.exec(value) ?? [];
  const weight = Number(number) * (PER_STRESS.get(unit) ?? Number.NaN);
  if (weight >= 0) return weight;
  context.issues.push({
    code: 'custom',
    message: `a number (Å³/eV) or text such as '1e-8 /bar' was expected, found ${JSON.stringify(value)}`,
    input: value,
  });
  return z.NEVER;
});

const weight = z.number().nonnegative();
const weights = z.strictObject({
  energy: weight.optional().meta({ description: 'Of rows of energies per atom, 1/eV' }),
  force: weight.optional().meta({ description: 'Å/eV' }),
  stress: stressWeight.optional().meta({ description: "Å³/eV, or with a unit: '1e-8 /bar'" }),
});

const flag = z.union([z.boolean(), z.literal(0), z.literal(1)]).transform(Boolean);

export const descriptorSchema = z.strictObject({
  kind: z.enum(['snap', 'bso4']).default('snap').meta({ description: "SNAP's conventions, or MILADY's b-SO(4)" }),
  twojmax: z.int().min(0).max(20).optional(),
  jmax: z.number().min(0).max(10).multipleOf(0.5).optional(),
  rcut: length('rcut').meta({ description: 'Cutoff of a pair of radii 0.5, Å' }),
  rfac0: z.number().positive().optional(),
  rmin0: length('rmin0').optional(),
  bzero: flag.optional().meta({ description: "Subtract the isolated atom's components; default false" }),
  quadratic: flag.optional(),
  chem: flag.optional().meta({ description: 'A density for every element' }),
  diagonal: flag.optional().meta({ description: 'Only l1 = l2 (bso4)' }),
  elements: z
    .record(z.string(), z.strictObject({ radius: z.number().positive().optional(), weight: z.number().optional() }))
    .optional()
    .meta({ description: 'Radius (default 0.5) and weight (1) of elements' }),
});

const paths = z.union([z.string(), z.array(z.string()).min(1)]).transform((value) => [value].flat());

export const fitSchema = z.strictObject({
  data: paths.meta({ description: 'Extended XYZ or other structure files, or folders of FitSNAP JSON' }),
  keys: z
    .strictObject({
      energy: z.string().optional(),
      forces: z.string().optional(),
      stress: z.string().optional(),
      virial: z.string().optional(),
      group: z.string().optional(),
    })
    .default({})
    .meta({ description: 'Names of the labels where they are unusual' }),
  descriptor: descriptorSchema,
  reference: paths.optional().meta({ description: "Subtracted from the data: 'zbl inner=4A outer=4.8A'" }),
  weights: weights.default({}).meta({ description: 'Of all groups' }),
  groups: z.record(z.string(), weights).default({}).meta({ description: 'Of some groups' }),
  ridge: z
    .union([z.number().nonnegative(), z.enum(['gcv', 'evidence', 'cv'])])
    .optional()
    .meta({ description: 'λ, or how it is chosen; default: least squares' }),
  noise: z.boolean().default(false).meta({ description: 'Quadratic part on what the frozen linear one leaves (QNML)' }),
  normal: z.boolean().default(false).meta({ description: 'Normal equations instead of QR' }),
  test: z.number().min(0).lt(1).default(0).meta({ description: 'Share of each group that is held out' }),
  folds: z.int().min(2).max(100).optional(),
  seed: z.int().nonnegative().default(1),
  name: z
    .string()
    .regex(/^[\w.+-]+$/)
    .optional()
    .meta({ description: 'Of the potential and its files' }),
});

export type FitConfig = z.output<typeof fitSchema>;
export type DescriptorConfig = z.output<typeof descriptorSchema>;

/** 'snap rcut=4.7A twojmax=8 quadratic=1' as the schema's input. Throws InputError. */
export function parseDescriptor(text: string): DescriptorConfig {
  const [kind, ...words] = text.trim().split(/\s+/);
  const entries = new Map<string, unknown>([['kind', kind]]);
  for (const word of words) {
    const [key, value, ...more] = word.split('=');
    if (value === undefined || more.length > 0)
      throw new InputError(`--descriptor: expected KEY=VALUE, found ${JSON.stringify(word)}`);
    entries.set(key, /^[+-]?[\d.]+(e[+-]?\d+)?$/i.test(value) ? Number(value) : value);
  }
  const found = descriptorSchema.safeParse(Object.fromEntries(entries));
  if (found.success) return found.data;
  const [issue] = found.error.issues;
  const keys = issue.code === 'unrecognized_keys' ? ` (${issue.keys.join(', ')})` : '';
  throw new InputError(`--descriptor: ${[...issue.path, issue.message].join(': ')}${keys}`);
}

const RFAC0 = { snap: 0.99363, bso4: 1 - 0.02 / Math.PI };

/** The basis for these elements. Throws InputError for settings that do not go together. */
export function basisOf(config: DescriptorConfig, species: readonly number[]): Basis {
  const { kind, jmax, rcut, elements = {} } = config;
  const twojmax = config.twojmax ?? (jmax === undefined ? undefined : 2 * jmax);
  if (twojmax === undefined) throw new InputError('descriptor: expected twojmax or jmax');
  if (config.twojmax !== undefined && jmax !== undefined && config.twojmax !== 2 * jmax)
    throw new InputError(`descriptor: twojmax ${config.twojmax} is not twice jmax ${jmax}; give one of them`);
  if (kind === 'bso4' && (config.bzero || config.chem || species.length > 1))
    throw new InputError('descriptor: bso4 is for one element, without bzero and chem');
  if (kind === 'snap' && config.diagonal) throw new InputError('descriptor: diagonal is of bso4');
  const named = new Map(Object.entries(elements).map(([symbol, about]) => [numberOf(symbol) ?? 0, about]));
  const unknown = Object.keys(elements).find((symbol) => numberOf(symbol) === undefined);
  if (unknown !== undefined) throw new InputError(`descriptor: elements: ${unknown} is no element`);
  const list = named.size > 0 ? [...named.keys()] : species;
  const absent = species.find((z) => !list.includes(z));
  if (absent !== undefined) throw new InputError(`descriptor: elements: the data have atomic number ${absent} too`);
  return {
    twojmax,
    rcutfac: rcut,
    rfac0: config.rfac0 ?? RFAC0[kind],
    rmin0: config.rmin0 ?? 0,
    bzeroflag: config.bzero ?? false,
    quadraticflag: config.quadratic ?? false,
    chemflag: config.chem ?? false,
    ...(config.diagonal ? { diagonal: true } : {}),
    elements: list.map((number) => ({
      number,
      radius: named.get(number)?.radius ?? 0.5,
      weight: named.get(number)?.weight ?? 1,
      mass: standardMass(number),
    })),
  };
}

/** Everything of the configuration but the data. */
export function fitOptionsOf(config: FitConfig, basis: Basis): FitOptions {
  const complete = (some: Partial<Weights>, fallback: Weights): Weights => ({
    energy: some.energy ?? fallback.energy,
    force: some.force ?? fallback.force,
    stress: some.stress ?? fallback.stress,
  });
  const common = complete(config.weights, defaultWeights);
  const { ridge, noise, normal, test, seed } = config;
  return {
    basis,
    weights: common,
    groups: new Map(Object.entries(config.groups).map(([group, some]) => [group, complete(some, common)])),
    ...(ridge === undefined ? {} : { ridge }),
    noise,
    normal,
    test,
    folds: config.folds ?? (ridge === 'cv' ? 5 : 0),
    seed: BigInt(seed),
  };
}
