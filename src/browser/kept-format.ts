/**
 * What the saved state of a run looks like, by number: a build goes on from its own and from those that it can bring to it. Any
 * change of what `save` of a run gives is a new number, with a line here.
 *
 *   1  as it was first
 *   2  free energies have as many samplings as replicas, not one
 */
import { InputError } from '../data/errors.ts';
import type { TaskName } from './protocol.ts';

export const FORMAT = 2;

/** The state in the present format. Throws InputError where it cannot be brought to it. */
export function broughtUp(task: TaskName, format: number, saved: unknown): unknown {
  if (format > FORMAT) throw new InputError('it was kept by a later build of this page');
  if (format > 1 || task !== 'free-energy') return saved;
  const { checkpoint, records } = saved as { checkpoint?: unknown; records?: unknown };
  // runs kept under 2 before formats were numbered
  if (checkpoint === undefined) return saved;
  return { checkpoints: [checkpoint], records };
}
