/** Where equilibrium begins: the start that leaves the most independent samples, (n − t)/g_t (Chodera, 10.1021/acs.jctc.5b00784). */
import { statisticalInefficiency } from './inefficiency.ts';
import { checkSeries } from './interval.ts';

export interface Equilibration {
  /** Numbers to leave out. */
  start: number;
  g: number;
  /** Independent ones after `start`. */
  samples: number;
}

/** Tries `candidates` starts over the first 80 % of the series, denser at its beginning. */
export function equilibration(x: Float64Array, candidates = 40): Equilibration {
  checkSeries(x, 'equilibration', 10);
  let best: Equilibration = { start: 0, g: 1, samples: 0 };
  let before = -1;
  for (let k = 0; k < candidates; k++) {
    const start = Math.floor(0.8 * x.length * (k / candidates) ** 2);
    if (start === before) continue;
    before = start;
    const { g, samples } = statisticalInefficiency(x.subarray(start));
    if (samples > best.samples) best = { start, g, samples };
  }
  return best;
}
