/** Descriptor vectors of every atom: the components that a potential's energy is a function of. */
import type { Atoms } from '../data/atoms.ts';
import { symbolOf } from '../data/elements.ts';
import { InputError } from '../data/errors.ts';
import type { Potential } from '../data/potential.ts';
import { neighbourBytes } from '../data/potentials/descriptor.ts';
import type { Engine } from './engine.ts';
import type { Binding } from './form.ts';
import { describingParts } from './forms/descriptor.ts';
import { describing, snapSizeOf } from './forms/snap.ts';
import { createList, FRAME_WORDS, refresh } from './list.ts';
import { createScratch, fitScratch, type Scratch } from './scratch.ts';
import { termsOf } from './system.ts';

export interface Descriptors {
  /** Components per atom. */
  size: number;
  /** (n, size) in the user's order. */
  values: Float64Array;
}

const FRAME_TYPES = 4;

export interface Describer {
  /** Components per atom. */
  readonly size: number;
  /**
   * The descriptor of every atom as the potential defines it (of SNAP: its cutoff, twojmax, flags; with bzeroflag the
   * isolated atom's values are subtracted). Throws InputError for a structure without atoms, or with an element that the potential
   * does not know.
   */
  describe(atoms: Atoms): Descriptors;
  /**
   * The same without a copy: `each` sees every atom once, in the order of the list, its descriptor from all[at] on. It
   * must not call the engine.
   */
  visit(atoms: Atoms, each: (atom: number, all: Float64Array, at: number) => void): void;
  /**
   * For many configurations of the same atoms in the same cell: returns what describes positions (n,3), in an array that
   * the next call overwrites. The neighbour list is built again when atoms have moved by half of `skin` (Å); last digits
   * depend on where. It keeps its memory until the engine's owner releases it.
   */
  follow(atoms: Atoms, skin?: number): (positions: ArrayLike<number>) => Float64Array;
}

/**
 * The potential's tables stay in the engine's memory, so that many structures can be described one after the other:
 * what a structure costs beside its kernel is its neighbour list. Of an overlay the term with a descriptor counts (bare
 * descriptors: bareDescriptor). Throws InputError where there is none. `recurrence`: SNAP's by the reference kernel.
 */
export function createDescriber(engine: Engine, potential: Potential, recurrence = false): Describer {
  const term = describingTerm(potential);
  const resident = bind(engine, term, isSnap(term) ? describing(term, recurrence) : describingParts(term));
  const { size } = resident;
  return {
    size,
    describe: (atoms) => {
      const values = new Float64Array(atoms.numbers.length * size);
      visit(resident, atoms, copierTo(values, size));
      return { size, values };
    },
    visit: (atoms, each) => visit(resident, atoms, each),
    follow: (atoms, skin = 0.5) => {
      checkElements(atoms, term);
      const local = locals(resident, atoms, skin);
      const values = new Float64Array(atoms.numbers.length * size);
      const copy = copierTo(values, size);
      return (positions) => {
        local(positions, copy);
        return values;
      };
    },
  };
}

/** The term that has a descriptor; throws InputError where none has. */
export function describingTerm(potential: Potential): Potential {
  const term = termsOf(potential).find((part) => part.descriptor || isSnap(part));
  if (term) return term;
  throw new InputError(
    `expected a potential with a descriptor (SNAP, b-SO(4) …) to describe atoms, found ${potential.kernel}`,
  );
}

/** Components per atom of such a term. */
const sizeOf = (term: Potential) => (isSnap(term) ? snapSizeOf(term) : term.params[2]);

const isSnap = (term: Potential) => term.kernel.startsWith('snap');

/** One structure by a describer of its own. */
export function describeAtoms(engine: Engine, atoms: Atoms, potential: Potential): Descriptors {
  const mark = engine.mark();
  try {
    return createDescriber(engine, potential).describe(atoms);
  } finally {
    engine.release(mark);
  }
}

/** A potential in the engine's memory; addresses. */
interface Resident {
  engine: Engine;
  term: Potential;
  kernel: string;
  size: number;
  table: number;
  params: number;
  scratch: Scratch;
}

function checkElements(atoms: Atoms, term: Potential): void {
  if (atoms.numbers.length === 0) throw new InputError('the structure has no atoms');
  const unknown = atoms.numbers.find((z) => !term.species.includes(z));
  if (unknown === undefined) return;
  const known = term.species.map(symbolOf).join(', ');
  throw new InputError(
    `the structure contains ${symbolOf(unknown)}, but ${term.name ?? 'the descriptor'} knows only ${known}`,
  );
}

function bind(engine: Engine, term: Potential, { stages, params: numbers, scratch }: Binding): Resident {
  const table = engine.i32(256);
  term.species.forEach((z, t) => {
    table[z] = t;
  });
  return {
    engine,
    term,
    kernel: stages[0],
    size: sizeOf(term),
    table: table.byteOffset,
    params: engine.constant(numbers),
    scratch: createScratch(engine, scratch, isSnap(term) ? 0 : neighbourBytes(term)),
  };
}

type Visitor = (atom: number, all: Float64Array, at: number) => void;

/** (n, size) in the user's order. */
const copierTo =
  (values: Float64Array, size: number): Visitor =>
  (atom, all, at) => {
    const to = atom * size;
    for (let k = 0; k < size; k++) values[to + k] = all[at + k];
  };

/** Atoms once, in memory that is given back. */
function visit(resident: Resident, atoms: Atoms, each: Visitor): void {
  checkElements(atoms, resident.term);
  const mark = resident.engine.mark();
  try {
    locals(resident, atoms, 0)(atoms.positions, each);
  } finally {
    resident.engine.release(mark);
  }
}

/** Atoms in the engine's memory, to be described at any positions. */
function locals(resident: Resident, atoms: Atoms, skin: number): (x: ArrayLike<number>, each: Visitor) => void {
  const { engine, term, kernel, size, table, params } = resident;
  // grows in memory that is given back after a single structure
  const scratch = { ...resident.scratch };
  const n = atoms.numbers.length;
  const x = engine.f64(3 * n);
  const numbers = engine.u8(n);
  numbers.set(atoms.numbers);
  // the kernel writes all of it
  const outAt = engine.bytes(8 * n * size);
  const out = new Float64Array(engine.memory.buffer, outAt, n * size);
  const cell = Float64Array.from(atoms.cell);
  const list = createList(engine, x, cell, atoms.pbc, { cutoff: term.cutoff, skin, pairGradients: false });
  let types = { at: 0, capacity: 0 };
  const bindList = () => {
    const { sites, siteCapacity, origin } = list.blocks;
    if (siteCapacity > types.capacity) types = { at: engine.bytes(4 * siteCapacity), capacity: siteCapacity };
    fitScratch(engine, scratch, list);
    engine.kernels.updateTypes(sites, types.at, origin, numbers.byteOffset, table);
    new Int32Array(engine.memory.buffer, list.frame, FRAME_WORDS)[FRAME_TYPES] = types.at;
  };
  return (positions, each) => {
    x.set(positions);
    if (refresh(list, cell)) bindList();
    engine.run(kernel, n, [list.frame, params, out.byteOffset, scratch.at], { stride: scratch.stride, grain: 4 });
    for (let k = 0; k < n; k++) each(list.order[k], out, k * size);
  };
}
