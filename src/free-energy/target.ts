/** What is sampled: an objective with masses, where its centre of mass stays, and the walls that keep atoms at home. */
import type { Objective } from '../data/objective.ts';
import { forceToAcceleration } from '../data/units.ts';
import { requireExact } from '../engine/exact.ts';
import type { ListState } from '../engine/list.ts';
import type { System } from '../engine/system.ts';
import type { Walls } from './walls.ts';

export interface Target {
  /** The potential U; its x is moved. */
  readonly objective: Objective;
  /** (x.length) amu, of every coordinate. */
  readonly masses: Float64Array;
  /** (x.length) acceleration per force, Å/ps² per eV/Å; 0 where held. */
  readonly mobility: Float64Array;
  /** Whether a rigid translation of all atoms costs nothing: then the centre of mass does not move. */
  readonly invariant: boolean;
  readonly walls?: Walls;
  /** Makes the neighbour list at the sites x0, from where displacements are smallest. */
  anchor?(x0: Float64Array): void;
  /** What a checkpoint must hold beside x for the same bits (the neighbour list's reference). */
  save?(): unknown;
  restore?(saved: unknown): void;
}

/** Any objective: models, tests. masses: one per coordinate, amu. */
export function modelTarget(objective: Objective, masses: ArrayLike<number>, invariant = false): Target {
  const own = Float64Array.from(masses);
  return { objective, masses: own, mobility: own.map((m) => forceToAcceleration / m), invariant };
}

/** Atoms in an engine; masses: (n) amu. Held components do not move; without any, the centre of mass stays. */
export function systemTarget(system: System, masses: ArrayLike<number>, walls?: Walls): Target {
  requireExact(system.engine, 'a free energy');
  const { fixed } = system.atoms;
  const each = Float64Array.from({ length: system.x.length }, (_, k) => masses[(k - (k % 3)) / 3]);
  return {
    objective: system,
    masses: each,
    mobility: each.map((m, k) => (fixed?.[k] ? 0 : forceToAcceleration / m)),
    invariant: !fixed?.some((held) => held !== 0),
    ...(walls ? { walls } : {}),
    anchor: (x0) => system.restoreList({ positions: x0, cell: system.cell }),
    save: () => system.listState(),
    restore: (saved) => system.restoreList(saved as ListState),
  };
}
