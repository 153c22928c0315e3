// Builds the page into dist/web (or the folder given): a static folder that any host can serve.
import { cpSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = fileURLToPath(new URL('../', import.meta.url));

/** The page has neither bounds-checked nor fast kernels: they are two thirds of the weight. */
const leaner = {
  name: 'leaner kernels',
  setup({ onLoad }) {
    onLoad({ filter: /generated[/\\]kernels(-fast)?\.ts$/ }, ({ path }) => ({
      contents: readFileSync(path, 'utf8').replace(/(export const (?:debug|fast): string = )'[^']*'/, "$1''"),
      loader: 'ts',
    }));
  },
};

/** Scripts, style and index.html into `outdir`, which is emptied first. */
export async function buildWeb(outdir) {
  rmSync(outdir, { recursive: true, force: true });
  mkdirSync(outdir, { recursive: true });
  await build({
    absWorkingDir: root,
    entryPoints: {
      main: 'web/main.ts',
      worker: 'web/worker.ts',
      thread: 'web/thread.ts',
      sw: 'web/service-worker.ts',
      figures: 'web/figures.ts',
      style: 'web/style.css',
    },
    outdir,
    bundle: true,
    minify: true,
    format: 'esm',
    platform: 'browser',
    target: 'es2022',
    legalComments: 'linked',
    plugins: [leaner],
  });
  for (const name of ['index.html', 'icon.svg']) cpSync(join(root, 'web', name), join(outdir, name));
}

if (process.argv[1] === fileURLToPath(import.meta.url))
  await buildWeb(resolve(process.argv[2] ?? join(root, 'dist/web')));
