/**
 * LAMMPS text dumps, written. A box of LAMMPS's form (a along x, b in the xy plane) as bounds, any other as the vectors
 * of a general triclinic box ("abc origin"), so that nothing is turned. Columns: id type element x y z, vx…, mass, fx…,
 * then atoms.arrays.
 */
import type { Atoms } from '../data/atoms.ts';
import { symbolOf } from '../data/elements.ts';
import { InputError } from '../data/errors.ts';
import { formatNumber } from './key-values.ts';
import { completeCell, frameOf } from './lammps-box.ts';
import { idsOf } from './lammps-data-write.ts';

/** Frames one after the other. Time steps: info.step, else the number of the frame. */
export function formatLammpsDump(frames: readonly Atoms[]): string {
  return frames.map((atoms, i) => [...lammpsDumpChunks(atoms, i)].join('')).join('');
}

/** The text of one frame line by line. */
export function* lammpsDumpChunks(atoms: Atoms, frame = 0): Generator<string> {
  const n = atoms.numbers.length;
  const { step, time } = atoms.info;
  const whole = typeof step === 'number' && Number.isSafeInteger(step) && step >= 0;
  yield `ITEM: TIMESTEP\n${whole ? step : frame}\n`;
  if (typeof time === 'number') yield `ITEM: TIME\n${formatNumber(time)}\n`;
  yield `ITEM: NUMBER OF ATOMS\n${n}\n${box(atoms)}`;
  const columns = columnsOf(atoms);
  yield `ITEM: ATOMS id type element ${columns.map((column) => column.name).join(' ')}\n`;
  const ids = idsOf(atoms);
  const elements = [...new Set(atoms.numbers)];
  const prefix = new Map(elements.map((z, k) => [z, `${k + 1} ${symbolOf(z)}`]));
  for (let i = 0; i < n; i++) {
    let row = `${ids[i]} ${prefix.get(atoms.numbers[i])}`;
    for (const { values, width, offset } of columns) row += ` ${formatNumber(values[i * width + offset])}`;
    yield `${row}\n`;
  }
}

function box(atoms: Atoms): string {
  const flags = atoms.pbc.map((periodic) => (periodic ? 'pp' : 'ff')).join(' ');
  const { box: cell, identity, open } = frameOf(atoms.cell);
  const line = (values: number[]) => `${values.map(formatNumber).join(' ')}\n`;
  if (!identity) return `ITEM: BOX BOUNDS abc origin ${flags}\n${generalRows(atoms).map(line).join('')}`;
  const [xy, xz, yz] = [cell[3], cell[6], cell[7]];
  const low = [Math.min(0, xy, xz, xy + xz), Math.min(0, yz), 0];
  const high = [Math.max(0, xy, xz, xy + xz), Math.max(0, yz), 0];
  const tilts = [xy, xz, yz];
  const tilted = tilts.some((t) => t !== 0);
  let text = `ITEM: BOX BOUNDS ${tilted ? 'xy xz yz ' : ''}${flags}\n`;
  for (let k = 0; k < 3; k++) {
    const [from, to] = open[k] ? extent(atoms.positions, k) : [low[k], cell[4 * k] + high[k]];
    text += line(tilted ? [from, to, tilts[k]] : [from, to]);
  }
  return text;
}

/** Lattice vectors with the origin's x, y, z behind them; a zero row is made up by a vector across all atoms. */
function generalRows(atoms: Atoms): number[][] {
  const { cell, open } = completeCell(atoms.cell);
  const origin = [0, 0, 0];
  const rows = [0, 1, 2].map((k) => {
    const row = [...cell.subarray(3 * k, 3 * k + 3)];
    if (!open[k]) return row;
    const along = Float64Array.from(atoms.numbers, (_, i) =>
      row.reduce((sum, x, axis) => sum + x * atoms.positions[3 * i + axis], 0),
    );
    const [low, high] = extent(along, 0, 1);
    row.forEach((x, axis) => {
      origin[axis] += low * x;
    });
    return row.map((x) => x * (high - low));
  });
  return rows.map((row, k) => [...row, origin[k]]);
}

/** What the atoms occupy along an axis, and 1 Å around. */
function extent(positions: Float64Array, axis: number, stride = 3): [number, number] {
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (let i = axis; i < positions.length; i += stride) {
    low = Math.min(low, positions[i]);
    high = Math.max(high, positions[i]);
  }
  return [low - 1, high + 1];
}

const RESERVED = new Set(
  'type typelabel element x y z xs ys zs xu yu zu xsu ysu zsu ix iy iz vx vy vz fx fy fz mass'.split(' '),
);

interface DumpColumn {
  name: string;
  values: ArrayLike<number>;
  width: number;
  offset: number;
}

function columnsOf(atoms: Atoms): DumpColumn[] {
  const columns: DumpColumn[] = [];
  const add = (names: string[], values: ArrayLike<number> | undefined) => {
    if (values) columns.push(...names.map((name, offset) => ({ name, values, width: names.length, offset })));
  };
  add(['x', 'y', 'z'], atoms.positions);
  add(['vx', 'vy', 'vz'], atoms.velocities);
  add(['mass'], atoms.masses);
  for (const [name, values] of Object.entries(atoms.arrays)) {
    const width = values.length / atoms.numbers.length;
    if (name === 'id') continue;
    if (/\s/.test(name) || RESERVED.has(name) || !Number.isInteger(width)) {
      throw new InputError(`arrays: ${JSON.stringify(name)} cannot be a column of a dump`);
    }
    if (name === 'forces') add(['fx', 'fy', 'fz'], values);
    else add(width === 1 ? [name] : Array.from({ length: width }, (_, k) => `${name}[${k + 1}]`), values);
  }
  return columns;
}
