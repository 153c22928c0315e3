/**
 * Solid-harmonic wavelet scattering of a structure: S_jl = ∫ (Σ_m |ρ*ψ_jlm|²)^½ dr, ρ = Σ_i of normalised Gaussians of
 * width σ, ψ_jlm = (2π)^(−3/2) exp(−½ (r/2^j)²) (r/2^j)^l Y_lm, nine scales 2^j Å and l = 0…9: 90 numbers that grow with
 * the number of atoms, without a unit. ρ*ψ is exact on the points (a Fourier series, of which waves below 1e-13 are left out);
 * the integral of its modulus is a sum over them, whose error is what `spacing` leaves. All atoms count alike.
 *
 * C. Lapointe et al., Phys. Rev. Materials 4, 063802 (2020), doi:10.1103/PhysRevMaterials.4.063802, where σ is not given.
 */
import type { Atoms } from '../data/atoms.ts';
import { inverse, transformRows } from '../data/cell.ts';
import { InputError } from '../data/errors.ts';
import {
  HIGHEST,
  SCALES,
  type ScatteringGrid,
  type ScatteringSettings,
  scatteringDefaults,
  scatteringGrid,
} from '../data/scattering.ts';
import type { Engine } from './engine.ts';

const MOST_SCALES = 64;

export interface Scattering {
  /** 90: j outer, l inner. */
  values: Float64Array;
  /** Σ of adjoint × ∂S/∂r, (n,3), Å⁻¹: where adjoints were given. */
  gradient?: Float64Array;
}

/** `S_j_l`. */
export function scatteringLabels(scales: readonly number[] = SCALES): string[] {
  return scales.flatMap((j) => Array.from({ length: HIGHEST + 1 }, (_, l) => `S_${j}_${l}`));
}

/**
 * Throws InputError for a structure without atoms and settings out of bounds. `adjoint`: 90 numbers, the derivatives of
 * something by the values; its gradient by the positions is added (the cell's is not provided).
 */
export function scattering(
  engine: Engine,
  atoms: Atoms,
  settings: Partial<ScatteringSettings> = {},
  adjoint?: ArrayLike<number>,
): Scattering {
  const all = { ...scatteringDefaults, ...settings };
  const { scales, sigma, spacing } = all;
  if (!(sigma >= 0 && sigma <= 10)) throw new InputError(`scattering: sigma: found ${sigma}; expected 0 to 10 Å`);
  if (!(spacing >= 0.05 && spacing <= 0.4))
    throw new InputError(`scattering: spacing: found ${spacing}; expected 0.05 to 0.4 widths`);
  const wrong = scales.find((j) => !(j >= -2 && j <= 8));
  if (wrong !== undefined) throw new InputError(`scattering: scales: found ${wrong}; expected -2 to 8`);
  if (scales.length === 0 || scales.length > MOST_SCALES)
    throw new InputError(`scattering: scales: found ${scales.length} numbers; expected 1 to ${MOST_SCALES}`);
  const n = atoms.numbers.length;
  if (n === 0) throw new InputError('the structure has no atoms');
  const width = HIGHEST + 1;
  const values = new Float64Array(scales.length * width);
  const gradient = adjoint ? new Float64Array(3 * n) : undefined;
  scales.forEach((scale, k) => {
    const mark = engine.mark();
    try {
      const grid = scatteringGrid(atoms, scale, all, adjoint !== undefined);
      const part = adjoint && Float64Array.from({ length: width }, (_, l) => adjoint[k * width + l]);
      values.set(oneScale(engine, atoms, grid, gradient, part), k * width);
    } finally {
      engine.release(mark);
    }
  });
  return gradient ? { values, gradient } : { values };
}

/** S_l of one scale; adds to the gradient. */
function oneScale(
  engine: Engine,
  atoms: Atoms,
  grid: ScatteringGrid,
  gradient?: Float64Array,
  adjoint?: Float64Array,
): Float64Array {
  const n = atoms.numbers.length;
  const [n1, n2] = grid.counts;
  const table = engine.f64(grid.table.length);
  table.set(grid.table);
  const work = engine.f64(grid.work);
  work.set(transformRows(atoms.positions, inverse(grid.box)), grid.coordinates);
  if (adjoint) work.set(adjoint, grid.adjoints);
  const out = engine.f64(HIGHEST + 1);
  const stride = 64 * Math.ceil(grid.scratch / 64);
  const scratch = engine.bytes(stride * engine.threads);
  const args = (to: Float64Array): [number, number, number, number] => [
    table.byteOffset,
    work.byteOffset,
    to.byteOffset,
    scratch,
  ];
  engine.run('wavePhases', n, args(out), { stride, grain: 64 });
  engine.run('waveDensity', n1 * n2, args(out), { stride, grain: 8 });
  engine.run(adjoint ? 'waveAdjoint' : 'waveModulus', HIGHEST + 1, args(out), { stride, grain: 1 });
  const values = out.slice();
  if (!gradient) return values;
  const forces = engine.f64(3 * n);
  engine.run('waveCombine', n1 * n2, args(forces), { stride, grain: 8 });
  engine.run('waveForce', n, args(forces), { stride, grain: 8 });
  forces.forEach((x, i) => {
    gradient[i] += x;
  });
  return values;
}
