/**
 * Expanded ensemble (Lyubartsev et al., 10.1063/1.462133): the atoms move at one ζ_k; every few steps k is drawn again
 * from π_k ∝ w_k exp{−β[ζ_k ΔU − A_k]}, which the same adaptive bias keeps flat. Every configuration counts at all ζ_k by
 * its π_k, whatever was drawn.
 */
import { uniform } from '../data/rng.ts';
import { learn, refreshBias, weigh } from './abf.ts';
import type { Coupling, SamplingOptions, SamplingState } from './state.ts';

const REPLICA = 2 ** 40;

export const expanded: Coupling = {
  start(state, options) {
    weigh(state, options);
    draw(state, options);
  },
  update(state, options) {
    weigh(state, options);
    learn(state);
    if (state.step % options.refresh === 0) {
      refreshBias(state, options);
      draw(state, options);
    }
    // weigh leaves the mean over π there
    state.zeta = (state.own.node as number) / (options.nodes - 1);
  },
};

/** k from π: one uniform number of (seed, replica, step). */
function draw(state: SamplingState, { seed, replica, nodes }: SamplingOptions): void {
  const limit = uniform(seed, 'coupling', replica * REPLICA + state.step, 0);
  let node = 0;
  for (let sum = state.weights[0]; sum < limit && node < nodes - 1; sum += state.weights[node]) node++;
  state.own.node = node;
  state.zeta = node / (nodes - 1);
}
