/**
 * One defect by one potential: relaxed in the cell of the perfect crystal, its formation energy, elastic dipole,
 * relaxation volume (from the residual stress, and on request by relaxing the cell too), and what became of it.
 */
import type { Atoms } from '../data/atoms.ts';
import { determinant } from '../data/cell.ts';
import { InputError, PhysicsError } from '../data/errors.ts';
import type { Orientation } from '../data/orient.ts';
import type { Potential } from '../data/potential.ts';
import type { Engine } from '../engine/engine.ts';
import { requireExact } from '../engine/exact.ts';
import { createSystem, type System } from '../engine/system.ts';
import { hold } from '../methods/hold.ts';
import { minimize } from '../methods/minimize.ts';
import { strained } from '../methods/strain.ts';
import { type Change, type DefectState, relaxedChange } from './defect-state.ts';
import { elasticConstants } from './elastic.ts';
import { elasticDipole, relaxationVolume } from './elastic-dipole.ts';
import { formationEnergy } from './formation.ts';
import { hessian } from './hessian.ts';
import { denseBytes, hessianEigenvalues } from './modes.ts';

/** The perfect crystal that defects are compared with. */
export interface Bulk {
  atoms: Atoms;
  /** eV, of all its atoms. */
  energy: number;
  /** (6) eV. */
  virial: Float64Array;
  /** Å^3. */
  volume: number;
  /** (6,6) eV/Å^3. */
  C: Float64Array;
}

export interface DefectOptions {
  /** Relax the atoms; default true. */
  relax?: boolean;
  /** eV/Å; default 1e-4. */
  fmax?: number;
  /** Default 2000. */
  steps?: number;
  /** Relax the cell also, after the atoms, for the relaxation volume by itself. */
  cell?: boolean;
  /** Find the lowest eigenvalue of the Hessian, by dense algebra within so many bytes. */
  check?: { memory: number };
  /** eV by atomic number, for elements whose number changes. */
  potentials?: ReadonlyMap<number, number>;
  /** Crystal directions along x, y, z, for the names of axes. */
  orient?: Orientation;
  /** The perfect crystal in the cell of the defect, for the Wigner–Seitz analysis. */
  reference?: Atoms;
  /** The defect may be shifted rigidly against it. */
  align?: boolean;
  /** Å; default that of a system. */
  skin?: number;
}

export interface DefectEnergy {
  atoms: number;
  /** Sites of the perfect crystal in the same cell. */
  sites: number;
  /** eV. */
  total: number;
  /** eV, formation energy, relaxed and as it came. */
  energy: number;
  unrelaxed: number;
  /** (3,3) eV. */
  dipole: number[][];
  /** Å^3, from the dipole. */
  relaxationVolume: number;
  /** Å^3, by relaxing the cell, and the formation energy at zero stress, eV. */
  cellRelaxation?: { volume: number; energy: number };
  /** eV/Å², of the Hessian without its zero modes, where asked for: negative on a saddle. */
  lowestEigenvalue?: number;
  converged: boolean;
  steps: number;
  /** eV/Å. */
  fmax: number;
  /** Å: farthest that an atom went. */
  moved: number;
  before?: DefectState;
  after?: DefectState;
  change?: Change;
  /** As relaxed in the fixed cell. */
  relaxed: Atoms;
}

/** Energy, stress and elastic constants of a crystal as it is. */
export function measureBulk(
  engine: Engine,
  atoms: Atoms,
  potential: Potential,
  { skin }: { skin?: number } = {},
): Bulk {
  const mark = engine.mark();
  try {
    const system = createSystem(engine, atoms, potential, { skin });
    const { C } = elasticConstants(system);
    const energy = system.evaluate();
    return { atoms, energy, virial: system.virial.slice(), volume: Math.abs(determinant(system.cell)), C };
  } finally {
    engine.release(mark);
  }
}

/** Å: the lattice constant without stress of a cubic crystal. Throws PhysicsError where the relaxation does not end. */
export function relaxedConstant(engine: Engine, unit: Atoms, potential: Potential): number {
  const mark = engine.mark();
  try {
    const system = createSystem(engine, unit, potential);
    const end = minimize(strained(system, { mode: 'iso' }), 'cg', { fmax: 1e-7, steps: 500 });
    if (end.fmax > 1e-5) throw new PhysicsError(`the perfect crystal did not relax: ${end.reason}`);
    return system.cell[0];
  } finally {
    engine.release(mark);
  }
}

/** Throws InputError for cells whose volumes are no multiples and on an engine with the fast kernels, PhysicsError from the potential. */
export function defectEnergy(
  engine: Engine,
  atoms: Atoms,
  potential: Potential,
  bulk: Bulk,
  options: DefectOptions = {},
): DefectEnergy {
  requireExact(engine, 'a formation energy');
  const { relax = true, fmax = 1e-4, steps = 2000, skin } = options;
  const cells = cellsOf(atoms, bulk);
  const formation = (energy: number) =>
    formationEnergy({ numbers: atoms.numbers, energy }, { bulk: of(bulk), cells, potentials: options.potentials });
  const mark = engine.mark();
  try {
    const system = createSystem(engine, atoms, potential, { skin });
    const objective = hold(system, atoms.fixed);
    const unrelaxed = formation(objective.evaluate());
    const end = minimize(objective, 'lbfgs', { fmax, steps: relax ? steps : 0 });
    const relaxed = system.snapshot();
    const dipole = elasticDipole(system.virial, bulk.virial, cells);
    const moved = farthest(atoms, relaxed);
    const found: DefectEnergy = {
      atoms: atoms.numbers.length,
      sites: Math.round(cells * bulk.atoms.numbers.length),
      total: end.energy,
      energy: formation(end.energy),
      unrelaxed,
      dipole: [0, 1, 2].map((i) => Array.from(dipole.subarray(3 * i, 3 * i + 3))),
      relaxationVolume: relaxationVolume(dipole, bulk.C),
      converged: !relax || end.status === 'converged' || end.criterion === 'stalled',
      steps: end.steps,
      fmax: end.fmax,
      moved,
      relaxed,
      ...(options.reference ? relaxedChange(atoms, relaxed, options.reference, { ...options, moved }) : {}),
    };
    if (options.check) found.lowestEigenvalue = lowestEigenvalue(engine, system, options.check.memory);
    if (options.cell) found.cellRelaxation = relaxCellToo(system, formation, cells * bulk.volume, options);
    return found;
  } finally {
    engine.release(mark);
  }
}

function lowestEigenvalue(engine: Engine, system: System, memory: number): number {
  const rows = 3 * system.atoms.numbers.length;
  const needed = denseBytes(rows, 1);
  if (needed > memory) {
    const gib = (bytes: number) => `${(bytes / 2 ** 30).toFixed(2)} GiB`;
    throw new InputError(
      `the Hessian of ${rows / 3} atoms needs ${gib(needed)}, and ${gib(memory)} are left: check a smaller cell`,
    );
  }
  const found = hessian(system, { memory: memory - needed });
  return hessianEigenvalues(engine, { hessian: found, atoms: system.snapshot() })[0];
}

const of = ({ atoms: { numbers }, energy }: Bulk) => ({ numbers, energy });

/** How many cells of the bulk the cell of the defect is: a whole number, or a whole fraction. */
function cellsOf(atoms: Atoms, bulk: Bulk): number {
  const ratio = Math.abs(determinant(atoms.cell)) / bulk.volume;
  const sites = ratio * bulk.atoms.numbers.length;
  if (!(ratio > 0 && Number.isFinite(ratio))) throw new InputError('the cell of the defect has no volume');
  if (Math.abs(sites - Math.round(sites)) > 1e-3) {
    throw new InputError(
      `the cell of the defect has the volume of ${sites.toFixed(4)} atoms of the bulk; a whole number was expected: the same lattice constant in both`,
    );
  }
  return Math.round(sites) / bulk.atoms.numbers.length;
}

function farthest(from: Atoms, to: Atoms): number {
  let most = 0;
  for (let i = 0; i < from.positions.length; i += 3) {
    const [x, y, z] = [0, 1, 2].map((c) => to.positions[i + c] - from.positions[i + c]);
    most = Math.max(most, x * x + y * y + z * z);
  }
  return Math.sqrt(most);
}

function relaxCellToo(
  system: System,
  formation: (energy: number) => number,
  volume: number,
  { fmax = 1e-4, steps = 2000 }: DefectOptions,
): { volume: number; energy: number } {
  const objective = strained(system, { mode: 'full', fixed: system.atoms.fixed });
  // a stress of 1e-4 eV/Å³ is still 1 % of a relaxation volume: the cell is to be tighter than the atoms
  const end = minimize(objective, 'lbfgs', { fmax: Math.min(fmax, 1e-5), steps });
  if (end.criterion === 'steps') throw new PhysicsError(`the cell of the defect did not relax: ${end.reason}`);
  return { volume: Math.abs(determinant(system.cell)) - volume, energy: formation(end.energy) };
}
