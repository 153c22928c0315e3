/** How good the sampling was: for each cell, volume and temperature the estimate from all replicas, its checks and its course. */
import type { Json } from '../../data/atoms.ts';
import type { Check, Estimate } from '../../free-energy/result.ts';
import type { CampaignView } from '../job.ts';
import type { CellName } from './cells.ts';
import type { VacancyConfig } from './config.ts';
import type { Gathered, GatheredRun } from './gather.ts';
import type { Method } from './jobs.ts';
import { estimateOf, type SamplingInput, type SamplingRecord } from './sampling-task.ts';
import { stateAt } from './state-at.ts';

export interface Pool {
  which: CellName;
  k: number;
  /** The volume nearest to the one that was found. */
  nearest: boolean;
  atoms: number;
  runs: GatheredRun[];
  estimate: Estimate;
}

export interface Quality {
  method: Method;
  temperature: number;
  pools: Pool[];
  failed: { pool: Pool; check: Check }[];
  /** F_f (eV) from the same part of every run, by its steps, the mean over the runs. */
  course: { steps: number[]; free: number[] };
}

const cells: readonly CellName[] = ['bulk', 'defect'];

export function qualityOf(view: CampaignView, method: Method, gathered: Gathered): Quality {
  const pools = cells.flatMap((which) => poolsOf(view, which, gathered));
  return {
    method,
    temperature: gathered.temperature,
    pools,
    failed: pools.flatMap((pool) =>
      pool.estimate.checks.filter(({ passed }) => !passed).map((check) => ({ pool, check })),
    ),
    course: courseOf(view, gathered),
  };
}

const recordsOf = (view: CampaignView, { id }: GatheredRun) => view.records(id) as unknown as SamplingRecord[];

function inputOf(view: CampaignView, { id }: GatheredRun): SamplingInput {
  const job = view.jobs.find((one) => one.id === id);
  if (!job) throw new Error(`no job ${id}`);
  return job.input as Json as unknown as SamplingInput;
}

function poolsOf(view: CampaignView, which: CellName, gathered: Gathered): Pool[] {
  const cell = gathered[which];
  const { atoms, modes } = cell.states[0];
  const off = (k: number) => Math.abs(k - cell.place);
  const found = [...cell.sampled.keys()].reduce((best, k) => (off(k) < off(best) ? k : best));
  return [...cell.sampled.keys()].map((k) => {
    const runs = cell.runs.filter((run) => run.k === k);
    const records = runs.flatMap((run) => recordsOf(view, run));
    // draws of the reference are the same in every run
    const first = records.findIndex(({ kind }) => kind === 'reference');
    const once = records.filter(({ kind }, i) => kind !== 'reference' || i === first);
    return { which, k, nearest: k === found, atoms, runs, estimate: estimateOf(inputOf(view, runs[0]), once, modes) };
  });
}

/** Points of the course. */
const POINTS = 12;

/** F_f from the beginnings of all runs. Where records do not say something of the whole integral there is no course. */
function courseOf(view: CampaignView, gathered: Gathered): Quality['course'] {
  const config = view.config as VacancyConfig;
  const runs = cells.flatMap((which) => gathered[which].runs);
  if (runs.some(({ result }) => result.series.length === 0)) return { steps: [], free: [] };
  const part = (length: number) => Array.from({ length: POINTS }, (_, i) => Math.round((length * (i + 1)) / POINTS));
  const steps = part(runs.reduce((sum, { result }) => sum + result.steps / runs.length, 0));
  const columns = runs.map((run) => {
    const records = recordsOf(view, run);
    const input = inputOf(view, run);
    const { modes } = gathered.bulk.states[0];
    return part(run.result.steps).map(
      (last) =>
        estimateOf(
          input,
          records.filter((record) => record.kind === 'sampling' && record.last <= last),
          modes,
        ).deltaA,
    );
  });
  const free = steps.map((_, i) => {
    const values = gathered.samples.map(({ value }) => value);
    runs.forEach(({ sample }, r) => {
      values[sample] = columns[r][i];
    });
    return values.every(Number.isFinite) ? stateAt(config, gathered, values).modeMatched : Number.NaN;
  });
  return { steps, free };
}
