/** A structure in an engine for as long as a command needs it. */
import type { Atoms } from '../data/atoms.ts';
import type { Potential } from '../data/potential.ts';
import { createSystem, type System } from '../engine/system.ts';
import { createEngine } from '../node/threads.ts';

/** Calls `use` with the system; the engine and its threads end with it. */
export async function withSystem<T>(
  atoms: Atoms,
  potential: Potential,
  { threads, skin }: { threads?: number; skin?: number },
  use: (system: System) => T,
): Promise<T> {
  const engine = await createEngine({ threads });
  try {
    return use(createSystem(engine, atoms, potential, { skin }));
  } finally {
    engine.close();
  }
}
