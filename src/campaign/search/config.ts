/** What a search may say: every key with its meaning, unit and default, and the walks that it asks for. */
import { z } from 'zod';
import { knownCrystal } from '../../data/crystals.ts';
import { extraAtoms } from '../../data/defect-shape.ts';
import { InputError } from '../../data/errors.ts';
import { defectShape } from '../../data/point-defects.ts';
import { quantity } from '../quantity.ts';

const amount = z.int().min(0).max(1000).default(0);

const random = z.strictObject({
  random: z.strictObject({
    vacancies: amount,
    interstitials: amount,
    radius: quantity('length', 'radius').default(4).meta({ description: 'Of the sphere that they are placed in' }),
  }),
});

const file = z.strictObject({
  file: z.string().meta({ description: 'Frames to begin with, such as configurations.xyz of another search' }),
  only: z.string().optional().meta({ description: 'Those whose config_type has this in it' }),
});

export const searchSchema = z
  .strictObject({
    campaign: z.literal('search'),
    potential: z
      .union([z.string(), z.array(z.string()).min(1)])
      .meta({ description: 'An embedded name, an inline form, or files' }),
    overlay: z.boolean().default(false),
    element: z.string(),
    crystal: z.enum(['bcc', 'fcc']).default('bcc'),
    a: quantity('length', 'a').optional().meta({ description: 'A guess of the lattice constant, which is relaxed' }),
    defects: z
      .array(z.union([z.string(), random, file]))
      .min(1)
      .max(100)
      .meta({ description: 'Where walks begin: names (V4, I2-110), defects placed at random, or frames of files' }),
    sizes: z.array(z.int().min(2).max(30)).min(1).default([5]).meta({ description: 'Repeats of the cubic cell' }),
    strains: z
      .array(z.number().gt(-0.2).lt(0.2))
      .min(1)
      .default([0])
      .meta({ description: 'Of the relaxed lattice constant: 0.01 is one per cent' }),
    walks: z.int().min(1).max(10_000).default(4).meta({ description: 'Of every defect, size and strain' }),
    events: z.int().min(0).max(100_000).default(20).meta({ description: 'Activations of a walk; 0: its start alone' }),
    metropolis: quantity('energy', 'metropolis').default(0.4).meta({ description: 'k_B T of accepted moves' }),
    displacement: z
      .tuple([quantity('length', 'displacement'), quantity('length', 'displacement')])
      .default([0.1, 0.5])
      .meta({ description: 'Length of the random displacement over all atoms, least and most' }),
    radius: quantity('length', 'radius').default(3).meta({ description: 'Around a defect: atoms that it moves' }),
    ceiling: quantity('energy', 'ceiling').default(5).meta({ description: 'Higher barriers are given up' }),
    labels: z.enum(['harmonic', 'none']).default('harmonic').meta({ description: 'Formation entropies by Hessians' }),
    most: z.int().min(1).max(100_000).default(10_000).meta({ description: 'Labels of a kind of defect, size, strain' }),
    step: quantity('length', 'step').default(1e-3).meta({ description: 'Displacement of the differences of Hessians' }),
    seed: z.int().min(0).default(1),
  })
  .superRefine((config, context) => {
    const refuse = (path: PropertyKey[], message: string) => {
      context.addIssue({ code: 'custom', path, message });
    };
    if (config.a === undefined && knownCrystal(config.element)?.lattice !== config.crystal)
      refuse(['a'], "a guess of the lattice constant was expected, such as '2.86 A'");
    const [least, most] = config.displacement;
    if (!(least <= most && most < 5)) refuse(['displacement'], 'two lengths below 5 Å, rising, were expected');
    config.defects.forEach((defect, k) => {
      if (typeof defect !== 'string') {
        if (isFile(defect)) return;
        const { vacancies, interstitials } = defect.random;
        if (vacancies + interstitials === 0) refuse(['defects', k], 'vacancies or interstitials were expected');
        return;
      }
      try {
        defectShape(defect, config.crystal);
      } catch (error) {
        if (!(error instanceof InputError)) throw error;
        refuse(['defects', k], error.message);
      }
    });
  })
  .transform((config) => ({ ...config, a: config.a ?? knownCrystal(config.element)?.a ?? 1 }));

export type SearchConfig = z.output<typeof searchSchema>;
export type StartDefect = SearchConfig['defects'][number];
export type RandomStart = z.output<typeof random>;
export type FileStarts = z.output<typeof file>;

export const isFile = (defect: StartDefect): defect is FileStarts => typeof defect !== 'string' && 'file' in defect;

/** A frame of a file that walks begin with. */
export interface StartFrame {
  repeat: number;
  atoms: number;
}

/** Where one walk begins: the last is a frame of a resource. */
export type WalkStart = string | RandomStart | { resource: string; frame: number };

/** Name of the resource with the frames of a defect, by its place in the list. */
export const framesName = (defect: number): string => `frames-${defect + 1}`;

/** Walks whose minima are compared with each other: the same number of atoms in the same cell. */
export interface Group {
  /** 'i2-n250-e0': interstitials less vacancies, sites, strain in per cent. */
  id: string;
  /** Atoms more than sites. */
  extra: number;
  repeat: number;
  strain: number;
  walks: Walk[];
}

export interface Walk {
  id: string;
  defect: WalkStart;
  /** Number among all walks of the campaign. */
  number: number;
}

export const siteCount = ({ crystal }: SearchConfig, repeat: number): number =>
  repeat * repeat * repeat * (crystal === 'bcc' ? 2 : 4);

/** 'n250-e0': sites, and strain in per cent. */
export const cellId = (config: SearchConfig, repeat: number, strain: number): string =>
  `n${siteCount(config, repeat)}-e${Number((100 * strain).toFixed(6))}`;

const kindId = (extra: number): string => (extra === 0 ? 'f' : extra > 0 ? `i${extra}` : `v${-extra}`);

function nameOf(defect: string | RandomStart): string {
  if (typeof defect === 'string') return defect.toLowerCase();
  const { vacancies, interstitials } = defect.random;
  return `random-${vacancies}v${interstitials}i`;
}

function extraOf(config: SearchConfig, defect: string | RandomStart): number {
  if (typeof defect !== 'string') return defect.random.interstitials - defect.random.vacancies;
  return extraAtoms(defectShape(defect, config.crystal));
}

interface Start {
  name: string;
  extra: number;
  start: WalkStart;
}

/** Those of one of the defects in cells of one size. */
function startsOf(config: SearchConfig, frames: Frames, d: number, repeat: number): Start[] {
  const defect = config.defects[d];
  if (!isFile(defect)) return [{ name: `${nameOf(defect)}-${d + 1}`, extra: extraOf(config, defect), start: defect }];
  return (frames.get(d) ?? []).flatMap(({ repeat: own, atoms }, frame): Start[] => {
    if (own !== repeat) return [];
    const start = { resource: framesName(d), frame };
    return [{ name: `frame-${d + 1}-${frame + 1}`, extra: atoms - siteCount(config, repeat), start }];
  });
}

/** Frames of the files among the defects, by their place in the list. */
export type Frames = ReadonlyMap<number, readonly StartFrame[]>;

/** All walks, by the cell and the number of atoms. */
export function groupsOf(config: SearchConfig, frames: Frames): Group[] {
  const groups = new Map<string, Group>();
  let number = 0;
  for (const repeat of new Set(config.sizes)) {
    for (const strain of new Set(config.strains)) {
      for (const { name, extra, start } of config.defects.flatMap((_, d) => startsOf(config, frames, d, repeat))) {
        const cell = cellId(config, repeat, strain);
        const id = `${kindId(extra)}-${cell}`;
        const group = groups.get(id) ?? { id, extra, repeat, strain, walks: [] };
        groups.set(id, group);
        for (let w = 1; w <= config.walks; w++)
          group.walks.push({ id: `walk-${name}-${cell}-${w}`, defect: start, number: number++ });
      }
    }
  }
  return [...groups.values()];
}
