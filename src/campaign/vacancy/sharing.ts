/**
 * How many steps each volume gets for a wanted variance of the result, at least cost. Part k of the variance is v_k with n_k
 * steps and falls as 1/N_k; Σ c_k N_k is least under Σ v_k n_k/N_k = V where N_k ∝ √(v_k n_k/c_k) (Neyman's allocation,
 * 10.2307/2342192). What was done cannot be undone: N_k ≥ n_k, and the others share what is left.
 */

export interface Stratum {
  /** Its part of the variance of the result, with what was done. */
  variance: number;
  /** Steps done. */
  steps: number;
  /** Of a step, in any unit. */
  cost: number;
  /** Steps that are needed for other reasons. */
  least: number;
}

/** N_k, each at least what was done and needed. `target`: the wanted variance, above 0. */
export function share(strata: readonly Stratum[], target: number): number[] {
  const bound = strata.map(({ steps, least }) => Math.max(steps, least));
  const rate = strata.map(({ variance, steps }) => Math.max(0, variance) * steps);
  const held = new Set<number>();
  for (;;) {
    const free = strata.map((_, k) => k).filter((k) => !held.has(k));
    const left = [...held].reduce((rest, k) => rest - rate[k] / bound[k], target);
    const scale = free.reduce((sum, k) => sum + Math.sqrt(rate[k] * strata[k].cost), 0) / left;
    const wanted = strata.map(({ cost }, k) => (held.has(k) ? bound[k] : scale * Math.sqrt(rate[k] / cost)));
    // a bound above the optimum leaves more for the others, so what was held stays held
    const low = free.filter((k) => !(wanted[k] > bound[k]));
    if (low.length === 0) return wanted;
    for (const k of low) held.add(k);
    if (held.size === strata.length) return bound;
  }
}
