/**
 * The anharmonic part of one cell at one volume and temperature: a run of a sampler from the stored minimum and Hessian.
 */
import type { Json } from '../../data/atoms.ts';
import type { Potential } from '../../data/potential.ts';
import { boltzmann } from '../../data/units.ts';
import { createSystem } from '../../engine/system.ts';
import { drawReference } from '../../free-energy/draws.ts';
import { countedRecords, integrate, sumRecords } from '../../free-energy/estimate.ts';
import { methods } from '../../free-energy/estimators.ts';
import { harmonicReference } from '../../free-energy/harmonic.ts';
import type { ReferenceRecord, SampleRecord } from '../../free-energy/records.ts';
import type { Reference } from '../../free-energy/reference.ts';
import { stepReplica } from '../../free-energy/replicas.ts';
import type { Check, Estimate, GradientPoint } from '../../free-energy/result.ts';
import {
  type Method,
  restoreSampling,
  type SamplingOptions,
  type SamplingState,
  samplingDefaults,
  saveSampling,
  startSampling,
  takeRecords,
} from '../../free-energy/sampling.ts';
import { systemTarget, type Target } from '../../free-energy/target.ts';
import { wallsOf } from '../../free-energy/walls.ts';
import { massesOf } from '../../tasks/masses.ts';
import { differences } from '../differences.ts';
import type { Task, TaskContext, Work } from '../job.ts';
import { type CellName, type CellSpec, cellOf } from './cells.ts';
import type { HarmonicResult } from './harmonic-task.ts';
import { RECORDS } from './lengths.ts';
import { evaluationsOfSlice } from './slices.ts';

export interface SamplingInput {
  cell: CellSpec;
  which: CellName;
  potential: string;
  scale: number;
  /** The job with the minimum and its Hessian. */
  minimum: string;
  method: Method;
  temperature: number;
  replica: number;
  seed: number;
  steps: number;
  /** Steps of a record, and those that the estimate leaves out; default: 200 records, a tenth. */
  record?: number;
  equilibration?: number;
  timestep: number;
  friction: number;
  /** Default: the method's. */
  nodes?: number;
  walls: boolean;
}

export interface SamplingResult {
  /** eV, of the whole cell. */
  deltaA: number;
  error: number;
  interval: [number, number];
  gradient: GradientPoint[];
  checks: Check[];
  passed: boolean;
  independentSamples: number;
  /** Steps per independent sample. */
  inefficiency: number;
  /** Steps that were done, and those that count. */
  steps: number;
  counted: number;
  reflections: number;
  /** eV: how each record, of equally many steps, deviates from the whole, in order; empty where ζ is not sampled evenly. */
  series: number[];
}

/** Records between two looks at what they say. */
const LOOK = 20;
/** Exact draws of the reference, against which the sampling is checked. */
const DRAWS = 100;
/** Methods whose records all say something of the whole integral. */
const even = new Set<Method>(['abf', 'extended', 'expanded']);

/** Steps that the estimate of a run of so many leaves out. */
const equilibrationOf = ({ equilibration }: SamplingInput, steps: number): number =>
  equilibration ?? Math.min(20_000, Math.floor(steps / 10));

const recordOf = ({ record, steps }: SamplingInput): number => record ?? Math.ceil(steps / RECORDS);

/** A longer run begins with the same records, where all of these are whole and the course of ζ is not that of so many steps. */
function continues(before: SamplingInput, after: SamplingInput): boolean {
  const { steps: from, record: _, equilibration: __, ...a } = before;
  const { steps: to, record: ___, equilibration: ____, ...b } = after;
  const whole = recordOf(before) === recordOf(after) && from % recordOf(before) === 0;
  return to > from && whole && even.has(a.method) && differences(a as never, b as never).length === 0;
}

export type SamplingRecord = SampleRecord | ReferenceRecord;

interface Saved {
  sampling: unknown;
  records: SamplingRecord[];
}

interface Setting {
  input: SamplingInput;
  options: SamplingOptions;
  target: Target;
  reference: Reference;
  slice: number;
  modes: number;
}

function setting(context: TaskContext): Setting {
  const input = context.input as unknown as SamplingInput;
  const resource = (name: string) => context.resource(name);
  const potential = resource(input.potential) as Potential;
  const atoms = cellOf(input.cell, input.which, input.scale, resource);
  const { positions, hessian } = context.arrays(input.minimum);
  const { energy, modes } = context.results.get(input.minimum) as unknown as HarmonicResult;
  const minimum = { ...atoms, positions };
  const system = createSystem(context.engine, minimum, potential);
  const masses = massesOf(atoms, potential).values;
  const target = systemTarget(system, masses, input.walls ? wallsOf(minimum) : undefined);
  const reference = harmonicReference(context.engine, {
    x0: positions,
    energy,
    hessian,
    masses: target.masses,
    invariant: true,
  });
  return {
    input,
    options: optionsOf(input),
    target,
    reference,
    slice: evaluationsOfSlice(potential, masses.length),
    modes,
  };
}

function optionsOf(input: SamplingInput): SamplingOptions {
  const { method, temperature, steps, replica, timestep, friction, nodes = methods[method].nodes } = input;
  return {
    ...samplingDefaults,
    ...{ method, temperature, steps, replica, timestep, friction, nodes },
    seed: BigInt(input.seed),
    blockSteps: recordOf(input),
    equilibration: equilibrationOf(input, steps),
  };
}

/** The estimate from records of one or several runs of the same state. */
export function estimateOf(input: SamplingInput, records: readonly SamplingRecord[], modes: number): Estimate {
  const steps = records.reduce((most, record) => (record.kind === 'sampling' ? Math.max(most, record.last) : most), 0);
  const { method, temperature, timestep, friction } = input;
  const equilibration = equilibrationOf(input, steps);
  return methods[method].estimate(records, { temperature, timestep, friction, equilibration, modes });
}

/** What the records say so far. */
function estimated({ input, modes }: Setting, records: readonly SamplingRecord[]): SamplingResult {
  const found = estimateOf(input, records, modes);
  const runs = records.filter((record) => record.kind === 'sampling');
  const steps = runs.at(-1)?.last ?? 0;
  const counted = countedRecords(records, equilibrationOf(input, steps));
  const beta = 1 / (boltzmann * input.temperature);
  const { influence } = integrate(sumRecords(counted), counted, beta);
  const length = (record: SampleRecord) => record.last - record.first + 1;
  return {
    deltaA: found.deltaA,
    error: found.error,
    interval: found.interval,
    gradient: found.gradient,
    checks: found.checks,
    passed: found.passed,
    independentSamples: found.independentSamples,
    inefficiency: found.inefficiency,
    steps,
    counted: found.steps,
    reflections: runs.reduce((sum, record) => sum + record.reflections, 0),
    series: even.has(input.method) ? counted.map((record, k) => influence[k] / length(record)) : [],
  };
}

/** The record of the exact draws; none where the reference cannot be drawn. */
function draw({ target, reference, options }: Setting): ReferenceRecord[] {
  const { seed, temperature } = options;
  const record = drawReference(target, reference, { seed, temperature, draws: DRAWS });
  return record ? [record] : [];
}

function work(context: TaskContext, saved?: Saved): Work {
  const set = setting(context);
  const { options, target, reference } = set;
  const records: SamplingRecord[] = saved ? saved.records.slice() : [];
  const state: SamplingState = saved
    ? restoreSampling(target, reference, saved.sampling as Parameters<typeof restoreSampling>[2])
    : startSampling(target, reference, options);
  let fresh: SamplingRecord[] = [];
  let drawn = saved !== undefined;
  let latest = '';
  const keep = (made: readonly SamplingRecord[]) => {
    records.push(...made);
    fresh.push(...made);
  };
  const look = () => {
    const { deltaA, error } = estimated(set, records);
    latest = `ΔA ${deltaA.toFixed(4)} ± ${error.toFixed(4)} eV`;
  };
  return {
    advance() {
      if (!drawn) {
        drawn = true;
        keep(draw(set));
        return true;
      }
      for (let k = 0; k < set.slice && state.step < options.steps; k++) {
        stepReplica({ target, reference, state, options });
        const made = takeRecords(state);
        keep(made);
        if (made.length > 0 && records.length % LOOK === 0) look();
      }
      return state.step < options.steps;
    },
    takeRecords() {
      const taken = fresh;
      fresh = [];
      return taken as unknown as Json[];
    },
    save: (): Saved => ({ sampling: saveSampling(target, reference, state), records: records.slice() }),
    progress: () => ({ done: state.step, total: options.steps, text: latest }),
    result: () => finite(estimated(set, records)) as unknown as Json,
  };
}

/** s: harmonic forces, and noise and bookkeeping of a step (128 atoms: 19 and 37 µs). */
const PER_PAIR = 1.3e-10;
const PER_ROW = 1e-7;

/** JSON has no infinity: a run of too few samples says huge numbers instead. */
export const HUGE = 1e300;

/** Whether a run has an estimate with an error. */
export const hasEstimate = ({ deltaA, error }: Pick<SamplingResult, 'deltaA' | 'error'>): boolean =>
  Math.abs(deltaA) < HUGE && error < HUGE;

/** What is not known to be finite becomes huge. */
function finite(result: SamplingResult): SamplingResult {
  const bound = (x: number) => (Number.isNaN(x) ? HUGE : Math.max(-HUGE, Math.min(HUGE, x)));
  const walk = (value: unknown): unknown => {
    if (typeof value === 'number') return bound(value);
    if (Array.isArray(value)) return value.map(walk);
    if (value !== null && typeof value === 'object') {
      return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, walk(item)]));
    }
    return value;
  };
  return walk(result) as SamplingResult;
}

export const samplingTask: Task = {
  name: 'sampling',
  start: (context) => work(context),
  restore: (context, state) => work(context, state as Saved),
  continues: (before, after) => continues(before as unknown as SamplingInput, after as unknown as SamplingInput),
  cost(input, resource) {
    const { cell, which, potential, scale, steps } = input as unknown as SamplingInput;
    const atoms = cellOf(cell, which, scale, resource);
    const rows = 3 * atoms.numbers.length;
    return {
      evaluations: steps,
      seconds: steps * (PER_PAIR * rows * rows + PER_ROW * rows),
      system: { atoms, potential: resource(potential) as Potential },
      bytes: 5 * 8 * rows * rows,
    };
  },
};
