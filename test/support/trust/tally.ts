/** Counts of the long tier, kept in build/trust so that a stopped run goes on; those of other kernels count for nothing. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { kernelHash } from '../../../src/generated/kernels.ts';
import { long } from '../long.ts';
import { recordsFolder } from './record.ts';

export interface Tally<T> {
  readonly now: T;
  add(more: Partial<T>): void;
}

/** Where `keep` (by default in the long tier), an earlier run's counts are gone on with. */
export function openTally<T extends Record<string, number>>(name: string, zero: T, keep = long): Tally<T> {
  const path = join(recordsFolder, `${name}.tally`);
  const found = keep && existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')) : undefined;
  const now: T = { ...zero, ...(found?.kernels === kernelHash ? found.counts : {}) };
  return {
    now,
    add(more) {
      for (const [key, value] of Object.entries(more) as [keyof T, number][])
        now[key] = (now[key] + value) as T[keyof T];
      if (!keep) return;
      mkdirSync(recordsFolder, { recursive: true });
      writeFileSync(path, JSON.stringify({ kernels: kernelHash, counts: now }));
    },
  };
}
