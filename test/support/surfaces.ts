/** Analytic energy surfaces in the plane, embedded in three coordinates of one "atom" (the third is harmonic). */
import type { Objective } from '../../src/data/objective.ts';

/** Energy and gradient at (x, y). */
export type Surface = (x: number, y: number) => [e: number, ex: number, ey: number];

export function onSurface(surface: Surface, x: ArrayLike<number>): Objective {
  const position = Float64Array.from(x);
  const f = new Float64Array(3);
  return {
    x: position,
    f,
    evaluate() {
      const [e, ex, ey] = surface(position[0], position[1]);
      f.set([-ex, -ey, -10 * position[2]]);
      return e + 5 * position[2] ** 2;
    },
  };
}

/** Müller, Brown 1979, 10.1007/BF00547608; energies divided by 100, so that curvatures are those of crystals. */
export const muellerBrown: Surface = (x, y) => {
  const terms = [
    [-2, -1, 0, -10, 1, 0],
    [-1, -1, 0, -10, 0, 0.5],
    [-1.7, -6.5, 11, -6.5, -0.5, 1.5],
    [0.15, 0.7, 0.6, 0.7, -1, 1],
  ];
  let [e, ex, ey] = [0, 0, 0];
  for (const [amplitude, a, b, c, x0, y0] of terms) {
    const [u, v] = [x - x0, y - y0];
    const term = amplitude * Math.exp(a * u * u + b * u * v + c * v * v);
    e += term;
    ex += term * (2 * a * u + b * v);
    ey += term * (b * u + 2 * c * v);
  }
  return [e, ex, ey];
};

/** Two humps along the curve y = bend·x² with a minimum of 0.6 between them and ends at x = ±1 of energy 0. */
export const doubleHump =
  (bend: number): Surface =>
  (x, y) => {
    const q = x * x;
    const well = 0.6 * (q - 1) ** 2 * (1 + 2.6 * q);
    const slope = 0.6 * (4 * x * (q - 1) * (1 + 2.6 * q) + (q - 1) ** 2 * 5.2 * x);
    const off = y - bend * q;
    return [well + 4 * off * off, slope - 16 * bend * x * off, 8 * off];
  };

/** Newton's iteration on the gradient by central differences: a stationary point to rounding. */
export function stationary(surface: Surface, start: readonly [number, number]): [number, number] {
  let [x, y] = start;
  const h = 1e-5;
  for (let i = 0; i < 50; i++) {
    const [, ex, ey] = surface(x, y);
    const [, rx, ry] = surface(x + h, y);
    const [, lx, ly] = surface(x - h, y);
    const [, ux, uy] = surface(x, y + h);
    const [, dx, dy] = surface(x, y - h);
    const [a, b, c, d] = [(rx - lx) / (2 * h), (ux - dx) / (2 * h), (ry - ly) / (2 * h), (uy - dy) / (2 * h)];
    const det = a * d - b * c;
    x -= (d * ex - b * ey) / det;
    y -= (a * ey - c * ex) / det;
  }
  return [x, y];
}
