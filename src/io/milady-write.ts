/** A b-SO(4) potential of one element as MILADY's .pot, version 1: linear, or quadratic with all of a symmetric Q. */
import { symbolOf } from '../data/elements.ts';
import { InputError } from '../data/errors.ts';
import { type SnapOptions, snapSize } from '../data/potentials/snap.ts';

const RFAC0 = 1 - 0.02 / Math.PI;

/** Throws InputError for what the format cannot express. */
export function formatPot(options: SnapOptions): string {
  const { elements, twojmax, rcutfac, rfac0, rmin0 = 0, quadraticflag, diagonal } = options;
  const [element] = elements;
  const plain = rfac0 === RFAC0 && rmin0 === 0 && options.bzeroflag === false && !options.chemflag;
  if (elements.length !== 1 || !plain || options.bnormflag || options.switchflag === false || element.weight !== 1)
    throw new InputError("only b-SO(4) of one element in MILADY's conventions can be written as .pot");
  const D = snapSize(twojmax, diagonal ?? false, 1);
  const c = element.coefficients;
  const numbers = Array.from({ length: 1 + D }, (_, k) => c[k]);
  if (quadraticflag) {
    const Q = new Float64Array(D * D);
    let at = 1 + D;
    for (let k = 0; k < D; k++) for (let l = k; l < D; l++) Q[k * D + l] = Q[l * D + k] = c[at++] / 2;
    numbers.push(...Q);
  }
  return [
    '# b-SO(4) potential, fitted with frenkel',
    ...['', '', '', '', ''].map(() => '#'),
    `1 ${symbolOf(element.number)} 1.0`,
    `9 ${numbers.length} 3`,
    element.mass ?? 1,
    `${quadraticflag ? 2 : 1} ${(twojmax / 2).toFixed(1)} ${diagonal ? 1 : 0}`,
    2 * rcutfac * element.radius,
    ...numbers,
    '',
  ].join('\n');
}
