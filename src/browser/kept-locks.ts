/** A run is open in one tab at a time: who writes it holds a lock of the browser, which ends with the tab. */
import { InputError } from '../data/errors.ts';

/** The name of the lock of a run; of a whole project without one. */
export const lockName = (project: string, run = '') => `frenkel ${project}/${run}`;

/** Names of the locks that any tab holds. */
export const heldNames = async () => new Set((await navigator.locks.query()).held?.map(({ name }) => name ?? ''));

/** Keeps other tabs from a run; undefined where one has it. */
function hold(name: string): Promise<(() => void) | undefined> {
  return new Promise((taken) => {
    void navigator.locks.request(name, { ifAvailable: true }, (lock) => {
      if (!lock) return taken(undefined);
      return new Promise<void>((release) => taken(() => release()));
    });
  });
}

/** Throws InputError where another tab has the run. */
export async function take(project: string, run: string): Promise<() => void> {
  const release = await hold(lockName(project, run));
  if (!release) throw new InputError('this run is open in another tab');
  return release;
}
