/**
 * Several systems of one engine evaluated at once: each by one thread, or, where there are fewer systems than threads and
 * each has atoms enough, one after the other by all threads. The bits are those of evaluate().
 */
import type { Engine } from './engine.ts';
import { guarded, type System } from './system.ts';

/** Atoms per thread from which splitting one system pays as well. */
const LARGE = 256;

/** Refreshes energies and forces of all; returns their energies, eV. Throws what evaluate() throws, for the first of them. */
export function evaluateTogether(engine: Engine, systems: readonly System[]): number[] {
  const atoms = systems.reduce((least, { x }) => Math.min(least, x.length / 3), Number.POSITIVE_INFINITY);
  const whole = systems.length >= engine.threads || atoms < LARGE * engine.threads;
  if (engine.threads === 1 || systems.length < 2 || !whole) return systems.map((system) => system.evaluate());
  const lists = systems.map((system) => system.calls());
  guarded(() => engine.runLists(lists));
  return systems.map((system) => system.collect());
}
