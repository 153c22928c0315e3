/** What fit.yaml may say: every key with its meaning, unit and default, and the problem that it asks for. */
import { z } from 'zod';
import { fitsnapBar } from '../io/fitsnap.ts';
import type { Basis } from './basis.ts';
import { descriptorSchema, length } from './descriptor-config.ts';
import type { FitOptions } from './fit.ts';
import { defaultWeights, type Weights } from './rows.ts';

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
  if (weight >= 0 && weight < Number.POSITIVE_INFINITY) return weight;
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

const paths = z.union([z.string(), z.array(z.string()).min(1)]).transform((value) => [value].flat());

const labels = {
  energy: z.boolean().optional(),
  force: z.boolean().optional(),
  stress: z.boolean().optional(),
};
const constraint = z.union([
  z.strictObject({ configuration: z.string().meta({ description: "End of its name: 'bcc.xyz, frame 3'" }), ...labels }),
  z.strictObject({ group: z.string(), ...labels }),
  z.strictObject({ data: paths, ...labels }),
  z.strictObject({
    difference: z
      .tuple([z.string(), z.string()])
      .meta({ description: 'Ends of the names of A and B: E(A) − N(A)/N(B) E(B), of one kind of composition' }),
    energy: z.union([z.literal(true), z.number()]).meta({ description: 'true: as in the data; or a value, eV' }),
  }),
  z.strictObject({ coefficient: z.string().meta({ description: "'W B_0'" }), value: z.number() }),
]);
export type ConstraintConfig = z.output<typeof constraint>;

const card = z.strictObject({
  crystal: z.enum(['bcc', 'fcc']),
  element: z.string().optional().meta({ description: 'Default: the only one' }),
  a: length('a').meta({ description: 'Where the lattice constant is looked for' }),
  reference: z.record(z.string(), z.number()).meta({
    description: 'a0 (Å), C11, C12, C44, bulk (GPa), vacancy, dumbbell 110 (eV), surface 100 (J/m²), phonon H 1 (THz)',
  }),
});
const search = z.strictObject({
  groups: z.array(z.string()).optional(),
  kinds: z.array(z.enum(['energy', 'force', 'stress'])).optional(),
  decades: z
    .tuple([z.number().min(0).max(12), z.number().min(0).max(12)])
    .optional()
    .meta({ description: 'Below and above the given weights; default 3, 3' }),
  generations: z.int().min(1).max(10_000).optional(),
  population: z.int().min(5).max(1000).optional(),
  scales: z
    .strictObject({ energy: weight.optional(), force: weight.optional(), stress: weight.optional() })
    .optional()
    .meta({ description: 'Of errors in the objective: 1/eV, Å/eV, Å³/eV; default 200, 10, 100' }),
  properties: z
    .record(z.string(), weight)
    .optional()
    .meta({ description: "Importance of |ln| of the card's properties over their references" }),
});

const decades = z.tuple([z.number().min(0).max(12), z.number().min(0).max(12)]);
const sweep = z.strictObject({
  group: z.string(),
  kinds: z
    .array(z.enum(['energy', 'force', 'stress']))
    .min(1)
    .optional(),
  decades: decades.optional().meta({ description: 'Below and above the given weights; default 3, 6' }),
  points: z.int().min(2).max(1000).optional(),
});

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
  quadratic: z.boolean().default(false).meta({ description: 'Products of components too' }),
  reference: paths.optional().meta({ description: "Subtracted from the data: 'zbl inner=4A outer=4.8A'" }),
  weights: weights.default({}).meta({ description: 'Of all groups' }),
  groups: z.record(z.string(), weights).default({}).meta({ description: 'Of some groups' }),
  ridge: z
    .union([z.number().nonnegative(), z.enum(['gcv', 'evidence', 'cv'])])
    .optional()
    .meta({ description: 'λ, or how it is chosen; default: least squares' }),
  rcond: z
    .number()
    .min(0)
    .lt(1)
    .optional()
    .meta({ description: 'Truncated SVD: singular values below rcond times the largest are left out' }),
  ard: z.boolean().default(false).meta({ description: 'Automatic relevance determination' }),
  constraints: z.array(constraint).default([]).meta({ description: 'What must be met exactly' }),
  noise: z.boolean().default(false).meta({ description: 'Quadratic part on what the frozen linear one leaves (QNML)' }),
  learning: z.boolean().default(false).meta({ description: 'Errors along shares of the data: table and figure' }),
  card: card.optional().meta({ description: 'Properties of the crystal, and what they should be' }),
  search: search.optional().meta({ description: 'Weights of groups by evolutionary search' }),
  sweep: sweep.optional().meta({ description: "The fit along weights of one group, with the card's properties" }),
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

/** Everything of the configuration but the data. */
export function fitOptionsOf(config: FitConfig, basis: Basis): FitOptions {
  const complete = (some: Partial<Weights>, fallback: Weights): Weights => ({
    energy: some.energy ?? fallback.energy,
    force: some.force ?? fallback.force,
    stress: some.stress ?? fallback.stress,
  });
  const common = complete(config.weights, defaultWeights);
  const { ridge, rcond, ard, noise, normal, test, seed } = config;
  return {
    basis,
    weights: common,
    groups: new Map(Object.entries(config.groups).map(([group, some]) => [group, complete(some, common)])),
    ...(ridge === undefined ? {} : { ridge }),
    ...(rcond === undefined ? {} : { rcond }),
    ard,
    noise,
    normal,
    test,
    learning: config.learning,
    folds: config.folds ?? (ridge === 'cv' ? 5 : 0),
    seed: BigInt(seed),
  };
}
