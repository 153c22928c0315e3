/**
 * The engine in a tab beside itself in Node and beside LAMMPS in the same browser (lammps.js from npm, the build with
 * MANYBODY): Fe EAM, NVE, one thread, by turns; frames per second with up to 10^5 atoms, page weight, time to the first
 * result. Needs Debian's chromium; without lammps.js its rows are left out.
 *
 *   npm install --prefix /tmp/lammps-js lammps.js
 *   node scripts/bench.mjs browser --package /tmp/lammps-js/node_modules/lammps.js [--cells 8,20,37] [--swiftshader]
 */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { type Browser, chromium } from 'playwright-core';
import { lattice } from '../src/data/lattice.ts';
import { repeat } from '../src/data/supercell.ts';
import { createSystem } from '../src/engine/system.ts';
import { loadEmbedded } from '../src/io/embedded.ts';
import { maxwellBoltzmann } from '../src/methods/temperature.ts';
import { serve } from '../src/node/serve.ts';
import { createEngine } from '../src/node/threads.ts';
import { startMd, stepMd } from '../src/tasks/dynamics.ts';
import { lammpsInTab, weight } from './lammps-tab.ts';
import { type Row, report, row } from './report.ts';
import { firstResult, openTab } from './tab.ts';

const { values: flags } = parseArgs({
  options: {
    package: { type: 'string', default: '/tmp/lammps-js/node_modules/lammps.js' },
    cells: { type: 'string', default: '8,20,37' },
    seconds: { type: 'string', default: '3' },
    rounds: { type: 'string', default: '3' },
    chromium: { type: 'string', default: '/usr/bin/chromium' },
    /** A program that pretends to be a graphics card, as in the tests; also what Chromium itself does then costs more. */
    swiftshader: { type: 'boolean', default: false },
  },
});
const [seconds, rounds] = [flags.seconds, flags.rounds].map(Number);
/** Of lammps.js. */
const STEPS = 200;
if (!existsSync(flags.chromium)) {
  console.log(`there is no ${flags.chromium}`);
  process.exit(0);
}
const web = mkdtempSync(join(tmpdir(), 'frenkel-page-'));
execFileSync(process.execPath, ['scripts/web.mjs', web]);

const iron = (cells: number) => repeat(lattice({ kind: 'bcc', a: 2.8553, elements: ['Fe'] }), [cells, cells, cells]);
const ironMasses = (n: number) => new Float64Array(n).fill(55.845);

/** The library in Node, with the engine, potential and options of the page; each call gives steps/s. */
async function inNode(cells: number): Promise<{ run(seconds: number): number; close(): void }> {
  const engine = await createEngine({ threads: 1 });
  const crystal = iron(cells);
  const system = createSystem(engine, crystal, loadEmbedded('Fe-Ackland-2004'));
  const options = {
    ...{ ensemble: 'nve' as const, steps: 1e7, timestep: 0.001, seed: 1n },
    temperature: [600, 600] as [number, number],
    pressure: [0, 0] as [number, number],
    ...{ friction: 1, relaxation: 0.1, cellRelaxation: 1, coupling: 'iso' as const },
  };
  const state = startMd(system, ironMasses(crystal.numbers.length), options);
  const run = (length: number): number => {
    const [begin, from] = [performance.now(), state.step];
    while (performance.now() - begin < 1000 * length) stepMd(system, state, options);
    return (1000 * (state.step - from)) / (performance.now() - begin);
  };
  run(1);
  return { run, close: () => engine.close() };
}

const wall = { section: 'Browser', name: 'Fe EAM, NVE, one thread', unit: 'µs/atom wall' };

/** Steps and pictures of one size; the page and Node by turns. */
async function measure(browser: Browser, url: string, cells: number): Promise<Row[]> {
  const n = 2 * cells ** 3;
  const node = await inNode(cells);
  const faint = await openTab(browser, url, cells, 'faint');
  const [ours, theirs, pictures, turned, both, slowed]: number[][] = [[], [], [], [], [], []];
  for (let round = 0; round < rounds; round++) {
    const tab = await faint.run(seconds);
    ours.push(1e6 / tab.steps / n);
    pictures.push(tab.pictures);
    theirs.push(1e6 / node.run(seconds) / n);
    turned.push(await faint.turn(seconds));
    const busy = await faint.run(seconds, true);
    both.push(busy.pictures);
    slowed.push(1e6 / busy.steps / n);
  }
  await faint.close();
  node.close();
  const shown = await openTab(browser, url, cells, 'shown');
  const [solid, solidTurned, solidBoth]: number[][] = [[], [], []];
  for (let round = 0; round < rounds; round++) {
    solid.push((await shown.run(seconds)).pictures);
    solidTurned.push(await shown.turn(seconds));
    solidBoth.push((await shown.run(seconds, true)).pictures);
  }
  await shown.close();
  const common = { ...wall, size: n };
  const drawing = { section: 'Browser', name: `${n} atoms, drawn by software`, size: n, unit: 'frames/s' };
  return [
    row({ ...common, who: 'frenkel in Chromium, drawn', values: ours }),
    row({ ...common, who: 'frenkel in Node', values: theirs }, ours),
    row({ ...common, who: 'frenkel in Chromium, turned', values: slowed }, ours),
    row({ ...drawing, who: 'in dynamics, translucent', values: pictures }),
    row({ ...drawing, who: 'in dynamics, solid', values: solid }),
    row({ ...drawing, who: 'in dynamics and turned, translucent', values: both }),
    row({ ...drawing, who: 'in dynamics and turned, solid', values: solidBoth }),
    row({ ...drawing, who: 'turned at rest, translucent', values: turned }),
    row({ ...drawing, who: 'turned at rest, solid', values: solidTurned }),
  ];
}

const pretender = ['--use-gl=angle', '--use-angle=swiftshader', '--enable-unsafe-swiftshader'];
const browser = await chromium.launch({
  executablePath: flags.chromium,
  // lammps.js has threads, and shares memory with them whatever the host says
  args: ['--headless', '--no-sandbox', '--enable-features=SharedArrayBuffer', ...(flags.swiftshader ? pretender : [])],
});
const served = await serve({ port: 0, folder: web });
const cells = flags.cells.split(',').map(Number);
const rows: Row[] = [];
for (const one of cells) {
  const found = await measure(browser, served.url, one);
  rows.push(...found);
  report(found);
}
const first = await firstResult(browser, served.url);
console.log(`first result (the vacancy relaxed) ${(first / 1000).toFixed(2)} s after the address`);
const crystal = iron(cells[0]);
const n = crystal.numbers.length;
const masses = ironMasses(n);
const moving = { ...crystal, masses, velocities: maxwellBoltzmann(masses, 600, 1n) };
const other = await lammpsInTab(browser, flags.package, moving, STEPS).catch(
  (error) => void console.log(`lammps.js: ${error.message.split('\n')[0]}`),
);
if (other) {
  const values = [1e6 / other.rate / n];
  report([row({ ...wall, size: n, who: 'lammps.js in Chromium, not drawn', values }, [rows[0].median])]);
  const begun = (other.first / 1000).toFixed(2);
  console.log(`lammps.js: ${other.weight.toFixed(2)} MB compressed, first step ${begun} s after the address`);
}
const scripts = readdirSync(web).filter((name) => /\.(js|css|html)$/.test(name) && name !== 'figures.js');
const figures = weight(web, ['figures.js']).toFixed(2);
console.log(
  `page: ${weight(web, scripts).toFixed(2)} MB compressed, ${figures} MB more when the first figures are drawn`,
);
await browser.close();
await served.close();
