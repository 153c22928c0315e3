/**
 * One line of a report: what was measured, what it may be, and the grade: P or F, or OpenKIM's letter for an error that
 * rounding should explain (openkim.org/doc/evaluation/kim-verification-checks; score log10(error / 2^-52), A to 7.5,
 * B to 10, C to 12.5, D to 15).
 */

/** OpenKIM's: mandatory, or a simulation is wrong; consistency, of energy and its derivatives; informational. */
export type Category = 'mandatory' | 'consistency' | 'informational';

export interface Check {
  name: string;
  category: Category;
  /** A sentence for people. */
  what: string;
  /** Measured; `limit` is the largest that passes. Both in `unit` ('' where they count or compare). */
  value: number;
  limit: number;
  unit: string;
  grade: 'A' | 'B' | 'C' | 'D' | 'P' | 'F' | 'N/A';
  passed: boolean;
  /** What was seen beside the number. */
  detail?: string;
}

const EPSILON = 2 ** -52;
/** Powers of ten of EPSILON, as 10^7.5, 10^10 …, whose roots are exact. */
const LETTERS = [
  ['A', 1e7 * Math.sqrt(10)],
  ['B', 1e10],
  ['C', 1e12 * Math.sqrt(10)],
  ['D', 1e15],
] as const;

/** OpenKIM's letter for a relative error. */
export function letterOf(error: number): 'A' | 'B' | 'C' | 'D' | 'F' {
  return LETTERS.find(([, limit]) => error <= limit * EPSILON)?.[0] ?? 'F';
}

/** The largest error that has the letter. */
export const errorOf = (letter: 'A' | 'B' | 'C' | 'D'): number =>
  (LETTERS.find(([name]) => name === letter)?.[1] ?? 0) * EPSILON;
