/** One coordinate, U = ½x² + g x⁴ against ½x² at k_B T = 1 eV: the free energy is known to all digits. */
import { fillGauss } from '../../src/data/rng.ts';
import { boltzmann, forceToAcceleration } from '../../src/data/units.ts';
import { methods } from '../../src/free-energy/estimators.ts';
import type { SampleRecord } from '../../src/free-energy/records.ts';
import type { Reference } from '../../src/free-energy/reference.ts';
import type { Estimate } from '../../src/free-energy/result.ts';
import {
  type Method,
  type SamplingOptions,
  samplingDefaults,
  startSampling,
  stepSampling,
  takeRecords,
} from '../../src/free-energy/sampling.ts';
import { modelTarget, type Target } from '../../src/free-energy/target.ts';

export const temperature = 1 / boltzmann;
/** ω = 5/ps. */
const mass = forceToAcceleration / 25;

/** ½ s x² + g x⁴, eV. */
export function oscillator(g: number, s = 1): Target {
  const x = new Float64Array(1);
  const f = new Float64Array(1);
  const evaluate = () => {
    f[0] = -s * x[0] - 4 * g * x[0] ** 3;
    return 0.5 * s * x[0] ** 2 + g * x[0] ** 4;
  };
  return modelTarget({ x, f, evaluate }, [mass]);
}

export const harmonic: Reference = {
  kind: 'harmonic',
  x0: new Float64Array(1),
  modes: 1,
  evaluate(x, f) {
    f[0] = -x[0];
    return 0.5 * x[0] * x[0];
  },
  freeEnergy: () => 0,
  freeEnergyError: () => 0,
  sample(seed, index, t, out) {
    fillGauss(out, seed, 'reference', index);
    out[0] *= Math.sqrt(boltzmann * t);
  },
};

export function options(
  method: Method,
  steps: number,
  more: Partial<SamplingOptions<Method>> = {},
): SamplingOptions<Method> {
  return {
    ...samplingDefaults,
    method,
    temperature,
    steps,
    timestep: 0.03,
    friction: 5,
    nodes: methods[method].nodes,
    seed: 1n,
    blockSteps: Math.max(1, Math.floor(steps / 200)),
    equilibration: Math.floor(steps / 10),
    ...more,
  };
}

export function sampled(
  target: Target,
  choice: SamplingOptions<Method>,
): { records: SampleRecord[]; result: Estimate } {
  const state = startSampling(target, harmonic, choice);
  while (state.step < choice.steps) stepSampling(target, harmonic, state, choice);
  const records = takeRecords(state);
  return { records, result: methods[choice.method].estimate(records, { ...choice, modes: 1 }) };
}
