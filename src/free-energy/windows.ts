/**
 * Fixed ζ, one window after the other at the nodes of Lobatto: nothing adapts. The first part of each window is left out.
 * The ΔU of its steps are stored, so that one run gives thermodynamic integration, BAR and MBAR.
 */
import { lobatto } from './lobatto.ts';
import type { Coupling, SamplingOptions, SamplingState } from './state.ts';

export const windows: Coupling = {
  start(state, options) {
    state.own.nodes = lobatto(options.nodes).nodes;
    state.weights.fill(0);
    place(state, options);
  },
  update(state, options) {
    const { node, counts } = windowAt(state.step, options);
    state.weights.fill(0);
    if (counts) {
      state.weights[node] = 1;
      state.num[node] += state.deltaU;
      state.den[node]++;
      if (state.step % options.refresh === 0) {
        state.block.series ??= [];
        state.block.series.push(node, state.deltaU);
      }
    }
    place(state, options);
  },
};

/** ζ of the step to come. */
function place(state: SamplingState, options: SamplingOptions): void {
  state.zeta = (state.own.nodes as Float64Array)[windowAt(state.step + 1, options).node];
}

/** Window of a step, counted from 1, and whether it is past that window's share of the equilibration. */
export function windowAt(
  step: number,
  { steps, nodes, equilibration }: SamplingOptions,
): { node: number; counts: boolean } {
  const length = Math.max(1, Math.floor(steps / nodes));
  const node = Math.min(nodes - 1, Math.floor((step - 1) / length));
  return { node, counts: step - 1 - node * length >= Math.floor(equilibration / nodes) };
}
