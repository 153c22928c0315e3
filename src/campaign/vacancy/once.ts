/** A job that is done in one slice. */
import type { Json } from '../../data/atoms.ts';
import type { Arrays, Work } from '../job.ts';

/** `run` is called at the first advance(). Nothing has to be saved: interrupted, it begins again. */
export function once(run: () => { result: Json; arrays?: Arrays }, text: string): Work {
  let end: ReturnType<typeof run> | undefined;
  return {
    advance() {
      end = run();
      return false;
    },
    takeRecords: () => [],
    save: () => null,
    progress: () => ({ done: end ? 1 : 0, total: 1, text }),
    result: () => end?.result ?? null,
    arrays: () => end?.arrays ?? {},
  };
}
