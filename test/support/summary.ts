/** Ends a run with one plain line, `N passed, N failed, N skipped`, and says why anything was skipped. */
import type { Reporter, TestModule } from 'vitest/node';

export default class Summary implements Reporter {
  onTestRunEnd(modules: ReadonlyArray<TestModule>, errors: ReadonlyArray<unknown>): void {
    const count = { passed: 0, failed: errors.length, skipped: 0, pending: 0 };
    const reasons = new Set<string>();
    for (const module of modules) {
      if (module.children.size === 0) count.failed++;
      for (const test of module.children.allTests()) {
        count[test.result().state]++;
        if (test.result().state === 'skipped') reasons.add(test.fullName);
      }
    }
    if (reasons.size > 0) console.log(`\nSkipped:\n${[...reasons].map((name) => `  ${name}`).join('\n')}`);
    console.log(`\n${count.passed} passed, ${count.failed} failed, ${count.skipped} skipped`);
  }
}
