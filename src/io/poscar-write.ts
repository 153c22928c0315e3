/**
 * VASP 5 POSCAR, written: Cartesian coordinates with the shortest digits that read back as the same doubles, atoms
 * grouped by element in the order of appearance, held components as selective dynamics, velocities in Å/fs.
 */
import type { Atoms } from '../data/atoms.ts';
import { symbolOf } from '../data/elements.ts';
import { InputError } from '../data/errors.ts';
import { formatNumber } from './key-values.ts';
import { isDiagonal } from './poscar.ts';
import { checkCell } from './validate.ts';

/** Throws InputError for structures that the format cannot hold. */
export function formatPoscar(atoms: Atoms): string {
  checkCell(atoms.cell, [true, true, true]);
  const groups = new Map<number, number[]>();
  atoms.numbers.forEach((z, i) => {
    const group = groups.get(z);
    if (group) group.push(i);
    else groups.set(z, [i]);
  });
  const symbols = [...groups.keys()].map(symbolOf);
  const { comment } = atoms.info;
  const order = [...groups.values()].flat();
  const text = [
    typeof comment === 'string' && !/[\r\n]/.test(comment) && comment.trim() !== '' ? comment : symbols.join(' '),
    '1.0',
    ...[0, 1, 2].map((k) => row(atoms.cell, k)),
    symbols.join(' '),
    [...groups.values()].map((group) => group.length).join(' '),
  ];
  const { fixed, velocities } = atoms;
  if (fixed) text.push('Selective dynamics');
  text.push('Cartesian');
  for (const i of order)
    text.push(fixed ? `${row(atoms.positions, i)} ${flags(atoms, fixed, i)}` : row(atoms.positions, i));
  if (velocities) {
    const perFs = velocities.map((v) => v / 1000);
    text.push('', ...order.map((i) => row(perFs, i)));
  }
  return `${text.join('\n')}\n`;
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
