/**
 * A fit again and again while the weights of one group grow: what its data decide, and what that costs the others
 * (Goryaeva et al., Comput. Mater. Sci. 166, 200 (2019), doi:10.1016/j.commatsci.2019.04.043, Fig. 3).
 */
import { InputError } from '../data/errors.ts';
import { pow } from '../data/math.ts';
import type { GroupWeights, PartErrors, Parts } from './parts.ts';
import { kinds as all, type Kind, type Weights } from './rows.ts';
import type { SolveWeights } from './search.ts';

export interface WeightSweep {
  group: string;
  /** Whose weights grow; default: all. */
  kinds?: readonly Kind[];
  /** Below and above the given weights; default 3, 6. */
  decades?: readonly [number, number];
  /** Default 4 a decade. */
  points?: number;
}

export interface SweepPoint {
  /** By which the weights are multiplied. */
  factor: number;
  /** Root mean square, of what is fitted; absent where the data do not determine the coefficients. */
  errors?: PartErrors;
  /** By name; NaN for what was not found. */
  properties: ReadonlyMap<string, number>;
}

const A_DECADE = 4;

/** `measure`: properties of coefficients. Throws InputError for a group without such weights. */
export function sweepWeights(
  parts: Parts,
  given: GroupWeights,
  solve: SolveWeights,
  measure: (coefficients: Float64Array) => ReadonlyMap<string, number>,
  { group, kinds = all, decades = [3, 6], points }: WeightSweep,
): SweepPoint[] {
  const own = given.get(group);
  if (!own || !kinds.some((kind) => own[kind] > 0))
    throw new InputError(`sweep: ${group} has no ${kinds.join(', ')} with a weight`);
  const range = decades[0] + decades[1];
  const count = points ?? Math.round(A_DECADE * range) + 1;
  return Array.from({ length: count }, (_, k) => {
    const factor = pow(10, -decades[0] + (range * k) / Math.max(1, count - 1));
    const heavy: Weights = { ...own };
    for (const kind of kinds) heavy[kind] *= factor;
    const coefficients = solve(new Map([...given, [group, heavy]]))?.solution.coefficients;
    if (!coefficients) return { factor, properties: new Map() };
    return { factor, errors: parts.errors(coefficients, 'fitted'), properties: measure(coefficients) };
  });
}
