/**
 * Molecular dynamics in a run folder: log.thermo, trajectory, checkpoints, then final.xyz, figures and report.json.
 * Interrupted and continued, or prolonged, it leaves the files of a run that never stopped.
 */
import { drift } from '../analysis/drift.ts';
import type { Atoms } from '../data/atoms.ts';
import { PhysicsError } from '../data/errors.ts';
import type { Potential } from '../data/potential.ts';
import { stressOf } from '../data/stress.ts';
import type { Engine } from '../engine/engine.ts';
import { fastError, formatFastError } from '../engine/fast-error.ts';
import { createSystem, type System } from '../engine/system.ts';
import { extxyzChunks } from '../io/extxyz-write.ts';
import { formatThermoHeader, formatThermoRow, parseThermo, type Thermo } from '../io/thermo.ts';
import type { DynamicsState } from '../methods/dynamics.ts';
import { thermoFigures } from '../plot/thermo.ts';
import {
  type MdCheckpoint,
  type MdOptions,
  observeMd,
  restoreMd,
  saveMd,
  startMd,
  stepMd,
  thermoColumns,
} from '../tasks/dynamics.ts';
import { massesOf } from '../tasks/masses.ts';
import { createBreather, createTimer, plain, provenance, type RunEnd, type RunHooks } from './run.ts';
import type { Run } from './run-folder.ts';

export interface MdRun {
  atoms: Atoms;
  potential: Potential;
  options: MdOptions;
  /** Å, the list's extra reach; chosen on the way where it is not given. */
  skin?: number;
  /** Steps between rows of log.thermo. */
  thermoEvery: number;
  /** Steps between frames of the trajectory; 0: none. */
  dumpEvery: number;
  /** Name of the trajectory in the folder; .gz compresses. */
  trajectory: string;
  /** Wall-clock seconds between checkpoints. */
  checkpointSeconds: number;
  /** Where atoms may not go: the grade (src/fit/uncertainty.ts) above which a run stops or is flagged; SHA-256 of the fit's. */
  extrapolation?: { stop: boolean; above: number; fit: string };
  /** The engine has the fast kernels: part of what decides the numbers. */
  fast?: true;
}

/** What a run answers, and `md --json` prints. */
export type MdResult = {
  steps: number;
  /** ps. */
  time: number;
  /** Of the conserved quantity, eV/atom/ns and eV/atom. */
  drift: number;
  rms: number;
  /** K, over the run. */
  meanTemperature: number;
  /** eV, at the end. */
  energy: number;
};

const LOG = 'log.thermo';
const GRADES = 'extrapolation.csv';

/** Looks at the atoms with every row of log.thermo. */
export type Grade = (atoms: Atoms) => { grade: number; atom: number };

/** Runs or resumes; throws PhysicsError when atoms are lost, after what was computed is safe. */
export async function runMd(
  engine: Engine,
  job: MdRun,
  run: Run,
  hooks: RunHooks = {},
  grade?: Grade,
): Promise<RunEnd<MdResult>> {
  const { atoms, potential, options } = job;
  if (engine.fast !== (job.fast ?? false)) throw new Error('the engine has not the kernels that the run is to have');
  const inexact = engine.fast ? await fastError(engine, atoms, potential) : undefined;
  if (inexact) {
    run.event({ event: 'fast', kernels: engine.hash, error: inexact });
    hooks.say?.(
      `--fast: with the atoms displaced by 0.05 Å, ${formatFastError(inexact)} from f64; bits differ between machines`,
    );
  }
  const masses = massesOf(atoms, potential);
  const system = createSystem(engine, atoms, potential, { skin: job.skin });
  const log = run.output(LOG);
  const trajectory = job.dumpEvery > 0 ? run.output(job.trajectory) : undefined;
  const grades = grade && job.extrapolation ? run.output(GRADES) : undefined;
  const saved = run.checkpoint as MdCheckpoint | undefined;
  const state = saved ? restoreMd(system, saved) : startMd(system, masses.values, options);
  const regular = (every: number) => state.step % every === 0;
  const record = (due: (every: number) => boolean) => {
    if (due(job.thermoEvery)) log.append(formatThermoRow(observeMd(system, state, options)));
    if (trajectory && due(job.dumpEvery)) appendFrame(trajectory, system, state, masses.values);
  };
  const mind = () => {
    if (!grade || !grades || !job.extrapolation || !regular(job.thermoEvery)) return;
    const found = grade(system.snapshot());
    grades.append(`${state.step},${found.grade},${found.atom}\n`);
    const { stop, above } = job.extrapolation;
    if (!(found.grade > above)) return;
    run.event({ event: 'extrapolation', step: state.step, grade: found.grade, atom: found.atom });
    if (!stop) return;
    run.save(saveMd(system, state));
    throw new PhysicsError(
      `step ${state.step}: atom ${found.atom} has extrapolation grade ${found.grade.toPrecision(3)} (above ${above}): ` +
        'the potential has not learned from such environments',
    );
  };
  if (!saved) {
    log.append(formatThermoHeader(thermoColumns));
    grades?.append('step,grade,atom\n');
    record(regular);
  }
  const begun = { event: saved ? 'resume' : 'start', step: state.step };
  run.event(run.growth ? { ...begun, prolonged: { ...run.growth } } : begun);
  const breathe = createBreather();
  const due = createTimer(job.checkpointSeconds);
  try {
    while (state.step < options.steps) {
      if (hooks.stopping?.()) {
        run.save(saveMd(system, state));
        run.event({ event: 'interrupted', step: state.step });
        return { status: 'interrupted' };
      }
      stepMd(system, state, options);
      record(regular);
      mind();
      if (due()) run.save(saveMd(system, state));
      hooks.progress?.(state.step, () => progressLine(system, state, options));
      await breathe();
    }
  } catch (error) {
    if (error instanceof PhysicsError) run.event({ event: 'failed', message: error.message });
    throw error;
  }
  // from here a longer run goes on, which has no rows of its own for this step where the last one has
  run.save(saveMd(system, state));
  record((every) => !regular(every));
  log.sync();
  const thermo = parseThermo(run.read(LOG), run.path(LOG));
  const result = summarize(thermo, atoms.numbers.length, state, options);
  run.write('final.xyz', extxyzChunks(frame(system, state, masses.values)));
  for (const [name, svg] of Object.entries(thermoFigures(thermo, atoms.numbers.length))) run.write(name, svg);
  const fast = inexact ? { kernels: engine.hash, fast: inexact } : {};
  const report = {
    command: 'md',
    ...provenance(potential),
    ...fast,
    masses: masses.source,
    options: plain(options),
    result,
  };
  run.write('report.json', `${JSON.stringify(report, null, 2)}\n`);
  run.finish(result);
  run.event({ event: 'finished', step: state.step, skin: system.skin() });
  return { status: 'finished', result };
}

function frame(system: System, state: DynamicsState, masses: Float64Array): Atoms {
  const atoms = system.snapshot();
  // what the structure's file said of other positions
  const { stress: _, virial: __, free_energy: ___, ...known } = atoms.info;
  const now = stressOf(system.virial, system.cell);
  const info = { ...known, step: state.step, energy: state.energy, ...(now ? { stress: now } : {}) };
  return {
    ...atoms,
    info,
    masses,
    velocities: state.velocities.slice(),
    arrays: { ...atoms.arrays, forces: system.f.slice() },
  };
}

function appendFrame(
  file: { append(text: string): void },
  system: System,
  state: DynamicsState,
  masses: Float64Array,
): void {
  file.append([...extxyzChunks(frame(system, state, masses))].join(''));
}

function progressLine(system: System, state: DynamicsState, options: MdOptions): string {
  const [step, time, temperature, energy] = observeMd(system, state, options);
  return `step ${step}/${options.steps}  ${time.toFixed(3)} ps  T ${temperature.toFixed(1)} K  E ${energy.toFixed(4)} eV  skin ${system.skin().toFixed(1)} Å`;
}

function summarize(thermo: Thermo, atoms: number, state: DynamicsState, options: MdOptions): MdResult {
  const column = (name: string) => thermo.values[thermo.columns.indexOf(name)];
  const conserved = drift(column('Time'), column('Econserve'));
  return {
    steps: state.step,
    time: state.step * options.timestep,
    drift: (1000 * conserved.slope) / atoms,
    rms: conserved.rms / atoms,
    meanTemperature: drift(column('Time'), column('Temp')).mean,
    energy: state.energy,
  };
}
