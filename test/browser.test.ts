import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { get } from 'node:http';
import { join, resolve } from 'node:path';
import { gzipSync } from 'node:zlib';
import { build as esbuild } from 'esbuild';
import { strFromU8, unzipSync } from 'fflate';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { asCommand, asScript } from '../src/browser/commands.ts';
import { build } from '../src/browser/inputs.ts';
import { mdOptions, nebOptions } from '../src/browser/options.ts';
import type { Engine } from '../src/engine/engine.ts';
import { createSystem } from '../src/engine/system.ts';
import { loadEmbedded } from '../src/io/embedded.ts';
import { formatExtxyz } from '../src/io/extxyz-write.ts';
import { parseThermo } from '../src/io/thermo.ts';
import { minimize } from '../src/methods/minimize.ts';
import { serve } from '../src/node/serve.ts';
import { createEngine } from '../src/node/threads.ts';
import { startMd, stepMd } from '../src/tasks/dynamics.ts';
import { massesOf } from '../src/tasks/masses.ts';
import { bandOf, imagesOf, startNeb, stepNeb } from '../src/tasks/neb.ts';
import { describeNeb } from '../src/tasks/neb-result.ts';
import { createStage, drawing, type Stage, visit, why, withoutBrowser } from './support/browser.ts';
import { program, scratch } from './support/cli.ts';
import { expectSilence, outside } from './support/outside.ts';

const iron = { kind: 'bcc', element: 'Fe', a: '2.8553 A', repeat: 5, defect: 'vacancy' };
const flags = { ensemble: 'langevin', temperature: '600 K', steps: '200', timestep: '2 fs' };
const fragment = new URLSearchParams({ ...iron, repeat: '5', potential: 'Fe-Ackland-2004', task: 'md' });
for (const [name, text] of Object.entries(flags)) fragment.append(`--${name}`, text);

/** In Node, on one thread: the energy of the relaxed vacancy as text, and the SHA-256 of 200 steps. */
async function inNode(): Promise<{ energy: string; digest: string }> {
  const engine = await createEngine({ threads: 1 });
  const { atoms } = build(iron);
  const potential = loadEmbedded('Fe-Ackland-2004');
  const { energy } = minimize(createSystem(engine, atoms, potential), 'cg', { fmax: 1e-6 });
  const system = createSystem(engine, atoms, potential);
  const { options } = mdOptions(flags);
  const state = startMd(system, massesOf(atoms, potential).values, options);
  while (state.step < options.steps) stepMd(system, state, options);
  const all = Float64Array.from([...system.x, ...state.velocities, state.energy]);
  const digest = createHash('sha256').update(new Uint8Array(all.buffer)).digest('hex');
  engine.close();
  return { energy: String(energy), digest };
}

/** The barrier and the SHA-256 of images and energies. */
function pathInNode(engine: Engine): [string, string] {
  const { atoms, last = atoms } = build({ ...iron, repeat: 4, to: 1 });
  const potential = loadEmbedded('Fe-Ackland-2004');
  const neb = startNeb(engine, { atoms, last, potential, options: nebOptions({ climb: '' }) });
  while (neb.state.stage !== 'done') stepNeb(neb);
  const all = Float64Array.from([...imagesOf(neb).flatMap((x) => [...x]), ...bandOf(neb).energies]);
  const digest = createHash('sha256').update(new Uint8Array(all.buffer)).digest('hex');
  return [describeNeb(neb).barrier.toFixed(6), digest];
}

describe.skipIf(withoutBrowser)(`the page in Chromium${why}`, outside, () => {
  let stage: Stage;
  let node: { energy: string; digest: string };
  beforeAll(async () => {
    [stage, node] = await Promise.all([createStage(), inNode()]);
  });
  afterAll(() => stage?.close());

  it('relaxes the vacancy in iron to the energy of Node, to the last bit, on threads', async () => {
    const seen = await visit(stage, `${stage.isolated.url}?threads=2`);
    await seen.phase('ready');
    expect(await seen.text('#engine')).toBe('2 threads');
    await seen.page.click('#run');
    await seen.phase('done');
    expect(await seen.result('energy')).toBe(node.energy);
    // the number of an independent code (test/readme.test.ts)
    expect(Number(await seen.result('formation energy'))).toBeCloseTo(1.722, 3);
    await seen.page.waitForTimeout(400);
    await seen.shot('vacancy.png');
    expectSilence(seen.complaints);
    await seen.close();
  });

  const digestAt = async (url: string, workers: 'allow' | 'block' = 'block') => {
    const seen = await visit(stage, `${url}#${fragment}`, { workers });
    await seen.phase('ready');
    await seen.page.click('#run');
    await seen.phase('done');
    const found = {
      digest: await seen.text('#digest code'),
      notice: await seen.text('#notice'),
      threads: await seen.page.getAttribute('#engine', 'data-threads'),
      memory: await seen.page.getAttribute('#engine', 'data-memory'),
      complaints: seen.complaints,
    };
    await seen.close();
    return found;
  };

  it('has the bits of Node after 200 steps of dynamics, with threads', async () => {
    const found = await digestAt(`${stage.isolated.url}?threads=2`);
    expect(found).toEqual({ digest: node.digest, notice: '', threads: '2', memory: 'shared', complaints: [] });
  });

  it('has them without the headers, on one thread, and says so', async () => {
    const found = await digestAt(stage.bare.url);
    expect(found).toMatchObject({ digest: node.digest, threads: '1', complaints: [] });
    expect(found.notice).toMatch(/One thread: .*not cross-origin isolated/);
  });

  it('has them on ordinary memory', async () => {
    const found = await digestAt(`${stage.bare.url}?memory=ordinary`);
    expect(found).toMatchObject({ digest: node.digest, threads: '1', memory: 'ordinary', complaints: [] });
  });

  it('gets threads from its service worker where the host sends no headers', async () => {
    const found = await digestAt(`${stage.bare.url}?threads=2`, 'allow');
    expect(found).toMatchObject({ digest: node.digest, threads: '2', notice: '', complaints: [] });
  });

  it('fits a phone and is used by keyboard', async () => {
    const seen = await visit(stage, stage.isolated.url, { width: 390, height: 844, dark: false });
    await seen.phase('ready');
    expect(await seen.page.evaluate(() => document.documentElement.scrollWidth)).toBe(390);
    await seen.page.focus('#run');
    await seen.page.keyboard.press('Enter');
    await seen.phase('done');
    await seen.page.focus('#canvas');
    for (const key of ['ArrowLeft', 'ArrowUp', '+', '-']) await seen.page.keyboard.press(key);
    await seen.page.focus('#command');
    await seen.page.keyboard.press('Enter');
    await seen.page.waitForSelector('#dialog[open]');
    const command = await seen.text('#dialog-text');
    expect(command.split('\n')[1]).toBe("npx frenkel relax Fe-vacancy.xyz -p Fe-Ackland-2004 --fmax '1e-6 eV/A'");
    expect(await seen.page.evaluate(() => navigator.clipboard.readText())).toBe(command);
    expectSilence(seen.complaints);
    await seen.close();
  });

  it('finds the path of the vacancy with the bits of Node', async () => {
    const seen = await visit(stage, stage.isolated.url);
    await seen.phase('ready');
    await seen.page.click('#fe-migration');
    await seen.page.waitForFunction(() => /127 atoms/.test(document.getElementById('title')?.textContent ?? ''));
    await seen.page.click('#run');
    await seen.phase('done');
    expect([await seen.result('barrier'), await seen.text('#digest code')]).toEqual(
      pathInNode(await createEngine({ threads: 1 })),
    );
    expect(await seen.text('#frame')).toBe('image 4');
    await seen.page.waitForTimeout(300);
    await seen.shot('migration.png');
    expectSilence(seen.complaints);
    await seen.close();
  });

  it('pauses, steps, goes on and stops', async () => {
    const seen = await visit(stage, stage.isolated.url);
    await seen.phase('ready');
    await seen.page.click('#w-dumbbell');
    await seen.page.waitForFunction(() => /129 atoms/.test(document.getElementById('title')?.textContent ?? ''));
    await seen.page.click('#tab-md');
    await seen.page.fill('[name=steps]', '100000000');
    await seen.page.click('#run');
    await seen.phase('running');
    await seen.page.click('#pause');
    await seen.phase('paused');
    const step = async () => Number(/step (\d+)/.exec(await seen.text('#state'))?.[1]);
    const before = await step();
    await seen.page.click('#step');
    await seen.page.waitForFunction(
      (next) => document.getElementById('state')?.textContent?.includes(`step ${next}`),
      before + 1,
    );
    await seen.page.waitForTimeout(200);
    expect(await step()).toBe(before + 1);
    await seen.page.click('#pause');
    await seen.phase('running');
    await seen.page.click('#stop');
    await seen.phase('stopped');
    expect(Number(await seen.result('steps'))).toBeGreaterThan(before);
    expectSilence(seen.complaints);
    await seen.close();
  });

  it('takes dropped files, and gives everything back as a zip', async () => {
    const seen = await visit(stage, stage.isolated.url);
    await seen.phase('ready');
    const structure = formatExtxyz(build({ ...iron, repeat: 3 }).atoms);
    const file = (name: string, text: string | Buffer) => ({ name, mimeType: '', buffer: Buffer.from(text) });
    const table = readFileSync('potentials/Fe_Ackland_2004.eam.fs');
    await seen.page.setInputFiles('#files', [file('small.xyz', structure), file('mine.eam.fs', table)]);
    await seen.page.waitForFunction(() => /53 atoms/.test(document.getElementById('title')?.textContent ?? ''));
    await seen.page.click('#run');
    await seen.phase('done');
    const [download] = await Promise.all([seen.page.waitForEvent('download'), seen.page.click('#zip')]);
    const files = unzipSync(readFileSync(await download.path()));
    expect(Object.keys(files).sort()).toEqual(
      [
        ...['command.sh', 'final.xyz', 'log.relax', 'report.json', 'script.mjs', 'start.xyz'],
        ...['relaxation-energy.svg', 'relaxation-fmax.svg'],
      ].sort(),
    );
    expect(strFromU8(files['start.xyz'])).toBe(structure);
    expect(strFromU8(files['command.sh'])).toBe("npx frenkel relax small.xyz -p mine.eam.fs --fmax '1e-6 eV/A'\n");
    const rows = parseThermo(strFromU8(files['log.relax']));
    expect(String(rows.values[1].at(-1))).toBe(await seen.result('energy'));
    expectSilence(seen.complaints);
    await seen.close();
  });

  it('is a library: the worker of docs/browser.md bundles without shims and has the energy of Node', async () => {
    const [code] = [...readFileSync('docs/browser.md', 'utf8').matchAll(/^```js\n(.*?)^```/gms)].map(([, js]) => js);
    const { outputFiles } = await esbuild({
      stdin: { contents: code, resolveDir: resolve('.') },
      alias: { frenkel: resolve('src/index.ts'), 'frenkel/browser': resolve('src/browser/index.ts') },
      bundle: true,
      format: 'esm',
      platform: 'browser',
      target: 'es2022',
      write: false,
    });
    const seen = await visit(stage, stage.isolated.url);
    await seen.page.route('**/docs-worker.js', (route) =>
      route.fulfill({
        body: outputFiles[0].text,
        contentType: 'text/javascript',
        headers: { 'Cross-Origin-Embedder-Policy': 'require-corp' },
      }),
    );
    const said = await seen.page.evaluate(
      () =>
        new Promise<{ energy: number }>((done, failed) => {
          const worker = new Worker('docs-worker.js', { type: 'module' });
          worker.onmessage = ({ data }) => done(data);
          worker.onerror = ({ message }) => failed(new Error(message));
        }),
    );
    expect(String(said.energy)).toBe(node.energy);
    await seen.close();
  });

  it('shows the message of the command line for a wrong file, and for a run that explodes goes back', async () => {
    const seen = await visit(stage, stage.isolated.url);
    await seen.phase('ready');
    const text = '2\nLattice="3 0 0 0 3 0 0 0 3" Properties=species:S:1:pos:R:3\nFe 0 0 0\nFe 1 one 1\n';
    await seen.page.setInputFiles('#files', { name: 'bad.xyz', mimeType: 'text/plain', buffer: Buffer.from(text) });
    await seen.page.waitForSelector('#alert:not([hidden])');
    expect(await seen.text('#message')).toMatch(/^bad\.xyz:4:/);
    // what is open stays, to be run
    const title = 'vacancy in bcc Fe · 249 atoms';
    expect([await seen.text('#title'), await seen.page.isDisabled('#run')]).toEqual([title, false]);
    expect(await seen.page.getAttribute('#fe-vacancy', 'aria-pressed')).toBe('true');
    // a structure of another element waits for its potential, or one goes back
    const tungsten = text.replace('Fe 1 one 1', 'W 1 1 1').replace('Fe 0 0 0', 'W 0 0 0');
    await seen.page.setInputFiles('#files', { name: 'w.xyz', mimeType: 'text/plain', buffer: Buffer.from(tungsten) });
    await seen.page.waitForSelector('#back:not([hidden])');
    expect(await seen.text('#message')).toBe('the structure contains W, but Fe-Ackland-2004 knows only Fe');
    expect([await seen.text('#title'), await seen.page.isDisabled('#run')]).toEqual(['nothing is open', true]);
    await seen.page.click('#back');
    expect([await seen.text('#title'), await seen.page.isDisabled('#run')]).toEqual([title, false]);
    await seen.page.setInputFiles('#files', { name: 'w.xyz', mimeType: 'text/plain', buffer: Buffer.from(tungsten) });
    await seen.page.waitForSelector('#back:not([hidden])');
    await seen.page.selectOption('#potential', 'W-Wood-2017');
    await seen.page.waitForFunction(() => document.getElementById('title')?.textContent === 'w.xyz · 2 atoms');
    await seen.page.click('#fe-vacancy-md');
    await seen.page.waitForFunction((words) => document.getElementById('title')?.textContent === words, title);
    await seen.page.fill('[name=timestep]', '60 fs');
    await seen.page.click('#run');
    await seen.phase('failed');
    // the step, the atom, and what is likely wrong
    const message = await seen.text('#message');
    expect(message).toMatch(/^step \d+: .*(time step is too long|out of all range)/);
    expect(message).toMatch(/\batom \d+ \(counted from 0\)|of atom \d+/);
    await seen.page.click('#back');
    await seen.phase('paused');
    expect(await seen.text('#state')).toMatch(/paused · step \d+/);
    expectSilence(seen.complaints);
    await seen.close();
  });
});

describe.skipIf(withoutBrowser)(`what goes wrong beneath the page${why}`, outside, () => {
  let stage: Stage;
  beforeAll(async () => {
    stage = await createStage();
  });
  afterAll(() => stage?.close());

  it('weighs at most 2.5 MB compressed, all its scripts together', () => {
    const names = readdirSync(stage.folder).filter((name) => /\.(js|css|html|svg)$/.test(name));
    expect(names).toEqual(expect.arrayContaining(['figures.js', 'index.html', 'main.js', 'style.css', 'worker.js']));
    const bytes = names.map((name) => gzipSync(readFileSync(join(stage.folder, name))).length);
    expect(bytes.reduce((sum, size) => sum + size, 0)).toBeLessThan(2.5e6);
  });

  it('refuses a huge file before it is read, and begins again when the worker falls', async () => {
    const seen = await visit(stage, `${stage.isolated.url}?threads=1`);
    await seen.phase('ready');
    const folder = scratch();
    const huge = join(folder, 'huge.xyz');
    writeFileSync(huge, '');
    truncateSync(huge, 300 * 2 ** 20);
    const heap = () =>
      seen.page.evaluate(
        () => (performance as unknown as { memory: { usedJSHeapSize: number } }).memory.usedJSHeapSize,
      );
    const before = await heap();
    await seen.page.setInputFiles('#files', huge);
    await seen.page.waitForSelector('#alert:not([hidden])');
    expect(await seen.text('#message')).toMatch(/^huge\.xyz: too large: at most 256 MiB/);
    expect((await heap()) - before).toBeLessThan(32 * 2 ** 20);
    rmSync(folder, { recursive: true });
    await seen.page.click('#dismiss');
    // a kept run, then the worker is gone
    await seen.page.click('#run');
    await seen.phase('done');
    await seen.page.waitForSelector('.kept');
    await seen.page.workers()[0].evaluate(() => {
      setTimeout(() => {
        throw new Error('memory access out of bounds');
      }, 0);
    });
    await seen.phase('empty');
    expect(await seen.text('#message')).toMatch(/^the engine stopped: .*memory access out of bounds; what was kept/);
    await seen.page.click('#back');
    await seen.phase('ready');
    await seen.page.click('.kept');
    await seen.phase('done');
    expect(Number(await seen.result('formation energy'))).toBeCloseTo(1.722, 3);
    await seen.close();
  });
});

describe.skipIf(withoutBrowser || !drawing)(`pictures for docs/browser.md${why} (FRENKEL_SHOTS=1)`, outside, () => {
  let stage: Stage;
  beforeAll(async () => {
    stage = await createStage();
  });
  afterAll(() => stage?.close());

  /** `until`: a phase, or a step. */
  const picture = async (
    id: string,
    name: string,
    options: Parameters<typeof visit>[2],
    until: string | number,
    wait = 0,
  ) => {
    const seen = await visit(stage, stage.isolated.url, options);
    await seen.phase('ready');
    await seen.page.click(`#${id}`);
    await seen.page.waitForFunction(
      (pressed) =>
        document.getElementById(pressed)?.getAttribute('aria-pressed') === 'true' &&
        /atoms/.test(document.getElementById('title')?.textContent ?? ''),
      id,
    );
    await seen.page.click('#run');
    if (typeof until === 'string') await seen.phase(until);
    else
      await seen.page.waitForFunction(
        (least) => Number(/step (\d+)/.exec(document.getElementById('state')?.textContent ?? '')?.[1]) >= least,
        until,
        { timeout: 110_000 },
      );
    await seen.page.waitForTimeout(400 + wait);
    if (options?.width === 390) await seen.page.evaluate(() => scrollTo(0, 0));
    await seen.shot(name);
    await seen.close();
  };

  it('dumbbell, dark', () => picture('w-dumbbell', 'dumbbell.png', {}, 'done'));
  it('vacancy at 600 K, light', () => picture('fe-vacancy-md', 'vacancy-600K.png', { dark: false }, 'done'));
  it('melting', () => picture('fe-melting', 'melting.png', {}, 17_000));
  it('screw dislocations, dark', () => picture('fe-screw', 'screw.png', {}, 'done'));
  it('phonons, light', () => picture('fe-phonons', 'phonons.png', { dark: false }, 'done', 2000));
  it('entropy of the vacancy', () => picture('fe-entropy', 'entropy.png', {}, 'done'));
  it('free energy', () => picture('fe-free-energy', 'free-energy.png', {}, 'done', 2000));
  it('on a phone', () => picture('fe-vacancy', 'phone.png', { width: 390, height: 844 }, 'done'));
});

describe('what repeats a run', () => {
  const run = { structure: { recipe: iron }, potential: { specs: ['Fe-Ackland-2004'], files: [] } };
  let node: { energy: string; digest: string };
  beforeAll(async () => {
    node = await inNode();
  });

  it('is a command line that has the same bits', async () => {
    const folder = scratch();
    const lines = asCommand({ ...run, task: 'relax', flags: { fmax: '1e-6 eV/A' } }).split('\n');
    expect(lines).toEqual([
      "npx frenkel build bcc --element Fe -a '2.8553 A' --repeat 5 --defect vacancy -o Fe-vacancy.xyz",
      "npx frenkel relax Fe-vacancy.xyz -p Fe-Ackland-2004 --fmax '1e-6 eV/A'",
    ]);
    for (const line of lines) {
      const command = line.replace(/^npx frenkel/, `'${process.execPath}' '${program}'`);
      execFileSync('sh', ['-c', command], { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] });
    }
    const report = JSON.parse(readFileSync(join(folder, 'runs/relax-Fe-vacancy/report.json'), 'utf8'));
    expect(String(report.result.energy)).toBe(node.energy);
    rmSync(folder, { recursive: true });
  });

  it('is a program that has the same bits', () => {
    const folder = scratch();
    mkdirSync(join(folder, 'node_modules'));
    symlinkSync(resolve('.'), join(folder, 'node_modules', 'frenkel'));
    const { options } = mdOptions(flags);
    writeFileSync(join(folder, 'md.mjs'), `${asScript({ ...run, task: 'md', flags }, { ...options })}${PRINT_DIGEST}`);
    const output = execFileSync(process.execPath, ['md.mjs'], { cwd: folder, encoding: 'utf8' });
    expect(output.trim().split('\n')[1]).toBe(node.digest);
    rmSync(folder, { recursive: true });
  });
});

const PRINT_DIGEST = `
import { createHash } from 'node:crypto';
const all = Float64Array.from([...system.x, ...state.velocities, state.energy]);
console.log(createHash('sha256').update(new Uint8Array(all.buffer)).digest('hex'));
`;

describe('frenkel serve', () => {
  it('answers this machine alone, with the headers of isolation, and nothing outside of its folder', async () => {
    const folder = scratch();
    mkdirSync(join(folder, 'web'));
    for (const name of ['index.html', 'main.js']) writeFileSync(join(folder, 'web', name), name);
    writeFileSync(join(folder, 'secret.txt'), 'secret');
    const { url, close } = await serve({ port: 0, folder: join(folder, 'web') });
    const page = await fetch(url);
    expect(await page.text()).toBe('index.html');
    expect(page.headers.get('cross-origin-opener-policy')).toBe('same-origin');
    expect(page.headers.get('cross-origin-embedder-policy')).toBe('require-corp');
    expect(page.headers.get('content-security-policy')).toContain("script-src 'self' 'wasm-unsafe-eval'; style-src");
    const status = async (path: string, init?: RequestInit) => (await fetch(`${url}${path}`, init)).status;
    for (const path of ['..%2fsecret.txt', '%2e%2e/secret.txt', 'nothing.js', '%ff', '%00.js'])
      expect([path, await status(path)]).toEqual([path, 404]);
    expect(await status('main.js', { method: 'POST' })).toBe(405);
    // what a site elsewhere whose name points to this machine would send
    expect(await statusFor(url, 'evil.example')).toBe(403);
    await expect(serve({ port: Number(new URL(url).port), folder })).rejects.toThrow(/--port: \d+ is taken/);
    await close();
    rmSync(folder, { recursive: true });
  });
});

const statusFor = (url: string, host: string) =>
  new Promise((done) => get(url, { headers: { host } }, (answer) => done(answer.resume().statusCode)));
