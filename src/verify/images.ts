/** The same physics described otherwise: each image says what becomes of the energy and of the forces. */
import type { Atoms } from '../data/atoms.ts';
import { transformRows } from '../data/cell.ts';
import { select } from '../data/select.ts';
import { repeat } from '../data/supercell.ts';
import { noise } from './subject.ts';

export interface Image {
  name: string;
  atoms: Atoms;
  /** Energy of the image over that of the original. */
  times: number;
  /** Forces and energies of the original, as the image must have them. */
  forces(f: Float64Array): Float64Array;
  energies(e: Float64Array): Float64Array;
}

const same = (values: Float64Array) => values;

/** A rotation by an irrational angle about an irrational axis, for row vectors. */
function rotation(): number[] {
  const [a, b, c, d] = [0.3, Math.sqrt(0.2), -Math.sqrt(0.31), Math.sqrt(0.4)];
  return [
    a * a + b * b - c * c - d * d,
    2 * (b * c - a * d),
    2 * (b * d + a * c),
    2 * (b * c + a * d),
    a * a - b * b + c * c - d * d,
    2 * (c * d - a * b),
    2 * (b * d - a * c),
    2 * (c * d + a * b),
    a * a - b * b - c * c + d * d,
  ];
}

function turned(name: string, atoms: Atoms, m: number[]): Image {
  return {
    name,
    atoms: { ...atoms, positions: transformRows(atoms.positions, m), cell: transformRows(atoms.cell, m) },
    times: 1,
    forces: (f) => transformRows(f, m),
    energies: same,
  };
}

function translated(atoms: Atoms): Image {
  const shift = [Math.sqrt(2), -Math.sqrt(3), Math.sqrt(5)];
  const positions = atoms.positions.map((x, i) => x + shift[i % 3]);
  return { name: 'translation', atoms: { ...atoms, positions }, times: 1, forces: same, energies: same };
}

/** The atoms in another order; atoms of one element change places with those of all. */
function permuted(atoms: Atoms): Image {
  const keys = noise(atoms.numbers.length, 4);
  const order = [...keys.keys()].sort((a, b) => keys[a] - keys[b]);
  return {
    name: 'permutation',
    atoms: select(atoms, order),
    times: 1,
    forces: (f) => Float64Array.from(order.flatMap((i) => [f[3 * i], f[3 * i + 1], f[3 * i + 2]])),
    energies: (e) => Float64Array.from(order, (i) => e[i]),
  };
}

export function symmetryImages(atoms: Atoms): Image[] {
  return [
    translated(atoms),
    turned('rotation', atoms, rotation()),
    turned('inversion', atoms, [-1, 0, 0, 0, -1, 0, 0, 0, -1]),
    permuted(atoms),
  ];
}

const COMBINATIONS: [boolean, boolean, boolean][] = [1, 2, 3, 4, 5, 6, 7].map((k) => [
  (k & 1) !== 0,
  (k & 2) !== 0,
  (k & 4) !== 0,
]);

const letters = (pbc: readonly boolean[]) => pbc.map((p) => (p ? 'T' : 'F')).join('');

/** `atoms` under each of the seven pbc, and its doubles along each periodic direction. */
export function supercells(atoms: Atoms): { original: Atoms; images: Image[] }[] {
  return COMBINATIONS.map((pbc) => {
    const original = { ...atoms, pbc };
    const images = [0, 1, 2]
      .filter((k) => pbc[k])
      .map((k): Image => {
        const counts: [number, number, number] = [1, 1, 1];
        counts[k] = 2;
        const twice = (values: Float64Array) => Float64Array.from([...values, ...values]);
        const name = `${letters(pbc)} doubled along ${'abc'[k]}`;
        return { name, atoms: repeat(original, counts), times: 2, forces: twice, energies: twice };
      });
    return { original, images };
  });
}

/** Other cells of the same lattice, and atoms moved by whole lattice vectors out of the cell. */
export function latticeImages(atoms: Atoms): Image[] {
  const h = atoms.cell;
  const skew = (name: string, m: number[]): Image => ({
    name,
    atoms: { ...atoms, cell: Float64Array.from(h, (_, i) => combine(m, h, i)) },
    times: 1,
    forces: same,
    energies: same,
  });
  const jumps = noise(atoms.positions.length, 6).map((u) => Math.round(3 * u));
  const positions = atoms.positions.map((x, i) => {
    const at = i - (i % 3);
    return x + jumps[at] * h[i % 3] + jumps[at + 1] * h[3 + (i % 3)] + jumps[at + 2] * h[6 + (i % 3)];
  });
  return [
    skew('a -> a + b', [1, 1, 0, 0, 1, 0, 0, 0, 1]),
    skew('c -> c - 2a + 3b', [1, 0, 0, 0, 1, 0, -2, 3, 1]),
    skew('a <-> b, left-handed', [0, 1, 0, 1, 0, 0, 0, 0, 1]),
    { name: 'atoms outside the cell', atoms: { ...atoms, positions }, times: 1, forces: same, energies: same },
  ];
}

/** Element i of m·h. */
function combine(m: number[], h: Float64Array, i: number): number {
  const row = 3 * Math.floor(i / 3);
  const c = i % 3;
  return m[row] * h[c] + m[row + 1] * h[3 + c] + m[row + 2] * h[6 + c];
}
