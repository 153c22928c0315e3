/**
 * Harmonic references to fixed sites; params as in assembly/potentials/harmonic.ts. They act on the user's positions,
 * not wrapped, in the user's order: atom i is bound to site i, whatever the cell.
 */
import { InputError } from '../errors.ts';
import type { Potential } from '../potential.ts';

interface Sites {
  /** (n) atomic numbers, as in Atoms. */
  numbers: ArrayLike<number>;
  /** (n,3) sites, Å. */
  positions: ArrayLike<number>;
}

/** E = ½ Σ_i k_i |x_i − x0_i|². k: one stiffness for all or one per atom, eV/Å², not negative. */
export function einsteinPotential(sites: Sites, k: number | ArrayLike<number>): Potential {
  const n = check(sites, 'einstein');
  if (typeof k !== 'number' && k.length !== n) {
    throw new InputError(`einstein: expected ${n} stiffnesses, found ${k.length}`);
  }
  const params = new Float64Array(2 + 4 * n);
  params[0] = n;
  for (let i = 0; i < n; i++) {
    const stiffness = typeof k === 'number' ? k : k[i];
    if (!(stiffness >= 0 && stiffness < Infinity)) {
      throw new InputError(`einstein: the stiffness of atom ${i + 1} must not be negative, found ${stiffness} eV/Å²`);
    }
    params[2 + 4 * i] = stiffness;
    for (let c = 0; c < 3; c++) params[3 + 4 * i + c] = sites.positions[3 * i + c];
  }
  return { ...record(sites), kernel: 'einstein', params, name: 'einstein', reference: 'Einstein crystal' };
}

/** Rows of 3×3 blocks: row i has blocks start[i] … start[i+1]−1 in the columns `column`, `blocks` row-major, eV/Å². */
export interface SparseHessian {
  start: ArrayLike<number>;
  column: ArrayLike<number>;
  blocks: ArrayLike<number>;
}

/** E = ½ u·Φ·u, u = x − x0. Φ: dense (3n,3n), row-major, or sparse; must be symmetric to 1e-9 of its largest element. */
export function hessianPotential(sites: Sites, hessian: ArrayLike<number> | SparseHessian): Potential {
  const n = check(sites, 'hessian');
  const { start, column, blocks } = 'blocks' in hessian ? hessian : fromDense(hessian, n);
  const m = column.length;
  if (start.length !== n + 1 || start[0] !== 0 || start[n] !== m || blocks.length !== 9 * m) {
    throw new InputError(`hessian: the rows, columns and blocks do not fit ${n} atoms and each other`);
  }
  const params = new Float64Array(2 + 3 * n + (n + 1) + 10 * m);
  params.set([n, m]);
  params.set(Array.from(sites.positions), 2);
  params.set(Array.from(start), 2 + 3 * n);
  params.set(Array.from(column), 3 + 4 * n);
  symmetrised(n, { start, column, blocks }, params.subarray(3 + 4 * n + m));
  return { ...record(sites), kernel: 'hessian', params, name: 'hessian', reference: 'harmonic crystal' };
}

function check({ numbers, positions }: Sites, name: string): number {
  const n = numbers.length;
  if (positions.length !== 3 * n) throw new InputError(`${name}: ${n} atoms need ${3 * n} coordinates of sites`);
  for (let i = 0; i < 3 * n; i++) {
    if (!Number.isFinite(positions[i]))
      throw new InputError(`${name}: the site of atom ${Math.floor(i / 3) + 1} is not finite`);
  }
  return n;
}

function record({ numbers }: Sites): Pick<Potential, 'cutoff' | 'species'> {
  return { cutoff: 0, species: [...new Set(Array.from(numbers))].sort((a, b) => a - b) };
}

function fromDense(hessian: ArrayLike<number>, n: number): SparseHessian {
  if (hessian.length !== 9 * n * n) {
    throw new InputError(`hessian: ${n} atoms need ${3 * n}×${3 * n} numbers, found ${hessian.length}`);
  }
  const blocks = new Float64Array(9 * n * n);
  for (let row = 0; row < 3 * n; row++) {
    for (let col = 0; col < 3 * n; col++) {
      const block = Math.floor(row / 3) * n + Math.floor(col / 3);
      blocks[9 * block + 3 * (row % 3) + (col % 3)] = hessian[3 * n * row + col];
    }
  }
  const start = Array.from({ length: n + 1 }, (_, i) => i * n);
  const column = Array.from({ length: n * n }, (_, b) => b % n);
  return { start, column, blocks };
}

/** Writes ½(Φ + Φᵀ); throws InputError where Φ is not symmetric, not finite, or a block's mirror is missing. */
function symmetrised(n: number, { start, column, blocks }: SparseHessian, out: Float64Array): void {
  const index = new Map<number, number>();
  let largest = 0;
  for (let i = 0; i < n; i++) {
    for (let b = start[i]; b < start[i + 1]; b++) {
      const j = column[b];
      if (!(Number.isInteger(j) && j >= 0 && j < n) || index.has(i * n + j)) {
        throw new InputError(`hessian: row ${i + 1} has an impossible or repeated column, ${j}`);
      }
      index.set(i * n + j, b);
      for (let c = 0; c < 9; c++) {
        if (!Number.isFinite(blocks[9 * b + c]))
          throw new InputError(`hessian: the block (${i + 1}, ${j + 1}) is not finite`);
        largest = Math.max(largest, Math.abs(blocks[9 * b + c]));
      }
    }
  }
  for (const [key, b] of index) {
    const i = Math.floor(key / n);
    const j = key % n;
    const mirror = index.get(j * n + i);
    for (let c = 0; c < 9; c++) {
      const here = blocks[9 * b + c];
      const there = mirror === undefined ? 0 : blocks[9 * mirror + 3 * (c % 3) + Math.floor(c / 3)];
      if (mirror === undefined || Math.abs(here - there) > 1e-9 * largest) {
        throw new InputError(
          `hessian: not symmetric between the atoms ${i + 1} and ${j + 1} (${here} and ${there} eV/Å²)`,
        );
      }
      out[9 * b + c] = 0.5 * (here + there);
    }
  }
}
