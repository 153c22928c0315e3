/** Where volumes were looked for at one temperature, and the runs that were planned there. */
import type { CellName } from './cells.ts';
import type { Method } from './jobs.ts';
import type { PlannedRun } from './lengths.ts';
import type { Search } from './volumes.ts';

/** The runs of a cell by k, in the order in which volumes were added. */
export type PlannedRuns = Map<number, PlannedRun[]>;

export interface SampledCell {
  runs: PlannedRuns;
  /** Those of the rounds that are complete; undefined before the first is. */
  complete?: PlannedRuns;
  /** With the complete ones. */
  search: Search | undefined;
}

/** Quasi-harmonic, and by method with what was sampled. */
export interface Located {
  temperature: number;
  harmonic: Record<CellName, Search>;
  sampled: Map<Method, Record<CellName, SampledCell>>;
}
