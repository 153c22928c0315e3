/**
 * Cell strain as extra coordinates, so that minimizers never know (ASE's UnitCellFilter; Tadmor, Smith, Bernstein,
 * Kaxiras 1999, 10.1103/PhysRevB.59.235). With h0 the reference cell, rows, and D = 1 + S a symmetric deformation:
 *
 *   cell = h0·D, positions = y·D, energy = E + P·V        x here = [y (n,3), strain (3 or 6 numbers)]
 *   −∂/∂y = f·D                                           −∂/∂D = D⁻¹·(W − P V)
 *
 * The strain numbers are √n·(V0/n)^(1/3) Å times S in a basis of length one (off-diagonal elements times √2), which
 * makes the cell about as stiff as an atom. Held components keep their y: they ride with the cell.
 */
import { determinant, inverse, multiply, transformRows } from '../data/cell.ts';
import { InputError, PhysicsError } from '../data/errors.ts';
import type { CellObjective } from '../data/objective.ts';
import { voigt } from '../data/voigt.ts';
import { fmax, type MeasuredObjective } from './fmax.ts';

/** 'iso': one scale; 'ortho': three along x, y, z; 'full': six, no rotation. */
export type StrainMode = 'iso' | 'ortho' | 'full';

export interface StrainOptions {
  mode: StrainMode;
  /** eV/Å^3, default 0. */
  pressure?: number;
  /** (n,3), 1 = held. */
  fixed?: ArrayLike<number>;
  /** (3,3) h0; default the present cell. To go on with a saved x, give the h0 that it belongs to and set x. */
  reference?: ArrayLike<number>;
}

export interface StrainedObjective extends MeasuredObjective {
  /** The objective in its present cell; its x and cell follow at every evaluate(). */
  readonly inner: CellObjective;
  /** (3,3) h0. */
  readonly reference: Float64Array;
  /** P·V at the last evaluate(), eV: enthalpy less energy. */
  work(): number;
}

/** For each strain number its elements of S, in a basis of length one. */
function basis(mode: StrainMode): { index: number; weight: number }[][] {
  const diagonal = (k: number, weight: number) => ({ index: 4 * k, weight });
  if (mode === 'iso') return [[0, 1, 2].map((k) => diagonal(k, 1 / Math.sqrt(3))), [], []];
  return voigt.slice(0, mode === 'ortho' ? 3 : 6).map(([a, b]) => {
    if (a === b) return [diagonal(a, 1)];
    return [3 * a + b, 3 * b + a].map((index) => ({ index, weight: Math.SQRT1_2 }));
  });
}

/**
 * The objective with its cell free. `residual()` is the larger of fmax of the true forces (held components left out)
 * and |W − P V| / (√n (V/n)^(1/3)) in the free strains (Frobenius length, eV/Å): fmax bounds the stress error by
 * fmax·(n/V)^(2/3)/√n. Throws InputError for a cell without volume.
 */
export function strained(inner: CellObjective, options: StrainOptions): StrainedObjective {
  const { mode, pressure = 0, fixed } = options;
  const size = inner.x.length;
  const reference = Float64Array.from(options.reference ?? inner.cell);
  const volume = Math.abs(determinant(reference));
  if (!(volume > 0)) throw new InputError(`cell relaxation needs a cell with a volume; found ${volume} Å^3`);
  if (!Number.isFinite(pressure)) throw new InputError(`pressure is ${pressure}; expected a finite number`);
  if (fixed && fixed.length !== size) throw new InputError(`${fixed.length} held flags for ${size / 3} atoms`);
  const scale = stiffLength(size / 3, volume);
  const strains = basis(mode);
  const x = new Float64Array(size + strains.length);
  const f = new Float64Array(x.length);
  const force = new Float64Array(size);
  x.set(inner.x);
  if (options.reference) {
    // the present cell as h0·D: exact where D is a deformation of this mode
    const d = multiply(inverse(reference), inner.cell);
    x.set(transformRows(inner.x, inverse(d)));
    strains.forEach((elements, k) => {
      for (const { index, weight } of elements) x[size + k] += scale * weight * (d[index] - (index % 4 ? 0 : 1));
    });
  }
  let stress = 0;
  let work = 0;

  const evaluate = (): number => {
    const d = deformation(mode, x, reference);
    if (!(determinant(d) > 0)) throw new PhysicsError('the cell has lost its volume');
    inner.setCell(multiply(reference, d));
    inner.x.set(transformRows(x.subarray(0, size), d));
    const energy = inner.evaluate();
    const now = volume * determinant(d);
    work = pressure * now;
    for (let i = 0; i < size; i++) force[i] = inner.f[i];
    f.set(transformRows(force, d));
    if (fixed) for (let i = 0; i < size; i++) if (fixed[i]) f[i] = force[i] = 0;
    const drive = driving(inner.virial, work);
    const pulled = multiply(inverse(d), drive);
    let square = 0;
    strains.forEach((elements, k) => {
      const along = (m: Float64Array) => elements.reduce((sum, { index, weight }) => sum + weight * m[index], 0);
      f[size + k] = along(pulled) / scale;
      square += along(drive) ** 2;
    });
    stress = Math.sqrt(square) / stiffLength(size / 3, now);
    return energy + work;
  };
  return { x, f, evaluate, inner, reference, residual: () => Math.max(fmax(force), stress), work: () => work };
}

/** D of the strain numbers at the end of x. */
function deformation(mode: StrainMode, x: Float64Array, reference: ArrayLike<number>): Float64Array {
  const strains = basis(mode);
  const size = x.length - strains.length;
  const scale = stiffLength(size / 3, Math.abs(determinant(reference)));
  const d = Float64Array.of(1, 0, 0, 0, 1, 0, 0, 0, 1);
  strains.forEach((elements, k) => {
    for (const { index, weight } of elements) d[index] += (weight * x[size + k]) / scale;
  });
  return d;
}

/** Cell and positions, Å, that coordinates of a strained objective stand for. */
export function unstrained(
  mode: StrainMode,
  x: Float64Array,
  reference: Float64Array,
): { cell: Float64Array; positions: Float64Array } {
  const d = deformation(mode, x, reference);
  return { cell: multiply(reference, d), positions: transformRows(x.subarray(0, x.length - basis(mode).length), d) };
}

/** √n (V/n)^(1/3), Å. */
function stiffLength(n: number, volume: number): number {
  return Math.sqrt(n) * cubeRoot(volume / n);
}

/** Newton's iteration in exact operations, so that every host has the same bits. */
function cubeRoot(a: number): number {
  let root = Math.sqrt(Math.sqrt(a));
  for (let i = 0; i < 40; i++) root -= (root - a / (root * root)) / 3;
  return root;
}

/** W − P V as a (3,3) matrix. */
function driving(virial: Float64Array, work: number): Float64Array {
  const m = new Float64Array(9);
  voigt.forEach(([a, b], k) => {
    m[3 * a + b] = m[3 * b + a] = virial[k] - (a === b ? work : 0);
  });
  return m;
}
