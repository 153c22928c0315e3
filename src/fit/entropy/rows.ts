/** From labelled frames to rows: each perfect crystal is described once. */
import { InputError, PhysicsError } from '../../data/errors.ts';
import type { Engine } from '../../engine/engine.ts';
import { createEnvironment } from './describe.ts';
import type { EntropyData, Frame } from './samples.ts';
import type { EntropyRow } from './train.ts';

export interface EntropyRows {
  rows: EntropyRow[];
  species: number[];
  labels: readonly string[];
  /** Mean descriptors of the perfect crystals. */
  references: Map<string, Float64Array>;
}

/** Throws InputError, naming file and frame, for what cannot be described. */
export function entropyRows(
  engine: Engine,
  { frames, references: crystals }: EntropyData,
  descriptor: string,
  progress?: (done: number, total: number) => void,
): EntropyRows {
  const species = [
    ...new Set(
      [...frames.map(({ atoms }) => atoms), ...crystals.values()].flatMap(({ numbers }) => [...new Set(numbers)]),
    ),
  ].sort((a, b) => a - b);
  const environment = createEnvironment(engine, descriptor, species);
  const references = new Map([...crystals].map(([id, bulk]) => [id, environment.mean(bulk)]));
  const rows = frames.map((frame, k): EntropyRow => {
    progress?.(k, frames.length);
    const { atoms, entropy, group, reference } = frame;
    const bulk = references.get(reference);
    if (!bulk) throw new Error(`no reference ${reference}`);
    const row = inFrame(frame, () => environment.row(atoms, bulk));
    return { row, entropy, group };
  });
  return { rows, species, labels: environment.labels, references };
}

/** Errors with file and frame. */
export function inFrame<T>({ file, number }: Frame, run: () => T): T {
  try {
    return run();
  } catch (error) {
    if (!(error instanceof InputError || error instanceof PhysicsError)) throw error;
    throw new InputError(`${number > 0 ? `frame ${number}: ` : ''}${error.message}`, { file });
  }
}
