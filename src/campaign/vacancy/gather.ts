/** What is needed of one temperature: the Hessians of the window in which each cell's volume was found, and the runs. */

import type { Sampled } from '../../free-energy/propagation.ts';
import type { HarmonicState } from '../../free-energy/quasi-harmonic.ts';
import { combineReplicas } from '../../free-energy/statistics/replicas.ts';
import type { Results } from '../job.ts';
import type { CellName } from './cells.ts';
import type { Case, VacancyConfig } from './config.ts';
import type { HarmonicResult } from './harmonic-task.ts';
import { harmonicId, type Method, samplingId, samplingOf, statesOf } from './jobs.ts';
import type { Located } from './located.ts';
import { hasEstimate, type SamplingResult } from './sampling-task.ts';
import { type Search, windowOf } from './volumes.ts';

/** A run, and where its ΔA is in `samples`. */
export interface GatheredRun {
  id: string;
  k: number;
  replica: number;
  sample: number;
  result: SamplingResult;
}

export interface GatheredCell {
  /** Of the window, by rising volume; one at constant volume. */
  states: (HarmonicState & HarmonicResult)[];
  /** Where the minimum was found, in units of k; 0 at constant volume. */
  place: number;
  runs: GatheredRun[];
  /** States of the sampled k. */
  sampled: Map<number, HarmonicState>;
}

export interface Gathered extends Record<CellName, GatheredCell> {
  temperature: number;
  samples: Sampled[];
  /** Sampled volumes whose replicas scatter more than their errors allow: their errors were widened. */
  inconsistent: string[];
}

export interface Missing {
  missing: string[];
}

const cells: readonly CellName[] = ['bulk', 'defect'];

/** Without a method: for the quasi-harmonic state. */
export function gatherTemperature(
  config: VacancyConfig,
  one: Case,
  results: Results,
  at: Located,
  method?: Method,
): Gathered | Missing {
  const { temperature } = at;
  const missing: string[] = [];
  const samples: Sampled[] = [];
  const inconsistent: string[] = [];
  const gathered = cells.map((which): GatheredCell => {
    const cell: GatheredCell = { states: [], place: 0, runs: [], sampled: new Map() };
    const sampled = method === undefined ? undefined : at.sampled.get(method)?.[which];
    const search = method === undefined || config.pressure !== 'zero' ? at.harmonic[which] : sampled?.search;
    const window = windowFor(config, search);
    if ('failed' in window) missing.push(`${which}: ${window.failed}`);
    else {
      cell.place = window.place;
      for (const k of window.ks) {
        const state = statesOf(results, one, which)(k);
        if (state) cell.states.push(state);
        else missing.push(harmonicId(one, which, k));
      }
    }
    if (method === undefined) return cell;
    if (!sampled) missing.push(`runs of the ${which} cell at ${temperature} K`);
    for (const [k, planned] of sampled?.complete ?? sampled?.runs ?? []) {
      const runs: GatheredRun[] = [];
      for (const { replica } of planned) {
        const name = { which, k, temperature, method, replica };
        const result = samplingOf(results, one, name);
        if (result && !hasEstimate(result)) missing.push(`${samplingId(one, name)}: too few samples for an estimate`);
        else if (result)
          runs.push({ id: samplingId(one, name), k, replica, sample: samples.length + runs.length, result });
        else missing.push(samplingId(one, name));
      }
      const state = statesOf(results, one, which)(k);
      if (state) cell.sampled.set(k, state);
      const { widen, consistent } = scatter(runs);
      if (!consistent) inconsistent.push(`${harmonicId(one, which, k)} at ${temperature} K`);
      samples.push(...runs.map(({ result, replica }) => sampleOf(result, replica, widen)));
      cell.runs.push(...runs);
    }
    return cell;
  });
  if (missing.length > 0) return { missing };
  const [bulk, defect] = gathered;
  return { temperature, bulk, defect, samples, inconsistent };
}

/** The k of the fit. */
function windowFor(
  { pressure, grid }: VacancyConfig,
  search: Search | undefined,
): { ks: number[]; place: number } | { failed: string } {
  if (pressure !== 'zero') return { ks: [0], place: 0 };
  if (!search) return { failed: 'not all runs are done' };
  if ('failed' in search) return search;
  if ('missing' in search) return { ks: search.missing, place: 0 };
  return { ks: windowOf(search.found.centre, grid.points), place: search.found.place };
}

/** Blocks that the error of one run was made of: 20, or as many as there are records. */
const DOF = 19;
const dofOf = ({ series }: SamplingResult) => (series.length > 0 ? Math.max(1, Math.min(DOF, series.length - 1)) : DOF);

/** All runs of a replica draw the same random numbers, whatever their cell, volume and temperature. */
const sampleOf = (result: SamplingResult, replica: number, widen: number): Sampled => ({
  value: result.deltaA,
  error: result.error * widen,
  dof: dofOf(result),
  blocks: result.series,
  group: `r${replica}`,
});

/** What errors must be multiplied by where replicas contradict each other. */
function scatter(runs: readonly GatheredRun[]): { widen: number; consistent: boolean } {
  if (runs.length < 2) return { widen: 1, consistent: true };
  const { scatter: ratio = 1, consistent } = combineReplicas(
    Float64Array.from(runs, ({ result }) => result.deltaA),
    {
      own: runs.map(({ result }) => ({ error: result.error, dof: dofOf(result) })),
      weights: runs.map(({ result }) => result.counted),
    },
  );
  return { widen: consistent ? 1 : Math.sqrt(ratio), consistent };
}
