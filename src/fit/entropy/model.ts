/** A model of entropies as a file: JSON, matrices as base64 of little-endian doubles. */
import { decodeFloats, encodeFloats } from '../../data/base64.ts';
import { numberOf, symbolOf } from '../../data/elements.ts';
import { InputError } from '../../data/errors.ts';
import type { EntropyWeights } from './train.ts';

export interface EntropyModel extends EntropyWeights {
  /** As text. */
  descriptor: string;
  /** Atomic numbers. */
  species: number[];
  labels: readonly string[];
  /** What the labels were: the key of the data. */
  target: string;
  /** (size) each: mean descriptors of the perfect crystals that were learned with. */
  references: Map<string, Float64Array>;
}

const SCHEMA = 'frenkel entropy model 1';

export function formatEntropyModel(model: EntropyModel, about: Record<string, unknown> = {}): string {
  const { descriptor, species, target, labels, weights, noise, groups, root, farthest } = model;
  const { lambda, effective, configurations } = model;
  return `${JSON.stringify({
    schema: SCHEMA,
    descriptor,
    elements: species.map(symbolOf),
    target,
    ...about,
    ...{ configurations, lambda, effective, noise, farthest },
    labels,
    weights: [...weights],
    references: Object.fromEntries([...model.references].map(([id, mean]) => [id, encodeFloats(mean)])),
    groups: groups.map(({ name, noise: own, mean }) => ({ name, noise: own, mean: encodeFloats(mean) })),
    root: encodeFloats(root),
  })}\n`;
}

const finite = (value: unknown): number => {
  if (typeof value === 'number' && Number.isFinite(value)) return value;
  throw new TypeError(`a number was expected, found ${JSON.stringify(value)}`);
};

/** What formatEntropyModel wrote. Throws InputError with the file. */
export function parseEntropyModel(text: string, file?: string): EntropyModel {
  const wrong = (what: string) =>
    new InputError(`${what}; a file of 'frenkel entropy learn' was expected`, file === undefined ? {} : { file });
  try {
    const found = Object(JSON.parse(text)) as Record<string, unknown>;
    if (found.schema !== SCHEMA) throw new TypeError(`is not '${SCHEMA}'`);
    const weights = Float64Array.from(found.weights as number[], finite);
    const root = decodeFloats(String(found.root));
    const references = new Map(
      Object.entries(Object(found.references) as Record<string, string>).map(([id, mean]) => [id, decodeFloats(mean)]),
    );
    const groups = ((found.groups ?? []) as Record<string, unknown>[]).map(({ name, noise, mean }) => {
      return { name: String(name), noise: finite(noise), mean: decodeFloats(String(mean)) };
    });
    const sizes = [...references.values(), ...groups.map(({ mean }) => mean)].map(({ length }) => length);
    if (weights.length === 0 || root.length % weights.length !== 0 || sizes.some((size) => size !== weights.length))
      throw new TypeError('its sizes do not fit');
    const species = (found.elements as string[]).map((symbol) => {
      const number = numberOf(symbol);
      if (number === undefined) throw new TypeError(`${symbol} is no element`);
      return number;
    });
    return {
      descriptor: String(found.descriptor),
      target: String(found.target),
      labels: (found.labels as unknown[]).map(String),
      ...{ species, weights, root, references, groups },
      noise: finite(found.noise),
      farthest: finite(found.farthest),
      lambda: finite(found.lambda),
      effective: finite(found.effective),
      configurations: finite(found.configurations),
    };
  } catch (error) {
    if (error instanceof InputError) throw error;
    throw wrong(error instanceof Error ? error.message : 'is damaged');
  }
}
