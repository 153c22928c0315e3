/**
 * Adaptive biasing force with ζ marginalised (Cao, Stoltz, Lelièvre, Marinica, Athènes, 10.1063/1.4866811): every
 * configuration counts at all ζ_k with π_k ∝ w_k exp{−β[ζ_k ΔU − A_k]} and moves with the mean ζ̄ = Σ π_k ζ_k, which is
 * exact because U_ζ is linear in ζ. A' = Σ π ΔU/Σ π; A by the trapezoid rule, refreshed every few steps.
 */
import { exp } from '../data/math.ts';
import { boltzmann } from '../data/units.ts';
import type { Coupling, SamplingOptions, SamplingState } from './state.ts';

/** Steps' worth of weight with which a node believes its neighbour: A' where nothing was sampled yet is that of lower ζ. */
const PRIOR = 5;

export const abf: Coupling = {
  start(state, options) {
    weigh(state, options);
  },
  update(state, options) {
    weigh(state, options);
    learn(state);
    if (state.step % options.refresh === 0) refreshBias(state, options);
  },
};

/** π_k and ζ̄ of the present ΔU under the present bias. */
export function weigh(state: SamplingState, { nodes, temperature }: SamplingOptions): void {
  const { weights, bias, deltaU } = state;
  const beta = 1 / (boltzmann * temperature);
  const spacing = 1 / (nodes - 1);
  let largest = Number.NEGATIVE_INFINITY;
  for (let k = 0; k < nodes; k++) {
    weights[k] = -beta * (k * spacing * deltaU - bias[k]);
    if (weights[k] > largest) largest = weights[k];
  }
  let total = 0;
  for (let k = 0; k < nodes; k++) {
    const end = k === 0 || k === nodes - 1 ? 0.5 : 1;
    const exponent = weights[k] - largest;
    weights[k] = exponent > -700 ? end * exp(exponent) : 0;
    total += weights[k];
  }
  let zeta = 0;
  for (let k = 0; k < nodes; k++) {
    weights[k] /= total;
    zeta += weights[k] * k * spacing;
  }
  state.zeta = zeta;
}

/** Adds the present configuration to what the bias learns from. */
export function learn({ weights, num, den, deltaU }: SamplingState): void {
  for (let k = 0; k < weights.length; k++) {
    num[k] += weights[k] * deltaU;
    den[k] += weights[k];
  }
}

/** A_k = ∫₀^ζ_k A' dζ, A(0) = 0. */
export function refreshBias({ bias, num, den }: SamplingState, { nodes }: SamplingOptions): void {
  let before = num[0] / (den[0] + PRIOR); // at first: A' = 0
  bias[0] = 0;
  for (let k = 1; k < nodes; k++) {
    const slope = (num[k] + PRIOR * before) / (den[k] + PRIOR);
    bias[k] = bias[k - 1] + (0.5 * (before + slope)) / (nodes - 1);
    before = slope;
  }
}
