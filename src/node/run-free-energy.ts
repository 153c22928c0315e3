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
import { type Prepared, type PrepareOptions, prepare } from '../free-energy/prepare.ts';
import type { ReferenceRecord, SampleRecord } from '../free-energy/records.ts';
import {
  errorReached,
  estimateOf,
  nextReplica,
  type Records,
  type ReplicaOptions,
  saveReplicas,
  startReplicas,
  stepReplica,
  stepsDone,
} from '../free-energy/replicas.ts';
import type { Check, Estimate } from '../free-energy/result.ts';
import { type SamplingCheckpoint, takeRecords } from '../free-energy/sampling.ts';
import { type FreeEnergy, totalFreeEnergy } from '../free-energy/total.ts';
import { gradientCsv, gradientFigure } from '../plot/free-energy.ts';
import { createBreather, createTimer, plain, provenance, type RunEnd, type RunHooks } from './run.ts';
import type { Run } from './run-folder.ts';

export interface FreeEnergyOptions extends ReplicaOptions {
  /** Exact draws of the reference that the sampling is checked with. */
  draws: number;
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
  const replicas = startReplicas(prepared, options, saved);
  const save = () => run.save(saveReplicas(replicas));
  run.event({ event: saved ? 'resume' : 'start', step: stepsDone(replicas) });
  const breathe = createBreather();
  const due = createTimer(job.checkpointSeconds);
  try {
    for (let next = nextReplica(replicas); next && !errorReached(records, replicas, prepared, options); ) {
      if (hooks.stopping?.()) {
        save();
        run.event({ event: 'interrupted', step: stepsDone(replicas) });
        return { status: 'interrupted' };
      }
      stepReplica(next);
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
  const found = estimateOf(records, prepared, options);
  if (found.steps === 0) return 'equilibrating';
  const { F } = total(prepared, found, options);
  const samples = found.independentSamples.toFixed(0);
  return `F ${F.toFixed(4)} ± ${found.error.toFixed(4)} eV  ${samples} independent samples at the least covered ζ`;
}

function finish(job: FreeEnergyRun, run: Run, prepared: Prepared, records: Records): FreeEnergyResult {
  const { options, potential } = job;
  const found = estimateOf(records, prepared, options);
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
