/**
 * A free energy in a run folder: samples.jsonl, one line per record, checkpoints, then gradient.csv, figure and
 * report.json. The replicas take turns, a block of steps each; interrupted and continued, the files are those of a run
 * that never stopped, and everything in the answer comes from the records alone.
 */
import type { Atoms } from '../data/atoms.ts';
import { InputError, PhysicsError } from '../data/errors.ts';
import type { Potential } from '../data/potential.ts';
import type { Engine } from '../engine/engine.ts';
import { drawReference } from '../free-energy/draws.ts';
import { methods } from '../free-energy/estimators.ts';
import { type Prepared, type PrepareOptions, prepare } from '../free-energy/prepare.ts';
import type { ReferenceRecord, SampleRecord } from '../free-energy/records.ts';
import type { Reference } from '../free-energy/reference.ts';
import type { Check, Estimate } from '../free-energy/result.ts';
import {
  type Method,
  restoreSampling,
  type SamplingCheckpoint,
  type SamplingOptions,
  type SamplingState,
  saveSampling,
  startSampling,
  stepSampling,
  takeRecords,
} from '../free-energy/sampling.ts';
import type { Target } from '../free-energy/target.ts';
import { type FreeEnergy, totalFreeEnergy } from '../free-energy/total.ts';
import { gradientCsv, gradientFigure } from '../plot/free-energy.ts';
import { createBreather, createTimer, plain, provenance, type RunEnd, type RunHooks } from './run.ts';
import type { Run } from './run-folder.ts';

export interface FreeEnergyOptions extends Omit<SamplingOptions<Method>, 'replica'> {
  replicas: number;
  /** Exact draws of the reference that the sampling is checked with. */
  draws: number;
  /** eV: stop once the standard error is below it and all checks pass. */
  targetError?: number;
  /** Add the centre-of-mass term. */
  com?: boolean;
}

export interface FreeEnergyRun {
  atoms: Atoms;
  potential: Potential;
  options: FreeEnergyOptions;
  reference: PrepareOptions['reference'];
  relax: boolean;
  skin?: number;
  /** Wall-clock seconds between checkpoints. */
  checkpointSeconds: number;
}

/** What a run answers, and `free-energy --json` prints. */
export type FreeEnergyResult = FreeEnergy & {
  /** All checks passed; otherwise F is no free energy. */
  passed: boolean;
  checks: Check[];
  samples: {
    /** Steps that count, of all replicas together. */
    steps: number;
    replicas: number;
    /** Independent samples at the ζ that has the fewest, and the steps that each of them costs. */
    independent: number;
    inefficiency: number;
  };
  temperature: number;
  /** eV, where one was asked for. */
  targetError?: number;
  atoms: number;
};

const LOG = 'samples.jsonl';
/** Turns of all replicas, beyond equilibration, before a target error can end the run. */
const TURNS = 20;

interface Replica {
  target: Target;
  reference: Reference;
  options: SamplingOptions;
  state: SamplingState;
}

type Records = (SampleRecord | ReferenceRecord)[];

/** Runs or resumes; throws PhysicsError with the replica and the step, after what was computed is safe. */
export async function runFreeEnergy(
  engine: Engine,
  job: FreeEnergyRun,
  run: Run,
  hooks: RunHooks = {},
): Promise<RunEnd<FreeEnergyResult>> {
  const { atoms, potential, options } = job;
  const prepared = prepare(engine, atoms, potential, { ...job, temperature: options.temperature });
  if (options.com && !prepared.target.invariant) {
    throw new InputError('the centre of mass is not free where atoms are held: there is no --com');
  }
  // a reference without a free energy is refused before anything is sampled
  prepared.reference.freeEnergy(options.temperature);
  const log = run.output(LOG);
  const saved = run.checkpoint as SamplingCheckpoint[] | undefined;
  const records: Records = saved ? readRecords(run) : [];
  const append = (record: SampleRecord | ReferenceRecord) => {
    records.push(record);
    log.append(`${JSON.stringify(record)}\n`);
  };
  if (!saved) {
    const drawn = drawReference(prepared.target, prepared.reference, options);
    if (drawn) append(drawn);
  }
  const replicas = createReplicas(prepared, options, saved);
  const save = () => run.save(replicas.map(({ target, reference, state }) => saveSampling(target, reference, state)));
  run.event({ event: saved ? 'resume' : 'start', step: stepsDone(replicas) });
  const breathe = createBreather();
  const due = createTimer(job.checkpointSeconds);
  try {
    for (let next = nextReplica(replicas); next && !reached(records, replicas, prepared, options); ) {
      if (hooks.stopping?.()) {
        save();
        run.event({ event: 'interrupted', step: stepsDone(replicas) });
        return { status: 'interrupted' };
      }
      step(next);
      for (const record of takeRecords(next.state)) append(record);
      if (due()) save();
      hooks.progress?.(Math.floor(stepsDone(replicas) / replicas.length), () =>
        progressLine(records, prepared, options),
      );
      await breathe();
      next = nextReplica(replicas);
    }
  } catch (error) {
    if (error instanceof PhysicsError) run.event({ event: 'failed', message: error.message });
    throw error;
  }
  return { status: 'finished', result: finish(job, run, prepared, records) };
}

function createReplicas(
  prepared: Prepared,
  { replicas, ...options }: FreeEnergyOptions,
  saved?: SamplingCheckpoint[],
): Replica[] {
  return Array.from({ length: replicas }, (_, replica) => {
    const { target, reference } = replica === 0 ? prepared : prepared.another();
    const own: SamplingOptions = { ...options, replica };
    const state = saved ? restoreSampling(target, reference, saved[replica]) : startSampling(target, reference, own);
    return { target, reference, options: own, state };
  });
}

/** Whose turn it is: of those with the fewest finished blocks the first; none where all are done. */
function nextReplica(replicas: readonly Replica[]): Replica | undefined {
  let best: Replica | undefined;
  for (const replica of replicas) {
    const { state, options } = replica;
    if (state.step < options.steps && (!best || state.sequence < best.state.sequence)) best = replica;
  }
  return best;
}

const stepsDone = (replicas: readonly Replica[]) => replicas.reduce((sum, { state }) => sum + state.step, 0);

function step({ target, reference, state, options }: Replica): void {
  try {
    stepSampling(target, reference, state, options);
  } catch (error) {
    if (!(error instanceof PhysicsError)) throw error;
    const where = options.replica > 0 ? `replica ${options.replica}, ` : '';
    throw new PhysicsError(`${where}step ${state.step + 1}: ${error.message}`);
  }
}

/** Whether the target error is met: asked after whole turns, at 20 and then every twentieth more, so records alone decide. */
function reached(
  records: Records,
  replicas: readonly Replica[],
  prepared: Prepared,
  options: FreeEnergyOptions,
): boolean {
  const { targetError, equilibration, blockSteps } = options;
  if (targetError === undefined) return false;
  const { sequence, step: now } = replicas[0].state;
  const turns = sequence - Math.ceil(equilibration / blockSteps);
  const whole = replicas.every(({ state }) => state.step === now && state.sequence === sequence);
  if (!whole || now !== sequence * blockSteps || turns < TURNS || turns % Math.floor(turns / TURNS) !== 0) return false;
  const found = evaluateRecords(records, prepared, options);
  return found.error <= targetError && found.passed;
}

const evaluateRecords = (records: Records, { reference }: Prepared, options: FreeEnergyOptions): Estimate =>
  methods[options.method].estimate(records, { ...options, modes: reference.modes });

function readRecords(run: Run): Records {
  const text = run.read(LOG);
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line));
}

function total(prepared: Prepared, found: Estimate, options: FreeEnergyOptions): FreeEnergy {
  const { masses, system } = prepared;
  return totalFreeEnergy(found, prepared, {
    temperature: options.temperature,
    atoms: masses.length,
    ...(options.com ? { com: { masses, cell: system.cell } } : {}),
  });
}

function progressLine(records: Records, prepared: Prepared, options: FreeEnergyOptions): string {
  const found = evaluateRecords(records, prepared, options);
  if (found.steps === 0) return 'equilibrating';
  const { F } = total(prepared, found, options);
  const samples = found.independentSamples.toFixed(0);
  return `F ${F.toFixed(4)} ± ${found.error.toFixed(4)} eV  ${samples} independent samples at the least covered ζ`;
}

function finish(job: FreeEnergyRun, run: Run, prepared: Prepared, records: Records): FreeEnergyResult {
  const { options, potential } = job;
  const found = evaluateRecords(records, prepared, options);
  const atoms = prepared.masses.length;
  const result = {
    ...total(prepared, found, options),
    passed: found.passed,
    checks: found.checks,
    samples: {
      steps: found.steps,
      replicas: found.replicas,
      independent: found.independentSamples,
      inefficiency: found.inefficiency,
    },
    temperature: options.temperature,
    ...(options.targetError === undefined ? {} : { targetError: options.targetError }),
    atoms,
  } satisfies FreeEnergyResult;
  // as it will be read again: what is not finite becomes null
  const answer = plain(result);
  run.write('gradient.csv', gradientCsv(found.gradient));
  if (found.gradient.length > 0) run.write('gradient.svg', gradientFigure(found.gradient, found.deltaA, atoms));
  const report = {
    command: 'free-energy',
    ...provenance(potential),
    options: plain(options),
    reference: { kind: prepared.reference.kind, freeEnergy: prepared.reference.freeEnergy(options.temperature) },
    deltaA: found.deltaA,
    result: answer,
  };
  run.write('report.json', `${JSON.stringify(report, null, 2)}\n`);
  run.finish(answer);
  run.event({ event: 'finished', step: found.steps });
  return answer as unknown as FreeEnergyResult;
}
