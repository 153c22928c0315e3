/** What is open: a structure with a potential as a system in the engine, and where its memory began. */
import { symbolOf } from '../data/elements.ts';
import { InputError } from '../data/errors.ts';
import type { Potential } from '../data/potential.ts';
import type { Engine } from '../engine/engine.ts';
import { checkSpecies, createSystem, type System } from '../engine/system.ts';
import { describeMatch, matchNeb } from '../tasks/neb-input.ts';
import { frameOf } from './frames.ts';
import { readPotential, readStructure, type Structure } from './inputs.ts';
import type { Inputs } from './kept.ts';
import { nebOptions } from './options.ts';
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
  ends: Ends;
}

/** What is known of the other end of a path before one is asked for. */
type Ends = Pick<Opened, 'last' | 'refused'>;

/** Refused where no path can lead there, in the words of `frenkel neb`. */
function endsOf({ structure: input }: Inputs, { atoms, last }: Structure, potential: Potential): Ends {
  if (!last) return {};
  if (!input.last) return { last: { name: 'the same defect at the next site', note: '' } };
  const { name } = input.last;
  try {
    return { last: { name, note: describeMatch(matchNeb({ atoms, last, potential, options: nebOptions({}) })) } };
  } catch (error) {
    if (error instanceof InputError) return { refused: `${name}: ${error.message}` };
    throw error;
  }
}

/** Structure and potential can both be read, but not be together: another of the two may be meant to follow. */
export class UnfitError extends InputError {}

function checkFit({ atoms }: Structure, potential: Potential): void {
  try {
    checkSpecies(atoms, potential);
  } catch (error) {
    throw new UnfitError((error as Error).message);
  }
}

/** Reads what can be wrong, then calls `ready`, after which the memory of what was open before is taken. */
export async function openInputs(engine: Engine, inputs: Inputs, ready: () => Promise<void>): Promise<Open> {
  const given = readStructure(inputs.structure);
  const potential = readPotential(inputs.potential, given.atoms);
  checkFit(given, potential);
  const ends = endsOf(inputs, given, potential);
  const { last: end, ...alone } = inputs.structure;
  const refused = ends.refused !== undefined;
  const title = end && !refused ? `${given.title} → ${end.name}` : given.title;
  const structure = { ...given, title, ...(refused ? { last: undefined } : {}) };
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
  const own = refused ? { ...inputs, structure: alone } : inputs;
  return { inputs: own, structure, system, mark, perfectEnergy, frame: frameOf(structure, system, 0), ends };
}

export function describeOpen({ inputs, structure, system, frame, ends }: Open): Opened {
  const { atoms, title, perfect } = structure;
  const { potential } = system;
  return {
    type: 'opened',
    title,
    perfect: perfect ? perfect === atoms : 'file' in inputs.structure,
    ...ends,
    numbers: atoms.numbers,
    symbols: [...new Set(atoms.numbers)].map(symbolOf),
    pbc: atoms.pbc,
    potential: potential.name ?? potential.kernel,
    reference: potential.reference,
    warnings: potential.warnings ?? [],
    frame,
  };
}
