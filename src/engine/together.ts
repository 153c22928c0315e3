/**
 * Several systems of one engine evaluated at once. Sharing whole systems costs no barrier (measured: the CPU time of one
 * thread, 2 to 8 % less than splitting), so each thread takes systems as long as there is one for every thread. What is
 * left over would make the others wait: where the systems are worth splitting, all threads take these together, one after
 * the other. The bits are those of evaluate().
 */
import type { Engine } from './engine.ts';
import { guarded, type System } from './system.ts';

/** Refreshes energies and forces of all; returns their energies, eV. Throws what evaluate() throws, for the first of them. */
export function evaluateTogether(engine: Engine, systems: readonly System[]): number[] {
  if (engine.threads === 1 || systems.length < 2) return systems.map((system) => system.evaluate());
  const rounds = systems.length - (systems.length % engine.threads);
  const whole = systems.slice(rounds).every(({ splits }) => splits) ? rounds : systems.length;
  const shared = systems.slice(0, whole);
  const lists = shared.map((system) => system.calls());
  guarded(() => engine.runLists(lists));
  const energies = shared.map((system) => system.collect());
  return [...energies, ...systems.slice(whole).map((system) => system.evaluate())];
}
