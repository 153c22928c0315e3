/**
 * Two structures as the ends of one path: the second one in the order of the first, every atom by its nearest image,
 * without a rigid shift. Atoms that coincide are the same; those left over have moved, and are assigned so that the sum
 * of their squared displacements is least (Kuhn 1955, Munkres 1957; 10.1002/nav.3800020109).
 */
import { assign } from './assign.ts';
import type { Atoms } from './atoms.ts';
import { type Shortest, shortestVector } from './displacement.ts';
import { symbolOf } from './elements.ts';
import { InputError } from './errors.ts';

export interface MatchOptions {
  /** Keeps the order of the atoms as it is. */
  keepOrder?: boolean;
  /** Cartesian directions in which a rigid shift means nothing and is removed. */
  free?: readonly [boolean, boolean, boolean];
}

export interface Match {
  /** The second structure with the order of the first and positions continuous with it, Å. */
  atoms: Atoms;
  /** (n) which atom of the second structure stands there now. */
  order: Uint32Array;
  /** Atoms that changed places in the list. */
  reordered: number;
  /** Atoms that were moved by lattice vectors. */
  wrapped: number;
  /** Å, common to most atoms and taken out of the second structure; what is left of the mean displacement is, too. */
  shift: [number, number, number];
  /** Å: length of the displacement from the first to the second over all coordinates. */
  distance: number;
}

/** Most atoms left over that are assigned: more means that the structures have little in common. */
const mostMoved = 2000;

/** Throws InputError where elements, cells, periodicity or held components differ, or where nothing corresponds. */
export function matchEnds(first: Atoms, second: Atoms, options: MatchOptions = {}): Match {
  const { keepOrder = false, free = [false, false, false] } = options;
  checkAlike(first, second, keepOrder);
  const shortest = shortestVector(first.cell, first.pbc);
  const shift = commonShift(first, second, shortest, free, keepOrder);
  const order = keepOrder ? identity(first.numbers.length) : correspondence(first, second, shift, shortest);
  const n = first.numbers.length;
  const moves = new Float64Array(3 * n);
  const d = new Float64Array(3);
  for (let i = 0; i < n; i++) {
    vector(first, i, second, order[i], shift, d);
    shortest(d);
    moves.set(d, 3 * i);
  }
  // what is left of the shift: the mean, so that the path has no rigid part
  const rest = [0, 1, 2].map((c) => (free[c] ? mean(moves, c) : 0));
  const positions = first.positions.map((x, k) => x + moves[k] - rest[k % 3]);
  let [wrapped, square] = [0, 0];
  for (let k = 0; k < 3 * n; k++) square += (moves[k] - rest[k % 3]) ** 2;
  for (let i = 0; i < n; i++) {
    const jump = [0, 1, 2].map(
      (c) => second.positions[3 * order[i] + c] - shift[c] - first.positions[3 * i + c] - moves[3 * i + c],
    );
    if (jump.some((x) => Math.abs(x) > 1e-6)) wrapped++;
  }
  return {
    atoms: { ...structuredClone(first), positions },
    order,
    reordered: order.reduce((sum, j, i) => sum + Number(i !== j), 0),
    wrapped,
    shift,
    distance: Math.sqrt(square),
  };
}

function mean(moves: Float64Array, c: number): number {
  let sum = 0;
  for (let k = c; k < moves.length; k += 3) sum += moves[k];
  return sum / (moves.length / 3);
}

const identity = (n: number) => Uint32Array.from({ length: n }, (_, i) => i);

/** second[j] − shift − first[i]. */
function vector(first: Atoms, i: number, second: Atoms, j: number, shift: ArrayLike<number>, out: Float64Array): void {
  for (let c = 0; c < 3; c++) out[c] = second.positions[3 * j + c] - shift[c] - first.positions[3 * i + c];
}

function composition(atoms: Atoms): string {
  const counts = new Map<number, number>();
  for (const z of atoms.numbers) counts.set(z, (counts.get(z) ?? 0) + 1);
  return [...counts]
    .sort(([a], [b]) => a - b)
    .map(([z, count]) => `${symbolOf(z)}${count}`)
    .join(' ');
}

function checkAlike(first: Atoms, second: Atoms, keepOrder: boolean): void {
  const [a, b] = [composition(first), composition(second)];
  if (a !== b) throw new InputError(`the two ends have different atoms: ${a} and ${b}`);
  const size = Math.max(...first.cell.map(Math.abs), 1);
  const off = first.cell.reduce((most, x, k) => Math.max(most, Math.abs(x - second.cell[k])), 0);
  if (off > 1e-6 * size) {
    throw new InputError(`the cells of the two ends differ by up to ${off.toPrecision(3)} Å; a path needs one cell`);
  }
  if (first.pbc.some((periodic, c) => periodic !== second.pbc[c])) {
    throw new InputError('the two ends are not periodic in the same directions');
  }
  if (keepOrder && first.numbers.some((z, i) => z !== second.numbers[i])) {
    throw new InputError('the elements of the two ends are in another order, which was to be kept');
  }
}

type Vector = [number, number, number];

/**
 * The rigid shift, Å, that most atoms share; zero in directions where a shift has a meaning. By the numbers of the atoms
 * where most agree on one; else by the atoms nearest to each other, and then it has to be short: a crystal with a
 * vacancy is its own image shifted by a lattice vector.
 */
function commonShift(
  first: Atoms,
  second: Atoms,
  shortest: Shortest,
  free: readonly boolean[],
  keepOrder: boolean,
): Vector {
  if (!free.some((is) => is)) return [0, 0, 0];
  const n = first.numbers.length;
  const sample = [...identity(n)].filter((i) => i % Math.max(1, Math.floor(n / 64)) === 0);
  const d = new Float64Array(3);
  const held = (v: ArrayLike<number>): Vector => [free[0] ? v[0] : 0, free[1] ? v[1] : 0, free[2] ? v[2] : 0];
  const same = (i: number, shift: Vector): Float64Array => {
    vector(first, i, second, i, shift, d);
    shortest(d);
    return d;
  };
  const sameElements = first.numbers.every((z, i) => z === second.numbers[i]);
  if (sameElements) {
    const { shift, misfit } = best([[0, 0, 0], ...sample.map((i) => held(same(i, [0, 0, 0])))], sample, same);
    if (keepOrder || misfit < 0.5 * sample.length) return shift;
  }
  const near = (i: number, shift: Vector): Float64Array => {
    nearestOf(first, i, second, shift, shortest, d);
    return d;
  };
  const few = sample.filter((_, k) => k % 4 === 0);
  const reach = 0.45 * closest(first, shortest);
  const short = few.map((i) => held(near(i, [0, 0, 0]))).filter((v) => Math.sqrt(squared(v)) < reach);
  return best([[0, 0, 0], ...short], sample, near).shift;
}

const squared = (d: ArrayLike<number>) => d[0] * d[0] + d[1] * d[1] + d[2] * d[2];

/** The candidate with the least sum over some atoms of min(|d|, 1 Å), the first of equals. */
function best(
  candidates: Vector[],
  sample: number[],
  vectorOf: (i: number, shift: Vector) => Float64Array,
): { shift: Vector; misfit: number } {
  let found = { shift: candidates[0], misfit: Number.POSITIVE_INFINITY };
  for (const shift of candidates) {
    const misfit = sample.reduce((sum, i) => sum + Math.min(1, Math.sqrt(squared(vectorOf(i, shift)))), 0);
    if (misfit < found.misfit - 1e-9) found = { shift, misfit };
  }
  return found;
}

/** The atom of the second structure nearest to atom i of the first, of its element; its vector goes to `out`. */
function nearestOf(
  first: Atoms,
  i: number,
  second: Atoms,
  shift: ArrayLike<number>,
  shortest: Shortest,
  out: Float64Array,
): number {
  const d = new Float64Array(3);
  let [found, least] = [-1, Number.POSITIVE_INFINITY];
  for (let j = 0; j < second.numbers.length; j++) {
    if (second.numbers[j] !== first.numbers[i]) continue;
    vector(first, i, second, j, shift, d);
    shortest(d);
    const square = squared(d);
    if (square < least - 1e-9) {
      [found, least] = [j, square];
      out.set(d);
    }
  }
  return found;
}

/** Farther apart than this share of the shortest distance between atoms they are not the same, Å. */
const SAME = 0.3;

/** For each atom of the first structure one of the second. */
function correspondence(first: Atoms, second: Atoms, shift: ArrayLike<number>, shortest: Shortest): Uint32Array {
  const n = first.numbers.length;
  const order = new Int32Array(n).fill(-1);
  const taken = new Uint8Array(n);
  const reach = (SAME * closest(first, shortest)) ** 2;
  const d = new Float64Array(3);
  const near = (i: number, j: number) => {
    if (first.numbers[i] !== second.numbers[j]) return Number.POSITIVE_INFINITY;
    vector(first, i, second, j, shift, d);
    shortest(d);
    return squared(d);
  };
  // below 0.3 of the shortest distance at most one atom can be meant; the usual case first: it has the same number
  for (let i = 0; i < n; i++) {
    if (near(i, i) > reach) continue;
    order[i] = i;
    taken[i] = 1;
  }
  for (let i = 0; i < n; i++) {
    if (order[i] >= 0) continue;
    for (let j = 0; j < n; j++) {
      if (taken[j] || near(i, j) > reach) continue;
      order[i] = j;
      taken[j] = 1;
      break;
    }
  }
  const rows = [...identity(n)].filter((i) => order[i] < 0);
  const columns = [...identity(n)].filter((j) => !taken[j]);
  if (rows.length > mostMoved) {
    throw new InputError(
      `${rows.length} of ${n} atoms have no counterpart at their place: these are no ends of one path`,
    );
  }
  const far = 1e12;
  const cost = rows.map((i) => columns.map((j) => Math.min(far, near(i, j))));
  assign(cost).forEach((column, row) => {
    order[rows[row]] = columns[column];
  });
  return Uint32Array.from(order);
}

/** Shortest distance between any two atoms, Å, from some of them; 2 Å for one atom. */
function closest(atoms: Atoms, shortest: Shortest): number {
  const n = atoms.numbers.length;
  const d = new Float64Array(3);
  let least = Number.POSITIVE_INFINITY;
  for (let i = 0; i < n; i += Math.max(1, Math.floor(n / 64))) {
    for (let j = 0; j < n; j++) {
      if (i === j) continue;
      for (let c = 0; c < 3; c++) d[c] = atoms.positions[3 * j + c] - atoms.positions[3 * i + c];
      shortest(d);
      least = Math.min(least, squared(d));
    }
  }
  return n > 1 ? Math.sqrt(least) : 2;
}
