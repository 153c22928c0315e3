/**
 * Slabs of a crystal between two planes (hkl): the lattice is described anew by the two shortest vectors in the plane and
 * one that steps to the next plane, so that a slab holds whole unit cells; then it is turned, the first vector along x and
 * the normal of the plane along z.
 */
import { type Atoms, createAtoms } from './atoms.ts';
import { determinant, inverse, transformRows } from './cell.ts';
import { InputError } from './errors.ts';
import { select } from './select.ts';

export type Triple = readonly [number, number, number];

export interface SlabOptions {
  /** Least thickness, Å. */
  thickness: number;
  /** Å of the cell that stay empty; default 0. The direction is not periodic whatever it is. */
  vacuum?: number;
}

export interface Slab {
  /** Periodic in x and y only. */
  atoms: Atoms;
  /** Å² of one surface. */
  area: number;
  /** Unit cells that it is made of. */
  cells: number;
  /** (3,3) rows: the axes x, y, z of the slab in the frame of the crystal. */
  axes: Float64Array;
}

const MOST_INDEX = 20;
const MOST_ATOMS = 1_000_000;

const cross = (a: ArrayLike<number>, b: ArrayLike<number>): [number, number, number] => [
  a[1] * b[2] - a[2] * b[1],
  a[2] * b[0] - a[0] * b[2],
  a[0] * b[1] - a[1] * b[0],
];
const dot = (a: ArrayLike<number>, b: ArrayLike<number>): number => a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
const gcd = (a: number, b: number): number => (b === 0 ? Math.abs(a) : gcd(b, a % b));
const show = (hkl: Triple) => `(${hkl.join(' ')})`;

/** Without common factors; throws InputError unless integers, not all zero. */
export function checkPlane(hkl: Triple): Triple {
  if (!hkl.every((x) => Number.isInteger(x) && Math.abs(x) <= MOST_INDEX) || hkl.every((x) => x === 0)) {
    throw new InputError(
      `${show(hkl)} is no plane; integers from -${MOST_INDEX} to ${MOST_INDEX}, not all 0, were expected`,
    );
  }
  const common = gcd(gcd(hkl[0], hkl[1]), hkl[2]);
  return [hkl[0] / common, hkl[1] / common, hkl[2] / common];
}

interface Candidate {
  v: Triple;
  /** Å. */
  length: number;
}

/** Integer combinations v of the rows with hkl·v = height, the shortest first. */
function vectorsAt(cell: ArrayLike<number>, hkl: Triple, height: number): Candidate[] {
  const reach = Math.max(...hkl.map(Math.abs)) + 2;
  const found: Candidate[] = [];
  for (let i = -reach; i <= reach; i++) {
    for (let j = -reach; j <= reach; j++) {
      for (let k = -reach; k <= reach; k++) {
        if (hkl[0] * i + hkl[1] * j + hkl[2] * k !== height || (height === 0 && i === 0 && j === 0 && k === 0))
          continue;
        const x = transformRows([i, j, k], cell);
        found.push({ v: [i, j, k], length: Math.sqrt(dot(x, x)) });
      }
    }
  }
  // of vectors and their opposites the one that points forward
  const order = (p: Candidate, q: Candidate) => q.v[0] - p.v[0] || q.v[1] - p.v[1] || q.v[2] - p.v[2];
  return found.sort((p, q) => (Math.abs(p.length - q.length) > 1e-9 ? p.length - q.length : order(p, q)));
}

/** Rows of the new lattice in terms of the old: two in the plane, right-handed with one to the next plane. */
export function planeBasis(cell: ArrayLike<number>, plane: Triple): [Triple, Triple, Triple] {
  const hkl = checkPlane(plane);
  const flat = vectorsAt(cell, hkl, 0);
  const steps = vectorsAt(cell, hkl, 1);
  for (const { v: u } of flat.slice(0, 4)) {
    // u × v = hkl: no lattice point of the plane is left out
    const second = flat.find(({ v }) => cross(u, v).every((x, c) => x === hkl[c]));
    if (second && steps.length > 0) return [u, second.v, steps[0].v];
  }
  throw new InputError(
    `no cell was found in the plane ${show(hkl)}: the unit cell is too skewed; use the conventional one`,
  );
}

/** Throws InputError for a crystal that is not periodic, for no plane, and for slabs of more than a million atoms. */
export function slab(unit: Atoms, plane: Triple, { thickness, vacuum = 0 }: SlabOptions): Slab {
  if (!unit.pbc.every(Boolean) || !(determinant(unit.cell) > 0)) {
    throw new InputError('a slab is cut from a crystal that is periodic in all directions, with a right-handed cell');
  }
  if (!(thickness > 0 && thickness < 1e5 && vacuum >= 0 && vacuum < 1e5)) {
    throw new InputError(`a slab of ${thickness} Å with ${vacuum} Å of vacuum; lengths up to 1e5 Å were expected`);
  }
  const [u, v, w] = planeBasis(unit.cell, plane).map((row) => transformRows(row, unit.cell));
  const normal = cross(u, v);
  const area = Math.sqrt(dot(normal, normal));
  const x = u.map((c) => c / Math.sqrt(dot(u, u)));
  const z = normal.map((c) => c / area);
  const axes = Float64Array.of(...x, ...cross(z, x), ...z);
  const spacing = dot(w, z);
  const cells = Math.ceil(thickness / spacing - 1e-9);
  const n = unit.numbers.length;
  if (n * cells > MOST_ATOMS) throw new InputError(`a slab of ${n * cells} atoms; at most ${MOST_ATOMS} are built`);
  const turn = (row: ArrayLike<number>) => [0, 1, 2].map((c) => dot(row, axes.subarray(3 * c, 3 * c + 3)));
  const rows = Float64Array.of(...turn(u), ...turn(v), ...turn(w));
  // exact zeros, so that the cell is what it is meant to be
  rows[1] = rows[2] = rows[5] = 0;
  const fractions = transformRows(unit.positions, inverse(Float64Array.of(...u, ...v, ...w)));
  const positions = new Float64Array(3 * n * cells);
  for (let k = 0; k < cells; k++) {
    for (let i = 0; i < n; i++) {
      const [p, q, r] = [0, 1, 2].map((c) => wrapped(fractions[3 * i + c]));
      const at = transformRows([p, q, r + k], rows);
      const t = at[1] / rows[4];
      const s = (at[0] - t * rows[3]) / rows[0];
      positions.set([wrapped(s) * rows[0] + wrapped(t) * rows[3], wrapped(t) * rows[4], at[2]], 3 * (k * n + i));
    }
  }
  const repeated = select(
    unit,
    Uint32Array.from({ length: n * cells }, (_, k) => k % n),
  );
  const cell = Float64Array.of(rows[0], 0, 0, rows[3], rows[4], 0, 0, 0, cells * spacing + vacuum);
  const { numbers, masses } = repeated;
  const atoms = createAtoms({ numbers, positions, cell, pbc: [true, true, false], ...(masses ? { masses } : {}) });
  return { atoms, area, cells, axes };
}

/** Into [0, 1), rounding taken care of. */
function wrapped(s: number): number {
  const t = s - Math.floor(s);
  return t > 1 - 1e-9 ? 0 : t;
}
