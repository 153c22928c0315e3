// Run before each file of tests where probes are in the sources (probes.mjs): writes which pieces each test came to.
import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { afterAll, afterEach, beforeEach, expect } from 'vitest';

/** Pieces that ran while no test did: as the file was loaded, or in what it does before all tests. */
const apart = new Set();
const running = new Map();
const reached = {};

globalThis.frenkelProbe = (file, piece) => {
  const name = `${file} ${piece}`;
  if (running.size === 0) apart.add(name);
  for (const seen of running.values()) seen.add(name);
};
beforeEach(({ task }) => {
  running.set(task.id, new Set());
});
afterEach(({ task }) => {
  reached[task.id] = [...(running.get(task.id) ?? [])];
  running.delete(task.id);
});
afterAll(() => {
  const test = relative(process.cwd(), expect.getState().testPath);
  const name = createHash('sha256').update(test).digest('hex');
  writeFileSync(join(process.env.FRENKEL_PROBES, `${name}.json`), JSON.stringify({ apart: [...apart], reached }));
});
