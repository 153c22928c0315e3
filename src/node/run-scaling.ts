/**
 * Reversible scaling in a run folder: ramps.jsonl, one line per record, checkpoints, then free-energy.csv, a figure and
 * report.json. Interrupted and continued, the files are those of a run that never stopped.
 */
import type { Atoms } from '../data/atoms.ts';
import { InputError, PhysicsError } from '../data/errors.ts';
import type { Potential } from '../data/potential.ts';
import { boltzmann } from '../data/units.ts';
import type { Engine } from '../engine/engine.ts';
import { type Prepared, prepare } from '../free-energy/prepare.ts';
import type { SampleRecord } from '../free-energy/records.ts';
import type { Reference } from '../free-energy/reference.ts';
import type { Check } from '../free-energy/result.ts';
import {
  restoreSampling,
  type SamplingCheckpoint,
  type SamplingOptions,
  saveSampling,
  startSampling,
  stepSampling,
  takeRecords,
} from '../free-energy/sampling.ts';
import { nothing, type ScaledFreeEnergy, scaledFreeEnergies } from '../free-energy/scaling.ts';
import { scalingCsv, scalingFigure } from '../plot/scaling.ts';
import { createBreather, createTimer, plain, provenance, type RunEnd, type RunHooks } from './run.ts';
import type { Run } from './run-folder.ts';

export interface ScalingRun {
  atoms: Atoms;
  potential: Potential;
  /** method 'scaling'; temperature and scaleTo are the ends, K. */
  options: SamplingOptions;
  /**
   * F at options.temperature and its standard error, eV, without a centre-of-mass term; `harmonic`: the part of it that is
   * the harmonic crystal's, by which another structure or volume is noticed.
   */
  start: { F: number; error: number; harmonic?: number };
  relax: boolean;
  skin?: number;
  /** Wall-clock seconds between checkpoints. */
  checkpointSeconds: number;
}

export type ScaledPoint = ScaledFreeEnergy & {
  /** eV: F of the harmonic crystal, and what is beyond it. */
  harmonic: number;
  anharmonic: number;
};

export interface ScalingResult {
  passed: boolean;
  checks: Check[];
  curve: ScaledPoint[];
  atoms: number;
}

const LOG = 'ramps.jsonl';
/** kT that a ramp may lose. */
const DISSIPATION = 4;

/** Runs or resumes; throws PhysicsError with the step, after what was computed is safe. */
export async function runScaling(
  engine: Engine,
  job: ScalingRun,
  run: Run,
  hooks: RunHooks = {},
): Promise<RunEnd<ScalingResult>> {
  const { atoms, potential, options } = job;
  const temperature = Math.max(options.temperature, options.scaleTo ?? 0);
  const prepared = prepare(engine, atoms, potential, {
    ...job,
    reference: { kind: 'harmonic' },
    temperature,
  });
  const { target, harmonic } = prepared;
  checkStart(job, harmonic);
  const reference = nothing(harmonic.x0, harmonic.modes);
  const log = run.output(LOG);
  const saved = run.checkpoint as SamplingCheckpoint | undefined;
  const records: SampleRecord[] = saved ? readRecords(run) : [];
  const state = saved ? restoreSampling(target, reference, saved) : startSampling(target, reference, options);
  const save = () => run.save(saveSampling(target, reference, state));
  run.event({ event: saved ? 'resume' : 'start', step: state.step });
  const breathe = createBreather();
  const due = createTimer(job.checkpointSeconds);
  try {
    while (state.step < options.steps) {
      if (hooks.stopping?.()) {
        save();
        run.event({ event: 'interrupted', step: state.step });
        return { status: 'interrupted' };
      }
      stepSampling(target, reference, state, options);
      const finished = takeRecords(state);
      for (const record of finished) {
        records.push(record);
        log.append(`${JSON.stringify(record)}\n`);
      }
      if (finished.length > 0 && due()) save();
      hooks.progress?.(state.step, () => `at ${(options.temperature / state.zeta).toFixed(0)} K`);
      await breathe();
    }
  } catch (error) {
    if (!(error instanceof PhysicsError)) throw error;
    run.event({ event: 'failed', message: error.message });
    throw new PhysicsError(`step ${state.step + 1}: ${error.message}`);
  }
  return { status: 'finished', result: finish(job, run, prepared, records) };
}

/** eV per atom that two minimisations of one structure may differ by. */
const ALIKE = 1e-5;

function checkStart({ start, options: { temperature } }: ScalingRun, harmonic: Reference): void {
  const own = harmonic.freeEnergy(temperature);
  if (start.harmonic === undefined || Math.abs(own - start.harmonic) <= (ALIKE * harmonic.x0.length) / 3) return;
  throw new InputError(
    `the harmonic free energy at ${temperature} K is ${own.toFixed(6)} eV, in the report ${start.harmonic.toFixed(6)} eV: ` +
      'another structure, or another volume',
  );
}

function readRecords(run: Run): SampleRecord[] {
  const lines = run.read(LOG).split('\n');
  return lines.filter((line) => line !== '').map((line) => JSON.parse(line));
}

function finish(job: ScalingRun, run: Run, { harmonic }: Prepared, records: readonly SampleRecord[]): ScalingResult {
  const { options, potential, start } = job;
  const curve = scaledFreeEnergies(records, start, options, harmonic.modes).map((point) => {
    const reached = harmonic.freeEnergy(point.temperature);
    return { ...point, harmonic: reached, anharmonic: point.F - reached };
  });
  const checks = checksOf(curve, records, options);
  const result = {
    passed: checks.every(({ passed }) => passed),
    checks,
    curve,
    atoms: harmonic.x0.length / 3,
  };
  run.write('free-energy.csv', scalingCsv(curve));
  run.write('free-energy.svg', scalingFigure(curve, result.atoms));
  const report = { command: 'scaling', ...provenance(potential), options: plain(options), start, result };
  run.write('report.json', `${JSON.stringify(report, null, 2)}\n`);
  run.finish(plain(result));
  run.event({ event: 'finished', step: options.steps });
  return result;
}

function checksOf(curve: readonly ScaledPoint[], records: readonly SampleRecord[], options: SamplingOptions): Check[] {
  const lost = curve.reduce((most, { dissipation, temperature }) => {
    return Math.max(most, dissipation / (boltzmann * temperature));
  }, 0);
  const reflections = records.reduce((sum, record) => sum + record.reflections, 0);
  const rate = reflections / (options.steps * options.timestep * 1e-3);
  return [
    {
      name: 'dissipation',
      passed: lost <= DISSIPATION,
      value: lost,
      limit: DISSIPATION,
      advice: 'kT that a ramp loses at most, ½(W_up + W_down)/kT: fewer and slower ramps, or more steps',
    },
    {
      name: 'reflections',
      passed: rate <= 1,
      value: rate,
      limit: 1,
      advice:
        'reflections from the Wigner–Seitz walls per ns: the free energy is that of the state restricted to its sites',
    },
  ];
}
