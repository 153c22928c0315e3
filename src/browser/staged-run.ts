/** A task of few long stages behind the face of a run: each step of the run is a stage, and what is kept is its result. */
import type { Atoms } from '../data/atoms.ts';
import type { System } from '../engine/system.ts';
import type { FigureInput } from './figure-input.ts';
import type { Curve, ResultRow, TextFile } from './protocol.ts';
import type { StepRun } from './runs.ts';

export interface Staged<T> {
  /** In the library's units. */
  options: object;
  /** Stages, as far as they can be foreseen. */
  total: number;
  /** Says before each stage what it does; holds engine memory only between its own marks. */
  work(): Generator<string, T>;
  /** What is drawn. */
  system: System;
  /** Brings the system to where the result has it; what the picture is then called. */
  show?(found: T): string | undefined;
  rows(found: T): ResultRow[];
  bits(found: T): ArrayLike<number>[];
  /** eV, the number that stands for the result. */
  value(found: T): number;
  atoms?(found: T): Atoms;
  files?(found: T): TextFile[];
  /** What is known so far. */
  curves?(found: T | undefined): Curve[];
  figures?(found: T): FigureInput;
  /** (n) of every atom, to colour by. */
  values?(found: T): Float64Array | undefined;
}

/** Of its table. */
export const stagedColumns = ['Step', 'Stages'];

export function stagedRun<T>(task: Staged<T>): StepRun {
  const { system } = task;
  let found: T | undefined;
  let step = 0;
  let work: Generator<string, T> | undefined;
  let says = '';
  let [seen, pictured]: [T?, string?] = [];
  // for the energies in the picture
  system.evaluate();
  const close = () => {
    // lets go of what it holds in the engine
    work?.return(undefined as T);
    work = undefined;
  };
  return {
    options: task.options,
    columns: stagedColumns,
    total: task.total,
    step: () => step,
    due: () => true,
    row: () => [step, task.total],
    advance() {
      work ??= task.work();
      const next = work.next();
      if (next.done) [found, work, says] = [next.value, undefined, ''];
      else says = next.value;
      step++;
    },
    ended: () => found !== undefined,
    says: () => says,
    atoms: () => (found === undefined ? undefined : task.atoms?.(found)) ?? system.snapshot(),
    energy: () => (found === undefined ? Number.NaN : task.value(found)),
    shown: () => {
      if (found !== undefined && seen !== found) [seen, pictured] = [found, task.show?.(found)];
      return { x: system.x, energies: system.energies, cell: system.cell };
    },
    pictured: () => pictured,
    values: () => (found === undefined ? undefined : task.values?.(found)),
    bits: () => (found === undefined ? [] : task.bits(found)),
    curves: () => task.curves?.(found) ?? [],
    figures: () => (found === undefined ? undefined : task.figures?.(found)),
    files: () => (found === undefined ? [] : (task.files?.(found) ?? [])),
    save: () => (found === undefined ? undefined : { found, step }),
    restore(saved) {
      close();
      const kept = saved as { found: T; step: number } | undefined;
      [found, step] = [kept?.found, kept?.step ?? 0];
    },
    result: () =>
      found === undefined
        ? { status: 'stopped', rows: [['status', 'stopped', '']] }
        : { status: 'done', rows: task.rows(found) },
    close,
  };
}
