/**
 * Minimisation of anything by differential evolution (R. Storn, K. Price, J. Glob. Optim. 11, 341 (1997),
 * doi:10.1023/A:1008202821328, "current to best"): all candidates of a generation can be measured at the same time, and all
 * choices are counter-based random numbers, so the result is that of the seed alone.
 */
import { fillUniform } from '../data/rng.ts';

export interface EvolutionOptions {
  /** Lower and upper bound of every coordinate. */
  bounds: readonly [number, number][];
  /** A candidate that is there from the beginning. */
  start?: ArrayLike<number>;
  generations: number;
  /** Candidates; default 5 per coordinate, at least 12. */
  population?: number;
  seed: bigint;
  /** After each generation. */
  progress?: (generation: number, best: Candidate) => void;
}

export interface Candidate {
  x: Float64Array;
  score: number;
}

/** The factor of differences is drawn anew for every candidate: with a constant one small populations get stuck. */
const FACTORS = [0.4, 1] as const;
const CROSSOVER = 0.8;

/** `measure`: the scores of candidates, in order; what cannot be measured is +∞. */
export function evolve(measure: (candidates: Float64Array[]) => number[], options: EvolutionOptions): Candidate {
  const { bounds, start, generations, seed, progress } = options;
  const d = bounds.length;
  const size = options.population ?? Math.max(12, 5 * d);
  let members = first(size, options).map((x) => ({ x, score: Number.POSITIVE_INFINITY }));
  if (start) members[0].x.set(Float64Array.from(start));
  const scores = measure(members.map(({ x }) => x));
  members = members.map(({ x }, k) => ({ x, score: scores[k] }));
  for (let generation = 1; generation <= generations; generation++) {
    const best = bestOf(members);
    const trials = members.map((_, k) => trial(members, best, k, bounds, draw(seed, generation, k, d)));
    const found = measure(trials);
    members = members.map((member, k) => (found[k] < member.score ? { x: trials[k], score: found[k] } : member));
    progress?.(generation, bestOf(members));
  }
  return bestOf(members);
}

const bestOf = (members: readonly Candidate[]) => members.reduce((a, b) => (b.score < a.score ? b : a));

/** Numbers 0 … 3 of coordinate k are at 4k: crossover, value of the first generation; the last four choose members. */
function draw(seed: bigint, generation: number, candidate: number, d: number): Float64Array {
  const out = new Float64Array(4 * d + 4);
  fillUniform(out, seed, 'weights', generation * 1048576 + candidate);
  return out;
}

/** A Latin hypercube: every coordinate is spread evenly over the candidates. */
function first(size: number, { bounds, seed }: EvolutionOptions): Float64Array[] {
  const draws = Array.from({ length: size }, (_, k) => draw(seed, 0, k, bounds.length));
  const places = bounds.map((_, c) => {
    const order = draws.map((_d, k) => k).sort((a, b) => draws[a][4 * c] - draws[b][4 * c]);
    return order.map((k, rank) => ({ k, at: (rank + draws[k][4 * c + 1]) / size })).sort((a, b) => a.k - b.k);
  });
  return draws.map((_, k) => Float64Array.from(bounds, ([low, high], c) => low + (high - low) * places[c][k].at));
}

function trial(
  members: readonly Candidate[],
  best: Candidate,
  k: number,
  bounds: readonly [number, number][],
  draws: Float64Array,
): Float64Array {
  const d = bounds.length;
  const others = members.flatMap((_, i) => (i === k ? [] : [i]));
  const a = others.splice(Math.floor(draws[4 * d] * others.length), 1)[0];
  const b = others[Math.floor(draws[4 * d + 1] * others.length)];
  const always = Math.floor(draws[4 * d + 2] * d);
  const { x } = members[k];
  const factor = FACTORS[0] + (FACTORS[1] - FACTORS[0]) * draws[4 * d + 3];
  return Float64Array.from(bounds, ([low, high], c) => {
    if (c !== always && draws[4 * c] > CROSSOVER) return x[c];
    const moved = x[c] + factor * (best.x[c] - x[c]) + factor * (members[a].x[c] - members[b].x[c]);
    // beyond a bound: half the way to it
    if (moved < low) return (x[c] + low) / 2;
    return moved > high ? (x[c] + high) / 2 : moved;
  });
}
