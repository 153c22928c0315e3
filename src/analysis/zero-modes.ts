/** Rigid motions that cost nothing: translations, and rotations of what is not periodic, as orthonormal vectors. */
import type { Atoms } from '../data/atoms.ts';
import type { Hessian } from './hessian.ts';

export interface Oscillator {
  hessian: Hessian;
  /** The atoms where the Hessian was taken. */
  atoms: Atoms;
  /** (n) amu. */
  masses: ArrayLike<number>;
}

/** A zero mode whose rest, after the others are taken out, is shorter than this is no mode of its own (a linear molecule). */
const DEPENDENT = 1e-6;

/** Orthonormal zero modes (m each) in mass-weighted free coordinates; none where an atom or a site is held. */
export function zeroModes({
  hessian,
  atoms,
  masses,
}: Omit<Oscillator, 'hessian'> & { hessian: Pick<Hessian, 'invariant' | 'n'> }): Float64Array[] {
  if (!hessian.invariant) return [];
  const { positions: x } = atoms;
  const n = hessian.n;
  const total = Array.from(masses).reduce((sum, m) => sum + m, 0);
  const center = [0, 1, 2].map((c) => {
    let sum = 0;
    for (let i = 0; i < n; i++) sum += (masses[i] * x[3 * i + c]) / total;
    return sum;
  });
  const mode = (u: (i: number, c: number) => number) =>
    Float64Array.from({ length: 3 * n }, (_, k) => Math.sqrt(masses[Math.floor(k / 3)]) * u(Math.floor(k / 3), k % 3));
  const shifts = [0, 1, 2].map((axis) => mode((_, c) => (c === axis ? 1 : 0)));
  const turns = rotationAxes(atoms).map((axis) =>
    mode((i, c) => {
      const [a, b] = [(c + 1) % 3, (c + 2) % 3];
      return axis[a] * (x[3 * i + b] - center[b]) - axis[b] * (x[3 * i + a] - center[a]);
    }),
  );
  return orthonormal([...shifts, ...turns]);
}

/** Axes about which a structure may turn freely: three, one along a wire, none. */
function rotationAxes({ pbc, cell }: Atoms): number[][] {
  const periodic = [0, 1, 2].filter((c) => pbc[c]);
  if (periodic.length === 0) {
    return [
      [1, 0, 0],
      [0, 1, 0],
      [0, 0, 1],
    ];
  }
  return periodic.length === 1 ? [Array.from(cell.subarray(3 * periodic[0], 3 * periodic[0] + 3))] : [];
}

function orthonormal(vectors: Float64Array[]): Float64Array[] {
  const basis: Float64Array[] = [];
  for (const vector of vectors) {
    const size = Math.sqrt(dot(vector, vector));
    const rest = vector.slice();
    for (let pass = 0; pass < 2; pass++) for (const b of basis) subtract(rest, dot(rest, b), b);
    const length = Math.sqrt(dot(rest, rest));
    if (length > DEPENDENT * size) basis.push(rest.map((r) => r / length));
  }
  return basis;
}

export function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i] * b[i];
  return sum;
}

export function subtract(a: Float64Array, factor: number, b: Float64Array): void {
  for (let i = 0; i < a.length; i++) a[i] -= factor * b[i];
}
