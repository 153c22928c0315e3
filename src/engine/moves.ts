/**
 * The moves of velocity Verlet beside the forces, by the engine's threads (assembly/moves.ts): a step of 16,000 atoms of
 * EAM spends a twentieth of its time on them where one thread makes them in JavaScript. Velocities stay the caller's: a
 * copy in kernel memory is moved and handed back.
 */
import type { Engine, Stage } from './engine.ts';

export interface Moves {
  /** Stages: half a kick and the drift; and, once the new forces are there, the other half. */
  readonly first: Stage;
  readonly second: Stage;
  /** Takes the velocities (3n) over; `mobility` (3n) is looked at again only where it is another array. */
  load(velocities: Float64Array, mobility: Float64Array, timestep: number): void;
  /** Hands the velocities back. */
  store(velocities: Float64Array): void;
}

/** Bytes of the record Moves of assembly/moves.ts. */
const RECORD = 32;

/** For n atoms with positions and forces in kernel memory. */
export function createMoves(engine: Engine, n: number, x: Float64Array, f: Float64Array): Moves {
  const record = engine.bytes(RECORD);
  const times = new Float64Array(engine.memory.buffer, record, 2);
  const arrays = new Int32Array(engine.memory.buffer, record + 16, 4);
  const v = engine.f64(3 * n);
  const m = engine.f64(3 * n);
  arrays.set([x, v, f, m].map(({ byteOffset }) => byteOffset));
  let known: Float64Array | undefined;
  return {
    first: engine.stage('kickAndDrift', n, [record, 0, 0, 0]),
    second: engine.stage('kickAtoms', n, [record, 0, 0, 0], { wait: false }),
    load(velocities, mobility, timestep) {
      times[0] = 0.5 * timestep;
      times[1] = timestep;
      v.set(velocities);
      if (mobility !== known) m.set(mobility);
      known = mobility;
    },
    store: (velocities) => velocities.set(v),
  };
}
