/**
 * What a vacancy campaign needs, from what is known: the lattice constant, Hessians in windows that follow the minimum of
 * F(T,V), then sampling around the quasi-harmonic volume, then more volumes where the minimum of the whole is outside.
 */
import type { Anharmonic } from '../../free-energy/equilibrium.ts';
import type { Job, Results } from '../job.ts';
import type { CellName } from './cells.ts';
import { type Case, casesOf, temperaturesOf, type VacancyConfig } from './config.ts';
import {
  harmonicJob,
  latticeJob,
  latticeOf,
  type Method,
  methodsOf,
  SAMPLED,
  samplingJob,
  samplingOf,
  statesOf,
} from './jobs.ts';
import { hasEstimate } from './sampling-task.ts';
import { type Search, settle } from './volumes.ts';

const cells: readonly CellName[] = ['bulk', 'defect'];

/** Where volumes were looked for, for each cell: quasi-harmonic, and with what was sampled. */
export interface Located {
  temperature: number;
  harmonic: Record<CellName, Search>;
  /** By method: sampled k, whether all of its runs are done, and the search with them. */
  sampled: Map<Method, Record<CellName, { k: number[]; search: Search | undefined }>>;
}

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
  const sampling: Job[] = [];
  const need = (which: CellName, ks: readonly number[]) => {
    for (const k of ks) {
      const job = harmonicJob(config, one, lattice, which, k);
      harmonic.set(job.id, job);
    }
  };
  const asked = (which: CellName) => {
    const state = statesOf(results, one, which);
    return (k: number) => {
      need(which, [k]);
      return state(k);
    };
  };
  const located = temperaturesOf(config).map((temperature): Located => {
    const options = { temperature, quantum: config.quantum, degree: config.grid.degree, start: 0 };
    const find = (which: CellName, start: number, samples: readonly Anharmonic[]): Search => {
      if (config.pressure === 'zero') return settle(asked(which), config.grid, samples, { ...options, start });
      need(which, [0]);
      return { missing: [0] };
    };
    const found = { bulk: find('bulk', 0, []), defect: find('defect', 0, []) };
    const first = config.pressure === 'zero' ? firstSampled(found, config) : [0];
    const at: Located = { temperature, harmonic: found, sampled: new Map() };
    if (!first) return at;
    for (const method of methodsOf(config)) {
      const sample = (which: CellName) =>
        sampleCell({ config, one, results, method, temperature, which, first }, (samples) =>
          find(which, centreOf(found[which]), samples),
        );
      const both = { bulk: sample('bulk'), defect: sample('defect') };
      at.sampled.set(method, both);
      for (const which of cells) {
        need(which, both[which].k);
        for (const k of both[which].k) {
          for (let replica = 0; replica < config.replicas; replica++) {
            sampling.push(samplingJob(config, one, lattice, { which, k, temperature, method, replica }));
          }
        }
      }
    }
    return at;
  });
  return { jobs: [...jobs, ...harmonic.values(), ...sampling], located };
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
  which: CellName;
  first: readonly number[];
}

/** Sampled volumes of a cell, with one more at the side where the minimum has left them, time and again. */
function sampleCell(
  sampling: Sampling,
  find: (samples: readonly Anharmonic[]) => Search,
): { k: number[]; search: Search | undefined } {
  const { config } = sampling;
  const k = [...sampling.first];
  for (;;) {
    const samples = anharmonicOf(sampling, k);
    if (!samples) return { k, search: undefined };
    const search = find(samples);
    if (config.pressure !== 'zero' || !('found' in search)) return { k, search };
    const { place } = search.found;
    const [low, high] = [Math.min(...k), Math.max(...k)];
    const outside = place < low ? low - config.grid.sampling : place > high ? high + config.grid.sampling : undefined;
    if (outside === undefined || k.length >= 2 * SAMPLED) return { k, search };
    k.push(outside);
  }
}

/** ΔA at these volumes, the mean over replicas; undefined until all are known, or where one is none. */
export function anharmonicOf(
  { config, one, results, method, temperature, which }: Omit<Sampling, 'first'>,
  ks: readonly number[],
): Anharmonic[] | undefined {
  const found: Anharmonic[] = [];
  for (const k of ks) {
    const state = statesOf(results, one, which)(k);
    if (!state) return undefined;
    let [sum, square] = [0, 0];
    for (let replica = 0; replica < config.replicas; replica++) {
      const run = samplingOf(results, one, { which, k, temperature, method, replica });
      if (!run || !hasEstimate(run)) return undefined;
      sum += run.deltaA;
      square += run.error * run.error;
    }
    const n = config.replicas;
    found.push({ state, value: sum / n, error: Math.sqrt(square) / n });
  }
  return found;
}
