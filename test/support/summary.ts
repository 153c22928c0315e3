/**
 * Ends a run with one plain line, `N passed, N failed, N skipped`, and says why anything was skipped. build/trust.md has the
 * figures of the promises; with FRENKEL_TRUST=1 docs/trust-table.md, too.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import type { Reporter, TestModule } from 'vitest/node';
import { promises } from './trust/promises.ts';
import { record } from './trust/record.ts';
import { trustTable } from './trust/table.ts';

/** Parts that tests stand for by passing. */
function recordPassed(results: { name: string; state: string }[]): void {
  for (const { id, tests } of promises.flatMap(({ parts }) => parts)) {
    if (!tests) continue;
    const ran = results.filter(({ name, state }) => state !== 'skipped' && tests.test(name));
    const passed = ran.filter(({ state }) => state === 'passed').length;
    if (ran.length > 0) record(id, `${passed} of ${ran.length} tests pass`, passed === ran.length);
  }
}

function writeTable(): void {
  mkdirSync('build', { recursive: true });
  const { text } = trustTable();
  writeFileSync('build/trust.md', text);
  if (process.env.FRENKEL_TRUST === '1') writeFileSync('docs/trust-table.md', text);
}

export default class Summary implements Reporter {
  onTestRunEnd(modules: ReadonlyArray<TestModule>, errors: ReadonlyArray<unknown>): void {
    const count = { passed: 0, failed: errors.length, skipped: 0, pending: 0 };
    const reasons = new Set<string>();
    const results: { name: string; state: string }[] = [];
    for (const module of modules) {
      if (module.children.size === 0) count.failed++;
      for (const test of module.children.allTests()) {
        const { state } = test.result();
        count[state]++;
        results.push({ name: `${module.relativeModuleId} > ${test.fullName}`, state });
        if (state === 'skipped') reasons.add(test.fullName);
      }
    }
    recordPassed(results);
    writeTable();
    if (reasons.size > 0) console.log(`\nSkipped:\n${[...reasons].map((name) => `  ${name}`).join('\n')}`);
    console.log(`\n${count.passed} passed, ${count.failed} failed, ${count.skipped} skipped`);
  }
}
