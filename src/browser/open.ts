/** What is open: a structure with a potential as a system in the engine, and where its memory began. */
import { symbolOf } from '../data/elements.ts';
import type { Engine } from '../engine/engine.ts';
import { createSystem, type System } from '../engine/system.ts';
import { frameOf } from './frames.ts';
import { readPotential, readStructure, type Structure } from './inputs.ts';
import type { Inputs } from './projects.ts';
import type { Frame, Opened } from './protocol.ts';

export interface Open {
  inputs: Inputs;
  structure: Structure;
  system: System;
  mark: number;
  /** eV/atom of the perfect crystal. */
  perfectEnergy?: number;
  /** As it was opened. */
  frame: Frame;
}

/** Reads what can be wrong, then calls `ready`, after which the memory of what was open before is taken. */
export async function openInputs(engine: Engine, inputs: Inputs, ready: () => Promise<void>): Promise<Open> {
  const structure = readStructure(inputs.structure);
  const potential = readPotential(inputs.potential, structure.atoms);
  await ready();
  const mark = engine.mark();
  const { atoms, perfect } = structure;
  let perfectEnergy: number | undefined;
  if (perfect) {
    perfectEnergy = createSystem(engine, perfect, potential).evaluate() / perfect.numbers.length;
    engine.release(mark);
  }
  const system = createSystem(engine, atoms, potential);
  system.evaluate();
  return { inputs, structure, system, mark, perfectEnergy, frame: frameOf(structure, system, 0) };
}

export function describeOpen({ inputs, structure, system, frame }: Open): Opened {
  const { atoms, title, last, perfect } = structure;
  const { potential } = system;
  return {
    type: 'opened',
    title,
    perfect: perfect ? perfect === atoms : 'file' in inputs.structure,
    last: last?.numbers.length ?? 0,
    numbers: atoms.numbers,
    symbols: [...new Set(atoms.numbers)].map(symbolOf),
    pbc: atoms.pbc,
    potential: potential.name ?? potential.kernel,
    reference: potential.reference,
    warnings: potential.warnings ?? [],
    frame,
  };
}
