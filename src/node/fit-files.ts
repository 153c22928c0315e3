/** The files that a fitted potential is, in the formats that can express it. */
import type { Potential } from '../data/potential.ts';
import { isDescriptor, withCoefficients } from '../fit/basis.ts';
import type { FitConfig } from '../fit/config.ts';
import type { Fit } from '../fit/fit.ts';
import { formatPot } from '../io/milady-write.ts';
import { formatNative } from '../io/native.ts';
import { formatSnap } from '../io/snap-write.ts';

/** Names and contents: SNAP files with the pair commands for a ZBL core; MILADY's .pot for its own conventions; JSON. */
export function potentialFiles(
  { basis, coefficients, potential }: Fit,
  name: string,
  { descriptor }: FitConfig,
  reference?: Potential,
): [string, string][] {
  if (isDescriptor(basis)) return nativeFile(potential, name, reference);
  const options = withCoefficients(basis, coefficients);
  const files: [string, string][] = [];
  if (typeof descriptor !== 'string' && descriptor.kind === 'bso4') files.push([`${name}.pot`, formatPot(options)]);
  if (basis.diagonal) return files;
  const core = reference?.kernel === 'zbl' ? { inner: reference.params[2], outer: reference.cutoff } : undefined;
  const { snapcoeff, snapparam, snap } = formatSnap(options, name, core);
  files.push([`${name}.snapcoeff`, snapcoeff], [`${name}.snapparam`, snapparam]);
  // Pair commands for another reference than ZBL would leave it out without a word.
  if (reference === undefined || core !== undefined) files.push([`${name}.snap`, snap]);
  return files;
}

/** Another reference than ZBL is left out of the file, and its name says so. */
function nativeFile(potential: Potential, name: string, reference?: Potential): [string, string][] {
  if (reference === undefined || reference.kernel === 'zbl') return [[`${name}.json`, formatNative(potential)]];
  const own = potential.parts?.find(({ descriptor }) => descriptor !== undefined);
  return own ? [[`${name}-without-reference.json`, formatNative({ ...own, name })]] : [];
}
