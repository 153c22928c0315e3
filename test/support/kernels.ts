/** Any stages of a form of one potential on some atoms, past the form's own choice: to compare kernels with each other. */
import type { Atoms } from '../../src/data/atoms.ts';
import type { Potential } from '../../src/data/potential.ts';
import type { Engine } from '../../src/engine/engine.ts';
import type { Binding } from '../../src/engine/form.ts';
import { createList, FRAME_WORDS, refresh } from '../../src/engine/list.ts';
import { formOf } from '../../src/engine/registry.ts';

export interface Bound {
  n: number;
  /** Addresses of the binding's params and scratch. */
  params: number;
  scratch: number;
  /** (n) eV, (n,3) eV/Å, in the user's order; valid after `all`. */
  energies: Float64Array;
  forces: Float64Array;
  /** The stages over [begin, end) of the locals in the list's order; energies add up. */
  stages(begin: number, end: number): void;
  /** Everything, with the gather of pair gradients; the stages over one range after the other between these bounds. */
  all(bounds?: number[]): void;
}

/** What the form would bind without its faster kernels. */
export function referenceBinding(potential: Potential): Binding {
  const form = formOf(potential.kernel);
  return { stages: form.stages, params: potential.params, scratch: form.scratch(potential) };
}

const FRAME_TYPES = 4;
const ENERGY = 8;

/** Binds for good: the caller marks and releases the engine's memory. */
export function bindKernels(engine: Engine, atoms: Atoms, potential: Potential, binding: Binding, skin: number): Bound {
  const n = atoms.numbers.length;
  const x = engine.f64(3 * n);
  x.set(atoms.positions);
  const numbers = engine.u8(n);
  numbers.set(atoms.numbers);
  const params = engine.f64(binding.params.length);
  params.set(binding.params);
  const scratch = engine.bytes(binding.scratch);
  const energies = engine.f64(n);
  const forces = engine.f64(3 * n);
  const locals = [engine.f64(n), engine.f64(4 * n), engine.f64(6 * n)].map((array) => array.byteOffset);
  const table = engine.i32(256);
  potential.species.forEach((z, t) => {
    table[z] = t;
  });
  const cell = Float64Array.from(atoms.cell);
  const list = createList(engine, x, cell, atoms.pbc, { cutoff: potential.cutoff, skin, pairGradients: true });
  refresh(list, cell);
  const { sites, origin } = list.blocks;
  const types = engine.i32(sites);
  engine.kernels.updateTypes(sites, types.byteOffset, origin, numbers.byteOffset, table.byteOffset);
  const frame = new Int32Array(engine.memory.buffer, list.frame, FRAME_WORDS);
  frame[FRAME_TYPES] = types.byteOffset;
  frame.set(locals, ENERGY);
  const stages = (begin: number, end: number) => {
    for (const stage of binding.stages) engine.kernels[stage](begin, end, list.frame, params.byteOffset, 0, scratch);
  };
  const all = (bounds = [0, n]) => {
    engine.run('clearLocals', n, [list.frame, 0, 0, 0]);
    for (let i = 1; i < bounds.length; i++) stages(bounds[i - 1], bounds[i]);
    engine.run('gatherPairs', n, [list.frame, 0, 0, 0]);
    engine.run('scatterLocals', n, [list.frame, energies.byteOffset, forces.byteOffset, 0]);
  };
  return { n, params: params.byteOffset, scratch, energies, forces, stages, all };
}
