/**
 * LAMMPS wants a along x and b in the xy plane. The frame of a cell is the rotation that brings it there:
 * x_lammps = x·Q, with the unit vectors along a, in the plane of a and b, and normal to it as the columns of Q.
 */
import { multiply, transformRows } from '../data/cell.ts';
import type { Place } from '../data/errors.ts';
import { checkCell } from './validate.ts';

export interface LammpsFrame {
  /** (3,3) columns are LAMMPS's axes; identity when the cell is lower triangular already. */
  rotation: Float64Array;
  /** (3,3) lower triangular rows with a positive diagonal, Å. */
  box: Float64Array;
  /** Nothing was turned: positions keep their bits. */
  identity: boolean;
  /** Rows that were zero. */
  open: boolean[];
}

const IDENTITY = Float64Array.of(1, 0, 0, 0, 1, 0, 0, 0, 1);

/** The frame of a cell whose zero rows (directions that are not periodic) are made up by unit vectors. */
export function frameOf(cell: ArrayLike<number>, place: Place = {}): LammpsFrame {
  const { cell: whole, open } = completeCell(cell);
  // nothing is normal to parallel rows: said of them, not of the row that could not be made up
  checkCell(
    cell,
    open.map((zero) => !zero),
    place,
  );
  return { ...lammpsFrame(whole, place), open };
}

/** A box in LAMMPS's frame turned back: `original` itself, bit by bit, if the box is still the one of its frame. */
export function restoreCell(box: Float64Array, original: Float64Array, frame: LammpsFrame): Float64Array {
  const isOpen = (i: number) => frame.open[Math.floor(i / 3)];
  if (box.every((x, i) => isOpen(i) || x === frame.box[i])) return original;
  return multiply(box, transpose(frame.rotation)).map((x, i) => (isOpen(i) ? 0 : x));
}

/** The frame of a right-handed cell. Throws InputError for singular or left-handed ones. */
function lammpsFrame(cell: ArrayLike<number>, place: Place): Omit<LammpsFrame, 'open'> {
  checkCell(cell, [true, true, true], place);
  const lower = cell[1] === 0 && cell[2] === 0 && cell[5] === 0;
  if (lower && cell[0] > 0 && cell[4] > 0 && cell[8] > 0) {
    return { rotation: IDENTITY.slice(), box: Float64Array.from(cell), identity: true };
  }
  const a = Float64Array.of(cell[0], cell[1], cell[2]);
  const e1 = unit(a);
  const e3 = unit(cross(a, Float64Array.of(cell[3], cell[4], cell[5])));
  const e2 = cross(e3, e1);
  const rotation = Float64Array.of(e1[0], e2[0], e3[0], e1[1], e2[1], e3[1], e1[2], e2[2], e3[2]);
  const box = multiply(cell, rotation);
  box[1] = box[2] = box[5] = 0;
  return { rotation, box, identity: false };
}

/** Vectors (n,3) of LAMMPS's frame turned back. */
export function unrotate(x: ArrayLike<number>, frame: LammpsFrame): Float64Array {
  return transformRows(x, transpose(frame.rotation));
}

function transpose(m: ArrayLike<number>): Float64Array {
  return Float64Array.of(m[0], m[3], m[6], m[1], m[4], m[7], m[2], m[5], m[8]);
}

/** The cell with every zero row replaced by a unit vector normal to the others, and which rows were zero. */
export function completeCell(cell: ArrayLike<number>): { cell: Float64Array; open: boolean[] } {
  const rows: Float64Array[] = [0, 3, 6].map((k) => Float64Array.of(cell[k], cell[k + 1], cell[k + 2]));
  const open = rows.map((row) => row.every((x) => x === 0));
  if (!open.includes(false)) return { cell: IDENTITY, open };
  for (let k = 0; k < 3; k++) {
    if (!open[k]) continue;
    const [i, j] = [(k + 1) % 3, (k + 2) % 3];
    const known = (index: number) => !open[index] || index < k;
    if (known(i) && known(j)) rows[k] = unit(cross(rows[i], rows[j]));
    else rows[k] = unit(normalTo(rows[known(i) ? i : j]));
  }
  return { cell: Float64Array.from(rows.flatMap((row) => [...row])), open };
}

/** Some vector normal to v: v times the axis that it is least along. */
function normalTo(v: Float64Array): Float64Array {
  const size = v.map(Math.abs);
  const k = size[0] <= size[1] && size[0] <= size[2] ? 0 : size[1] <= size[2] ? 1 : 2;
  const axis = new Float64Array(3);
  axis[k] = 1;
  return cross(v, axis);
}

function cross(u: Float64Array, v: Float64Array): Float64Array {
  return Float64Array.of(u[1] * v[2] - u[2] * v[1], u[2] * v[0] - u[0] * v[2], u[0] * v[1] - u[1] * v[0]);
}

/** v/|v|; parallel vectors, whose product is 0, stay 0: frameOf() refuses them. */
function unit(v: Float64Array): Float64Array {
  const length = Math.sqrt(v[0] * v[0] + v[1] * v[1] + v[2] * v[2]);
  return length === 0 ? v : v.map((x) => x / length);
}
