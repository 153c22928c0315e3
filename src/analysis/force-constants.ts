/**
 * Force constants of a perfect crystal in a supercell: the Hessian of the supercell, for which only the atoms of one
 * primitive cell are displaced. Beyond the supercell they are folded back; phonons.ts shares them among equal images.
 */
import type { Atoms } from '../data/atoms.ts';
import { heights } from '../data/cell.ts';
import { InputError } from '../data/errors.ts';
import type { Potential } from '../data/potential.ts';
import { repeat } from '../data/supercell.ts';
import type { Engine } from '../engine/engine.ts';
import { createSystem } from '../engine/system.ts';
import { massesOf } from '../tasks/masses.ts';
import { type Hessian, type HessianOptions, hessian, hessianInParts } from './hessian.ts';
import { type PrimitiveLattice, primitiveLattice } from './primitive.ts';
import { translations } from './translations.ts';

export interface ForceConstants {
  /** The cell that was given, and how often it was repeated along its rows. */
  unit: Atoms;
  counts: readonly [number, number, number];
  primitive: PrimitiveLattice;
  /** Copy after copy of `unit`, the last index fastest. */
  supercell: Atoms;
  /** Atoms of the supercell that make up one primitive cell, ascending. */
  sites: Int32Array;
  /** (n): which of the sites an atom of the supercell is a translated copy of. */
  siteOf: Int32Array;
  /** (sites) amu. */
  masses: Float64Array;
  /** Of the supercell, eV/Å²: symmetric, without force on a rigid translation. */
  hessian: Hessian;
}

export interface ForceConstantOptions extends Omit<HessianOptions, 'symmetry'> {
  /** Repeats of the cell along its rows; default 4, fewer where they would be wider than 20 Å. */
  supercell?: readonly [number, number, number];
  /** Å, of the neighbour list. */
  skin?: number;
}

/** eV/Å: with larger forces the crystal is not at rest. */
const AT_REST = 1e-3;

/** Å: wide enough for the range of the forces of most potentials. */
const WIDE = 20;

/** Repeats along the rows of a cell: 4, fewer where the supercell would be wider than 20 Å. */
export function usualCounts({ cell }: Atoms): [number, number, number] {
  const [a, b, c] = heights(cell).map((height) => Math.max(1, Math.min(4, Math.ceil(WIDE / height))));
  return [a, b, c];
}

/** What is displaced, before anything is. */
interface Crystal {
  unit: Atoms;
  counts: readonly [number, number, number];
  primitive: PrimitiveLattice;
  supercell: Atoms;
  representative: Int32Array;
  sites: Int32Array;
}

function crystalOf(unit: Atoms, counts: readonly [number, number, number]): Crystal {
  if (unit.fixed?.some((held) => held === 1)) throw new InputError('a crystal without held atoms was expected');
  const primitive = primitiveLattice(unit);
  const supercell = repeat(unit, counts);
  const { representative } = translations(supercell);
  const sites = Int32Array.from(new Set(representative)).sort();
  if (sites.length * primitive.copies !== unit.numbers.length) {
    throw new InputError(
      'the supercell has other translations than its cell: atoms are off their sites by about 1e-5 Å',
    );
  }
  return { unit, counts, primitive, supercell, representative, sites };
}

function constantsOf({ representative, ...crystal }: Crystal, potential: Potential, found: Hessian): ForceConstants {
  const { supercell, sites } = crystal;
  if (!found.invariant) throw new InputError('the potential holds atoms to fixed sites: such a crystal has no phonons');
  if (found.force > AT_REST) {
    throw new InputError(
      `not at rest: forces up to ${found.force.toExponential(2)} eV/Å, at most ${AT_REST} were expected; relax it first`,
    );
  }
  const masses = massesOf(supercell, potential).values;
  return {
    ...crystal,
    siteOf: representative.map((r) => sites.indexOf(r)),
    masses: Float64Array.from(sites, (i) => masses[i]),
    hessian: found,
  };
}

const SKIN = 0.5;

/**
 * Throws InputError for what is no crystal at rest: open directions, held atoms, sites fixed in space, forces above
 * 1e-3 eV/Å; and for more memory than allowed.
 */
export function forceConstants(
  engine: Engine,
  unit: Atoms,
  potential: Potential,
  options: ForceConstantOptions = {},
): ForceConstants {
  const { supercell: counts = usualCounts(unit), skin = SKIN, ...rest } = options;
  const crystal = crystalOf(unit, counts);
  const mark = engine.mark();
  try {
    const system = createSystem(engine, crystal.supercell, potential, { skin });
    return constantsOf(crystal, potential, hessian(system, { ...rest, symmetry: true }));
  } finally {
    engine.release(mark);
  }
}

/** forceConstants() one displacement at a time; between them its memory in the engine stays taken. */
export function* forceConstantsInParts(
  engine: Engine,
  unit: Atoms,
  potential: Potential,
  {
    supercell: counts = usualCounts(unit),
    skin = SKIN,
    step,
  }: Pick<ForceConstantOptions, 'supercell' | 'skin' | 'step'> = {},
): Generator<string, ForceConstants> {
  const crystal = crystalOf(unit, counts);
  const mark = engine.mark();
  try {
    const parts = hessianInParts(createSystem(engine, crystal.supercell, potential, { skin }), undefined, { step });
    for (let k = 0; k < parts.total; k++) {
      yield `${k} of ${parts.total} displacements`;
      parts.advance(k, k + 1);
    }
    return constantsOf(crystal, potential, parts.result());
  } finally {
    engine.release(mark);
  }
}
