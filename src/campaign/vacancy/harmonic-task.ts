/** A cell at one volume: its atoms relaxed, its Hessian, the product of its frequencies, and each of them if asked for. */
import { relaxedChange } from '../../analysis/defect-state.ts';
import { denseHessian, type Hessian, type HessianParts, hessianInParts } from '../../analysis/hessian.ts';
import { logFrequencies, quanta } from '../../analysis/modes.ts';
import type { Atoms, Json } from '../../data/atoms.ts';
import { determinant } from '../../data/cell.ts';
import { PhysicsError } from '../../data/errors.ts';
import type { Potential } from '../../data/potential.ts';
import type { Engine } from '../../engine/engine.ts';
import { createSystem } from '../../engine/system.ts';
import { fmax } from '../../methods/fmax.ts';
import { minimize } from '../../methods/minimize.ts';
import { massesOf } from '../../tasks/masses.ts';
import type { Arrays, Task, TaskContext, Work } from '../job.ts';
import { type CellName, type CellSpec, cellOf } from './cells.ts';
import { evaluationsOfSlice } from './slices.ts';

export interface HarmonicInput {
  cell: CellSpec;
  which: CellName;
  potential: string;
  /** Of the cell as the configuration has it. */
  scale: number;
  quantum: boolean;
}

export interface HarmonicResult {
  atoms: number;
  modes: number;
  /** Å^3. */
  volume: number;
  /** eV. */
  energy: number;
  /** Σ ln(ħω/1 eV). */
  sum: number;
  /** eV/Å that are left. */
  fmax: number;
  /** Å, how far the atom that moved most went. */
  moved: number;
  /** eV, ascending, where quantum statistics were asked for. */
  quanta?: number[];
}

/** eV/Å. */
const RELAXED = 1e-7;
const GOOD = 1e-4;

/** Between slices: the relaxed atoms, and how far their Hessian is. */
interface Saved {
  positions: Float64Array;
  fmax: number;
  moved: number;
  /** Displacements done. */
  done: number;
  blocks: Float64Array | undefined;
}

interface Setting {
  input: HarmonicInput;
  potential: Potential;
  atoms: Atoms;
  /** The perfect crystal in the same cell. */
  crystal: Atoms;
}

/** A free energy bears the name of what was asked for: throws PhysicsError where the atoms relaxed into something else. */
function requireSame({ input, atoms, crystal }: Setting, positions: Float64Array, moved: number): void {
  if (input.which === 'bulk') return;
  // structures from files may stand off the sites, all by the same
  const align = typeof input.cell.defect === 'object' && 'bulk' in input.cell.defect;
  const { change } = relaxedChange(atoms, { ...atoms, positions }, crystal, { moved, align });
  if (change.kept) return;
  throw new PhysicsError(
    `the defect ${change.text} when its atoms relaxed: this would be the free energy of something else than what was asked for; ` +
      'ask for that, or give its relaxed structure, {bulk: FILE, defect: FILE}',
  );
}

function relax(setting: Setting, engine: Engine): Saved {
  const { input, potential, atoms } = setting;
  const mark = engine.mark();
  const system = createSystem(engine, atoms, potential, { skin: 0.1 });
  const end = minimize(system, 'lbfgs', { fmax: RELAXED, steps: 5000 });
  if (!(end.fmax < GOOD)) throw new PhysicsError(`the ${input.which} cell did not relax: ${end.reason}`);
  const positions = system.x.slice();
  engine.release(mark);
  const moved = fmax(positions.map((x, k) => x - atoms.positions[k]));
  requireSame(setting, positions, moved);
  return { positions, fmax: end.fmax, moved, done: 0, blocks: undefined };
}

/** A slice relaxes the atoms, some displace them, the last one has the linear algebra. */
function work({ engine, input: json, resource }: TaskContext, saved?: Saved): Work {
  const input = json as unknown as HarmonicInput;
  const potential = resource(input.potential) as Potential;
  const atoms = cellOf(input.cell, input.which, input.scale, resource);
  const setting = { input, potential, atoms, crystal: cellOf(input.cell, 'bulk', input.scale, resource) };
  const slice = Math.ceil(evaluationsOfSlice(potential, atoms.numbers.length) / 2);
  let state = saved;
  let parts: HessianParts | undefined;
  let energy = 0;
  let end: { result: HarmonicResult; arrays: Arrays } | undefined;
  // the same list of neighbours at the relaxed positions, wherever the work goes on
  const begin = (at: Saved) => {
    const system = createSystem(engine, { ...atoms, positions: at.positions }, potential, { skin: 0.1 });
    energy = system.evaluate();
    return hessianInParts(system, at.blocks);
  };
  return {
    advance() {
      if (!state) {
        state = relax(setting, engine);
        return true;
      }
      parts ??= begin(state);
      if (state.done < parts.total) {
        const to = Math.min(parts.total, state.done + slice);
        parts.advance(state.done, to);
        Object.assign(state, { done: to, blocks: parts.blocks });
        return true;
      }
      end = finish(setting, engine, { state, energy, second: parts.result() });
      return false;
    },
    takeRecords: () => [],
    save: () => (state ? { ...state, blocks: state.blocks?.slice() } : null),
    progress: () => ({ done: end ? 1 : (state?.done ?? 0), total: end ? 1 : (parts?.total ?? 0), text: 'Hessian' }),
    result: () => (end?.result ?? null) as unknown as Json,
    arrays: () => end?.arrays ?? {},
  };
}

function finish(
  { input, potential, atoms }: Setting,
  engine: Engine,
  { state, energy, second }: { state: Saved; energy: number; second: Hessian },
): { result: HarmonicResult; arrays: Arrays } {
  const { positions, moved } = state;
  const oscillator = { hessian: second, atoms: { ...atoms, positions }, masses: massesOf(atoms, potential).values };
  const result: HarmonicResult = {
    atoms: atoms.numbers.length,
    ...logFrequencies(engine, oscillator),
    volume: Math.abs(determinant(atoms.cell)),
    energy,
    fmax: state.fmax,
    moved,
    ...(input.quantum ? { quanta: Array.from(quanta(engine, oscillator)) } : {}),
  };
  return { result, arrays: { positions, hessian: denseHessian(second) } };
}

export const harmonicTask: Task = {
  name: 'harmonic',
  start: (context) => work(context),
  restore: (context, state) => work(context, (state as Saved | null) ?? undefined),
  cost(input, resource) {
    const { cell, which, potential, scale } = input as unknown as HarmonicInput;
    const atoms = cellOf(cell, which, scale, resource);
    const n = atoms.numbers.length;
    const evaluations = which === 'bulk' ? 20 : 60 + 6 * n;
    return { evaluations, system: { atoms, potential: resource(potential) as Potential }, bytes: 3 * 8 * (3 * n) ** 2 };
  },
};
