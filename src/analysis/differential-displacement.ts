/**
 * Where the screw dislocations of a bcc cell with z = [111] are: differential displacements of neighbouring columns along
 * z (Vitek, Perrin, Bowen 1970, 10.1080/14786437008238490). In the perfect crystal neighbours are b/3 higher at 0°, 120°,
 * 240° and b/3 lower between; what is added to that, within ±b/2, sums up to ±b around a triangle that holds a core.
 */
import type { Atoms } from '../data/atoms.ts';
import { shortestVector } from '../data/displacement.ts';
import { InputError } from '../data/errors.ts';
import { cos, sin } from '../data/math.ts';
import { atomsWithin } from './bins.ts';

export interface ColumnPair {
  /** Atoms; j lies at `dx`, `dy` (Å) from i. */
  i: number;
  j: number;
  dx: number;
  dy: number;
  /** Å, in (−b/2, b/2]: how much farther than in the perfect crystal j lies above i. */
  shift: number;
}

export interface Core {
  /** Centre of the triangle, Å. */
  x: number;
  y: number;
  /** Circulation in Burgers vectors, +1 or −1. */
  sign: number;
}

export interface ColumnMap {
  /** Each once. */
  pairs: ColumnPair[];
  cores: Core[];
  /** Å. */
  burgers: number;
}

/** `a`: lattice constant, Å. Throws InputError for a structure that is not of columns along z on a triangular grid. */
export function columnMap(atoms: Atoms, a: number): ColumnMap {
  const [step, burgers] = [a * Math.sqrt(2 / 3), (a * Math.sqrt(3)) / 2];
  const around = neighbours(atoms, step, burgers);
  const pairs = around.flatMap((list) => list.slice(0, 3));
  const cores: Core[] = [];
  const { positions } = atoms;
  for (const [i, list] of around.entries()) {
    // triangles of which i is the corner at the left: both partners at the right
    for (const [first, second] of [
      [0, 1],
      [5, 0],
    ]) {
      const [p, q] = [list[first], list[second]];
      const third = around[p.j][(first + 2) % 6];
      const sum = p.shift + third.shift - q.shift;
      const sign = Math.round(sum / burgers);
      if (sign === 0) continue;
      cores.push({ x: positions[3 * i] + (p.dx + q.dx) / 3, y: positions[3 * i + 1] + (p.dy + q.dy) / 3, sign });
    }
  }
  return { pairs, cores, burgers };
}

/** For every atom its six neighbouring columns, by angle 0°, 60° …; of a column of several atoms one that is near. */
function neighbours(atoms: Atoms, step: number, burgers: number): ColumnPair[][] {
  const { positions } = atoms;
  const { start, index } = atomsWithin(atoms, Math.sqrt((1.3 * step) ** 2 + (0.55 * burgers) ** 2));
  const shortest = shortestVector(atoms.cell, atoms.pbc);
  const d = new Float64Array(3);
  return Array.from(atoms.numbers, (_, i) => {
    const found: (ColumnPair | undefined)[] = Array.from({ length: 6 });
    for (const j of index.subarray(start[i], start[i + 1])) {
      for (let c = 0; c < 3; c++) d[c] = positions[3 * j + c] - positions[3 * i + c];
      shortest(d);
      const [dx, dy, dz] = d;
      const r = Math.sqrt(dx * dx + dy * dy);
      if (r < 0.5 * step || r > 1.3 * step) continue;
      const sector = sectorOf(dx, dy);
      const turns = dz / burgers - (sector % 2 === 0 ? 1 : -1) / 3;
      found[sector] = { i, j, dx, dy, shift: burgers * (turns - Math.ceil(turns - 0.5)) };
    }
    return found.map((pair, sector) => {
      if (pair) return pair;
      throw new InputError(
        `atom ${i} (counted from 0) has no neighbouring column at ${60 * sector}°: columns along z = [111], x = [1 1 -2] were expected`,
      );
    });
  });
}

const directions = [0, 1, 2, 3, 4, 5].map((k) => [cos((k * Math.PI) / 3), sin((k * Math.PI) / 3)]);

/** Which multiple of 60° is nearest. */
function sectorOf(x: number, y: number): number {
  let best = 0;
  directions.forEach(([c, s], k) => {
    if (c * x + s * y > directions[best][0] * x + directions[best][1] * y) best = k;
  });
  return best;
}
