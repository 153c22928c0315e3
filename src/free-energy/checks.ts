/** What a free energy must satisfy before it is printed as one; each check says its number and what to change. */

import type { ReferenceRecord, SampleRecord } from './records.ts';
import type { Check, Estimate, EstimateOptions } from './result.ts';

/** Independent samples that every ζ needs. */
const SAMPLES = 100;

type Found = Omit<Estimate, 'checks' | 'passed'>;

export function runChecks(
  found: Found,
  _records: readonly (SampleRecord | ReferenceRecord)[],
  _options: EstimateOptions,
): Check[] {
  return [coverage(found)];
}

function coverage({ gradient, independentSamples }: Found): Check {
  const worst = gradient.find((point) => point.effective === independentSamples);
  return {
    name: 'coverage',
    passed: independentSamples > SAMPLES,
    value: independentSamples,
    limit: SAMPLES,
    advice: `independent samples at ζ = ${(worst?.zeta ?? 0).toFixed(2)}, the least of all; more steps, or a reference closer to the potential`,
  };
}
