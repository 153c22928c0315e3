/** A saddle search in a run folder: log.saddle, checkpoints, then saddle.xyz, the minima beside it and report.json. */
import type { Atoms } from '../data/atoms.ts';
import type { Engine } from '../engine/engine.ts';
import { extxyzChunks } from '../io/extxyz-write.ts';
import { formatThermoHeader, formatThermoRow } from '../io/thermo.ts';
import type { Dimer } from '../methods/dimer.ts';
import {
  describeSaddle,
  restoreSaddle,
  type SaddleCheckpoint,
  type SaddleInput,
  type SaddleResult,
  type SaddleSearch,
  type Stationary,
  saveSaddle,
  startSaddle,
  stepSaddle,
} from '../tasks/saddle.ts';
import { createBreather, createTimer, plain, provenance, type RunEnd, type RunHooks } from './run.ts';
import type { Run } from './run-folder.ts';

export interface SaddleRun extends SaddleInput {
  checkpointSeconds: number;
}

const LOG = 'log.saddle';
const columns = ['Step', 'Part', 'PotEng', 'Fmax', 'Curvature'];
const parts = ['start', 'climb', 'forward', 'backward'];

/** Runs or resumes. Not converging is a result, not an error. */
export async function runSaddle(
  engine: Engine,
  job: SaddleRun,
  run: Run,
  hooks: RunHooks = {},
): Promise<RunEnd<SaddleResult>> {
  const saved = run.checkpoint as SaddleCheckpoint | undefined;
  const search = saved ? restoreSaddle(engine, job, saved) : startSaddle(engine, job);
  const log = run.output(LOG);
  if (!saved) log.append(formatThermoHeader(columns));
  run.event({ event: saved ? 'resume' : 'start', stage: search.state.stage, step: stepsOf(search) });
  const breathe = createBreather();
  const due = createTimer(job.checkpointSeconds);
  const record = () => log.append(formatThermoRow(row(search)));
  if (!saved) record();
  while (!finished(search)) {
    if (hooks.stopping?.()) {
      run.save(saveSaddle(search));
      run.event({ event: 'interrupted', stage: search.state.stage, step: stepsOf(search) });
      return { status: 'interrupted' };
    }
    stepSaddle(search);
    if (!finished(search)) record();
    if (due() && !finished(search)) run.save(saveSaddle(search));
    hooks.progress?.(stepsOf(search), () => line(search));
    await breathe();
  }
  return { status: 'finished', result: conclude(search, job, run) };
}

const finished = ({ state }: SaddleSearch): boolean => state.stage === 'done';

const stepsOf = ({ state }: SaddleSearch): number => state.steps + (state.stage === 'done' ? 0 : state.minimizer.step);

/** Along the mode, eV/Å²; 0 in the relaxations. */
function curvatureOf({ objective }: SaddleSearch): number {
  return 'curvature' in objective ? (objective as Dimer).curvature() : 0;
}

function row(search: SaddleSearch): number[] {
  const { stage, minimizer } = search.state;
  return [stepsOf(search), parts.indexOf(stage), minimizer.energy, minimizer.fmax, curvatureOf(search)];
}

function line(search: SaddleSearch): string {
  const { stage, minimizer } = search.state;
  const bend = stage === 'climb' ? `  curvature ${curvatureOf(search).toFixed(3)} eV/Å²` : '';
  return `${stage} step ${stepsOf(search)}  fmax ${minimizer.fmax.toExponential(2)} eV/Å${bend}`;
}

function conclude(search: SaddleSearch, job: SaddleRun, run: Run): SaddleResult {
  const result = describeSaddle(search);
  const { state } = search;
  run.output(LOG).sync();
  const write = (name: string, at: Stationary, mode?: Float64Array) => {
    const info = { energy: at.energy, fmax: at.fmax };
    const frame: Atoms = { ...job.atoms, velocities: undefined, positions: at.x, info, arrays: mode ? { mode } : {} };
    run.write(name, extxyzChunks(frame));
  };
  if (state.start) write('start.xyz', state.start);
  if (state.saddle) write('saddle.xyz', state.saddle, state.saddle.mode);
  state.sides.forEach((side, k) => {
    write(`side-${k + 1}.xyz`, side);
  });
  const { positions: _, mode: __, ...summary } = result;
  const report = { command: 'saddle', ...provenance(job.potential), options: plain(job.options), result: summary };
  run.write('report.json', `${JSON.stringify(report, null, 2)}\n`);
  run.finish(result);
  run.event({ event: 'finished', converged: result.converged, step: result.steps });
  return result;
}
