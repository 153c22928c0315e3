/** The primitive lattice of a crystal: three short vectors that generate all its translations. */
import type { Atoms } from '../data/atoms.ts';
import { determinant, inverse, transformRows } from '../data/cell.ts';
import { InputError } from '../data/errors.ts';
import { translations } from './translations.ts';

export interface PrimitiveLattice {
  /** (3,3) rows, Å, right-handed; the structure's own cell where that is primitive. */
  cell: Float64Array;
  /** (3,3) whole multiples of 1/copies: cell = fractions · the structure's cell. */
  fractions: Float64Array;
  /** Primitive cells in the structure. */
  copies: number;
}

/** Shortest translations that are tried as a basis. */
const MOST = 400;

const square = (a: ArrayLike<number>) => a[0] * a[0] + a[1] * a[1] + a[2] * a[2];

/** Throws InputError for a structure that is not periodic in all directions, or has a left-handed or flat cell. */
export function primitiveLattice(atoms: Atoms): PrimitiveLattice {
  const { cell, pbc, positions: x } = atoms;
  if (!pbc.every((p) => p)) throw new InputError('a crystal was expected, periodic in all three directions');
  const volume = determinant(cell);
  if (!(volume > 0)) throw new InputError(`a right-handed cell with a volume was expected, found ${volume} Å³`);
  const { representative } = translations(atoms);
  const like = Array.from(representative.keys()).filter((i) => representative[i] === 0);
  const copies = like.length;
  if (copies === 1) return { cell: cell.slice(), fractions: Float64Array.of(1, 0, 0, 0, 1, 0, 0, 0, 1), copies };
  const g = inverse(cell);
  const found = new Map<string, { s: number[]; v: Float64Array }>();
  for (const i of like) {
    // translations are whole multiples of 1/copies: rounding takes the noise of a file away
    const s = Array.from(
      transformRows(
        [0, 1, 2].map((c) => x[3 * i + c] - x[c]),
        g,
      ),
      (f) => Math.round(f * copies),
    );
    for (let k = 0; k < 27; k++) {
      const image = s.map((f, c) => (((f % copies) + copies) % copies) + copies * ((Math.floor(k / 3 ** c) % 3) - 1));
      const fractional = image.map((f) => f / copies);
      if (image.some((f) => f !== 0)) found.set(image.join(), { s: fractional, v: transformRows(fractional, cell) });
    }
  }
  const shortest = [...found.values()]
    // of equally long ones those that point forward, so that the choice does not hang on rounding
    .sort((a, b) => square(a.v) - square(b.v) - 1e-7 * (sum(a.v) - sum(b.v)))
    .slice(0, MOST);
  const basis = independent(shortest, volume / copies);
  return {
    cell: Float64Array.from(basis.flatMap(({ v }) => [...v])),
    fractions: Float64Array.from(basis.flatMap(({ s }) => s)),
    copies,
  };
}

const sum = (a: ArrayLike<number>) => a[0] + a[1] + a[2];

/** The first three that span a cell of the given volume, right-handed. */
function independent<T extends { v: Float64Array }>(vectors: readonly T[], volume: number): T[] {
  const [a] = vectors;
  const across = (v: Float64Array) => square(a.v) * square(v) - (a.v[0] * v[0] + a.v[1] * v[1] + a.v[2] * v[2]) ** 2;
  const b = vectors.find(({ v }) => across(v) > 1e-6 * square(a.v) * square(v));
  for (const c of b ? vectors : []) {
    const size = b ? determinant([...a.v, ...b.v, ...c.v]) : 0;
    if (b && Math.abs(Math.abs(size) - volume) < 1e-3 * volume) return size > 0 ? [a, b, c] : [b, a, c];
  }
  throw new InputError('the primitive lattice was not found: the cell is too skewed; give one with shorter vectors');
}
