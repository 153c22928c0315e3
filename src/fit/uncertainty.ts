/**
 * What a fit knows about its own limits, kept beside the potential: the posterior of the coefficients and the environments
 * of the training set; and what both say of any structure, atom by atom. The posterior takes residuals for noise of equal
 * size in all weighted rows. They are mostly what the potential cannot express, so its errors are a scale, not a bound.
 */
import type { Atoms } from '../data/atoms.ts';
import { decodeFloats, encodeFloats } from '../data/base64.ts';
import { numberOf, symbolOf } from '../data/elements.ts';
import { InputError } from '../data/errors.ts';
import { type Basis, basisSize, basisWidth, environmentRow } from './basis.ts';
import { type Describe, distanceOf, type Environments } from './environments.ts';
import { leverageOf, type Solution } from './solution.ts';

export interface Uncertainty {
  basis: Basis;
  /** Standard deviation of weighted rows, and the root of the covariance over its square, (columns, any). */
  noise: number;
  root: Float64Array;
  environments: Environments[];
}

/** (n) each. */
export interface Extrapolation {
  /** Mahalanobis distance from the environments of the training set. */
  distance: Float64Array;
  /** That over the largest of the training set: above 1 nothing like it was seen. */
  grade: Float64Array;
  /** Leverage of the atom's energy: its variance over the noise's. */
  leverage: Float64Array;
  /** Standard deviation of the atom's energy by the posterior, eV. */
  deviation: Float64Array;
}

export const uncertaintyOf = (basis: Basis, { noise, root }: Solution, environments: Environments[]): Uncertainty => ({
  basis,
  noise,
  root,
  environments,
});

/** Of every atom. Throws InputError for an element that was not in the training set. */
export function extrapolate(uncertainty: Uncertainty, atoms: Atoms, describe: Describe): Extrapolation {
  const { basis, root, noise, environments } = uncertainty;
  const n = atoms.numbers.length;
  const values = describe(atoms);
  const size = values.length / n;
  const out: Extrapolation = {
    distance: new Float64Array(n),
    grade: new Float64Array(n),
    leverage: new Float64Array(n),
    deviation: new Float64Array(n),
  };
  for (const [i, z] of atoms.numbers.entries()) {
    const own = environments.find(({ number }) => number === z);
    const type = basis.elements.findIndex(({ number }) => number === z);
    if (!own || type < 0) throw new InputError(`the training set of this potential has no ${symbolOf(z)}`);
    const row = environmentRow(basis, type, values, i * size);
    out.distance[i] = distanceOf(own, values, i * size);
    out.grade[i] = out.distance[i] / own.farthest;
    out.leverage[i] = leverageOf(root, row, 0, row.length);
    out.deviation[i] = noise * Math.sqrt(out.leverage[i]);
  }
  return out;
}

const SCHEMA = 'frenkel uncertainty 1';

/** JSON; matrices as base64 of little-endian doubles. `descriptor`: as fit.yaml has it. */
export function formatUncertainty(
  { noise, root, environments }: Uncertainty,
  descriptor: unknown,
  quadratic: boolean,
): string {
  return `${JSON.stringify({
    schema: SCHEMA,
    descriptor,
    quadratic,
    noise,
    root: encodeFloats(root),
    environments: environments.map(({ number, mean, whiten, ...rest }) => ({
      element: symbolOf(number),
      ...rest,
      mean: [...mean],
      whiten: encodeFloats(whiten),
    })),
  })}\n`;
}

type Parsed = Record<string, unknown>;

/** What formatUncertainty wrote; `basisOf` makes the basis of its descriptor. Throws InputError with the file. */
export function parseUncertainty(
  text: string,
  basisOf: (descriptor: unknown, species: number[], quadratic: boolean) => Basis,
  file?: string,
): Uncertainty {
  const wrong = (what: string) => new InputError(`${what}; a file of frenkel fit was expected`, { file });
  let found: Parsed;
  try {
    found = Object(JSON.parse(text)) as Parsed;
  } catch (error) {
    throw wrong(error instanceof Error ? error.message : 'no JSON');
  }
  if (found.schema !== SCHEMA) throw wrong(`is not '${SCHEMA}'`);
  try {
    const environments = list(found.environments, 'environments').map(environmentsOf);
    const species = environments.map(({ number }) => number);
    if (species.length === 0 || new Set(species).size < species.length)
      throw new TypeError('environments of each element once were expected');
    const basis = basisOf(found.descriptor, species, found.quadratic === true);
    const root = decodeFinite(found.root, 'root');
    const columns = basis.elements.length * basisWidth(basis);
    if (root.length % columns !== 0 || environments.some(({ mean }) => mean.length !== basisSize(basis)))
      throw new TypeError('the sizes do not fit the descriptor');
    return { basis, noise: positive(found.noise, 'noise'), root, environments };
  } catch (error) {
    const what = error instanceof Error ? error.message.slice(0, LONGEST) : 'damaged';
    throw wrong(what);
  }
}

/** Characters of a complaint of others. */
const LONGEST = 300;

function list(value: unknown, what: string): unknown[] {
  if (Array.isArray(value)) return value;
  throw new TypeError(`${what}: a list was expected`);
}

function finite(value: unknown, what: string): number {
  if (typeof value === 'number' && Number.isFinite(value)) return value;
  throw new TypeError(`${what}: a number was expected`);
}

function positive(value: unknown, what: string): number {
  if (finite(value, what) >= 0) return value as number;
  throw new TypeError(`${what}: a number that is not negative was expected`);
}

function decodeFinite(value: unknown, what: string): Float64Array {
  if (typeof value !== 'string') throw new TypeError(`${what}: doubles in base64 were expected`);
  const numbers = decodeFloats(value);
  if (numbers.every(Number.isFinite)) return numbers;
  throw new TypeError(`${what}: has a number that is not finite`);
}

function environmentsOf(value: unknown): Environments {
  const own = Object(value) as Parsed;
  const number = numberOf(String(own.element));
  if (number === undefined) throw new TypeError('environments of an unknown element');
  const mean = Float64Array.from(list(own.mean, 'mean'), (x) => finite(x, 'mean'));
  const whiten = decodeFinite(own.whiten, 'whiten');
  if (whiten.length !== mean.length ** 2) throw new TypeError('the sizes do not fit');
  const quantiles = list(own.quantiles, 'quantiles').map((one) => {
    const { share, distance } = Object(one) as Parsed;
    return { share: finite(share, 'share'), distance: finite(distance, 'distance') };
  });
  const [count, farthest] = [positive(own.count, 'count'), positive(own.farthest, 'farthest')];
  return { number, count, mean, whiten, farthest, quantiles };
}
