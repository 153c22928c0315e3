/** Orientations of cubic crystals: which Miller directions lie along x, y and z. */
import { InputError } from './errors.ts';

/** Three mutually perpendicular integer directions, right-handed: rows along x, y, z. */
export type Orientation = readonly (readonly [number, number, number])[];

/** Largest Miller index accepted. */
const largest = 100;

const dot = (a: ArrayLike<number>, b: ArrayLike<number>) => a[0] * b[0] + a[1] * b[1] + a[2] * b[2];

const gcd = (a: number, b: number): number => (b === 0 ? Math.abs(a) : gcd(b, a % b));

const show = (d: ArrayLike<number>) => `[${Array.from(d).join(' ')}]`;

/** The directions without common factors; throws InputError unless integer, perpendicular and right-handed. */
export function checkOrientation(orient: Orientation, name = 'orient'): number[][] {
  if (orient.length !== 3 || orient.some((d) => d.length !== 3)) {
    throw new InputError(
      `${name}: three directions of three integers were expected, such as [1 -1 0] [1 1 -2] [1 1 1]`,
    );
  }
  const d = orient.map((v) => {
    if (!v.every((c) => Number.isInteger(c) && Math.abs(c) <= largest) || dot(v, v) === 0) {
      throw new InputError(
        `${name}: ${show(v)} is no direction; integers from -${largest} to ${largest}, not all zero, were expected`,
      );
    }
    const common = gcd(gcd(v[0], v[1]), v[2]);
    return v.map((c) => c / common);
  });
  for (const [i, j] of [
    [0, 1],
    [0, 2],
    [1, 2],
  ]) {
    if (dot(d[i], d[j]) !== 0)
      throw new InputError(`${name}: ${show(orient[i])} and ${show(orient[j])} are not perpendicular`);
  }
  const cross = [
    d[0][1] * d[1][2] - d[0][2] * d[1][1],
    d[0][2] * d[1][0] - d[0][0] * d[1][2],
    d[0][0] * d[1][1] - d[0][1] * d[1][0],
  ];
  if (dot(cross, d[2]) < 0) {
    throw new InputError(
      `${name}: ${orient.map(show).join(' ')} is left-handed; reverse one direction, for example ${show(d[2].map((c) => 0 - c))} for the last`,
    );
  }
  return d;
}

/** Cartesian vector (Å, in the oriented frame) of a vector given along the cubic axes, in the same length unit. */
export function toOriented(v: ArrayLike<number>, orient?: Orientation): [number, number, number] {
  if (orient === undefined) return [v[0], v[1], v[2]];
  const [x, y, z] = checkOrientation(orient).map((d) => dot(v, d) / Math.sqrt(dot(d, d)));
  return [x, y, z];
}

/** Reads "[1-10] [11-2] [111]" or "1 -1 0, 1 1 -2, 1 1 1"; throws InputError as checkOrientation does. */
export function parseOrientation(text: string, name = '--orient'): Orientation {
  const groups = text
    .slice(0, 200)
    .split(/[[\],;]/)
    .map((group) => group.trim())
    .filter((group) => group !== '');
  const orient = groups.map((group) => parseDirection(group, name));
  checkOrientation(orient, name);
  return orient;
}

/** Reads one direction: "1-10", "[1 -1 0]" or "111". */
export function parseDirection(text: string, name = '--direction'): [number, number, number] {
  const inner = text
    .trim()
    .replace(/^\[(.*)\]$/, '$1')
    .trim();
  const parts = /\s/.test(inner) ? inner.split(/\s+/) : (inner.match(/^(?:-?\d){3}$/) && inner.match(/-?\d/g)) || [];
  if (parts.length !== 3 || !parts.every((part) => /^[+-]?\d{1,3}$/.test(part))) {
    throw new InputError(
      `${name}: found ${JSON.stringify(text.slice(0, 40))}; a direction such as [1 -1 0] was expected`,
    );
  }
  const [x, y, z] = parts.map(Number);
  return [x, y, z];
}
