/** Supercells: copies of a cell along its rows, or any integer combination of them. */
import type { Atoms } from './atoms.ts';
import { determinant, multiply } from './cell.ts';
import { InputError } from './errors.ts';
import { select } from './select.ts';

const mostAtoms = 50_000_000;

/** Copies of all atoms at integer translations (m,3), in the order of the translations, in the given cell. */
function copies(atoms: Atoms, translations: Int32Array, cell: Float64Array): Atoms {
  const n = atoms.numbers.length;
  const m = translations.length / 3;
  const indices = Uint32Array.from({ length: n * m }, (_, k) => k % n);
  const result = select(atoms, indices);
  const h = atoms.cell;
  for (let t = 0; t < m; t++) {
    const [i, j, k] = [translations[3 * t], translations[3 * t + 1], translations[3 * t + 2]];
    for (let c = 0; c < 3; c++) {
      const shift = i * h[c] + j * h[3 + c] + k * h[6 + c];
      for (let a = 0; a < n; a++) result.positions[3 * (n * t + a) + c] += shift;
    }
  }
  return { ...result, cell };
}

function checkSize(atoms: Atoms, times: number): void {
  const total = atoms.numbers.length * times;
  if (total > mostAtoms) throw new InputError(`a supercell of ${total} atoms; at most ${mostAtoms} are built`);
}

/** nx × ny × nz copies along the rows of the cell: n·nx·ny·nz atoms, copy after copy, the last index fastest. */
export function repeat(atoms: Atoms, counts: readonly [number, number, number]): Atoms {
  for (let i = 0; i < 3; i++) {
    if (!Number.isInteger(counts[i]) || counts[i] < 1) {
      throw new InputError(`repeat: found ${counts[i]}; a whole number of copies, 1 or more, was expected`);
    }
    const row = atoms.cell.subarray(3 * i, 3 * i + 3);
    if (counts[i] > 1 && row.every((x) => x === 0)) {
      throw new InputError(`repeat: row ${i + 1} of the cell is zero, so nothing can be repeated along it`);
    }
  }
  const [nx, ny, nz] = counts;
  checkSize(atoms, nx * ny * nz);
  const translations = new Int32Array(3 * nx * ny * nz);
  for (let t = 0; t < nx * ny * nz; t++) {
    translations[3 * t] = Math.floor(t / (ny * nz));
    translations[3 * t + 1] = Math.floor(t / nz) % ny;
    translations[3 * t + 2] = t % nz;
  }
  return copies(
    atoms,
    translations,
    atoms.cell.map((x, k) => x * counts[Math.floor(k / 3)]),
  );
}

const modulo = (x: number, n: number) => ((x % n) + n) % n;

/** Diagonal of the Hermite normal form of an integer matrix: 0 <= n_i < d_i are one translation of each coset. */
function hermiteDiagonal(matrix: readonly number[]): [number, number, number] {
  const r = [matrix.slice(0, 3), matrix.slice(3, 6), matrix.slice(6, 9)];
  for (let c = 0; c < 3; c++) {
    for (let i = c + 1; i < 3; i++) {
      while (r[i][c] !== 0) {
        const q = Math.trunc(r[c][c] / r[i][c]);
        const rest = r[c].map((x, k) => x - q * r[i][k]);
        r[c] = r[i];
        r[i] = rest;
      }
    }
  }
  return [Math.abs(r[0][0]), Math.abs(r[1][1]), Math.abs(r[2][2])];
}

/**
 * The supercell whose rows are matrix·cell, `matrix` 9 integers row by row with determinant d > 0: n·d atoms. Copies
 * are shifted by translations that lie within the new cell.
 */
export function supercell(atoms: Atoms, matrix: readonly number[]): Atoms {
  if (matrix.length !== 9 || !matrix.every((x) => Number.isInteger(x) && Math.abs(x) <= 1000)) {
    throw new InputError(
      `supercell: found ${matrix.join(' ')}; nine integers from -1000 to 1000, row by row, were expected`,
    );
  }
  const d = determinant(matrix);
  if (d <= 0) {
    const what = d === 0 ? 'zero: its rows lie in a plane' : `${d}: it makes the cell left-handed`;
    throw new InputError(`supercell: the determinant of the matrix is ${what}; a positive one was expected`);
  }
  const mixed = !atoms.pbc.every((p) => p) && matrix.some((x, k) => k % 4 !== 0 && x !== 0);
  if (mixed) throw new InputError('supercell: rows can only be mixed where all three directions are periodic');
  checkSize(atoms, d);
  const m = matrix;
  const adjugate = [
    m[4] * m[8] - m[5] * m[7],
    m[2] * m[7] - m[1] * m[8],
    m[1] * m[5] - m[2] * m[4],
    m[5] * m[6] - m[3] * m[8],
    m[0] * m[8] - m[2] * m[6],
    m[2] * m[3] - m[0] * m[5],
    m[3] * m[7] - m[4] * m[6],
    m[1] * m[6] - m[0] * m[7],
    m[0] * m[4] - m[1] * m[3],
  ];
  const [nx, ny, nz] = hermiteDiagonal(matrix);
  if (nx * ny * nz !== d) throw new Error(`supercell: ${nx * ny * nz} translations found, ${d} expected`);
  const translations = new Int32Array(3 * d);
  for (let t = 0; t < d; t++) {
    const n = [Math.floor(t / (ny * nz)), Math.floor(t / nz) % ny, t % nz];
    // fractional coordinates in the new cell, in units of 1/d, wrapped; then back to integers of the old cell
    const s = [0, 1, 2].map((c) => modulo(n[0] * adjugate[c] + n[1] * adjugate[3 + c] + n[2] * adjugate[6 + c], d));
    for (let c = 0; c < 3; c++) translations[3 * t + c] = (s[0] * m[c] + s[1] * m[3 + c] + s[2] * m[6 + c]) / d;
  }
  return copies(atoms, translations, multiply(matrix, atoms.cell));
}
