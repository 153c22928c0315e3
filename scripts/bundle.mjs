// Bundles dist/: the library, its Node part and the CLI. Dependencies stay outside; kernels are already embedded.
import { chmodSync, rmSync } from 'node:fs';
import { build } from 'esbuild';

rmSync('dist', { recursive: true, force: true });
await build({
  entryPoints: {
    index: 'src/index.ts',
    node: 'src/node/index.ts',
    browser: 'src/browser/index.ts',
    cli: 'src/cli/cli.ts',
    'campaign-thread': 'src/node/campaign-thread.ts',
    'fit-thread': 'src/node/fit-thread.ts',
  },
  outdir: 'dist',
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'neutral',
  target: 'es2022',
  packages: 'external',
  external: ['node:*'],
  sourcemap: true,
  chunkNames: 'chunks/[hash]',
});
chmodSync('dist/cli.js', 0o755);
