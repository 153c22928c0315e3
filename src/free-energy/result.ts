/** What an estimate is asked and what it answers; checks go with every number. */

export interface EstimateOptions {
  /** K. */
  temperature: number;
  /** ps. */
  timestep: number;
  /** Steps at the beginning of each replica that are left out. */
  equilibration: number;
  /** 1/ps. */
  friction: number;
  /** Modes of the reference: what the kinetic temperature is checked with. */
  modes: number;
}

export interface GradientPoint {
  zeta: number;
  /** ⟨ΔU⟩_ζ, eV, and its standard error. */
  value: number;
  error: number;
  /** Independent samples that would give this error. */
  effective: number;
}

export interface Check {
  name: string;
  passed: boolean;
  /** Passed, but whoever uses the number must know. */
  note?: boolean;
  /** What was found, what was allowed, in the unit that the advice names. */
  value: number;
  limit: number;
  /** One sentence: what the number means and what to change. */
  advice: string;
}

export interface Estimate {
  /** A(1) − A(0), eV. */
  deltaA: number;
  /** One standard error, eV. */
  error: number;
  /** 95 %, eV. */
  interval: [number, number];
  gradient: GradientPoint[];
  /** The replicas scatter as their own errors say (F test, 1 %). */
  consistent: boolean;
  checks: Check[];
  /** All checks passed. */
  passed: boolean;
  /** Independent samples of the whole integral, and the steps that each costs. */
  independentSamples: number;
  inefficiency: number;
  /** Steps counted, and replicas. */
  steps: number;
  replicas: number;
}
