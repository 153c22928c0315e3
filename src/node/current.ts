/** Where a run stands: the structure that it began with, and those of its newest checkpoint, as extended XYZ. */
import { lstatSync } from 'node:fs';
import { join } from 'node:path';
import type { Atoms, Json } from '../data/atoms.ts';
import type { SamplingCheckpoint } from '../free-energy/sampling.ts';
import { extxyzChunks } from '../io/extxyz-write.ts';
import { type StrainMode, unstrained } from '../methods/strain.ts';
import type { MdCheckpoint } from '../tasks/dynamics.ts';
import type { NebCheckpoint } from '../tasks/neb.ts';
import type { RelaxCheckpoint } from '../tasks/relax.ts';
import type { SaddleCheckpoint } from '../tasks/saddle.ts';
import { checkpointFiles, loadCheckpoint } from './checkpoint.ts';
import { readStructureFile } from './load.ts';
import { START } from './start-run.ts';

/** What run.json says of the run. */
export interface Running {
  command: Json;
  key: Json;
  options: Json;
}

/** Milliseconds since 1970 of the newest file that a structure could come from; undefined where none can. */
export function currentTime(folder: string): number | undefined {
  // links are not followed
  const [start, ...others] = [START, ...checkpointFiles].map((name) => {
    const stat = lstatSync(join(folder, name), { throwIfNoEntry: false });
    return stat?.isFile() ? stat.mtimeMs : undefined;
  });
  return start === undefined ? undefined : others.reduce((last: number, time) => Math.max(last, time ?? 0), start);
}

/** The structure at the beginning, then where the newest checkpoint stands. Throws InputError where they are damaged. */
export function currentStructures(folder: string, { command, key, options }: Running): string {
  const [start] = readStructureFile(join(folder, START));
  const { state } = loadCheckpoint(folder, String(key));
  const saved = Object(Object(state).state);
  const found =
    Object.hasOwn(standings, String(command)) && state !== undefined ? standings[String(command)] : undefined;
  const now = found?.(start, saved as never, Object(options)) ?? [];
  const first: Atoms = { ...start, info: { ...start.info, step: 0 } };
  return [first, ...now].flatMap((atoms) => [...extxyzChunks(atoms)]).join('');
}

/** Of each command the structures of a checkpoint: one, or the images of a band. */
const standings: Record<string, (start: Atoms, saved: never, options: Record<string, Json>) => Atoms[]> = {
  md: (start, { x, cell, dynamics }: MdCheckpoint) => [at(start, dynamics.step, x, cell)],
  relax: (start, { x, reference, minimizer }: RelaxCheckpoint, { cell: mode }) => {
    if (mode === 'fixed') return [at(start, minimizer.step, x, reference)];
    const { cell, positions } = unstrained(mode as StrainMode, x, reference);
    return [at(start, minimizer.step, positions, cell)];
  },
  neb: (start, { x, state }: NebCheckpoint) => {
    const size = start.positions.length;
    const step = state.steps + state.minimizer.step;
    return Array.from({ length: x.length / size }, (_, k) =>
      at(start, step, x.subarray(k * size, (k + 1) * size), start.cell),
    );
  },
  saddle: (start, { x, state }: SaddleCheckpoint) => [at(start, state.steps + state.minimizer.step, x, start.cell)],
  'free-energy': (start, replicas: SamplingCheckpoint[]) =>
    replicas.slice(0, 1).map(({ x, state }) => at(start, state.step, x, start.cell)),
  scaling: (start, { x, state }: SamplingCheckpoint) => [at(start, state.step, x, start.cell)],
};

const at = (start: Atoms, step: number, positions: Float64Array, cell: ArrayLike<number>): Atoms => ({
  numbers: start.numbers,
  positions,
  cell: Float64Array.from(cell),
  pbc: start.pbc,
  info: { step },
  arrays: {},
});
