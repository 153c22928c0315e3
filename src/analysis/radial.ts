/** Radial distribution function of frames of a trajectory: pairs counted in shells, over those of an ideal gas. */
import type { Atoms } from '../data/atoms.ts';
import { determinant, heights } from '../data/cell.ts';
import { shortestVector } from '../data/displacement.ts';
import { InputError } from '../data/errors.ts';
import { atomsWithin } from './bins.ts';

export interface RadialOptions {
  /** Å; default: half the least distance of the lattice planes of all frames, at most 10. */
  cutoff?: number;
  /** Shells; default 200. */
  shells?: number;
  /** Atomic numbers of the two partners; default: all atoms. */
  pair?: [number, number];
}

/** (shells) each: middles of the shells, Å; g(r); neighbours within the outer edge of the shell, mean over the centres. */
export interface Radial {
  r: Float64Array;
  g: Float64Array;
  neighbors: Float64Array;
}

/** Å: beyond this the nearest image is not the only one. */
export function largestRadius({ cell, pbc }: Pick<Atoms, 'cell' | 'pbc'>): number {
  return Math.min(...heights(cell).filter((_, c) => pbc[c])) / 2;
}

/** Throws InputError for cells that are not periodic everywhere, and radii beyond half a cell. */
export function radialDistribution(frames: readonly Atoms[], options: RadialOptions = {}): Radial {
  if (frames.length === 0) throw new InputError('g(r) needs at least one frame');
  if (!frames.every(({ pbc }) => pbc.every(Boolean))) {
    throw new InputError(
      'g(r) compares with an ideal gas of the same density: the cell must be periodic in all directions',
    );
  }
  const largest = frames.reduce((least, frame) => Math.min(least, largestRadius(frame)), Number.POSITIVE_INFINITY);
  const cutoff = options.cutoff ?? Math.min(10, largest);
  if (!(cutoff > 0 && cutoff <= largest * (1 + 1e-12))) {
    throw new InputError(
      `a radius of ${cutoff} Å: expected at most half the width of the cell, ${largest.toFixed(4)} Å`,
    );
  }
  const shells = options.shells ?? 200;
  const width = cutoff / shells;
  const [r, g, neighbors] = [0, 0, 0].map(() => new Float64Array(shells));
  for (let k = 0; k < shells; k++) r[k] = (k + 0.5) * width;
  for (const frame of frames) addFrame(frame, options.pair, { cutoff, width, g, neighbors });
  for (let k = 0; k < shells; k++) {
    g[k] /= frames.length * ((4 * Math.PI) / 3) * width ** 3 * ((k + 1) ** 3 - k ** 3);
    neighbors[k] = neighbors[k] / frames.length + (k > 0 ? neighbors[k - 1] : 0);
  }
  return { r, g, neighbors };
}

interface Sums {
  cutoff: number;
  width: number;
  g: Float64Array;
  neighbors: Float64Array;
}

function addFrame(frame: Atoms, pair: RadialOptions['pair'], { cutoff, width, g, neighbors }: Sums): void {
  const { numbers, positions, cell, pbc } = frame;
  const is = (i: number, side: 0 | 1) => !pair || numbers[i] === pair[side];
  const count = (side: 0 | 1) => numbers.reduce((sum, _, i) => sum + Number(is(i, side)), 0);
  const [centers, partners] = [count(0), count(1)];
  if (centers === 0 || partners === 0) throw new InputError(`no atoms of the pair ${pair?.join('-')} in a frame`);
  const { start, index } = atomsWithin(frame, cutoff);
  const shortest = shortestVector(cell, pbc);
  const counts = new Float64Array(g.length);
  const d = [0, 0, 0];
  for (let i = 0; i < numbers.length; i++) {
    if (!is(i, 0)) continue;
    for (let at = start[i]; at < start[i + 1]; at++) {
      const j = index[at];
      if (j === i || !is(j, 1)) continue;
      for (let c = 0; c < 3; c++) d[c] = positions[3 * j + c] - positions[3 * i + c];
      shortest(d);
      const shell = Math.floor(Math.sqrt(d[0] * d[0] + d[1] * d[1] + d[2] * d[2]) / width);
      if (shell < counts.length) counts[shell]++;
    }
  }
  const density = partners / Math.abs(determinant(cell));
  for (let k = 0; k < counts.length; k++) {
    neighbors[k] += counts[k] / centers;
    g[k] += counts[k] / centers / density;
  }
}
