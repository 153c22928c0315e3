/**
 * The matrices of a fit in its folder: after every block (not more often than every few seconds) and at the end. A fit that
 * was killed goes on with the same bits, and one that has them all solves again with another λ without making rows.
 */
import { createHash } from 'node:crypto';
import type { Json } from '../data/atoms.ts';
import { InputError } from '../data/errors.ts';
import type { Progress } from '../fit/gather.ts';
import type { Sample } from '../fit/samples.ts';
import { kernelHash } from '../generated/kernels.ts';
import { loadCheckpoint, saveCheckpoint } from './checkpoint.ts';
import { type Disk, nodeDisk } from './disk.ts';
import { canonicalJson, sha256 } from './hash.ts';
import { createTimer } from './run.ts';

export interface Matrices {
  from?: Progress;
  onBlock: (kept: () => Progress, complete: boolean) => void;
}

interface Saved {
  complete: boolean;
  parts: { name: string; rows: number; matrix: Float64Array }[];
}

/** `about`: all that decides the matrices beside the data. `seconds`: least time between two writes. */
export function openMatrices(
  folder: string,
  about: Json,
  samples: readonly Sample[],
  { seconds, say, disk = nodeDisk }: { seconds: number; say: (message: string) => void; disk?: Disk },
): Matrices {
  const key = sha256(
    canonicalJson({ schema: 'frenkel fit matrices 1', kernels: kernelHash, about, data: hash(samples) }),
  );
  const found = load(folder, key, disk);
  if (found.state) say(found.state.complete ? 'all matrices are there: solving' : 'going on from the last matrices');
  let { sequence } = found;
  const due = createTimer(seconds);
  return {
    ...(found.state
      ? { from: new Map(found.state.parts.map(({ name, rows, matrix }) => [name, { rows, matrix }])) }
      : {}),
    onBlock: (kept, complete) => {
      if (complete ? found.state?.complete : !due()) return;
      const parts = [...kept()].map(([name, { rows, matrix }]) => ({ name, rows, matrix }));
      saveCheckpoint(folder, key, ++sequence, { complete, parts } satisfies Saved, disk);
    },
  };
}

/** What is there of this fit; of another, or damaged: nothing. */
function load(folder: string, key: string, disk: Disk): { sequence: number; state?: Saved } {
  try {
    const { sequence, state } = loadCheckpoint(folder, key, disk);
    return { sequence, ...(state === undefined ? {} : { state: state as Saved }) };
  } catch (error) {
    if (error instanceof InputError) return { sequence: 0 };
    throw error;
  }
}

function hash(samples: readonly Sample[]): string {
  const sum = createHash('sha256');
  const numbers = (values: Float64Array | undefined) => {
    sum.update(`${values?.length ?? 'none'};`);
    if (values) sum.update(new Uint8Array(values.slice().buffer));
  };
  for (const { atoms, group, energy, forces, stress } of samples) {
    sum.update(`${JSON.stringify([group, energy === undefined, ...atoms.pbc])};`).update(atoms.numbers);
    for (const values of [atoms.positions, atoms.cell, Float64Array.of(energy ?? 0), forces, stress]) numbers(values);
  }
  return sum.digest('hex');
}
