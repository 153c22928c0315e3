/** What a free energy must satisfy before it is printed as one; each check says its number and what to change. */
import { boltzmann } from '../data/units.ts';
import type { ReferenceRecord, SampleRecord } from './records.ts';
import type { Check, Estimate, EstimateOptions } from './result.ts';

/** Independent samples that every ζ needs. */
const SAMPLES = 100;
/** Standard errors by which a bound may be missed. */
const SIGMAS = 3;
/** Probability that a configuration of the reference is beyond a wall. */
const VIOLATION = 1e-6;
/** Reflections: a state that is left once per ns is a restricted one, a crystal left once per ps is none. */
const RESTRICTED = 1;
const MOLTEN = 1000;
/** Of the temperature: what BAOAB's velocities may be off by, (ω dt)²/4. */
const KINETIC = 0.03;

type Found = Omit<Estimate, 'checks' | 'passed'>;

export function runChecks(
  found: Found,
  all: readonly (SampleRecord | ReferenceRecord)[],
  counted: readonly SampleRecord[],
  options: EstimateOptions,
): Check[] {
  const drawn = all.find((record): record is ReferenceRecord => record.kind === 'reference');
  const checks = [coverage(found)];
  if (counted.length === 0 || found.gradient.length === 0) return checks;
  checks.push(
    ...bounds(found),
    monotone(found),
    temperature(counted, found, options),
    reflections(counted, found, options),
  );
  if (drawn) checks.push(draws(found, drawn), walls(drawn));
  if (found.replicas > 1) checks.push(replicas(found));
  return checks;
}

function coverage({ gradient, independentSamples }: Found): Check {
  const worst = gradient.find((point) => point.effective === independentSamples);
  return {
    name: 'coverage',
    passed: independentSamples > SAMPLES,
    value: independentSamples,
    limit: SAMPLES,
    advice: `independent samples at ζ = ${(worst?.zeta ?? 0).toFixed(2)}, the least of all: run more steps, or take a reference closer to the potential`,
  };
}

/** Gibbs and Bogoliubov: ⟨ΔU⟩₁ ≤ ΔA ≤ ⟨ΔU⟩₀. */
function bounds({ gradient, deltaA, error }: Found): Check[] {
  const [first, last] = [gradient[0], gradient[gradient.length - 1]];
  const above = excess(deltaA - first.value, error, first.error);
  const below = excess(last.value - deltaA, error, last.error);
  const advice =
    'standard errors by which the bound is missed: ζ was not sampled evenly; run more steps, or take a stiffer or closer reference';
  return [
    { name: 'ΔA ≤ ⟨ΔU⟩₀', passed: above <= SIGMAS, value: above, limit: SIGMAS, advice },
    { name: '⟨ΔU⟩₁ ≤ ΔA', passed: below <= SIGMAS, value: below, limit: SIGMAS, advice },
  ];
}

/** By how many standard errors a difference is above 0; rounding of exact cases counts for nothing. */
function excess(difference: number, ...errors: number[]): number {
  if (Math.abs(difference) < 1e-12) return 0;
  const error = Math.sqrt(errors.reduce((sum, e) => sum + e * e, 0));
  return error < Infinity ? difference / Math.max(error, 1e-12) : Number.POSITIVE_INFINITY;
}

/** A'' = −β Var ΔU is never above 0. */
function monotone({ gradient }: Found): Check {
  let [value, zeta] = [Number.NEGATIVE_INFINITY, 0];
  for (let k = 1; k < gradient.length; k++) {
    const rise = excess(gradient[k].value - gradient[k - 1].value, gradient[k].error, gradient[k - 1].error);
    if (rise > value) [value, zeta] = [rise, gradient[k].zeta];
  }
  return {
    name: "A' falls",
    passed: value <= SIGMAS,
    value,
    limit: SIGMAS,
    advice: `standard errors by which A' rises at ζ = ${zeta.toFixed(2)}: the two sides saw different configurations (a jump, melting, too few steps)`,
  };
}

function temperature(counted: readonly SampleRecord[], { steps }: Found, options: EstimateOptions): Check {
  const { modes, timestep, friction } = options;
  const kinetic = counted.reduce((sum, record) => sum + record.kinetic, 0) / steps;
  const value = Math.abs(kinetic / (modes * boltzmann * options.temperature) - 1);
  const independent = Math.max(1, modes * Math.max(1, steps * timestep * friction));
  return {
    name: 'temperature',
    passed: value <= KINETIC + 5 * Math.sqrt(2 / independent),
    value,
    limit: KINETIC + 5 * Math.sqrt(2 / independent),
    advice: 'relative deviation of the kinetic temperature: shorten the time step, or run longer',
  };
}

function reflections(counted: readonly SampleRecord[], { steps }: Found, { timestep }: EstimateOptions): Check {
  const count = counted.reduce((sum, record) => sum + record.reflections, 0);
  const first = counted.find((record) => record.reflections > 0);
  const rate = count / (steps * timestep * 1e-3);
  const where = first
    ? `the first at step ${first.reflectedStep} of replica ${first.replica}, atom ${first.reflectedAtom} (counted from 0)`
    : 'none';
  const restricted = count > 0 && rate > RESTRICTED;
  const meaning =
    rate > MOLTEN
      ? 'the crystal melts or its defect moves: lower the temperature, or choose a stable structure'
      : 'more than one per ns, and the free energy is that of the state restricted to its sites';
  return {
    name: 'reflections',
    passed: rate <= MOLTEN,
    ...(restricted ? { note: true } : {}),
    value: rate,
    limit: MOLTEN,
    advice: `reflections from the Wigner–Seitz walls per ns (${where}): ${meaning}`,
  };
}

/** Sampling at ζ = 0 against exact draws of the reference. */
function draws({ gradient }: Found, { draws: n, refused, sum, square }: ReferenceRecord): Check {
  const mean = sum / n;
  const variance = Math.max(0, square / n - mean * mean);
  const error = Math.sqrt(variance / Math.max(1, n - 1));
  const value =
    n > 1 && refused === 0 ? Math.abs(excess(gradient[0].value - mean, gradient[0].error, error)) : Infinity;
  return {
    name: 'exact draws',
    passed: value <= SIGMAS + 1,
    value,
    limit: SIGMAS + 1,
    advice: `standard errors between ⟨ΔU⟩₀ of the sampling, ${gradient[0].value.toFixed(4)} eV, and of exact draws of the reference, ${mean.toFixed(4)} ± ${error.toFixed(4)} eV${refused > 0 ? `, ${refused} of them without a finite energy` : ''}: the reference is too soft, or the sampling too short`,
  };
}

function walls({ violation }: ReferenceRecord): Check {
  return {
    name: 'walls',
    passed: violation < VIOLATION,
    value: violation,
    limit: VIOLATION,
    advice:
      'probability (a bound) that the reference has an atom beyond its wall: the harmonic state reaches out of its site; lower the temperature, or take a stiffer reference',
  };
}

function replicas({ consistent }: Found): Check {
  return {
    name: 'replicas',
    passed: consistent,
    value: consistent ? 0 : 1,
    limit: 0,
    advice: '1 where the replicas scatter more than their own errors allow: they saw different states; run longer',
  };
}
