/** Names and inputs of the jobs of a case, and their results read back. */
import type { Json } from '../../data/atoms.ts';
import type { HarmonicState } from '../../free-energy/quasi-harmonic.ts';
import type { Job, Results } from '../job.ts';
import type { CellName, CellSpec } from './cells.ts';
import type { Case, VacancyConfig } from './config.ts';
import type { HarmonicInput, HarmonicResult } from './harmonic-task.ts';
import type { LatticeInput, LatticeResult } from './lattice-task.ts';
import { lengthsOf, type PlannedRun } from './lengths.ts';
import type { SamplingInput, SamplingResult } from './sampling-task.ts';

export type Method = Exclude<VacancyConfig['methods'][number], 'none'>;

export const methodsOf = (config: VacancyConfig): Method[] => [
  ...new Set(config.methods.filter((method): method is Method => method !== 'none')),
];

const json = (value: unknown): Json => value as Json;
const signed = (k: number) => (k < 0 ? `m${-k}` : `p${k}`);

export function cellSpec({ crystal, element, a, c, defect }: VacancyConfig, { repeat }: Case): CellSpec {
  return {
    crystal,
    repeat,
    defect,
    ...(element === undefined ? {} : { element }),
    ...(a === undefined ? {} : { a }),
    ...(c === undefined ? {} : { c }),
  };
}

/** One lattice constant for all sizes of a potential. */
export const latticeId = ({ label }: Case): string => (label === undefined ? 'lattice' : `${label}-lattice`);
export const harmonicId = (one: Case, which: CellName, k: number): string => `${one.id}-${which}-${signed(k)}`;

/** One sampling run. */
export interface RunName {
  which: CellName;
  k: number;
  temperature: number;
  method: Method;
  /** From 0. */
  replica: number;
}

export const samplingId = (one: Case, { which, k, temperature, method, replica }: RunName): string =>
  `${harmonicId(one, which, k)}-${temperature}k-${method}-r${replica + 1}`;

export function latticeJob(config: VacancyConfig, one: Case): Job {
  const input: LatticeInput = { cell: cellSpec(config, { ...one, repeat: 1 }), potential: one.potential };
  return { id: latticeId(one), task: 'lattice', input: json(input), needs: [] };
}

export const scaleOf = (lattice: LatticeResult, config: VacancyConfig, k: number): number =>
  lattice.scale * (1 + k * config.grid.strain);

export function harmonicJob(config: VacancyConfig, one: Case, lattice: LatticeResult, which: CellName, k: number): Job {
  const input: HarmonicInput = {
    cell: cellSpec(config, one),
    which,
    potential: one.potential,
    scale: scaleOf(lattice, config, k),
    quantum: config.quantum,
  };
  return { id: harmonicId(one, which, k), task: 'harmonic', input: json(input), needs: [latticeId(one)] };
}

export function samplingJob(config: VacancyConfig, one: Case, lattice: LatticeResult, run: RunName & PlannedRun): Job {
  const { which, k, temperature, method, replica, steps } = run;
  const minimum = harmonicId(one, which, k);
  const { seed, timestep, friction, nodes, walls } = config;
  const { record, equilibration } = lengthsOf(config);
  const own = config.record === undefined ? {} : { record: config.record };
  const input: SamplingInput = {
    ...{ cell: cellSpec(config, one), which, potential: one.potential, scale: scaleOf(lattice, config, k) },
    ...{ minimum, method, temperature, replica, seed, steps, timestep, friction, walls },
    ...(nodes === undefined ? {} : { nodes }),
    ...(config.error === undefined ? own : { record, equilibration }),
  };
  return { id: samplingId(one, run), task: 'sampling', input: json(input), needs: [minimum] };
}

/** Sampled volumes of a cell. */
export const SAMPLED = 3;

export const latticeOf = (results: Results, one: Case): LatticeResult | undefined =>
  results.get(latticeId(one)) as LatticeResult | undefined;

/** States of a cell by k, as they are known. */
export const statesOf =
  (results: Results, one: Case, which: CellName) =>
  (k: number): (HarmonicState & HarmonicResult) | undefined =>
    results.get(harmonicId(one, which, k)) as unknown as HarmonicResult | undefined;

export const samplingOf = (results: Results, one: Case, run: RunName): SamplingResult | undefined =>
  results.get(samplingId(one, run)) as unknown as SamplingResult | undefined;
