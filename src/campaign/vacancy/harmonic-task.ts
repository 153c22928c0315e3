/** A cell at one volume: its atoms relaxed, its Hessian, the product of its frequencies, and each of them if asked for. */
import { denseHessian, type Hessian, hessian } from '../../analysis/hessian.ts';
import { logFrequencies, quanta } from '../../analysis/modes.ts';
import type { Json } from '../../data/atoms.ts';
import { determinant } from '../../data/cell.ts';
import { PhysicsError } from '../../data/errors.ts';
import type { Potential } from '../../data/potential.ts';
import { createSystem } from '../../engine/system.ts';
import { fmax } from '../../methods/fmax.ts';
import { minimize } from '../../methods/minimize.ts';
import { massesOf } from '../../tasks/masses.ts';
import type { Arrays, Task, TaskContext, Work } from '../job.ts';
import { type CellName, type CellSpec, cellOf } from './cells.ts';
import { once } from './once.ts';

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

function found(context: TaskContext): { result: Json; arrays: Arrays } {
  const input = context.input as unknown as HarmonicInput;
  const { engine } = context;
  const potential = context.resource(input.potential) as Potential;
  const atoms = cellOf(input.cell, input.which, input.scale, (name) => context.resource(name));
  const mark = engine.mark();
  const system = createSystem(engine, atoms, potential, { skin: 0.1 });
  const end = minimize(system, 'lbfgs', { fmax: RELAXED, steps: 5000 });
  if (!(end.fmax < GOOD)) throw new PhysicsError(`the ${input.which} cell did not relax: ${end.reason}`);
  const energy = system.evaluate();
  const positions = system.x.slice();
  const second: Hessian = hessian(system);
  engine.release(mark);
  const oscillator = { hessian: second, atoms: { ...atoms, positions }, masses: massesOf(atoms, potential).values };
  const result: HarmonicResult = {
    atoms: atoms.numbers.length,
    ...logFrequencies(engine, oscillator),
    volume: Math.abs(determinant(atoms.cell)),
    energy,
    fmax: end.fmax,
    moved: fmax(positions.map((x, k) => x - atoms.positions[k])),
    ...(input.quantum ? { quanta: Array.from(quanta(engine, oscillator)) } : {}),
  };
  return { result: result as unknown as Json, arrays: { positions, hessian: denseHessian(second) } };
}

const start = (context: TaskContext): Work => once(() => found(context), 'Hessian');

export const harmonicTask: Task = {
  name: 'harmonic',
  start,
  restore: start,
  cost(input, resource) {
    const { cell, which, potential, scale } = input as unknown as HarmonicInput;
    const atoms = cellOf(cell, which, scale, resource);
    const n = atoms.numbers.length;
    const evaluations = which === 'bulk' ? 20 : 60 + 6 * n;
    return { evaluations, system: { atoms, potential: resource(potential) as Potential }, bytes: 3 * 8 * (3 * n) ** 2 };
  },
};
