/**
 * Physical validation of the engine as it is built here: the suite that anyone can run. Seeds are fixed, so a machine that
 * computes the same bits prints the same report.
 */
import type { Engine } from '../engine/engine.ts';
import { ensemblesPart } from './validate-ensembles.ts';
import { exactPart } from './validate-exact.ts';
import { motionPart } from './validate-motion.ts';
import type { Figure, Part, Validated } from './validation.ts';

export interface Validation {
  tier: 'quick' | 'long';
  checks: Validated[];
  figures: Figure[];
  passed: boolean;
}

const parts: Part[] = [motionPart, exactPart, ensemblesPart];

/** Runs all parts; `long`: ten times the steps, and what is too slow for every day. */
export function validateEngine(
  engine: Engine,
  { long = false, progress }: { long?: boolean; progress?: (name: string) => void } = {},
): Validation {
  const checks: Validated[] = [];
  const figures: Figure[] = [];
  for (const part of parts) {
    progress?.(part.name);
    const found = part.run(engine, long);
    checks.push(...found.checks);
    figures.push(...(found.figures ?? []));
  }
  return { tier: long ? 'long' : 'quick', checks, figures, passed: checks.every((check) => check.passed) };
}
