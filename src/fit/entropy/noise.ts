/**
 * One noise for each group of labels. What a linear model leaves of interstitials is several times what it leaves of
 * vacancies: with one noise for all, the majority's is everybody's error bar. σ_g² = Σ r²/Σ(1 − h) over a group, h the leverage
 * of a row in its own fit (variance components by restricted likelihood: Patterson, Thompson, Biometrika 58, 545 (1971),
 * doi:10.1093/biomet/58.3.545), drawn to the noise of all by a few labels' worth, so that a group of one is no group without
 * errors. Labels may count by 1/σ_g² in turn: groups with little noise are then fitted better, the others worse.
 */
import { exp, log } from '../../data/math.ts';
import { leverageOf, projectionOf, type Solution } from '../solution.ts';

/** Of the labels of one group. */
export interface GroupNoise {
  name: string;
  /** k_B: standard deviation of what is left of its labels. */
  noise: number;
  /** (size): mean row of those learned from, by which a structure is told to be like them. */
  mean: Float64Array;
}

interface Grouped {
  row: Float64Array;
  entropy: number;
  group: string;
}

/** Labels that the noise of all counts for in every group. */
const PRIOR = 4;
/** Relative change of the noises after which they are taken, and rounds after which they are in any case. */
const SETTLED = 0.01;
const ROUNDS = 20;

export interface Noises {
  solution: Solution;
  /** By group, over the solution's. */
  ratios: Map<string, number>;
}

/**
 * `solve`: ridge regression with rows over these ratios. `weighted`: labels count by their noises, whose geometric mean over
 * the rows is then the solution's; otherwise all alike.
 */
export function groupNoises<Row extends Grouped>(
  rows: readonly Row[],
  solve: (ratioOf: (row: Row) => number) => Solution,
  weighted: boolean,
): Noises {
  const members = membersOf(rows);
  const ratios = new Map([...members.keys()].map((group) => [group, 1]));
  const ratioOf = ({ group }: Row) => ratios.get(group) ?? 1;
  let solution = solve(ratioOf);
  if (members.size < 2 || !(solution.noise > 0)) return { solution, ratios };
  const found = () => [...members].map(([group, own]) => ratioIn(own, solution, ratios.get(group) ?? 1));
  if (!weighted) {
    const own = found();
    return { solution, ratios: new Map([...members.keys()].map((group, k) => [group, own[k]])) };
  }
  for (let round = 0; round < ROUNDS && solution.noise > 0; round++) {
    const next = found();
    const mean = exp([...members.values()].reduce((sum, own, k) => sum + own.length * log(next[k]), 0) / rows.length);
    let change = 0;
    [...members.keys()].forEach((group, k) => {
      change = Math.max(change, Math.abs(next[k] / mean / (ratios.get(group) ?? 1) - 1));
      ratios.set(group, next[k] / mean);
    });
    solution = solve(ratioOf);
    if (change < SETTLED) break;
  }
  return { solution, ratios };
}

export function membersOf<Row extends Grouped>(rows: readonly Row[]): Map<string, Row[]> {
  const members = new Map<string, Row[]>();
  for (const row of rows) {
    const own = members.get(row.group);
    if (own) own.push(row);
    else members.set(row.group, [row]);
  }
  return members;
}

/** Noise of a group over the solution's. */
function ratioIn(rows: readonly Grouped[], { coefficients, root, noise }: Solution, ratio: number): number {
  let squares = PRIOR;
  let free = PRIOR;
  for (const { row, entropy } of rows) {
    const residual = row.reduce((sum, x, k) => sum + x * coefficients[k], -entropy) / noise;
    squares += residual * residual;
    free += Math.max(0, 1 - leverageOf(root, row, 0, row.length) / (ratio * ratio));
  }
  return Math.sqrt(squares / free);
}

/** rootᵀ of a model's mean rows, for every structure that it is asked about. */
const projected = new WeakMap<readonly GroupNoise[], Float64Array[]>();

/** The group whose mean row is nearest to `row`, given as rootᵀ row: as the ridge sees rows; undefined where there are none. */
export function nearestGroup(
  groups: readonly GroupNoise[],
  root: Float64Array,
  row: Float64Array,
): GroupNoise | undefined {
  const means = projected.get(groups) ?? groups.map(({ mean }) => projectionOf(root, mean, 0, mean.length));
  projected.set(groups, means);
  let best: GroupNoise | undefined;
  let least = Number.POSITIVE_INFINITY;
  groups.forEach((group, g) => {
    const distance = row.reduce((sum, x, k) => sum + (x - means[g][k]) ** 2, 0);
    if (distance < least) [best, least] = [group, distance];
  });
  return best;
}
