import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { build } from '../src/browser/inputs.ts';
import { mdOptions } from '../src/browser/options.ts';
import { createSystem } from '../src/engine/system.ts';
import { loadEmbedded } from '../src/io/embedded.ts';
import { createEngine } from '../src/node/threads.ts';
import { startMd, stepMd } from '../src/tasks/dynamics.ts';
import { massesOf } from '../src/tasks/masses.ts';
import { createStage, type Stage, type Visit, visit, why, withoutBrowser } from './support/browser.ts';
import { untilMet } from './support/met.ts';
import { expectSilence, outside } from './support/outside.ts';

const iron = { kind: 'bcc', element: 'Fe', a: '2.8553 A', repeat: 5, defect: 'vacancy' };
const linked = (flags: Record<string, string>, task = 'md') => {
  const fragment = new URLSearchParams({ ...iron, repeat: '5', potential: 'Fe-Ackland-2004', task });
  for (const [name, text] of Object.entries(flags)) fragment.append(`--${name}`, text);
  return `#${fragment}`;
};

/** The SHA-256 of positions, velocities and energy of a run in Node that nobody interrupted. */
async function digestInNode(flags: Record<string, string>): Promise<string> {
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

/** Some seconds on an idle machine: the tab closes within the first. */
const STEPS = 30_000;

const stepOf = async (seen: Visit) => Number(/step (\d+)/.exec(await seen.text('#state'))?.[1]);
const keptStep = async (seen: Visit) => Number(/step (\d+)/.exec(await seen.text('#saved'))?.[1] ?? 0);

/** Waits until something was kept beyond `step`. */
const kept = (seen: Visit, step = 0) =>
  seen.page.waitForFunction(
    (least) => Number(/step (\d+)/.exec(document.getElementById('saved')?.textContent ?? '')?.[1] ?? 0) > least,
    step,
  );

/** Waits until no other tab holds the first run of the list: one that is closed lets go of it a moment later. */
const untilFree = (seen: Visit) =>
  seen.page.waitForFunction(
    () => {
      const kept = document.querySelector<HTMLButtonElement>('.kept');
      if (kept?.disabled) dispatchEvent(new Event('focus'));
      return kept && !kept.disabled;
    },
    undefined,
    { polling: 100 },
  );

describe.skipIf(withoutBrowser)(`runs that outlive the tab${why}`, outside, () => {
  let stage: Stage;
  beforeAll(async () => {
    stage = await createStage();
  });
  afterAll(() => stage?.close());

  it('go on after the tab was closed, with the bits of a run in Node that was never interrupted', async () => {
    const flags = { ensemble: 'nhc', temperature: '700 K', steps: String(STEPS), timestep: '1 fs' };
    const [first, second, at] = await untilMet(async () => {
      const first = await visit(stage, `${stage.isolated.url}?threads=1${linked(flags)}`);
      await first.phase('ready');
      await first.page.click('#run');
      await kept(first);
      await kept(first, await keptStep(first));
      const at = await keptStep(first);
      await first.leave();
      const second = await first.again(stage.isolated.url);
      await second.phase('ready');
      await untilFree(second);
      if ((await second.text('.kept small')).startsWith('done')) return void (await second.close());
      return [first, second, at] as const;
    });
    expect(await second.text('.kept small')).toMatch(/^not finished, step \d+$/);
    await second.page.click('.kept');
    await second.phase('paused');
    // what is lost is what came after the last autosave
    expect(await stepOf(second)).toBeGreaterThanOrEqual(at);
    expect(await stepOf(second)).toBeLessThan(STEPS);
    // the slider has the run from its beginning on, and not its first and last state alone
    const last = `step ${await stepOf(second)}`;
    // words and slider follow a little later
    const shows = (words: string) =>
      second.page.waitForFunction((text) => document.getElementById('frame')?.textContent === text, words);
    await shows(last);
    const frames = Number(await second.page.getAttribute('#scrubber', 'max'));
    expect(frames).toBeGreaterThan(1);
    await second.page.focus('#scrubber');
    await second.page.keyboard.press('Home');
    await shows('step 0');
    await second.page.keyboard.press('ArrowRight');
    await second.page.waitForFunction(
      () => Number(/step (\d+)/.exec(document.getElementById('frame')?.textContent ?? '')?.[1]) > 0,
    );
    await second.page.keyboard.press('End');
    await shows(last);
    // while this tab has it, no other may
    const third = await first.again(stage.isolated.url);
    await third.phase('ready');
    expect(await third.page.isDisabled('.kept')).toBe(true);
    await third.leave();
    await second.page.click('#pause');
    await second.phase('done');
    expect(await second.text('#digest code')).toBe(await digestInNode(flags));
    // the table is that of one run
    expect(await second.result('steps')).toBe(String(STEPS));
    expect([...first.complaints, ...second.complaints, ...third.complaints]).toEqual([]);
    await second.close();
  });

  it('are compared, renamed, opened again when done, and deleted', async () => {
    const seen = await visit(stage, `${stage.isolated.url}?threads=1${linked({ fmax: '1e-2 eV/A' }, 'relax')}`);
    await seen.phase('ready');
    const run = async () => {
      await seen.page.click('#run');
      await seen.phase('done');
      return { energy: await seen.result('energy'), digest: await seen.text('#digest code') };
    };
    const coarse = await run();
    await seen.page.fill('[name=fmax]', '1e-5 eV/A');
    const fine = await run();
    await seen.page.waitForFunction(() => document.querySelectorAll('[data-status=done] [type=checkbox]').length === 2);
    for (const box of [0, 1]) await seen.page.locator('[type=checkbox]').nth(box).check();
    await seen.page.click('#compare');
    const cells = await seen.page.locator('.compared tr:has(th:text-is("energy")) td').allTextContents();
    expect(cells.slice(0, 2)).toEqual([coarse.energy, fine.energy]);
    expect(Number(cells[2])).toBeCloseTo(Number(fine.energy) - Number(coarse.energy), 6);
    await seen.shot('compare.png');
    await seen.page.keyboard.press('Escape');
    await seen.page.fill('.project .row input', 'Vacancy, two thresholds');
    await seen.page.keyboard.press('Tab');
    await seen.page.waitForSelector('summary:has-text("Vacancy, two thresholds")');
    // the first run is the last of the list
    await seen.page.locator('.kept').nth(1).click();
    await seen.page.waitForFunction(
      (digest) => document.querySelector('#digest code')?.textContent === digest,
      coarse.digest,
    );
    expect(await seen.result('energy')).toBe(coarse.energy);
    expect(await seen.page.inputValue('[name=fmax]')).toBe('1e-2 eV/A');
    await seen.page.locator('[aria-label^="delete relax"]').first().click();
    await seen.page.waitForFunction(() => document.querySelectorAll('.kept').length === 1);
    await seen.page.click('.project .row button');
    await seen.page.waitForFunction(() => document.querySelectorAll('.kept').length === 0);
    expectSilence(seen.complaints);
    await seen.close();
  });

  it('are not there where the browser has no files for the page, which says so; the run goes on', async () => {
    const seen = await visit(stage, `${stage.isolated.url}?threads=1${linked({}, 'relax')}`, { withoutFiles: true });
    await seen.phase('ready');
    expect(await seen.text('#missing')).toMatch(/^Runs end with the tab: this browser gives the page no files/);
    await seen.page.click('#run');
    await seen.phase('done');
    expectSilence(seen.complaints);
    await seen.close();
  });
});
