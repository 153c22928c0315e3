/**
 * VASP 5 POSCAR, written: Cartesian coordinates with the shortest digits that read back as the same doubles, atoms
 * grouped by element in the order of appearance, held components as selective dynamics, velocities in Å/fs.
 */
import type { Atoms } from '../data/atoms.ts';
import { symbolOf } from '../data/elements.ts';
import { InputError } from '../data/errors.ts';
import { formatNumber } from './key-values.ts';
import { checkCell } from './validate.ts';

/** One configuration. Throws InputError for structures that the format cannot hold. */
export function formatPoscar(atoms: Atoms): string {
  return [...poscarChunks(atoms)].join('');
}

/** The same text line by line. */
export function* poscarChunks(atoms: Atoms): Generator<string> {
  checkCell(atoms.cell, [true, true, true]);
  const groups = new Map<number, number[]>();
  atoms.numbers.forEach((z, i) => {
    const group = groups.get(z);
    if (group) group.push(i);
    else groups.set(z, [i]);
  });
  const symbols = [...groups.keys()].map(symbolOf).join(' ');
  const counts = [...groups.values()].map((group) => group.length).join(' ');
  const { comment } = atoms.info;
  const title = typeof comment === 'string' && !/[\r\n]/.test(comment) ? comment.trim() : '';
  yield `${title === '' ? symbols : title}\n1.0\n`;
  for (let k = 0; k < 3; k++) yield `${row(atoms.cell, k)}\n`;
  yield `${symbols}\n${counts}\n`;
  const { fixed, velocities, positions } = atoms;
  yield fixed ? 'Selective dynamics\nCartesian\n' : 'Cartesian\n';
  const order = [...groups.values()].flat();
  for (const i of order) yield fixed ? `${row(positions, i)} ${flags(atoms, fixed, i)}\n` : `${row(positions, i)}\n`;
  if (velocities) {
    const perFs = velocities.map((v) => v / 1000);
    yield '\n';
    for (const i of order) yield `${row(perFs, i)}\n`;
  }
}

function flags(atoms: Atoms, fixed: Uint8Array, i: number): string {
  const held = fixed.subarray(3 * i, 3 * i + 3);
  const words = Array.from(held, (h) => (h ? 'F' : 'T'));
  if (new Set(words).size > 1 && !isDiagonal(atoms.cell)) {
    throw new InputError(
      `atom ${i + 1} is held along some of x, y, z: a POSCAR can only say that when the cell is along them`,
    );
  }
  return words.join(' ');
}

function row(values: ArrayLike<number>, i: number): string {
  return `${formatNumber(values[3 * i])} ${formatNumber(values[3 * i + 1])} ${formatNumber(values[3 * i + 2])}`;
}

/** Are the lattice vectors along x, y and z? */
export function isDiagonal(cell: ArrayLike<number>): boolean {
  return [1, 2, 3, 5, 6, 7].every((i) => cell[i] === 0);
}
