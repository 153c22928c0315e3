/** ⟨ΔU⟩ of the reference by exact draws, without dynamics: what sampling must find at ζ = 0. */
import { PhysicsError } from '../data/errors.ts';
import { atOnce } from '../data/in-parts.ts';
import type { ReferenceRecord } from './records.ts';
import type { Reference } from './reference.ts';
import type { Target } from './target.ts';
import { violationBound } from './walls.ts';

interface DrawOptions {
  seed: bigint;
  /** K. */
  temperature: number;
  draws: number;
}

/** Draws 0 … draws − 1 of the seed; x is put back. Undefined where the reference has no exact draws. */
export const drawReference = (
  target: Target,
  reference: Reference,
  options: DrawOptions,
): ReferenceRecord | undefined => atOnce(drawing(target, reference, options));

/** drawReference() one by one; x is elsewhere until the end. */
export function* drawing(
  target: Target,
  reference: Reference,
  { seed, temperature, draws }: DrawOptions,
): Generator<string, ReferenceRecord | undefined> {
  const { objective, walls } = target;
  if (!reference.sample) return undefined;
  const x = objective.x.slice();
  const list = target.save?.();
  target.anchor?.(reference.x0);
  const f = new Float64Array(x.length);
  const record: ReferenceRecord = {
    kind: 'reference',
    draws: 0,
    refused: 0,
    sum: 0,
    square: 0,
    violation: walls ? violationBound(walls, reference, temperature) : 0,
  };
  for (let index = 0; index < draws; index++) {
    yield `draw ${index} of ${draws} of the reference`;
    reference.sample(seed, index, temperature, objective.x);
    const deltaU = difference(target, reference, f);
    if (deltaU === undefined) record.refused++;
    else {
      record.draws++;
      record.sum += deltaU;
      record.square += deltaU * deltaU;
    }
  }
  objective.x.set(x);
  if (list !== undefined) target.restore?.(list);
  return record;
}

/** U − U_ref, eV; undefined where the potential has no finite energy. */
function difference({ objective }: Target, reference: Reference, f: Float64Array): number | undefined {
  try {
    return objective.evaluate() - reference.evaluate(objective.x, f);
  } catch (error) {
    if (error instanceof PhysicsError) return undefined;
    throw error;
  }
}
