/**
 * A dipole of ½⟨111⟩ screw dislocations in bcc, in the quadrupolar cell of first-principles work: columns of atoms along
 * z = [111] on a triangular grid, x = [1 1 −2] the direction of glide, y = [−1 1 0] the normal of the glide plane. 15 by 9
 * columns are the 135 atoms of Ventelon, Willaime, Clouet, Rodney 2013 (10.1016/j.actamat.2013.03.012); the tilt of
 * the cell is theirs. Heights of the columns grow by b/3 around a triangle of one kind, and fall around the other: +b
 * turns the one round (easy core, a compact core at rest), and levels the other (hard core).
 */
import { type Atoms, createAtoms } from './atoms.ts';
import { type Dipole, dipole, type Point } from './dislocation-dipole.ts';
import { InputError } from './errors.ts';
import { dislocationField, elasticTensor, rotateTensor } from './stroh.ts';

export type ScrewCore = 'easy' | 'hard' | 'split';

export interface ScrewDipoleSpec {
  /** Atomic number. */
  z: number;
  /** Lattice constant of bcc, Å. */
  a: number;
  /** (36) elastic constants in the cubic axes, Voigt order, any unit. */
  C: ArrayLike<number>;
  /** Columns along x and rows along y, odd; default 15, 9. */
  size?: readonly [number, number];
  /** Burgers vectors along the line; default 1. */
  length?: number;
  /** Centres: easy and hard triangles, or on a column (split core); default easy. */
  core?: ScrewCore;
  /** Peierls valleys by which both dislocations are moved along x; default 0. */
  shift?: number;
}

/** Rows: x, y, z of the dislocation frame in the cubic axes. */
export function screwAxes(): Float64Array {
  const [p, q, r] = [1 / Math.sqrt(6), 1 / Math.sqrt(2), 1 / Math.sqrt(3)];
  return Float64Array.of(p, p, -2 * p, -q, q, 0, r, r, r);
}

const largest = 301;

function check({ a, size = [15, 9], length = 1, shift = 0 }: ScrewDipoleSpec): void {
  if (!(a > 0.1 && a < 1000)) throw new InputError(`lattice constant ${a} Å; 0.1 to 1000 Å was expected`);
  if (size.length !== 2 || !size.every((n) => Number.isInteger(n) && n % 2 === 1 && n >= 5 && n <= largest)) {
    throw new InputError(
      `a screw dipole of ${size.join(' × ')} columns; two odd numbers from 5 to ${largest} were expected`,
    );
  }
  if (size[0] % 3 !== 0) {
    throw new InputError(
      `${size[0]} columns along x; a multiple of 3 (15, 21, 27 …) was expected, so that the cell closes`,
    );
  }
  if (!(Number.isInteger(length) && length >= 1 && length <= 10000)) {
    throw new InputError(`a line of ${length} Burgers vectors; a whole number from 1 to 10000 was expected`);
  }
  if (!(Number.isFinite(shift) && Math.abs(shift) <= size[0])) throw new InputError(`a shift of ${shift} valleys`);
}

/** Where the two dislocations are in the perfect cell, Å: their triangles are of opposite kinds. */
export function screwCentres({ a, size = [15, 9], core = 'easy', shift = 0 }: ScrewDipoleSpec): [Point, Point] {
  const [step, row] = [a * Math.sqrt(2 / 3), a / Math.sqrt(2)];
  const half = (size[0] - 1) / 2;
  // triangles of the first and of the second kind in one row, and a column
  const up = (k: number): Point => [step * (k + 0.5), row / 3];
  const down = (k: number): Point => [step * (k + 1), (2 * row) / 3];
  const first = Math.floor(size[0] / 4) + shift;
  const lift = row * Math.floor(size[1] / 2);
  const at = ([x, y]: Point): Point => [x + (step * (Math.floor(size[1] / 2) % 2)) / 2, y + lift];
  if (core === 'easy') return [at(up(first)), at(down(first + half))];
  if (core === 'hard') return [at(down(first)), at(up(first + half + 1))];
  return [at([step * first, 0]), at([step * (first + half), 0])];
}

/** The dipole's field: +b first, −b second. */
export function screwDipoleField(spec: ScrewDipoleSpec): Dipole {
  check(spec);
  const { a, C, size = [15, 9] } = spec;
  const [step, row] = [a * Math.sqrt(2 / 3), a / Math.sqrt(2)];
  const [first, second] = screwCentres(spec);
  const field = dislocationField(rotateTensor(elasticTensor(C), screwAxes()), [0, 0, (a * Math.sqrt(3)) / 2]);
  const periods: [Point, Point] = [
    [step * size[0], 0],
    [(step * size[0]) / 2, row * size[1]],
  ];
  return dipole({ field, first, second, periods });
}

/** size[0] · size[1] · length atoms, positions displaced by the elastic field. Throws InputError. */
export function screwDipole(spec: ScrewDipoleSpec): Atoms {
  const { tilt, displacement } = screwDipoleField(spec);
  const { a, z, size = [15, 9], length = 1 } = spec;
  const [step, row, b] = [a * Math.sqrt(2 / 3), a / Math.sqrt(2), (a * Math.sqrt(3)) / 2];
  const n = size[0] * size[1];
  const positions = new Float64Array(3 * n * length);
  for (let j = 0; j < size[1]; j++) {
    for (let i = 0; i < size[0]; i++) {
      // columns of a parallelogram; heights grow by b/3 along x and fall by b/3 along the other edge of the triangle
      const column = i - Math.floor(j / 2) + Math.floor((j * size[0]) / (2 * size[1]));
      const [x, y] = [step * (column + j / 2), row * j];
      const height = (((column - j) % 3) + 3) % 3;
      const u = displacement(x, y);
      for (let k = 0; k < length; k++) {
        positions.set([x + u[0], y + u[1], b * (height / 3 + k) + u[2]], 3 * (k * n + j * size[0] + i));
      }
    }
  }
  const [one, two] = tilt;
  return createAtoms({
    numbers: new Uint8Array(n * length).fill(z),
    positions,
    cell: Float64Array.of(
      step * size[0] + one[0],
      one[1],
      one[2],
      (step * size[0]) / 2 + two[0],
      row * size[1] + two[1],
      two[2],
      0,
      0,
      b * length,
    ),
  });
}
