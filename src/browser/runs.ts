/**
 * A relaxation and a run of dynamics behind one face, step by step, so that a worker can pause, stop and go back between
 * any two steps. The physics is that of src/tasks, which the command line runs too.
 */
import { drift } from '../analysis/drift.ts';
import type { Atoms } from '../data/atoms.ts';
import { barPerPressure, gpaPerPressure } from '../data/units.ts';
import type { System } from '../engine/system.ts';
import { criterion, type MinimizerState, minimizerInit, minimizerStep } from '../methods/minimize.ts';
import { type MdCheckpoint, observeMd, restoreMd, saveMd, startMd, stepMd, thermoColumns } from '../tasks/dynamics.ts';
import { massesOf } from '../tasks/masses.ts';
import {
  observeRelax,
  type RelaxCheckpoint,
  relaxColumns,
  relaxObjective,
  restoreRelax,
  saveRelax,
} from '../tasks/relax.ts';
import type { FigureInput } from './figure-input.ts';
import type { Shown } from './frames.ts';
import { mdOptions, relaxOptions } from './options.ts';
import type { Curve, Flags, ResultRow, TextFile } from './protocol.ts';

export interface StepRun {
  /** In the library's units. */
  options: object;
  columns: readonly string[];
  /** Most steps. */
  total: number;
  step(): number;
  /** A row is due at the present step. */
  due(): boolean;
  row(): number[];
  advance(): void;
  ended(): boolean;
  /** The system now, with what its files carry. */
  atoms(): Atoms;
  energy(): number;
  shown(): Shown;
  /** What two runs with the same bits have in common. */
  bits(): ArrayLike<number>[];
  /** Files beside structures and log. */
  files?(): TextFile[];
  /** Gives back what it holds in the engine. */
  close?(): void;
  /** Of a run without steps: what the picture of now is called, once it is another than the first. */
  pictured?(): string | undefined;
  /** In a word, what it does now. */
  says?(): string;
  /** For the first plots: what is known so far. */
  curves?(): Curve[];
  /** What its figures are drawn from, once there is something to draw. */
  figures?(): FigureInput | undefined;
  /** Images of a path, once it has ended. */
  images?(): Shown[];
  /** (n) of every atom, to colour by, once they are known. */
  values?(): Float64Array | undefined;
  save(): unknown;
  /** Where that takes long, the next calls of `advance` do it. */
  restore(saved: unknown): void;
  /** What it was restored from is being prepared: no step is made, and there are no results yet. */
  rebuilding?(): boolean;
  /** `rows`: the table of the run so far. */
  result(rows: readonly number[][]): { status: string; rows: ResultRow[] };
}

/** Begins a run. `perfectEnergy`: eV/atom of the perfect crystal, where it is known. Throws InputError. */
export function startRun(system: System, task: 'relax' | 'md', flags: Flags, perfectEnergy?: number): StepRun {
  return task === 'relax' ? startRelax(system, flags, perfectEnergy) : startDynamics(system, flags);
}

function startRelax(system: System, flags: Flags, perfectEnergy?: number): StepRun {
  const options = relaxOptions(flags);
  let objective = relaxObjective(system, options);
  let state: MinimizerState = minimizerInit(objective, options.method);
  const n = system.atoms.numbers.length;
  return {
    options,
    columns: relaxColumns,
    total: options.steps,
    step: () => state.step,
    due: () => true,
    row: () => observeRelax(system, state),
    advance: () => void minimizerStep(objective, state),
    ended: () => criterion(state, options) !== undefined,
    atoms: () => {
      const atoms = system.snapshot();
      const info = { ...atoms.info, step: state.step, energy: system.energy() };
      return { ...atoms, info, arrays: { ...atoms.arrays, forces: system.f.slice() } };
    },
    energy: () => system.energy(),
    shown: () => system,
    figures: () => ({ of: 'relax', fmax: options.fmax }),
    bits: () => [system.x, [system.energy()]],
    save: () => saveRelax(system, objective, state),
    restore: (saved) => {
      ({ objective, state } = restoreRelax(system, options, saved as RelaxCheckpoint));
    },
    result: () => {
      const end = criterion(state, options);
      const energy = system.energy();
      const [, , , evaluations, pressure, volume] = observeRelax(system, state);
      const formation = perfectEnergy === undefined ? [] : [formationRow(energy, n, perfectEnergy)];
      const rows: ResultRow[] = [
        ['status', end ? `${end.status}: ${end.reason}` : 'stopped', ''],
        ['energy', String(energy), 'eV'],
        ['energy per atom', (energy / n).toFixed(9), 'eV'],
        ...formation,
        ['largest force', state.fmax.toExponential(3), 'eV/Å'],
        ['pressure', (pressure * GPA_PER_BAR).toFixed(6), 'GPa'],
        ['volume', volume.toFixed(4), 'Å³'],
        ['steps', String(state.step), ''],
        ['evaluations', String(evaluations), ''],
      ];
      return { status: end?.status ?? 'stopped', rows };
    },
  };
}

const GPA_PER_BAR = gpaPerPressure / barPerPressure;

/** Against as many atoms of the perfect crystal, which is not relaxed. */
const formationRow = (energy: number, n: number, perfect: number): ResultRow => [
  'formation energy',
  (energy - n * perfect).toFixed(6),
  'eV',
];

function startDynamics(system: System, flags: Flags): StepRun {
  const { options, thermo } = mdOptions(flags);
  const masses = massesOf(system.atoms, system.potential).values;
  let state = startMd(system, masses, options);
  const n = masses.length;
  return {
    options,
    columns: thermoColumns,
    total: options.steps,
    step: () => state.step,
    due: () => state.step % thermo === 0 || state.step === options.steps,
    row: () => observeMd(system, state, options),
    advance: () => stepMd(system, state, options),
    ended: () => state.step >= options.steps,
    atoms: () => {
      const atoms = system.snapshot();
      const info = { ...atoms.info, step: state.step, energy: state.energy };
      const arrays = { ...atoms.arrays, forces: system.f.slice() };
      return { ...atoms, info, masses, velocities: state.velocities.slice(), arrays };
    },
    energy: () => state.energy,
    shown: () => system,
    figures: () => ({ of: 'md', atoms: n }),
    bits: () => [system.x, state.velocities, [state.energy]],
    save: () => saveMd(system, state),
    restore: (saved) => {
      state = restoreMd(system, saved as MdCheckpoint);
    },
    result: (log) => {
      const column = (name: (typeof thermoColumns)[number]) => log.map((row) => row[thermoColumns.indexOf(name)]);
      const conserved = drift(column('Time'), column('Econserve'));
      const [, time, temperature, energy, , total, , pressure, volume] = observeMd(system, state, options);
      const rows: ResultRow[] = [
        ['status', state.step >= options.steps ? 'done' : 'stopped', ''],
        ['time', time.toFixed(4), 'ps'],
        ['steps', String(state.step), ''],
        ['potential energy', String(energy), 'eV'],
        ['total energy', total.toFixed(6), 'eV'],
        ['temperature now', temperature.toFixed(1), 'K'],
        ['mean temperature', drift(column('Time'), column('Temp')).mean.toFixed(1), 'K'],
        ['drift of the conserved quantity', ((1000 * conserved.slope) / n).toExponential(2), 'eV/atom/ns'],
        ['scatter about it', (conserved.rms / n).toExponential(2), 'eV/atom'],
        ['pressure now', (pressure * GPA_PER_BAR).toFixed(4), 'GPa'],
        ['volume', volume.toFixed(4), 'Å³'],
      ];
      return { status: state.step >= options.steps ? 'done' : 'stopped', rows };
    },
  };
}
