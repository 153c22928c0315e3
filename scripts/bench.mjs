// Bundles and runs one bench: node scripts/bench.mjs eam --rounds 5
import { spawnSync } from 'node:child_process';
import { buildSync } from 'esbuild';

const [name, ...flags] = process.argv.slice(2);
const outfile = `build/bench-${name}.mjs`;
buildSync({
  entryPoints: [`bench/${name}.ts`],
  outfile,
  bundle: true,
  platform: 'node',
  format: 'esm',
  target: 'es2022',
  packages: 'external',
});
process.exitCode = spawnSync(process.execPath, [outfile, ...flags], { stdio: 'inherit' }).status ?? 1;
