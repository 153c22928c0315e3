/** What the fast kernels (EngineOptions.fast) cost in exactness, measured on a structure against those in f64. */
import type { Atoms } from '../data/atoms.ts';
import { displace } from '../data/defects.ts';
import type { Potential } from '../data/potential.ts';
import { createEngine, type Engine } from './engine.ts';
import { createSystem } from './system.ts';

export type FastError = {
  /** RMS over the components of the difference of forces, eV/Å, and of the forces. */
  forces: number;
  size: number;
  /** Difference of the energies, eV per atom. */
  energy: number;
};

/** Å: in a perfect crystal there would be no forces to compare. */
const DISPLACEMENT = 0.05;

/** Evaluates once with `fast` and once with f64 kernels of its own, all atoms displaced at random by some 0.05 Å. */
export async function fastError(fast: Engine, perfect: Atoms, potential: Potential): Promise<FastError> {
  const atoms = displace(perfect, { sigma: DISPLACEMENT }, 1n);
  const exact = await createEngine();
  const mark = fast.mark();
  try {
    const [found, expected] = [fast, exact].map((engine) => {
      const system = createSystem(engine, atoms, potential, { skin: 0 });
      return { energy: system.evaluate(), f: system.f };
    });
    const difference = found.f.map((f, i) => f - expected.f[i]);
    return {
      forces: rms(difference),
      size: rms(expected.f),
      energy: Math.abs(found.energy - expected.energy) / atoms.numbers.length,
    };
  } finally {
    fast.release(mark);
    exact.close();
  }
}

function rms(x: Float64Array): number {
  return Math.sqrt(x.reduce((sum, value) => sum + value * value, 0) / x.length);
}

/** For people. */
export function formatFastError({ forces, size, energy }: FastError): string {
  const relative = size > 0 ? ` of ${size.toPrecision(3)} (${(forces / size).toExponential(1)})` : '';
  return `forces differ by ${forces.toExponential(1)} eV/Å RMS${relative}, the energy by ${energy.toExponential(1)} eV/atom`;
}
