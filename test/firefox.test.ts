/** The page of `frenkel serve` in Firefox, used with a mouse: its numbers, its threads, its own files, its pictures. */
import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { strFromU8, unzipSync } from 'fflate';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { buildWeb } from '../scripts/web.mjs';
import { build } from '../src/browser/inputs.ts';
import { mdOptions } from '../src/browser/options.ts';
import { createSystem } from '../src/engine/system.ts';
import { loadEmbedded } from '../src/io/embedded.ts';
import { formatExtxyz } from '../src/io/extxyz-write.ts';
import { type Served, serve } from '../src/node/serve.ts';
import { createEngine } from '../src/node/threads.ts';
import { startMd, stepMd } from '../src/tasks/dynamics.ts';
import { massesOf } from '../src/tasks/masses.ts';
import { PATIENCE } from './support/browser.ts';
import { type Firefox, launchFirefox, whyNoFirefox, withoutFirefox } from './support/firefox.ts';
import { untilMet } from './support/met.ts';
import { expectSilence, outside } from './support/outside.ts';

const iron = { kind: 'bcc', element: 'Fe', a: '2.8553 A', repeat: 4, defect: 'vacancy' };
const flags = { ensemble: 'langevin', temperature: '600 K', steps: '2000', timestep: '2 fs' };
const fragment = new URLSearchParams({ ...iron, repeat: '4', potential: 'Fe-Ackland-2004', task: 'md' });
for (const [name, text] of Object.entries(flags)) fragment.append(`--${name}`, text);

/** The SHA-256 that the page shows, of the run in Node. */
async function digestInNode(): Promise<string> {
  const engine = await createEngine({ threads: 1 });
  const { atoms } = build(iron);
  const potential = loadEmbedded('Fe-Ackland-2004');
  const system = createSystem(engine, atoms, potential);
  const { options } = mdOptions(flags);
  const state = startMd(system, massesOf(atoms, potential).values, options);
  while (state.step < options.steps) stepMd(system, state, options);
  const all = Float64Array.from([...system.x, ...state.velocities, state.energy]);
  engine.close();
  return createHash('sha256').update(new Uint8Array(all.buffer)).digest('hex');
}

describe.skipIf(withoutFirefox)(`the page${whyNoFirefox}`, outside, () => {
  let folder: string;
  let isolated: Served;
  let bare: Served;
  let firefox: Firefox;
  let digest: string;
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'frenkel-web-'));
    await buildWeb(folder);
    [isolated, bare] = await Promise.all([serve({ port: 0, folder }), serve({ port: 0, folder, bare: true })]);
    [firefox, digest] = await Promise.all([launchFirefox(), digestInNode()]);
  });
  afterAll(async () => {
    await firefox?.close();
    await Promise.all([isolated?.close(), bare?.close()]);
    rmSync(folder, { recursive: true, force: true });
  });

  // a try that failed leaves its words behind
  beforeEach(() => firefox.complaints(''));
  const phase = (name: string) => firefox.until(`document.body.dataset.phase === '${name}'`);
  const open = async (url: string) => {
    await firefox.goto('about:blank');
    await firefox.goto(url);
    await phase('ready');
  };
  /** What it says about the page, but that this machine has no graphics card. */
  const complaints = async ({ url }: Served) =>
    (await firefox.complaints(new URL(url).host)).filter((text) => !/WebGL/.test(text));
  const done = async () => {
    await phase('done');
    return firefox.text('#digest code');
  };

  it('has the bits of Node, with threads, and draws', async () => {
    await firefox.allowServiceWorkers(false);
    await open(`${isolated.url}?threads=2&keep=no#${fragment}`);
    expect(await firefox.text('#engine')).toBe('2 threads');
    await firefox.click('#run');
    expect(await done()).toBe(digest);
    // what is in the view: atoms of more than one colour, whoever drew them
    const colors = await firefox.evaluate<number>(`
      const copy = Object.assign(document.createElement('canvas'), { width: 64, height: 64 });
      const paint = copy.getContext('2d');
      paint.drawImage(document.getElementById('canvas'), 0, 0, 64, 64);
      return new Set(new Uint32Array(paint.getImageData(0, 0, 64, 64).data.buffer)).size;`);
    expect(colors).toBeGreaterThan(100);
    expectSilence(await complaints(isolated));
  });

  it('has them without the headers, on one thread, and says so', async () => {
    await open(`${bare.url}?keep=no#${fragment}`);
    expect(await firefox.text('#notice')).toMatch(/One thread: .*not cross-origin isolated/);
    await firefox.click('#run');
    expect(await done()).toBe(digest);
    expectSilence(await complaints(bare));
  });

  it('gets threads from its service worker where the host sends no headers', async () => {
    await firefox.allowServiceWorkers(true);
    try {
      await firefox.goto('about:blank');
      await firefox.goto(`${bare.url}?threads=2&keep=no#${fragment}`);
      // it loads itself anew once the service worker is there
      await firefox.until("crossOriginIsolated && document.body.dataset.phase === 'ready'");
      expect(await firefox.text('#engine')).toBe('2 threads');
      await firefox.click('#run');
      expect(await done()).toBe(digest);
    } finally {
      await firefox.allowServiceWorkers(false);
    }
    // its loading itself anew cuts off a handler of visibilitychange
    expectSilence((await complaints(bare)).filter((text) => !text.startsWith('Script terminated by timeout')));
  });

  it('pauses, steps, keeps the run in its files and goes on after it was closed, with the same bits', async () => {
    await open(`${isolated.url}?threads=1#${fragment}`);
    await untilMet(async () => {
      // the run is short: paused as soon as it is there, if it is not done by then
      await firefox.evaluate(`
        const { body } = document;
        delete body.dataset.seen;
        new MutationObserver((_, self) => {
          const { phase } = body.dataset;
          if (phase === 'running' && !body.dataset.seen) {
            body.dataset.seen = 'begun';
            document.getElementById('pause').click();
          } else if (body.dataset.seen === 'begun' && (phase === 'paused' || phase === 'done')) {
            self.disconnect();
            body.dataset.seen = phase;
          }
        }).observe(body, { attributes: true });`);
      await firefox.click('#run');
      await firefox.until("['paused', 'done'].includes(document.body.dataset.seen)");
      return (await firefox.evaluate<string>('return document.body.dataset.seen')) === 'paused' || undefined;
    });
    const step = async () => Number(/step (\d+)/.exec(await firefox.text('#state'))?.[1]);
    const at = await step();
    await firefox.click('#step');
    await firefox.until(`document.getElementById('state').textContent.includes('step ${at + 1}')`);
    await firefox.until("/step \\d+/.test(document.getElementById('saved').textContent)");

    await open(`${isolated.url}?threads=2`);
    // the page before lets go of it a moment later: this one looks again
    await firefox.until("(dispatchEvent(new Event('focus')), document.querySelector('.kept:not([disabled])'))");
    await firefox.click('.kept');
    await phase('paused');
    await firefox.click('#pause');
    expect(await done()).toBe(digest);
    expectSilence(await complaints(isolated));
  });

  it('takes files, one after the other, and gives everything back as a zip', async () => {
    await open(`${isolated.url}?keep=no`);
    const structure = formatExtxyz(build({ ...iron, repeat: 3 }).atoms);
    writeFileSync(join(folder, 'small.xyz'), structure);
    await firefox.choose('#files', [join(folder, 'small.xyz')]);
    await firefox.until("/53 atoms/.test(document.getElementById('title').textContent)");
    await firefox.choose('#files', [resolve('potentials/Fe_Ackland_2004.eam.fs')]);
    await firefox.until("document.getElementById('potential').selectedOptions[0].text === 'Fe_Ackland_2004.eam.fs'");
    await phase('ready');
    await firefox.click('#run');
    await done();
    await firefox.click('#zip');
    // until it is there, and whole
    const files = await vi.waitFor(() => {
      const name = readdirSync(firefox.downloads).find((each) => each.endsWith('.zip'));
      return unzipSync(readFileSync(join(firefox.downloads, name ?? 'none')));
    }, PATIENCE);
    expect(strFromU8(files['start.xyz'])).toBe(structure);
    expectSilence(await complaints(isolated));
  });

  it('draws the figures of phonons', async () => {
    await open(`${isolated.url}?keep=no`);
    await firefox.click('#fe-phonons');
    await firefox.until("/16 atoms/.test(document.getElementById('title').textContent)");
    await firefox.click('#run');
    await done();
    await firefox.until("document.querySelectorAll('#figures img, #figures svg').length > 0");
    if (process.env.FRENKEL_LOOK) writeFileSync(process.env.FRENKEL_LOOK, await firefox.picture());
    expectSilence(await complaints(isolated));
  });
});
