/** Mean positions and mean cell of a trajectory: the sites that thermal motion is about. */
import { type Atoms, cloneAtoms } from '../data/atoms.ts';
import type { Path } from './trajectory.ts';

/** The first frame with mean positions and cell, and the root mean square displacement of each atom as array `rms`, Å. */
export function averageStructure(frames: readonly Atoms[], { positions }: Path): Atoms {
  const count = positions.length;
  const mean = cloneAtoms(frames[0]);
  const { velocities: _, ...rest } = mean;
  rest.positions.fill(0);
  rest.cell.fill(0);
  for (const { cell } of frames) for (let k = 0; k < 9; k++) rest.cell[k] += cell[k] / count;
  for (const x of positions) for (let k = 0; k < x.length; k++) rest.positions[k] += x[k] / count;
  const rms = new Float64Array(rest.numbers.length);
  for (const x of positions) {
    for (let k = 0; k < x.length; k++) rms[(k - (k % 3)) / 3] += (x[k] - rest.positions[k]) ** 2 / count;
  }
  return { ...rest, arrays: { ...rest.arrays, rms: rms.map(Math.sqrt) } };
}
