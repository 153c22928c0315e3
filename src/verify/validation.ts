/** One line of the report of `frenkel validate`, and what the parts of the suite are made of. */
import type { Engine } from '../engine/engine.ts';

export interface Validated {
  name: string;
  what: string;
  /** What was run. */
  system: string;
  value: number;
  limit: number;
  unit: string;
  /** True: `value` must be at least `limit` (probabilities); else at most. */
  least?: boolean;
  passed: boolean;
  detail?: string;
}

/** What plot/line-plot.ts draws. */
export interface Figure {
  name: string;
  title: string;
  x: { label: string; log?: boolean };
  y: { label: string; log?: boolean };
  series: { name: string; x: number[]; y: number[] }[];
}

export interface Part {
  name: string;
  run(engine: Engine, long: boolean): { checks: Validated[]; figures?: Figure[] };
}

export function validated(about: Omit<Validated, 'passed'>): Validated {
  const { value, limit, least } = about;
  return { ...about, passed: least ? value >= limit : value <= limit };
}
