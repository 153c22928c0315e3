/**
 * What follows from results that are there never changes: it is computed once for each set of results that grows. Without it
 * a plan, which is repeated after every result, would cost as much as all results together.
 */
import type { Results } from '../job.ts';
import type { VacancyConfig } from './config.ts';

const memos = new WeakMap<VacancyConfig, WeakMap<Results, Map<string, unknown>>>();

/** `make` is called until it returns something. */
export type Memo = <T>(key: string, make: () => T | undefined) => T | undefined;

export function memoOf(config: VacancyConfig, results: Results): Memo {
  const ofConfig = memos.get(config) ?? new WeakMap<Results, Map<string, unknown>>();
  memos.set(config, ofConfig);
  const known = ofConfig.get(results) ?? new Map<string, unknown>();
  ofConfig.set(results, known);
  return <T>(key: string, make: () => T | undefined) => {
    const found = (known.get(key) as T | undefined) ?? make();
    if (found !== undefined) known.set(key, found);
    return found;
  };
}
