/** A first path between two ends: images on the straight line, or on a band over interpolated distances (IDPP). */
import type { Atoms } from '../data/atoms.ts';
import { InputError } from '../data/errors.ts';
import { band, evaluateInTurn } from './band.ts';
import { hold } from './hold.ts';
import { pairDistances, pairsOf } from './idpp.ts';
import { minimize } from './minimize.ts';

export const interpolations = ['idpp', 'linear'] as const;
export type Interpolation = (typeof interpolations)[number];

/** The moving images, ((images − 2)·size), equally spaced on the line from `first` to `last`. */
export function straightPath(first: Float64Array, last: Float64Array, images: number): Float64Array {
  if (!(Number.isInteger(images) && images >= 3)) {
    throw new InputError(`${images} images; a path needs at least 3, its ends included`);
  }
  const size = first.length;
  const x = new Float64Array((images - 2) * size);
  for (let k = 1; k <= images - 2; k++) {
    const share = k / (images - 1);
    for (let i = 0; i < size; i++) x[(k - 1) * size + i] = first[i] + share * (last[i] - first[i]);
  }
  return x;
}

/**
 * The moving images between `first` and positions `last` (n,3), Å, that are continuous with it. IDPP need not converge: it only
 * has to be better than the line. Throws InputError for fewer than 3 images.
 */
export function interpolate(first: Atoms, last: Float64Array, images: number, kind: Interpolation): Float64Array {
  const x = straightPath(first.positions, last, images);
  if (kind === 'linear') return x;
  const pairs = pairsOf(first, last);
  if (pairs.first.length === 0) return x;
  const size = first.positions.length;
  const objectives = Array.from({ length: images - 2 }, (_, k) =>
    hold(pairDistances(pairs, (k + 1) / (images - 1), size), first.fixed),
  );
  const chain = band(x, evaluateInTurn(objectives), {
    first: { x: first.positions, energy: 0 },
    last: { x: last, energy: 0 },
    springs: new Float64Array(images - 1).fill(5),
  });
  minimize(chain, 'lbfgs', { fmax: 0.02, steps: 100 });
  return x;
}
