/** Descriptor vectors of every atom: the components that a bispectrum potential's energy is a function of. */
import type { Atoms } from '../data/atoms.ts';
import { symbolOf } from '../data/elements.ts';
import { InputError } from '../data/errors.ts';
import type { Potential } from '../data/potential.ts';
import type { Engine } from './engine.ts';
import { snapDescriptors, snapSizeOf } from './forms/snap.ts';
import { createList, FRAME_WORDS, refresh } from './list.ts';
import { formOf } from './registry.ts';
import { termsOf } from './system.ts';

export interface Descriptors {
  /** Components per atom. */
  size: number;
  /** (n, size) in the user's order. */
  values: Float64Array;
}

const FRAME_TYPES = 4;

/**
 * The bispectrum of every atom as the potential defines it (its cutoff, twojmax, flags: with bzeroflag the isolated
 * atom's values are subtracted). Of an overlay the SNAP term counts. Throws InputError where there is none, or where
 * the structure has an element that it does not know.
 */
export function describeAtoms(engine: Engine, atoms: Atoms, potential: Potential): Descriptors {
  const term = termsOf(potential).find((part) => part.kernel.startsWith('snap'));
  if (!term) throw new InputError(`expected a SNAP or b-SO(4) potential to describe atoms, found ${potential.kernel}`);
  const unknown = atoms.numbers.find((z) => !term.species.includes(z));
  if (unknown !== undefined) {
    const known = term.species.map(symbolOf).join(', ');
    throw new InputError(`the structure contains ${symbolOf(unknown)}, but ${term.name ?? 'SNAP'} knows only ${known}`);
  }
  const mark = engine.mark();
  try {
    return describe(engine, atoms, term);
  } finally {
    engine.release(mark);
  }
}

function describe(engine: Engine, atoms: Atoms, term: Potential): Descriptors {
  const n = atoms.numbers.length;
  const size = snapSizeOf(term);
  const x = engine.f64(3 * n);
  x.set(atoms.positions);
  const numbers = engine.u8(n);
  numbers.set(atoms.numbers);
  const table = engine.i32(256);
  term.species.forEach((z, t) => {
    table[z] = t;
  });
  const params = engine.f64(term.params.length);
  params.set(term.params);
  const out = engine.f64(n * size);
  const stride = Math.ceil(formOf(term.kernel).scratch(term) / 64) * 64;
  const scratch = engine.bytes(stride * engine.threads);
  const list = createList(engine, x, Float64Array.from(atoms.cell), atoms.pbc, {
    cutoff: term.cutoff,
    skin: 0,
    pairGradients: false,
  });
  refresh(list, Float64Array.from(atoms.cell));
  const { sites, origin } = list.blocks;
  const types = engine.i32(sites);
  engine.kernels.updateTypes(sites, types.byteOffset, origin, numbers.byteOffset, table.byteOffset);
  const frame = new Int32Array(engine.memory.buffer, list.frame, FRAME_WORDS);
  frame[FRAME_TYPES] = types.byteOffset;
  engine.run(snapDescriptors, n, [list.frame, params.byteOffset, out.byteOffset, scratch], { stride, grain: 4 });
  const values = new Float64Array(n * size);
  const found = new Float64Array(engine.memory.buffer, out.byteOffset, n * size);
  const order = new Int32Array(engine.memory.buffer, list.order.byteOffset, n);
  order.forEach((i, k) => {
    values.set(found.subarray(k * size, (k + 1) * size), i * size);
  });
  return { size, values };
}
