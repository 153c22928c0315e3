/**
 * What a vacancy campaign needs, from what is known: the lattice constant, Hessians in windows that follow the minimum of
 * F(T,V), then sampling around the quasi-harmonic volume, then more volumes where the minimum of the whole is outside.
 */
import type { Anharmonic } from '../../free-energy/equilibrium.ts';
import type { Job, Results } from '../job.ts';
import type { CellName } from './cells.ts';
import { type Case, casesOf, temperaturesOf, type VacancyConfig } from './config.ts';
import {
  harmonicId,
  harmonicJob,
  latticeJob,
  latticeOf,
  type Method,
  methodsOf,
  SAMPLED,
  samplingId,
  samplingJob,
  samplingOf,
  statesOf,
} from './jobs.ts';
import { firstRuns, runsOfRound } from './lengths.ts';
import type { Located, PlannedRuns, SampledCell } from './located.ts';
import { type Memo, memoOf } from './memo.ts';
import { nextRound } from './rounds.ts';
import { hasEstimate } from './sampling-task.ts';
import { type Search, settle } from './volumes.ts';

const cells: readonly CellName[] = ['bulk', 'defect'];

/** Everything that is known or needed of a case, in order. */
export interface Survey {
  jobs: Job[];
  located: Located[];
}

/** All jobs that are known to be needed: pure, and monotone in the results. */
export function planVacancy(config: VacancyConfig, results: Results): Job[] {
  const jobs = new Map<string, Job>();
  for (const one of casesOf(config)) {
    for (const job of survey(config, one, results).jobs) jobs.set(job.id, job);
  }
  return [...jobs.values()];
}

export function survey(config: VacancyConfig, one: Case, results: Results): Survey {
  const lattice = latticeOf(results, one);
  const jobs = [latticeJob(config, one)];
  if (!lattice) return { jobs, located: [] };
  const harmonic = new Map<string, Job>();
  const jobsOfRuns: Job[] = [];
  const memo = memoOf(config, results);
  const need = (which: CellName, ks: Iterable<number>) => {
    for (const k of ks) {
      const id = harmonicId(one, which, k);
      const job = harmonic.get(id) ?? memo(`job ${id}`, () => harmonicJob(config, one, lattice, which, k));
      if (job) harmonic.set(id, job);
    }
  };
  const located = temperaturesOf(config).map((temperature): Located => {
    const options = { temperature, quantum: config.quantum, degree: config.grid.degree, start: 0 };
    const find = (key: string, which: CellName, start: number, samples: readonly Anharmonic[]): Search => {
      let search: Search = { missing: [0] };
      if (config.pressure !== 'zero') {
        need(which, [0]);
        return search;
      }
      const ks = new Set<number>();
      const known = memo(`search ${one.id} ${which} ${temperature} ${key}`, () => {
        const state = statesOf(results, one, which);
        const asked = (k: number) => state(ks.add(k) && k);
        search = settle(asked, config.grid, samples, { ...options, start });
        return 'missing' in search ? undefined : { search, ks };
      });
      need(which, known?.ks ?? ks);
      return known?.search ?? search;
    };
    const found = { bulk: find('', 'bulk', 0, []), defect: find('', 'defect', 0, []) };
    const first = config.pressure === 'zero' ? firstSampled(found, config) : [0];
    const at: Located = { temperature, harmonic: found, sampled: new Map() };
    if (!first) return at;
    for (const method of methodsOf(config)) {
      const sampling = { config, one, results, method, temperature, first, memo };
      sampleBoth(sampling, at, (key, which, samples) => find(key, which, centreOf(found[which]), samples));
      for (const which of cells) {
        const runs = at.sampled.get(method)?.[which].runs ?? new Map();
        need(which, [...runs.keys()]);
        for (const [k, planned] of runs) {
          for (const run of planned) {
            const name = { which, k, temperature, method, ...run };
            const job = memo(`job ${samplingId(one, name)}`, () => samplingJob(config, one, lattice, name));
            if (job) jobsOfRuns.push(job);
          }
        }
      }
    }
    return at;
  });
  return { jobs: [...jobs, ...harmonic.values(), ...jobsOfRuns], located };
}

const centreOf = (search: Search) => ('found' in search ? search.found.centre : 0);

/** The first volumes to sample: the same of both cells, around the mean of their quasi-harmonic ones. */
function firstSampled(found: Record<CellName, Search>, { grid }: VacancyConfig): number[] | undefined {
  if (!('found' in found.bulk && 'found' in found.defect)) return undefined;
  const centre = Math.round((found.bulk.found.place + found.defect.found.place) / 2);
  return Array.from({ length: SAMPLED }, (_, i) => centre + (i - (SAMPLED - 1) / 2) * grid.sampling);
}

interface Sampling {
  config: VacancyConfig;
  one: Case;
  results: Results;
  method: Method;
  temperature: number;
  first: readonly number[];
  memo: Memo;
}

/**
 * The runs of both cells, into `at`: at the first volumes, at more where the minimum has left them, and, with a target error,
 * round after round. What follows from a round is planned when all of it is done.
 */
function sampleBoth(
  sampling: Sampling,
  at: Located,
  find: (key: string, which: CellName, samples: readonly Anharmonic[]) => Search,
): void {
  const { config, one, results, method, memo } = sampling;
  const begin = (): PlannedRuns => new Map(sampling.first.map((k) => [k, firstRuns(config)]));
  const runs: Record<CellName, PlannedRuns> = { bulk: begin(), defect: begin() };
  for (let round = 1; ; round++) {
    const follow = (which: CellName) =>
      sampleCell(sampling, which, runs[which], (key, samples) => find(key, which, samples));
    const both = { bulk: follow('bulk'), defect: follow('defect') };
    const before = at.sampled.get(method);
    at.sampled.set(method, both);
    if (!settled(config, both.bulk) || !settled(config, both.defect)) {
      if (before) at.sampled.set(method, before);
      return;
    }
    for (const which of cells) both[which].complete = new Map([...runs[which]].map(([k, own]) => [k, own.slice()]));
    const next = memo(`round ${one.id} ${at.temperature} ${method} ${round}`, () =>
      nextRound(config, one, results, { at, method, round }),
    );
    if (!next?.size) return;
    for (const [k, steps] of next) {
      for (const which of cells) runs[which].get(k)?.push(...runsOfRound(config, round, steps));
    }
  }
}

/** Whether all is known that decides what follows. */
const settled = ({ pressure }: VacancyConfig, { search }: SampledCell) =>
  search !== undefined && (pressure !== 'zero' || !('missing' in search));

/** Sampled volumes of a cell, with one more at the side where the minimum has left them, time and again. */
function sampleCell(
  { config, one, results, method, temperature, memo }: Sampling,
  which: CellName,
  runs: PlannedRuns,
  find: (key: string, samples: readonly Anharmonic[]) => Search,
): SampledCell {
  for (;;) {
    const key = `${method} ${[...runs].map(([k, own]) => `${k}:${own.length}`).join(' ')}`;
    const samples = memo(`samples ${one.id} ${which} ${temperature} ${key}`, () =>
      anharmonicOf({ one, results, method, temperature, which }, runs),
    );
    if (!samples) return { runs, search: undefined };
    const search = find(key, samples);
    if (config.pressure !== 'zero' || !('found' in search)) return { runs, search };
    const { place } = search.found;
    const [low, high] = [Math.min(...runs.keys()), Math.max(...runs.keys())];
    const outside = place < low ? low - config.grid.sampling : place > high ? high + config.grid.sampling : undefined;
    if (outside === undefined || runs.size >= 2 * SAMPLED) return { runs, search };
    runs.set(outside, firstRuns(config));
  }
}

/** ΔA at these volumes, the mean over the runs; undefined until all are known, or where one is none. */
function anharmonicOf(
  { one, results, method, temperature, which }: Omit<Sampling, 'config' | 'first' | 'memo'> & { which: CellName },
  planned: PlannedRuns,
): Anharmonic[] | undefined {
  const found: Anharmonic[] = [];
  for (const [k, list] of planned) {
    const state = statesOf(results, one, which)(k);
    if (!state) return undefined;
    let [all, sum, square] = [0, 0, 0];
    for (const { replica } of list) {
      const run = samplingOf(results, one, { which, k, temperature, method, replica });
      if (!run || !hasEstimate(run)) return undefined;
      all += run.counted;
      sum += run.deltaA * run.counted;
      square += (run.error * run.counted) ** 2;
    }
    found.push({ state, value: sum / all, error: Math.sqrt(square) / all });
  }
  return found;
}
