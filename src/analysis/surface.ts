/**
 * Energies of planar defects: free surfaces, and γ-surfaces, what it costs to shift one half of a crystal over the other
 * by a vector of the plane (Vitek 1968, 10.1080/14786436808227500), atoms relaxed along the normal only. Both are slabs
 * that are open on both sides, so the fault may widen freely.
 */
import type { Atoms } from '../data/atoms.ts';
import { transformRows } from '../data/cell.ts';
import { InputError, PhysicsError } from '../data/errors.ts';
import type { Potential } from '../data/potential.ts';
import { type Slab, slab, type Triple } from '../data/slab.ts';
import type { Engine } from '../engine/engine.ts';
import { requireExact } from '../engine/exact.ts';
import { createSystem } from '../engine/system.ts';
import { fmax as largest } from '../methods/fmax.ts';
import { hold } from '../methods/hold.ts';
import { minimize } from '../methods/minimize.ts';

/** J/m² of 1 eV/Å². */
export const joulePerSquareMetre = 16.02176634;

export interface PlanarOptions {
  /** Å, of the slab; default 30. */
  thickness?: number;
  /** eV/Å of the relaxation; default 1e-3. */
  fmax?: number;
  steps?: number;
  /** Å, of the neighbour list. */
  skin?: number;
}

export interface SurfaceEnergy {
  plane: Triple;
  /** eV/Å², mean of the two surfaces. */
  unrelaxed: number;
  relaxed: number;
  /** Å². */
  area: number;
  /** Å. */
  thickness: number;
  /** The relaxed slab. */
  atoms: Atoms;
}

/** Energy of the unit cell as it is, eV; refuses one that is not at rest. */
function bulkEnergy(engine: Engine, unit: Atoms, potential: Potential, skin: number): number {
  requireExact(engine, 'an energy of a plane');
  const mark = engine.mark();
  try {
    const system = createSystem(engine, unit, potential, { skin });
    const energy = system.evaluate();
    if (largest(system.f) > 1e-3) {
      throw new InputError(
        `the crystal is not at rest: forces up to ${largest(system.f).toExponential(2)} eV/Å; relax it first`,
      );
    }
    return energy;
  } finally {
    engine.release(mark);
  }
}

/** Throws InputError for no crystal at rest and on an engine with the fast kernels, PhysicsError for a slab that does not relax. */
export function surfaceEnergy(
  engine: Engine,
  unit: Atoms,
  potential: Potential,
  plane: Triple,
  options: PlanarOptions = {},
): SurfaceEnergy {
  const { thickness = 30, fmax = 1e-3, steps = 1000, skin = 0.5 } = options;
  const bulk = bulkEnergy(engine, unit, potential, skin);
  const { atoms, area, cells } = slab(unit, plane, { thickness });
  const mark = engine.mark();
  try {
    const system = createSystem(engine, atoms, potential, { skin });
    const above = () => (system.evaluate() - cells * bulk) / (2 * area);
    const unrelaxed = above();
    const end = minimize(system, 'lbfgs', { fmax, steps });
    if (end.status !== 'converged')
      throw new PhysicsError(`the surface (${plane.join(' ')}) did not relax: ${end.reason}`);
    return { plane, unrelaxed, relaxed: above(), area, thickness: atoms.cell[8], atoms: system.snapshot() };
  } finally {
    engine.release(mark);
  }
}

export interface FaultPoint {
  /** Parts of the vectors. */
  shares: readonly number[];
  /** eV/Å². */
  energy: number;
}

export interface GammaSurface {
  plane: Triple;
  /** One or two, (3) Å each, in the frame of the slab. */
  vectors: [number, number][];
  points: FaultPoint[];
  /** Å². */
  area: number;
}

export interface GammaOptions extends PlanarOptions {
  plane: Triple;
  /** One (a line) or two (a map) vectors of the plane in units of the cell's rows. */
  vectors: readonly Triple[];
  /** Intervals along each vector. */
  intervals: readonly number[];
  /** Leave the atoms where the shift puts them; default false. */
  unrelaxed?: boolean;
  progress?: (done: number, total: number) => void;
}

/** The slab's height of the widest gap between layers, the one nearest to the middle, Å. */
function faultHeight({ atoms }: Slab): number {
  const heights = Array.from(atoms.numbers, (_, i) => atoms.positions[3 * i + 2]).sort((p, q) => p - q);
  const middle = (heights[0] + heights[heights.length - 1]) / 2;
  let best = { gap: 0, at: middle };
  for (let k = 1; k < heights.length; k++) {
    const [gap, at] = [heights[k] - heights[k - 1], (heights[k] + heights[k - 1]) / 2];
    const wider = gap > best.gap + 1e-6;
    if (wider || (gap > best.gap - 1e-6 && Math.abs(at - middle) < Math.abs(best.at - middle) - 1e-6))
      best = { gap, at };
  }
  return best.at;
}

/** Energies of shifts on a grid, ends included, the last vector fastest. Throws InputError for vectors out of the plane. */
export function gammaSurface(engine: Engine, unit: Atoms, potential: Potential, options: GammaOptions): GammaSurface {
  const { plane, vectors, intervals, thickness = 30, fmax = 1e-3, steps = 1000, skin = 0.5, unrelaxed } = options;
  checkVectors(plane, vectors, intervals);
  bulkEnergy(engine, unit, potential, skin);
  const cut = slab(unit, plane, { thickness });
  const height = faultHeight(cut);
  const shifts = vectors.map((vector) => {
    const way = transformRows(vector, unit.cell);
    return [0, 1].map((c) => [0, 1, 2].reduce((sum, k) => sum + way[k] * cut.axes[3 * c + k], 0)) as [number, number];
  });
  const mark = engine.mark();
  try {
    const system = createSystem(engine, cut.atoms, potential, { skin });
    const normal = hold(
      system,
      Uint8Array.from(system.x, (_, k) => Number(k % 3 !== 2)),
    );
    const energyAt = (shares: readonly number[]): number => {
      system.x.set(cut.atoms.positions);
      for (let i = 0; i < cut.atoms.numbers.length; i++) {
        if (system.x[3 * i + 2] < height) continue;
        for (const c of [0, 1])
          shares.forEach((share, k) => {
            system.x[3 * i + c] += share * shifts[k][c];
          });
      }
      if (unrelaxed) return system.evaluate();
      const end = minimize(normal, 'lbfgs', { fmax, steps });
      if (end.status !== 'converged')
        throw new PhysicsError(`the fault at ${shares.join(', ')} did not relax: ${end.reason}`);
      return end.energy;
    };
    const grid = gridOf(intervals);
    const zero = energyAt(vectors.map(() => 0));
    const points = grid.map((shares, k) => {
      options.progress?.(k, grid.length);
      return { shares, energy: (energyAt(shares) - zero) / cut.area };
    });
    return { plane, vectors: shifts, points, area: cut.area };
  } finally {
    engine.release(mark);
  }
}

function checkVectors(plane: Triple, vectors: readonly Triple[], intervals: readonly number[]): void {
  if (vectors.length < 1 || vectors.length > 2 || intervals.length !== vectors.length) {
    throw new InputError('a γ-surface needs one vector (a line) or two (a map), and as many numbers of intervals');
  }
  for (const vector of vectors) {
    if (Math.abs(plane[0] * vector[0] + plane[1] * vector[1] + plane[2] * vector[2]) > 1e-9) {
      throw new InputError(`the vector [${vector.join(' ')}] does not lie in the plane (${plane.join(' ')})`);
    }
    if (vector.every((x) => x === 0)) throw new InputError('a vector of a γ-surface has no length');
  }
  if (!intervals.every((n) => Number.isInteger(n) && n >= 1 && n <= 1000)) {
    throw new InputError(`intervals ${intervals.join(', ')}; whole numbers from 1 to 1000 were expected`);
  }
}

function gridOf(intervals: readonly number[]): number[][] {
  return intervals.reduce<number[][]>(
    (grid, n) => grid.flatMap((shares) => Array.from({ length: n + 1 }, (_, k) => [...shares, k / n])),
    [[]],
  );
}
