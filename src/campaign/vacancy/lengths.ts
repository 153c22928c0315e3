/** How long runs are: as the file says, or, with a target error, in rounds of whole records. */
import type { VacancyConfig } from './config.ts';

/** One run of a sampler at a volume: its random numbers and its length. */
export interface PlannedRun {
  /** From 0; with a target error every round has replicas of its own. */
  replica: number;
  steps: number;
}

/** Records of a run that has no target error, unless the file says how long they are. */
export const RECORDS = 200;

/** Steps of a record, whatever the campaign. */
export const recordOf = (config: VacancyConfig): number =>
  config.error === undefined ? (config.record ?? Math.ceil(config.steps / RECORDS)) : lengthsOf(config).record;

/**
 * Of a campaign with a target error, in steps: a record, what estimates leave out, and a run of the first round. Records are
 * equally long in all runs, so that blocks of runs of different length correspond.
 */
export function lengthsOf(config: VacancyConfig): { record: number; equilibration: number; first: number } {
  const { steps, record = Math.max(100, Math.min(500, Math.floor(steps / RECORDS))) } = config;
  return { record, equilibration: 5 * record, first: Math.min(steps, 40 * record) };
}

/** Replicas of round `round` (from 0), each of so many steps. */
export const runsOfRound = ({ replicas }: VacancyConfig, round: number, steps: number): PlannedRun[] =>
  Array.from({ length: replicas }, (_, r) => ({ replica: round * replicas + r, steps }));

/** The first runs at a volume. */
export const firstRuns = (config: VacancyConfig): PlannedRun[] =>
  runsOfRound(config, 0, config.error === undefined ? config.steps : lengthsOf(config).first);
