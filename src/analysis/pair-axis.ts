/** Axes of dumbbells: which family of crystal directions they are, and whether several are parallel. */
import { checkOrientation, type Orientation } from '../data/orient.ts';

const families = [
  ['⟨100⟩', [1, 0, 0]],
  ['⟨110⟩', [1, 1, 0]],
  ['⟨111⟩', [1, 1, 1]],
] as const;

/** Degrees from a family's direction up to which an axis bears its name; ⟨110⟩ and ⟨111⟩ are 35.3 apart. */
export const NEAR = 12;

const length = (v: ArrayLike<number>) => Math.sqrt(v[0] * v[0] + v[1] * v[1] + v[2] * v[2]);

/** Degrees between two lines, 0 to 90. */
export function angleBetween(a: ArrayLike<number>, b: ArrayLike<number>): number {
  const cosine = Math.abs(a[0] * b[0] + a[1] * b[1] + a[2] * b[2]) / (length(a) * length(b));
  return (Math.acos(Math.min(1, cosine)) * 180) / Math.PI;
}

/** Cubic axes' components of a Cartesian vector. */
function alongCubic(v: ArrayLike<number>, orient?: Orientation): number[] {
  if (orient === undefined) return [v[0], v[1], v[2]];
  const rows = checkOrientation(orient).map((d) => d.map((c) => c / length(d)));
  return [0, 1, 2].map((k) => rows.reduce((sum, row, r) => sum + row[k] * v[r], 0));
}

/** '⟨110⟩', or the direction itself where no family is near: '[0.20 0.55 0.81]'. */
export function axisName(v: ArrayLike<number>, orient?: Orientation): string {
  const cubic = alongCubic(v, orient);
  const sorted = cubic.map(Math.abs).sort((a, b) => b - a);
  const [best] = families
    .map(([name, d]) => ({ name, angle: angleBetween(sorted, d) }))
    .sort((a, b) => a.angle - b.angle);
  if (best.angle <= NEAR) return best.name;
  return `[${cubic.map((c) => (c / length(cubic)).toFixed(2)).join(' ')}]`;
}

/** The first of the vectors where all are parallel to it within the angle of a name. */
export function commonAxis(vectors: readonly number[][]): number[] | undefined {
  const [first, ...others] = vectors;
  return others.every((v) => angleBetween(v, first) <= 2 * NEAR) ? first : undefined;
}
