/** A path between two minima in a run folder: log.ends, log.neb, checkpoints, then band.xyz, path.csv, path.svg and report.json. */
import type { Atoms } from '../data/atoms.ts';
import type { Potential } from '../data/potential.ts';
import type { Engine } from '../engine/engine.ts';
import { extxyzChunks } from '../io/extxyz-write.ts';
import { formatThermoHeader, formatThermoRow } from '../io/thermo.ts';
import { pathFigure } from '../plot/path.ts';
import {
  bandOf,
  type Neb,
  type NebCheckpoint,
  profileOfNeb,
  restoreNeb,
  saveNeb,
  startNeb,
  stepNeb,
} from '../tasks/neb.ts';
import type { NebOptions } from '../tasks/neb-input.ts';
import { describeNeb, frames, highestImage, type NebResult, spline } from '../tasks/neb-result.ts';
import { createBreather, createTimer, plain, provenance, type RunEnd, type RunHooks } from './run.ts';
import type { Run } from './run-folder.ts';

export interface NebRun {
  /** The first end; its order of atoms, cell and held components are those of the path. */
  atoms: Atoms;
  last: Atoms;
  potential: Potential;
  options: NebOptions;
  /** Å. */
  skin?: number;
  checkpointSeconds: number;
}

const ENDS = 'log.ends';
const LOG = 'log.neb';
const endColumns = ['Step', 'End', 'PotEng', 'Fmax'];
const columns = ['Step', 'Highest', 'Fmax', 'Evaluations', 'Images', 'Climbing'];
const SPLINE = 200;

/** Runs or resumes. Not converging is a result, not an error. */
export async function runNeb(engine: Engine, job: NebRun, run: Run, hooks: RunHooks = {}): Promise<RunEnd<NebResult>> {
  const saved = run.checkpoint as NebCheckpoint | undefined;
  const neb = saved ? restoreNeb(engine, job, saved) : startNeb(engine, job);
  const logs = { ends: run.output(ENDS), band: run.output(LOG) };
  if (!saved) {
    logs.ends.append(formatThermoHeader(endColumns));
    logs.band.append(formatThermoHeader(columns));
  }
  run.event({ event: saved ? 'resume' : 'start', stage: neb.state.stage, step: stepsOf(neb) });
  const breathe = createBreather();
  const due = createTimer(job.checkpointSeconds);
  let stage = '';
  const record = () => {
    const end = ['first', 'last'].indexOf(neb.state.stage);
    if (end >= 0) logs.ends.append(formatThermoRow(endRow(neb, end)));
    else logs.band.append(formatThermoRow(bandRow(neb)));
    if (stage !== '' && stage !== neb.state.stage && !finished(neb))
      run.event({ event: 'stage', stage: neb.state.stage, step: stepsOf(neb) });
    stage = neb.state.stage;
  };
  if (!saved) record();
  while (!finished(neb)) {
    if (hooks.stopping?.()) {
      run.save(saveNeb(neb));
      run.event({ event: 'interrupted', stage: neb.state.stage, step: stepsOf(neb) });
      return { status: 'interrupted' };
    }
    stepNeb(neb);
    record();
    if (due() && !finished(neb)) run.save(saveNeb(neb));
    hooks.progress?.(stepsOf(neb), () => line(neb));
    await breathe();
  }
  return { status: 'finished', result: conclude(neb, job, run) };
}

const finished = ({ state }: Neb): boolean => state.stage === 'done';

const stepsOf = ({ state }: Neb): number => state.steps + state.minimizer.step;

function endRow({ state: { minimizer } }: Neb, end: number): number[] {
  return [minimizer.step, end, minimizer.energy, minimizer.fmax];
}

function bandRow(neb: Neb): number[] {
  const { state } = neb;
  const { energies } = bandOf(neb);
  const done = state.evaluations + state.minimizer.evaluations * neb.systems.length;
  return [
    stepsOf(neb),
    state.minimizer.energy - energies[0],
    state.minimizer.fmax,
    done,
    energies.length,
    state.climbing.length,
  ];
}

function line(neb: Neb): string {
  const { stage, minimizer } = neb.state;
  const what = stage === 'first' || stage === 'last' ? `${stage} end` : `band (${stage})`;
  return `${what} step ${stepsOf(neb)}  fmax ${minimizer.fmax.toExponential(2)} eV/Å`;
}

function conclude(neb: Neb, job: NebRun, run: Run): NebResult {
  const result = describeNeb(neb);
  const profile = profileOfNeb(neb);
  const curve = spline(profile, SPLINE);
  const images = frames(neb);
  for (const name of [ENDS, LOG]) run.output(name).sync();
  run.write(
    'band.xyz',
    images.map((atoms) => [...extxyzChunks(atoms)].join('')),
  );
  run.write('saddle.xyz', extxyzChunks(images[highestImage(neb)]));
  run.write('path.csv', imageTable(result, profile.slopes));
  run.write('spline.csv', splineTable(curve, result.energies[0]));
  run.write('path.svg', pathFigure(result, curve));
  const report = { command: 'neb', ...provenance(job.potential), options: plain(job.options), result };
  run.write('report.json', `${JSON.stringify(report, null, 2)}\n`);
  run.finish(result);
  run.event({ event: 'finished', converged: result.converged, step: result.steps });
  return result;
}

/** One line per image. */
function imageTable(result: NebResult, slopes: Float64Array): string {
  const rows = result.energies.map((energy, k) =>
    [
      k,
      result.reactionCoordinate[k],
      energy,
      energy - result.energies[0],
      slopes[k],
      Number(result.climbing.includes(k)),
    ].join(),
  );
  return `image,reaction coordinate (A),energy (eV),energy above the first end (eV),slope (eV/A),climbing\n${rows.join('\n')}\n`;
}

function splineTable(curve: readonly (readonly [number, number])[], zero: number): string {
  const rows = curve.map(([s, energy]) => `${s},${energy - zero}`);
  return `reaction coordinate (A),energy above the first end (eV)\n${rows.join('\n')}\n`;
}
