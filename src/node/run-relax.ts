/** A relaxation in a run folder: log.relax, the path of the atoms, checkpoints, then final.xyz, a figure and report.json. */

import type { Atoms } from '../data/atoms.ts';
import type { Objective } from '../data/objective.ts';
import type { Potential } from '../data/potential.ts';
import type { Engine } from '../engine/engine.ts';
import { createSystem, type System } from '../engine/system.ts';
import { extxyzChunks } from '../io/extxyz-write.ts';
import { formatThermoHeader, formatThermoRow, parseThermo } from '../io/thermo.ts';
import { criterion, type MinimizerState, type Minimum, minimizerInit, minimizerStep } from '../methods/minimize.ts';
import { relaxationFigures } from '../plot/relaxation.ts';
import {
  observeRelax,
  type RelaxCheckpoint,
  type RelaxOptions,
  relaxColumns,
  relaxObjective,
  restoreRelax,
  saveRelax,
} from '../tasks/relax.ts';
import { createBreather, createTimer, plain, provenance, type RunEnd, type RunHooks } from './run.ts';
import type { Run } from './run-folder.ts';

export interface RelaxRun {
  atoms: Atoms;
  potential: Potential;
  options: RelaxOptions;
  /** Å. */
  skin?: number;
  /** Steps between frames of the trajectory; 0: none. */
  dumpEvery: number;
  trajectory: string;
  checkpointSeconds: number;
}

/** What a relaxation answers, and `relax --json` prints. */
export type RelaxResult = {
  status: Minimum['status'];
  /** Which criterion stopped it, in words. */
  reason: string;
  /** eV, without P·V. */
  energy: number;
  /** eV/Å. */
  fmax: number;
  steps: number;
  evaluations: number;
  /** 3×3 eV, −∂E/∂ε. */
  virial: number[][];
  /** 3×3 rows, Å. */
  cell: number[][];
  /** n×3 Å. */
  positions: number[][];
};

const LOG = 'log.relax';

/** Runs or resumes. Not converging is a result, not an error. */
export async function runRelax(
  engine: Engine,
  job: RelaxRun,
  run: Run,
  hooks: RunHooks = {},
): Promise<RunEnd<RelaxResult>> {
  const { atoms, potential, options } = job;
  const system = createSystem(engine, atoms, potential, { skin: job.skin });
  const saved = run.checkpoint as RelaxCheckpoint | undefined;
  const log = run.output(LOG);
  const trajectory = job.dumpEvery > 0 ? run.output(job.trajectory) : undefined;
  const { objective, state } = saved ? restoreRelax(system, options, saved) : begin(system, options);
  const record = (last: boolean) => {
    log.append(formatThermoRow(observeRelax(system, state)));
    if (trajectory && (state.step % job.dumpEvery === 0 || last))
      trajectory.append([...extxyzChunks(frame(system, state))].join(''));
  };
  if (!saved) log.append(formatThermoHeader(relaxColumns));
  run.event({ event: saved ? 'resume' : 'start', step: state.step });
  const breathe = createBreather();
  const due = createTimer(job.checkpointSeconds);
  let end = criterion(state, options);
  if (!saved) record(end !== undefined);
  while (!end) {
    if (hooks.stopping?.()) {
      run.save(saveRelax(system, objective, state));
      run.event({ event: 'interrupted', step: state.step });
      return { status: 'interrupted' };
    }
    minimizerStep(objective, state);
    end = criterion(state, options);
    record(end !== undefined);
    if (due()) run.save(saveRelax(system, objective, state));
    hooks.progress?.(
      state.step,
      () => `step ${state.step}  E ${state.energy.toFixed(6)} eV  fmax ${state.fmax.toExponential(2)} eV/Å`,
    );
    await breathe();
  }
  return { status: 'finished', result: conclude(system, state, end, job, run) };
}

function begin(system: System, options: RelaxOptions): { objective: Objective; state: MinimizerState } {
  const objective = relaxObjective(system, options);
  return { objective, state: minimizerInit(objective, options.method) };
}

function conclude(system: System, state: MinimizerState, end: Minimum, job: RelaxRun, run: Run): RelaxResult {
  const result = { status: end.status, reason: end.reason, ...describe(system, state) };
  run.output(LOG).sync();
  run.write('final.xyz', extxyzChunks(frame(system, state)));
  const log = parseThermo(run.read(LOG), run.path(LOG));
  for (const [name, svg] of Object.entries(relaxationFigures(log, job.options.fmax))) run.write(name, svg);
  const { positions: _, ...summary } = result;
  const report = { command: 'relax', ...provenance(job.potential), options: plain(job.options), result: summary };
  run.write('report.json', `${JSON.stringify(report, null, 2)}\n`);
  run.finish(result);
  run.event({ event: 'finished', step: state.step, status: end.status });
  return result;
}

/** The potential's energy and virial at the present positions, whatever else (P·V) the objective adds. */
function describe(system: System, state: MinimizerState): Omit<RelaxResult, 'status' | 'reason'> {
  const [xx, yy, zz, yz, xz, xy] = system.virial;
  const rows = (a: Float64Array) => Array.from({ length: a.length / 3 }, (_, i) => [...a.subarray(3 * i, 3 * i + 3)]);
  return {
    energy: system.energy(),
    fmax: state.fmax,
    steps: state.step,
    evaluations: state.evaluations,
    virial: [
      [xx, xy, xz],
      [xy, yy, yz],
      [xz, yz, zz],
    ],
    cell: rows(system.cell),
    positions: rows(system.x),
  };
}

function frame(system: System, state: MinimizerState): Atoms {
  const atoms = system.snapshot();
  const info = { ...atoms.info, step: state.step, energy: system.energy() };
  return { ...atoms, info, arrays: { ...atoms.arrays, forces: system.f.slice() } };
}
