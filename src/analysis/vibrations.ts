/**
 * From a structure to the vibrations that its entropy is made of: relaxed on request, checked to be a minimum, its Hessian
 * by differences of forces, then the product of its frequencies, or each of them.
 */
import type { Atoms } from '../data/atoms.ts';
import { InputError } from '../data/errors.ts';
import type { Potential } from '../data/potential.ts';
import type { Engine } from '../engine/engine.ts';
import { createSystem } from '../engine/system.ts';
import { fmax } from '../methods/fmax.ts';
import { massesOf } from '../tasks/masses.ts';
import { localEntropies } from './entropy.ts';
import { type HessianOptions, hessian } from './hessian.ts';
import { type LocalDensity, localDensity } from './local-density.ts';
import { denseBytes, type LogFrequencies, logFrequencies, quanta } from './modes.ts';
import { settle } from './settle.ts';

export interface VibrationOptions extends HessianOptions {
  /** Relax the atoms in their cell first; otherwise a start that is no minimum is refused. */
  relax?: boolean;
  /** Every quantum, not only their product. */
  spectrum?: boolean;
  /** K: share of every atom in the classical entropy at that temperature. */
  local?: number;
  /** Atoms whose local density of states is wanted. */
  density?: readonly number[];
}

export interface Vibrations extends LogFrequencies {
  /** Number of atoms. */
  atoms: number;
  /** (n,3) Å, where the Hessian was taken. */
  positions: Float64Array;
  /** eV/Å: largest force there. */
  fmax: number;
  evaluations: number;
  /** Å, how far the atom that moved most was relaxed. */
  moved: number;
  /** eV, ascending, where the spectrum was asked for. */
  quanta?: Float64Array;
  /** (n) k_B, where local entropies were asked for. */
  local?: Float64Array;
  density?: LocalDensity;
}

/** Bytes of kernel memory that a dense matrix may take of the 4 GiB. */
const MOST_DENSE = 3.5 * 2 ** 30;

/** Bytes of a run over `n` atoms, before it starts: the blocks where every pair interacts, and the dense matrices. */
export function vibrationBytes(n: number, options: Pick<VibrationOptions, 'local' | 'density'> = {}): number {
  return denseBytes(3 * n, options.local === undefined && options.density === undefined ? 1 : 4);
}

/**
 * Throws InputError for a start that is no minimum (forces above 1e-3 eV/Å, unless it is to be relaxed) and for more
 * memory than there is, PhysicsError for a saddle, naming its lowest eigenvalue.
 */
export function vibrations(
  engine: Engine,
  atoms: Atoms,
  potential: Potential,
  options: VibrationOptions = {},
): Vibrations {
  const n = atoms.numbers.length;
  const needed = vibrationBytes(n, options);
  const room = Math.min(options.memory ?? Number.POSITIVE_INFINITY, MOST_DENSE);
  if (needed > room) throw new InputError(memoryMessage(n, needed, room));
  const mark = engine.mark();
  try {
    const system = createSystem(engine, atoms, potential, { skin: 0.1 });
    const start = system.x.slice();
    const rest = settle(system, options.relax ?? false);
    const found = hessian(system, { ...options, memory: (options.memory ?? Number.POSITIVE_INFINITY) - needed });
    const positions = system.x.slice();
    const oscillator = {
      hessian: found,
      atoms: { ...atoms, positions },
      masses: massesOf(atoms, potential).values,
    };
    engine.release(mark);
    return {
      ...logFrequencies(engine, oscillator),
      atoms: n,
      positions,
      fmax: rest,
      evaluations: found.evaluations,
      moved: fmax(positions.map((x, k) => x - start[k])),
      ...(options.spectrum ? { quanta: quanta(engine, oscillator) } : {}),
      ...(options.local === undefined ? {} : { local: localEntropies(engine, oscillator, options.local) }),
      ...(options.density ? { density: localDensity(engine, oscillator, options.density) } : {}),
    };
  } finally {
    engine.release(mark);
  }
}

function memoryMessage(n: number, needed: number, room: number): string {
  const gib = (bytes: number) => `${(bytes / 2 ** 30).toFixed(2)} GiB`;
  return `the vibrations of ${n} atoms need ${gib(needed)} of memory, and ${gib(room)} are left: use a smaller cell`;
}
