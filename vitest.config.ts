import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    reporters: ['default', './test/support/summary.ts'],
    globalSetup: './test/support/temporary.ts',
    // only what hangs: a loaded machine takes ten times as long for anything
    testTimeout: 600_000,
    hookTimeout: 600_000,
    teardownTimeout: 120_000,
    // what takes long says so on stderr: how long is no matter of the tests
    env: { FRENKEL_PROGRESS: 'Infinity' },
    maxWorkers: 2,
    coverage: { provider: 'v8', reporter: ['json'], reportsDirectory: 'build/coverage' },
  },
});
