/** What frenkel defect formation computes: structures from files or by names, each with the perfect crystal it belongs to. */
import { basename } from 'node:path';
import { relaxedConstant } from '../analysis/defect-energy.ts';
import { chemicalPotential } from '../analysis/formation.ts';
import type { Atoms } from '../data/atoms.ts';
import { inverse, multiply } from '../data/cell.ts';
import { knownCrystal } from '../data/crystals.ts';
import { extraAtoms, placeDefect } from '../data/defect-shape.ts';
import { parseElement } from '../data/elements.ts';
import { InputError } from '../data/errors.ts';
import { lattice } from '../data/lattice.ts';
import { defectShape, isDefectName } from '../data/point-defects.ts';
import type { Potential } from '../data/potential.ts';
import { repeat, supercell } from '../data/supercell.ts';
import { parseQuantity } from '../data/units.ts';
import type { CubicLattice } from '../data/vacancy-clusters.ts';
import type { Engine } from '../engine/engine.ts';
import { createSystem } from '../engine/system.ts';
import { readStructure } from './input.ts';

/** One defect in one cell. */
export interface Entry {
  name: string;
  /** Conventional cells each way, of named ones. */
  size?: number;
  atoms: Atoms;
  /** The perfect crystal in the same cell, where there is one. */
  reference?: Atoms;
  align: boolean;
  /** Atoms more than sites. */
  extra: number;
}

export interface CrystalFlags {
  element?: string;
  lattice?: CubicLattice;
  a?: number;
}

/** The perfect crystal of named defects: relaxed. */
export interface Crystal {
  lattice: CubicLattice;
  element: string;
  /** Å. */
  a: number;
  unit: Atoms;
}

/** Where the relaxation of the lattice constant starts. Throws InputError for what is not known. */
export function crystalStart({ element, lattice: kind, a }: CrystalFlags): Crystal {
  if (element === undefined) throw new InputError('--element: a named defect needs one, such as --element Fe');
  parseElement(element, '--element');
  const known = knownCrystal(element);
  const structure = kind ?? known?.lattice;
  if (structure === undefined)
    throw new InputError(`--lattice: bcc or fcc? The structure of ${element} is not in the table`);
  const start = a ?? (known?.lattice === structure ? known.a : undefined);
  if (start === undefined)
    throw new InputError(`-a: give a lattice constant to start from; none is known of ${structure} ${element}`);
  return crystalOf(structure, element, start);
}

export function crystalOf(kind: CubicLattice, element: string, a: number): Crystal {
  return { lattice: kind, element, a, unit: lattice({ kind, a, elements: [element] }) };
}

export function relaxCrystal(engine: Engine, start: Crystal, potential: Potential): Crystal {
  return crystalOf(start.lattice, start.element, relaxedConstant(engine, start.unit, potential));
}

/** A named defect in `size`³ conventional cells. */
export function namedEntry(name: string, size: number, crystal: Crystal): Entry {
  const reference = repeat(crystal.unit, [size, size, size]);
  const shape = defectShape(name, crystal.lattice);
  const atoms = placeDefect(reference, shape, { site: middle(reference), a: crystal.a });
  return { name, size, atoms, reference, align: false, extra: extraAtoms(shape) };
}

/** The site nearest to the middle of the cell, so that pictures show the defect whole. */
function middle({ positions, cell }: Atoms): number {
  const centre = [0, 1, 2].map((c) => (cell[c] + cell[3 + c] + cell[6 + c]) / 2);
  let [best, least] = [0, Number.POSITIVE_INFINITY];
  for (let i = 0; i < positions.length / 3; i++) {
    const square = centre.reduce((sum, x, c) => sum + (positions[3 * i + c] - x) ** 2, 0);
    if (square < least - 1e-6) [best, least] = [i, square];
  }
  return best;
}

/** A structure from a file; its reference is the bulk, repeated to its cell where that fits. */
export function fileEntry(path: string, atoms: Atoms, bulk: Atoms): Entry {
  const matrix = multiply(atoms.cell, inverse(bulk.cell));
  const whole = [...matrix].map(Math.round);
  const fits = matrix.every((m, k) => Math.abs(m - whole[k]) < 1e-4);
  const reference = fits ? supercell(bulk, whole) : undefined;
  const sites = reference?.numbers.length;
  return {
    name: basename(path),
    atoms,
    // exactly the cell of the defect, whatever its digits
    ...(reference ? { reference: { ...reference, cell: atoms.cell.slice() } } : {}),
    align: true,
    extra: sites === undefined ? 0 : atoms.numbers.length - sites,
  };
}

/** Words that are names become entries of every size, all others are files. */
export function isName(word: string): boolean {
  return isDefectName(word) || !/[./]/.test(word);
}

/** eV per atom by atomic number, from one-element structures and 'He=-0.1 eV'. */
export function chemicalPotentials(
  engine: Engine,
  potential: Potential,
  reservoirs: readonly Atoms[],
  given: readonly string[],
): Map<number, number> {
  const found = new Map<number, number>();
  for (const atoms of reservoirs) {
    const mark = engine.mark();
    const energy = createSystem(engine, atoms, potential).evaluate();
    engine.release(mark);
    found.set(...chemicalPotential({ numbers: atoms.numbers, energy }));
  }
  for (const text of given) {
    const [, symbol, value] = /^\s*([A-Z][a-z]?)\s*=\s*(\S.*)$/.exec(text) ?? [];
    if (symbol === undefined)
      throw new InputError(`--mu: found ${JSON.stringify(text.slice(0, 60))}; expected 'He=-0.1 eV'`);
    const energy = parseQuantity(value, { dimension: 'energy', bare: 'eV', name: '--mu', sign: 'any' });
    found.set(parseElement(symbol, '--mu'), energy);
  }
  return found;
}

export const readAll = (paths: readonly string[], types?: string[]): Atoms[] =>
  paths.map((path) => readStructure(path, types));
