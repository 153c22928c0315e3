/** What is wrong with a training set, before hours are spent on it: units, atoms too close, configurations twice. */
import { nearestDistance } from '../analysis/nearest-distance.ts';
import { InputError } from '../data/errors.ts';
import { gpaPerPressure } from '../data/units.ts';
import { missingLabels, mixedUnits } from './check-labels.ts';
import { defaultWeights, type Weights } from './rows.ts';
import type { Sample } from './samples.ts';

/** eV/Å³: half of all stresses beyond the first are a wrong unit; any beyond the second is worth a word. */
const USUAL_STRESS = 1;
const LARGE_STRESS = 10;
/** eV/Å, eV per atom. */
const LARGE_FORCE = 1000;
const LARGE_SPREAD = 100;
/** Å: closer than this no atoms are; closer than that is worth a word. */
const IMPOSSIBLE = 0.3;
const CLOSE = 1;
const LISTED = 3;

const largest = (values: ArrayLike<number>) => Array.from(values).reduce((most, v) => Math.max(most, Math.abs(v)), 0);
const some = (names: string[]) =>
  `${names.slice(0, LISTED).join(', ')}${names.length > LISTED ? ` and ${names.length - LISTED} more` : ''}`;

/**
 * Sentences about what looks wrong; throws InputError for what cannot be right: a stress that is in kbar or GPa for most
 * configurations, atoms on top of each other.
 */
export function checkSamples(
  samples: readonly Sample[],
  weightsOf: (sample: Sample) => Weights = () => defaultWeights,
): string[] {
  return [
    ...stressWarnings(samples),
    ...mixedUnits(samples),
    ...missingLabels(samples, weightsOf),
    ...sizeWarnings(samples),
    ...distances(samples),
    ...duplicates(samples),
  ];
}

function stressWarnings(samples: readonly Sample[]): string[] {
  const known = samples.flatMap((s) => (s.stress ? [{ name: s.name, most: largest(s.stress) }] : []));
  if (known.length === 0) return [];
  const sorted = known.map(({ most }) => most).sort((a, b) => a - b);
  const median = sorted[sorted.length >> 1];
  if (median > USUAL_STRESS) {
    throw new InputError(
      `stresses: half of them exceed ${median.toPrecision(3)} eV/Å³ (${(median * gpaPerPressure).toPrecision(3)} GPa): ` +
        'probably kbar or GPa; eV/Å³, tension positive, was expected (a virial in eV is to be called virial)',
    );
  }
  const large = known.filter(({ most }) => most > LARGE_STRESS);
  if (large.length === 0) return [];
  const most = large.reduce((a, b) => (b.most > a.most ? b : a));
  return [
    `stress beyond ${LARGE_STRESS} eV/Å³ in ${some(large.map(({ name }) => name))} ` +
      `(up to ${(most.most * gpaPerPressure).toPrecision(3)} GPa): is it in eV/Å³?`,
  ];
}

function sizeWarnings(samples: readonly Sample[]): string[] {
  const warnings: string[] = [];
  const forces = samples.filter((s) => s.forces && largest(s.forces) > LARGE_FORCE);
  if (forces.length > 0) warnings.push(`forces beyond ${LARGE_FORCE} eV/Å in ${some(forces.map((s) => s.name))}`);
  const energies = samples.flatMap((s) => (s.energy === undefined ? [] : [s.energy / s.atoms.numbers.length]));
  const sorted = energies.sort((a, b) => a - b);
  const spread = sorted.length > 0 ? sorted[sorted.length - 1] - sorted[0] : 0;
  if (spread > LARGE_SPREAD)
    warnings.push(`energies of atoms differ by ${spread.toPrecision(3)} eV: are some per atom, or in another unit?`);
  return warnings;
}

function distances(samples: readonly Sample[]): string[] {
  const close: string[] = [];
  for (const { atoms, name } of samples) {
    const nearest = nearestDistance(atoms);
    if (nearest === undefined || nearest >= CLOSE) continue;
    if (nearest < IMPOSSIBLE) throw new InputError(`${name}: two atoms are ${nearest.toFixed(3)} Å apart`);
    close.push(`${name} (${nearest.toFixed(3)} Å)`);
  }
  return close.length > 0 ? [`atoms closer than ${CLOSE} Å in ${some(close)}`] : [];
}

/** Equal elements, cell and positions to 1e-6 Å. */
function duplicates(samples: readonly Sample[]): string[] {
  const seen = new Map<string, Sample>();
  const pairs: string[] = [];
  let unequal: string | undefined;
  for (const sample of samples) {
    const { numbers, cell, positions } = sample.atoms;
    const key = `${numbers.join()}|${rounded(cell)}|${rounded(positions)}`;
    const before = seen.get(key);
    if (before === undefined) seen.set(key, sample);
    else {
      pairs.push(`${sample.name} = ${before.name}`);
      const gap = Math.abs((sample.energy ?? 0) - (before.energy ?? 0)) / numbers.length;
      if (sample.energy !== undefined && before.energy !== undefined && gap > 1e-3)
        unequal ??= `${sample.name} and ${before.name} by ${gap.toPrecision(3)} eV per atom`;
    }
  }
  const warnings = pairs.length > 0 ? [`the same configuration twice: ${some(pairs)}`] : [];
  return unequal ? [...warnings, `energies of the same configuration differ: ${unequal}`] : warnings;
}

const rounded = (values: Float64Array) => Array.from(values, (x) => Math.round(x * 1e6)).join();
