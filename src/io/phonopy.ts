/** What phonopy reads: FORCE_CONSTANTS, all atoms of the supercell against all, and phonopy_params.yaml with its cells. */
import type { Atoms } from '../data/atoms.ts';
import { inverse, transformRows } from '../data/cell.ts';
import { symbolOf } from '../data/elements.ts';

/** Blocks (i, index[at]) of a supercell, rows of 3×3 blocks; missing ones are 0. */
export interface BlockRows {
  start: Int32Array;
  column: Int32Array;
  /** eV/Å². */
  blocks: Float64Array;
}

/** Our atom at each of phonopy's places: copies of one atom together, the first index of the repeats fastest. */
function phonopyOrder(n: number, [a, b, c]: readonly [number, number, number]): Int32Array {
  const cells = a * b * c;
  return Int32Array.from({ length: n * cells }, (_, at) => {
    const [atom, t] = [Math.floor(at / cells), at % cells];
    const [i, j, k] = [t % a, Math.floor(t / a) % b, Math.floor(t / (a * b))];
    return n * ((i * b + j) * c + k) + atom;
  });
}

/** FORCE_CONSTANTS of `unit` (n atoms) repeated `counts` times, copy after copy with the last index fastest. */
export function* forceConstantsText(
  n: number,
  counts: readonly [number, number, number],
  { start, column, blocks }: BlockRows,
): Generator<string> {
  const order = phonopyOrder(n, counts);
  const place = new Int32Array(order.length);
  order.forEach((atom, at) => {
    place[atom] = at;
  });
  const total = order.length;
  yield `${total} ${total}\n`;
  for (let row = 0; row < total; row++) {
    const atom = order[row];
    const values = new Float64Array(9 * total);
    for (let at = start[atom]; at < start[atom + 1]; at++) {
      values.set(blocks.subarray(9 * at, 9 * at + 9), 9 * place[column[at]]);
    }
    for (let other = 0; other < total; other++) {
      yield `${row + 1} ${other + 1}\n`;
      for (let c = 0; c < 3; c++) {
        yield `${Array.from(values.subarray(9 * other + 3 * c, 9 * other + 3 * c + 3), (v) => v.toFixed(15).padStart(22)).join('')}\n`;
      }
    }
  }
}

/**
 * phonopy_params.yaml without force constants: unit cell with masses (n) amu, repeats, and the primitive cell as
 * fractions (3,3) of the unit cell's rows, one primitive vector a row.
 */
export function phonopyParams(
  unit: Atoms,
  counts: readonly [number, number, number],
  fractions: ArrayLike<number>,
  masses: ArrayLike<number>,
): string {
  const row = (values: number[]) => `[ ${values.map((v) => v.toFixed(15)).join(', ')} ]`;
  const g = inverse(unit.cell);
  const s = transformRows(unit.positions, g);
  const rows = [0, 1, 2];
  return [
    'phonopy:',
    // of the format: what it was tried with
    '  version: 2.17.1',
    '  frequency_unit_conversion_factor: 15.633302',
    '',
    'physical_unit:',
    '  atomic_mass: "AMU"',
    '  length: "angstrom"',
    '  force_constants: "eV/angstrom^2"',
    '',
    'primitive_matrix:',
    // phonopy's columns are the primitive vectors
    ...rows.map((c) => `- ${row(rows.map((k) => fractions[3 * k + c]))}`),
    '',
    'supercell_matrix:',
    ...rows.map((c) => `- [ ${rows.map((k) => (k === c ? counts[c] : 0)).join(', ')} ]`),
    '',
    'unit_cell:',
    '  lattice:',
    ...rows.map((c) => `  - ${row([...unit.cell.subarray(3 * c, 3 * c + 3)])}`),
    '  points:',
    ...Array.from(unit.numbers, (z, i) =>
      [
        `  - symbol: ${symbolOf(z)}`,
        `    coordinates: ${row([...s.subarray(3 * i, 3 * i + 3)])}`,
        `    mass: ${masses[i].toFixed(9)}`,
      ].join('\n'),
    ),
    '',
  ].join('\n');
}
