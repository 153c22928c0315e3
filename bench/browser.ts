/**
 * The engine in a tab beside LAMMPS in the same browser (lammps.js from npm, the build with MANYBODY) and beside itself in
 * Node: Fe EAM, NVE, one thread; page weight, time to the first step, frames per second. Needs Debian's
 * chromium; without lammps.js its rows are left out.
 *
 *   npm install --prefix /tmp/lammps-js lammps.js
 *   node scripts/bench.mjs browser --package /tmp/lammps-js/node_modules/lammps.js [--cells 8] [--steps 200] [--rounds 3]
 */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { gzipSync } from 'node:zlib';
import { type Browser, chromium, type Page } from 'playwright-core';
import { lattice } from '../src/data/lattice.ts';
import { repeat } from '../src/data/supercell.ts';
import { createSystem } from '../src/engine/system.ts';
import { embeddedFile, loadEmbedded } from '../src/io/embedded.ts';
import { formatLammpsData } from '../src/io/lammps-data-write.ts';
import { maxwellBoltzmann } from '../src/methods/temperature.ts';
import { serve } from '../src/node/serve.ts';
import { createEngine } from '../src/node/threads.ts';
import { startMd, stepMd } from '../src/tasks/dynamics.ts';
import { report, row } from './report.ts';

const { values: flags } = parseArgs({
  options: {
    package: { type: 'string', default: '/tmp/lammps-js/node_modules/lammps.js' },
    cells: { type: 'string', default: '8' },
    steps: { type: 'string', default: '200' },
    rounds: { type: 'string', default: '3' },
    chromium: { type: 'string', default: '/usr/bin/chromium' },
  },
});
const [cells, steps, rounds] = [flags.cells, flags.steps, flags.rounds].map(Number);
if (!existsSync(flags.chromium)) {
  console.log(`there is no ${flags.chromium}`);
  process.exit(0);
}
const web = mkdtempSync(join(tmpdir(), 'frenkel-page-'));
execFileSync(process.execPath, ['scripts/web.mjs', web]);
const crystal = repeat(lattice({ kind: 'bcc', a: 2.8553, elements: ['Fe'] }), [cells, cells, cells]);
const n = crystal.numbers.length;
const masses = new Float64Array(n).fill(55.845);

/** Files of a folder, gzip -9, MB. */
function weight(folder: string, names: readonly string[]): number {
  return names.reduce((sum, name) => sum + gzipSync(readFileSync(join(folder, name)), { level: 9 }).length, 0) / 1e6;
}

/** steps/s of the library in Node, with the engine, potential and options of the page. */
async function inNode(): Promise<number[]> {
  const engine = await createEngine({ threads: 1 });
  const system = createSystem(engine, crystal, loadEmbedded('Fe-Ackland-2004'));
  const options = {
    ensemble: 'nve' as const,
    steps: (rounds + 1) * steps,
    timestep: 0.001,
    temperature: [600, 600] as [number, number],
    pressure: [0, 0] as [number, number],
    ...{ friction: 1, relaxation: 0.1, cellRelaxation: 1, coupling: 'iso' as const, seed: 1n },
  };
  const state = startMd(system, masses, options);
  const rates: number[] = [];
  for (let round = 0; round <= rounds; round++) {
    const begin = performance.now();
    for (let k = 0; k < steps; k++) stepMd(system, state, options);
    if (round > 0) rates.push(steps / ((performance.now() - begin) / 1000));
  }
  engine.close();
  return rates;
}

interface Tab {
  /** ms from the address to the first result (the vacancy, relaxed). */
  first: number;
  /** steps/s of the dynamics while it is drawn. */
  rates: number[];
  /** Frames that the page drew per second meanwhile. */
  frames: number;
}

const fragment = (count: number, length: number) =>
  new URLSearchParams({
    ...{ kind: 'bcc', element: 'Fe', a: '2.8553 A', repeat: String(count), potential: 'Fe-Ackland-2004', task: 'md' },
    ...{ '--ensemble': 'nve', '--temperature': '600 K', '--steps': String(length), '--timestep': '1 fs' },
  });

const phase = (page: Page, name: string) => page.waitForSelector(`body[data-phase=${name}]`, { timeout: 300_000 });

/** A page, its dynamics timed by the clock of the page: from one autosaved count of steps to another. */
async function inTab(browser: Browser, url: string, count: number, seconds: number): Promise<Tab> {
  const begin = performance.now();
  const cold = await browser.newPage({ viewport: { width: 1280, height: 820 } });
  await cold.goto(`${url}?threads=1&keep=no`);
  await phase(cold, 'ready');
  await cold.click('#run');
  await phase(cold, 'done');
  const first = performance.now() - begin;
  await cold.close();
  const page = await browser.newPage({ viewport: { width: 1280, height: 820 } });
  await page.goto(`${url}?threads=1&keep=no#${fragment(count, 10_000_000)}`);
  await phase(page, 'ready');
  await page.click('#run');
  await page.waitForTimeout(1500);
  const stepOf = async () => Number(/step (\d+)/.exec((await page.textContent('#state')) ?? '')?.[1] ?? 0);
  const rates: number[] = [];
  let frames = 0;
  for (let round = 0; round < rounds; round++) {
    const [at, from] = [performance.now(), await stepOf()];
    const drawn = await page.evaluate(
      (wait) =>
        new Promise<number>((done) => {
          const start = performance.now();
          let seen = 0;
          const tick = () => {
            seen++;
            if (performance.now() - start < wait) requestAnimationFrame(tick);
            else done(seen / ((performance.now() - start) / 1000));
          };
          requestAnimationFrame(tick);
        }),
      1000 * seconds,
    );
    rates.push(((await stepOf()) - from) / ((performance.now() - at) / 1000));
    frames = Math.max(frames, drawn);
  }
  await page.close();
  return { first, rates, frames };
}

const script = `units metal
atom_style atomic
atom_modify map array sort 1000 0
read_data /data
pair_style eam/fs
pair_coeff * * /Fe.eam.fs Fe
neighbor 0.5 bin
neigh_modify every 1 delay 0 check yes
timestep 0.001
fix 1 all nve
thermo ${steps}
run ${steps}
run ${steps}
`;

/** lammps.js in a worker of a page of its own: ms to the end of the first run of one step, and steps/s of the last run. */
async function peer(browser: Browser): Promise<{ first: number; rate: number; weight: number } | undefined> {
  const source = join(flags.package, 'dist/cpp');
  if (!existsSync(join(source, 'lammps-atomify.js'))) return undefined;
  const folder = mkdtempSync(join(tmpdir(), 'frenkel-peer-'));
  const velocities = maxwellBoltzmann(masses, 600, 1n);
  const files = {
    '/data': formatLammpsData({ ...crystal, masses, velocities }),
    '/Fe.eam.fs': embeddedFile('Fe_Ackland_2004.eam.fs'),
  };
  const names = readdirSync(source).filter((name) => /^lammps-atomify\.(js|wasm)$/.test(name));
  for (const name of names) writeFileSync(join(folder, name), readFileSync(join(source, name)));
  writeFileSync(join(folder, 'index.html'), '<!doctype html><script type="module" src="main.js"></script>');
  writeFileSync(join(folder, 'main.js'), "window.worker = new Worker('worker.js', { type: 'module' });");
  writeFileSync(
    join(folder, 'worker.js'),
    `import create from './lammps-atomify.js';
addEventListener('unhandledrejection', ({ reason }) => postMessage({ failed: String(reason) }));
const lines = [];
const wasm = await create({ print: (line) => lines.push(line), printErr: (line) => lines.push(line) });
const files = ${JSON.stringify(files)};
for (const [name, text] of Object.entries(files)) wasm.FS.writeFile(name, text);
const lammps = new wasm.LAMMPSWeb();
lammps.startWithArgs([]);
lammps.runScript(${JSON.stringify(script.replace(/run \d+\nrun \d+\n$/, 'run 1\n'))});
postMessage({ first: performance.timeOrigin + performance.now() });
lammps.runScript('run ${steps}');
lammps.runScript('run ${steps}');
postMessage({ lines });
`,
  );
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
  const loops = said.lines.flatMap((line) => /Loop time of (\S+)/.exec(line)?.[1] ?? []);
  return { first: said.first - begin, rate: steps / Number(loops.at(-1)), weight: weight(folder, names) };
}

const browser = await chromium.launch({
  executablePath: flags.chromium,
  args: [
    ...['--headless', '--no-sandbox', '--use-gl=angle', '--use-angle=swiftshader', '--enable-unsafe-swiftshader'],
    // lammps.js has threads, and shares memory with them whatever the host says
    '--enable-features=SharedArrayBuffer',
  ],
});
const served = await serve({ port: 0, folder: web });
const micro = (rates: readonly number[]) => rates.map((rate) => 1e6 / rate / n);
const common = { section: 'Browser', name: 'Fe EAM, NVE, one thread', size: n, unit: 'µs/atom wall' };
const tab = await inTab(browser, served.url, cells, 3);
const ours = micro(tab.rates);
report([row({ ...common, who: 'frenkel in Chromium, drawn', values: ours })]);
report([row({ ...common, who: 'frenkel in Node', values: micro(await inNode()) }, ours)]);
console.log(`first result (the vacancy relaxed) ${(tab.first / 1000).toFixed(2)} s after the address`);
const other = await peer(browser).catch((error) => void console.log(`lammps.js: ${error.message.split('\n')[0]}`));
if (other) {
  report([row({ ...common, who: 'lammps.js in Chromium, not drawn', values: micro([other.rate]) }, ours)]);
  const first = (other.first / 1000).toFixed(2);
  console.log(`lammps.js: ${other.weight.toFixed(2)} MB compressed, first step ${first} s after the address`);
}
const scripts = readdirSync(web).filter((name) => /\.(js|css|html)$/.test(name) && name !== 'figures.js');
const figures = weight(web, ['figures.js']).toFixed(2);
console.log(
  `page: ${weight(web, scripts).toFixed(2)} MB compressed, ${figures} MB more when the first figures are drawn`,
);
const large = await inTab(browser, served.url, 20, 3);
console.log(
  `frames per second: ${tab.frames.toFixed(0)} with ${n} atoms, ${large.frames.toFixed(0)} with 16,000 (software GL) at ${large.rates.at(-1)?.toFixed(0)} steps/s`,
);
await browser.close();
await served.close();
