/**
 * Ends a run with one plain line, `N passed, N failed, N skipped`, and says why anything was skipped and what was tried again. build/trust.md has the
 * figures of the promises; with FRENKEL_TRUST=1 docs/trust-table.md, too.
 */
import type { Reporter, TestModule } from 'vitest/node';
import { promises } from './trust/promises.ts';
import { figureOfTests, type Outcome, readFound, record } from './trust/record.ts';
import { writeTable } from './trust/table.ts';

/** Parts that tests stand for by passing. */
function recordPassed(outcomes: readonly Outcome[]): void {
  for (const { id, tests } of promises.flatMap(({ parts }) => parts)) {
    if (!tests) continue;
    const own = outcomes.filter(({ file, name }) => tests.test(`${file} > ${name}`));
    const found = figureOfTests(own, readFound(id)?.files);
    if (found) record(id, found.figure, found.met, found.files);
  }
}

export default class Summary implements Reporter {
  onTestRunEnd(modules: ReadonlyArray<TestModule>, errors: ReadonlyArray<unknown>): void {
    const count = { passed: 0, failed: errors.length, skipped: 0, pending: 0 };
    const reasons = new Set<string>();
    const again: string[] = [];
    const outcomes: Outcome[] = [];
    for (const module of modules) {
      if (module.children.size === 0) count.failed++;
      for (const test of module.children.allTests()) {
        const { state } = test.result();
        count[state]++;
        outcomes.push({ file: module.relativeModuleId, name: test.fullName, state });
        if (state === 'skipped') reasons.add(test.fullName);
        if (test.diagnostic()?.flaky) again.push(test.fullName);
      }
    }
    recordPassed(outcomes);
    writeTable(process.env.FRENKEL_TRUST === '1');
    if (reasons.size > 0) console.log(`\nSkipped:\n${[...reasons].map((name) => `  ${name}`).join('\n')}`);
    if (again.length > 0) console.log(`\nPassed when tried again:\n${again.map((name) => `  ${name}`).join('\n')}`);
    console.log(`\n${count.passed} passed, ${count.failed} failed, ${count.skipped} skipped`);
  }
}
