/** lammps.js (LAMMPS in WebAssembly, from npm) in a worker of a page of its own, and what its files weigh. */
import { existsSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { Browser } from 'playwright-core';
import type { Atoms } from '../src/data/atoms.ts';
import { serve } from '../src/node/serve.ts';
import { lammpsFiles, lammpsSetup, loopTimes } from './lammps-script.ts';

/** Files of a folder, gzip -9, MB. */
export function weight(folder: string, names: readonly string[]): number {
  return names.reduce((sum, name) => sum + gzipSync(readFileSync(join(folder, name)), { level: 9 }).length, 0) / 1e6;
}

export interface Peer {
  /** ms from the address to the end of the first step. */
  first: number;
  /** steps/s of the last run. */
  rate: number;
  /** MB compressed. */
  weight: number;
}

const worker = (atoms: Atoms, steps: number): string => `import create from './lammps-atomify.js';
addEventListener('unhandledrejection', ({ reason }) => postMessage({ failed: String(reason) }));
const lines = [];
const wasm = await create({ print: (line) => lines.push(line), printErr: (line) => lines.push(line) });
const files = ${JSON.stringify(lammpsFiles(atoms))};
for (const [name, text] of Object.entries(files)) wasm.FS.writeFile(name, text);
const lammps = new wasm.LAMMPSWeb();
lammps.startWithArgs([]);
lammps.runScript(${JSON.stringify(`${lammpsSetup(steps)}run 1\n`)});
postMessage({ first: performance.timeOrigin + performance.now() });
lammps.runScript('run ${steps}');
lammps.runScript('run ${steps}');
postMessage({ lines });
`;

/** A folder that can be served; undefined where the package is not there. */
function folderOf(library: string, atoms: Atoms, steps: number): { folder: string; names: string[] } | undefined {
  const source = join(library, 'dist/cpp');
  if (!existsSync(join(source, 'lammps-atomify.js'))) return undefined;
  const folder = mkdtempSync(join(tmpdir(), 'frenkel-peer-'));
  const names = readdirSync(source).filter((name) => /^lammps-atomify\.(js|wasm)$/.test(name));
  for (const name of names) writeFileSync(join(folder, name), readFileSync(join(source, name)));
  writeFileSync(join(folder, 'index.html'), '<!doctype html><script type="module" src="main.js"></script>');
  writeFileSync(join(folder, 'main.js'), "window.worker = new Worker('worker.js', { type: 'module' });");
  writeFileSync(join(folder, 'worker.js'), worker(atoms, steps));
  return { folder, names };
}

/** `library`: the folder of the package. Atoms have masses and velocities. */
export async function lammpsInTab(
  browser: Browser,
  library: string,
  atoms: Atoms,
  steps: number,
): Promise<Peer | undefined> {
  const made = folderOf(library, atoms, steps);
  if (!made) return undefined;
  const { folder, names } = made;
  // it compiles from blobs and evaluates strings: no policy, as on a plain host
  const served = await serve({ port: 0, folder, bare: true });
  const page = await browser.newPage();
  await page.route('**/*.wasm', (route) =>
    route.fulfill({
      body: readFileSync(join(folder, new URL(route.request().url()).pathname)),
      contentType: 'application/wasm',
    }),
  );
  const begin = Date.now();
  await page.goto(served.url);
  const said = await page.evaluate(
    () =>
      new Promise<{ first: number; lines: string[] }>((done, failed) => {
        const { worker } = window as unknown as { worker: Worker };
        let first = 0;
        worker.onmessage = ({ data }) => {
          if (data.failed) failed(new Error(data.failed));
          else if (data.first) first = data.first;
          else done({ first, lines: data.lines });
        };
        worker.onerror = ({ message }) => failed(new Error(message));
      }),
  );
  await page.close();
  await served.close();
  const seconds = loopTimes(said.lines.join('\n')).at(-1) ?? Number.NaN;
  return { first: said.first - begin, rate: steps / seconds, weight: weight(folder, names) };
}
