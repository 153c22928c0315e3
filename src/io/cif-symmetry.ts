/** Symmetry operations as CIF writes them ('-x+1/2, y, z-x'), and the images of a site under them. */
import { transformRows } from '../data/cell.ts';

/** s' = W·s + w in fractional coordinates: rows (W_i1, W_i2, W_i3, w_i). */
export type Operation = number[][];

/** More than any space group has, in its conventional cell. */
export const MOST_OPERATIONS = 192;
/** Images of one site closer than this are one atom, Å: coordinates are often given with 3 or 4 digits. */
const SAME = 0.05;

/** The operation, or undefined when the text is none (its matrix must be integer, of determinant ±1). */
export function parseOperation(text: string): Operation | undefined {
  if (text.length > 200) return undefined;
  const parts = text.toLowerCase().replace(/\s+/g, '').split(',');
  if (parts.length !== 3) return undefined;
  const rows: Operation = [];
  for (const part of parts) {
    const row = parseComponent(part);
    if (row === undefined) return undefined;
    rows.push(row);
  }
  const [a, b, c] = rows;
  const det =
    a[0] * (b[1] * c[2] - b[2] * c[1]) - a[1] * (b[0] * c[2] - b[2] * c[0]) + a[2] * (b[0] * c[1] - b[1] * c[0]);
  return Math.abs(det) === 1 ? rows : undefined;
}

function parseComponent(text: string): number[] | undefined {
  const row = [0, 0, 0, 0];
  const terms = text.match(/[+-]?[^+-]+/g);
  if (terms === null || terms.join('') !== text) return undefined;
  for (const term of terms) {
    const match = /^([+-]?)(?:([xyz])|(\d*\.?\d+|\d+\.)(?:\/(\d+))?)$/.exec(term);
    if (match === null) return undefined;
    const [, sign, axis, over, under] = match;
    const size = axis ? 1 : Number(over) / Number(under ?? 1);
    if (!Number.isFinite(size)) return undefined;
    row[axis ? 'xyz'.indexOf(axis) : 3] += sign === '-' ? -size : size;
  }
  return row;
}

export function isIdentity(operation: Operation): boolean {
  return operation.every((row, i) => row.every((x, j) => (j === 3 ? Number.isInteger(x) : x === (i === j ? 1 : 0))));
}

/** The different images of a site, fractional; the site itself is first and as it was given, the others lie in [0, 1). */
export function imagesOf(site: number[], operations: Operation[], cell: Float64Array): number[][] {
  const images = [site];
  for (const operation of operations) {
    if (isIdentity(operation)) continue;
    const image = operation.map(([x, y, z, shift]) => wrap(x * site[0] + y * site[1] + z * site[2] + shift));
    if (images.every((other) => separation(image, other, cell) > SAME)) images.push(image);
  }
  return images;
}

function wrap(s: number): number {
  const wrapped = s - Math.floor(s);
  return wrapped < 1 ? wrapped : 0;
}

/** Distance of an image from the nearest repetition of another, right for short ones, Å. */
function separation(a: number[], b: number[], cell: Float64Array): number {
  const difference = a.map((x, k) => x - b[k] - Math.round(x - b[k]));
  const [x, y, z] = transformRows(difference, cell);
  return Math.sqrt(x * x + y * y + z * z);
}
