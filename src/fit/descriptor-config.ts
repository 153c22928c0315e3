/** The descriptor of fit.yaml and --descriptor: a bispectrum by its keys, or any descriptor of the registry as a line of text. */
import { z } from 'zod';
import { numberOf, standardMass, symbolOf } from '../data/elements.ts';
import { InputError } from '../data/errors.ts';
import { parseQuantity } from '../data/units.ts';
import { parseDescriptor as parseParts } from '../io/descriptor.ts';
import type { Basis, SnapBasis } from './basis.ts';

/** A length in Å, or text with a unit. */
export const length = (name: string) =>
  z.union([z.number(), z.string()]).transform((value, context) => {
    try {
      return parseQuantity(value, { dimension: 'length', name, sign: 'nonnegative' });
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      context.issues.push({ code: 'custom', message: error.message, input: value });
      return z.NEVER;
    }
  });

const flag = z.union([z.boolean(), z.literal(0), z.literal(1)]).transform(Boolean);

export const bispectrumSchema = z.strictObject({
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

export type BispectrumConfig = z.output<typeof bispectrumSchema>;
/** Text: a descriptor of the registry. */
export type DescriptorConfig = BispectrumConfig | string;

export const descriptorSchema = z
  .union([z.string(), bispectrumSchema])
  .transform((value, context): DescriptorConfig => {
    if (typeof value !== 'string') return value;
    try {
      return parseDescriptor(value);
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      context.issues.push({ code: 'custom', message: error.message, input: value });
      return z.NEVER;
    }
  });

/** 'snap rcut=4.7A twojmax=8 quadratic=1' as the schema's input; other descriptors checked and left as text. Throws InputError. */
export function parseDescriptor(text: string): DescriptorConfig {
  if (!/^\s*(snap|bso4)\b/.test(text)) {
    parseParts(text);
    return text;
  }
  const [kind, ...words] = text.trim().split(/\s+/);
  const entries = new Map<string, unknown>([['kind', kind]]);
  for (const word of words) {
    const [key, value, ...more] = word.split('=');
    if (value === undefined || more.length > 0)
      throw new InputError(`--descriptor: expected KEY=VALUE, found ${JSON.stringify(word)}`);
    entries.set(key, /^[+-]?[\d.]+(e[+-]?\d+)?$/i.test(value) ? Number(value) : value);
  }
  const found = bispectrumSchema.safeParse(Object.fromEntries(entries));
  if (found.success) return found.data;
  const [issue] = found.error.issues;
  const keys = issue.code === 'unrecognized_keys' ? ` (${issue.keys.join(', ')})` : '';
  throw new InputError(`--descriptor: ${[...issue.path, issue.message].join(': ')}${keys}`);
}

const RFAC0 = { snap: 0.99363, bso4: 1 - 0.02 / Math.PI };

/** The basis for these elements. Throws InputError for settings that do not go together. */
export function basisOf(config: DescriptorConfig, species: readonly number[], quadratic = false): Basis {
  if (typeof config !== 'string') return bispectrumOf({ ...config, quadratic: config.quadratic || quadratic }, species);
  return {
    descriptor: parseParts(config),
    quadraticflag: quadratic,
    elements: species.map((number) => ({ number, mass: standardMass(number) })),
  };
}

/** The same of a bispectrum. */
export function bispectrumOf(config: BispectrumConfig, species: readonly number[]): SnapBasis {
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
  if (absent !== undefined) throw new InputError(`descriptor: elements: the data have ${symbolOf(absent)} too`);
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
