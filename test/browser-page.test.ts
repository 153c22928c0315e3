import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { createStage, PATIENCE, type Stage, type Visit, visit, why, withoutBrowser } from './support/browser.ts';
import { expectSilence, outside } from './support/outside.ts';

const linked = (task: string, flags: Record<string, string>, crystal: Record<string, string> = {}) => {
  const iron = { kind: 'bcc', element: 'Fe', a: '2.8553 A', repeat: '2', ...crystal };
  const fragment = new URLSearchParams({ ...iron, potential: 'Fe-Ackland-2004', task });
  for (const [name, text] of Object.entries(flags)) fragment.append(`--${name}`, text);
  return `?threads=1#${fragment}`;
};
const vacancy = { defect: 'vacancy' };

/** ms in which the words below the view have followed it (web/trajectory.ts), and some. */
const SAY_MS = 800;

const shows = (seen: Visit, words: string) =>
  seen.page.waitForFunction((text) => document.getElementById('frame')?.textContent === text, words);

/** Every text that #state has from now on. */
const listen = (seen: Visit) =>
  seen.page.evaluate(() => {
    const state = document.getElementById('state') as HTMLElement;
    const said: string[] = [];
    Object.assign(window, { said });
    new MutationObserver(() => said.push(state.textContent ?? '')).observe(state, { childList: true });
  });
const heard = (seen: Visit) => seen.page.evaluate(() => (window as unknown as { said: string[] }).said);

describe.skipIf(withoutBrowser)(`what the page says and where${why}`, outside, () => {
  let stage: Stage;
  beforeAll(async () => {
    stage = await createStage();
  });
  afterAll(() => stage?.close());

  for (const [width, height] of [
    [1280, 820],
    [820, 700],
    [390, 844],
    [360, 740],
  ])
    it(`has form, Run and atoms in sight at once, ${width} × ${height}`, async () => {
      const seen = await visit(stage, stage.isolated.url, { width, height });
      await seen.phase('ready');
      const boxes = await seen.page.evaluate(() =>
        ['#tab-relax', '#options [name=fmax]', '#options [name=steps]', '#run', '#canvas'].map((name) => {
          const { left, top, right, bottom } = (document.querySelector(name) as Element).getBoundingClientRect();
          const over = document.elementFromPoint((left + right) / 2, (top + bottom) / 2);
          return { name, left, top, right, bottom, seen: over?.matches(name) ?? false };
        }),
      );
      for (const { name, left, top, right, bottom, seen } of boxes) {
        expect(left >= 0 && top >= 0 && right <= width && bottom <= height && seen, name).toBe(true);
      }
      expect(await seen.page.evaluate(() => document.documentElement.scrollWidth)).toBe(width);
      await seen.close();
    });

  it('says why what is greyed cannot be used', async () => {
    const seen = await visit(stage, `${stage.isolated.url}${linked('relax', {}, vacancy)}`);
    const reasons = async () => {
      const all = await seen.page.evaluate(() =>
        [...document.querySelectorAll<HTMLButtonElement>(':is(button, select, input):disabled')].map((control) => [
          control.id,
          control.title,
          control.getAttribute('aria-description') ?? '',
        ]),
      );
      for (const [id, title, description] of all) expect([id, title]).toEqual([id, description || 'a reason']);
      return new Map(all.map(([id, title]) => [id, title]));
    };
    await seen.phase('ready');
    const ready = await reasons();
    expect([...ready.keys()].sort()).toEqual(['compare', 'pause', 'script', 'step', 'stop', 'tab-phonons']);
    expect(ready.get('script')).toMatch(/run it first/);
    await seen.page.click('#tab-neb');
    expect((await reasons()).get('run')).toMatch(/other end/);
    await seen.page.click('#tab-relax');
    await seen.page.click('#run');
    await seen.phase('done');
    await seen.page.waitForSelector('[data-status=done] .kept');
    const done = await reasons();
    expect([...done.keys()].sort()).toEqual(['compare', 'pause', 'step', 'stop', 'tab-phonons']);
    // what can be used gives no reason
    expect(await seen.page.getAttribute('#script', 'title')).toBe('');
    await seen.close();
  });

  it('tells stages of phonons and no steps, and has no slider for one picture', async () => {
    const seen = await visit(stage, `${stage.isolated.url}${linked('phonons', { supercell: '3', mesh: '6' })}`);
    await seen.phase('ready');
    await listen(seen);
    await seen.page.click('#run');
    await seen.phase('done');
    await seen.page.waitForSelector('[data-status=done] .kept');
    expect(await seen.text('#state')).toBe('done');
    const said = await heard(seen);
    expect(
      said.some((text) => /^running · .*\d+ of \d+ (displacements|wave vectors)$/.test(text)),
      said.join('\n'),
    ).toBe(true);
    expect(said.filter((text) => /step/.test(text))).toEqual([]);
    expect([await seen.text('.kept small'), await seen.text('#saved')]).toEqual(['done', 'kept']);
    const alone = async () => {
      // words and slider follow a little later
      await shows(seen, 'as opened');
      await seen.page.waitForTimeout(SAY_MS);
      expect([await seen.text('#state'), await seen.text('#frame')]).toEqual(['done', 'as opened']);
      for (const id of ['#scrubber', '#play']) expect([id, await seen.page.isVisible(id)]).toEqual([id, false]);
    };
    await alone();
    // opened again it is the same
    await seen.page.reload();
    await seen.phase('ready');
    await seen.page.click('.kept');
    await seen.phase('done');
    await alone();
    expectSilence(seen.complaints);
    await seen.close();
  });

  it('shows the crystal of an entropy as it was opened and as it was relaxed', async () => {
    const seen = await visit(stage, `${stage.isolated.url}${linked('entropy', { relax: '' }, vacancy)}`);
    await seen.phase('ready');
    await seen.page.click('#run');
    await seen.phase('done');
    await shows(seen, 'relaxed');
    await seen.page.selectOption('#color', 'displacement');
    const farthest = async () => Number(/(\d\.\d\d) Å/.exec(await seen.text('#legend'))?.[1]);
    expect(await farthest()).toBeGreaterThan(0.01);
    await seen.page.waitForSelector('#scrubber', { state: 'visible' });
    await seen.page.focus('#scrubber');
    await seen.page.keyboard.press('Home');
    await shows(seen, 'as opened');
    expect(await seen.page.getAttribute('#scrubber', 'max')).toBe('1');
    expectSilence(seen.complaints);
    await seen.close();
  });

  it('keeps what is under the mouse and in the focus: fields, the list of runs', async () => {
    const seen = await visit(stage, `${stage.isolated.url}${linked('relax', {}, vacancy)}`);
    // how many replies of each kind came from the worker
    await seen.page.addInitScript(`
      window.replies = {};
      const Plain = Worker;
      Worker = function (...given) {
        const made = new Plain(...given);
        made.addEventListener('message', ({ data }) => (replies[data.type] = (replies[data.type] ?? 0) + 1));
        return made;
      };`);
    await seen.page.reload();
    await seen.phase('ready');
    await seen.page.fill('[name=fmax]', '1e-3 eV/A');
    await seen.page.keyboard.press('Tab');
    expect(await seen.page.evaluate(() => document.activeElement?.getAttribute('name'))).toBe('method');
    await seen.page.click('#run');
    await seen.phase('done');
    await seen.page.waitForSelector('[data-status=done] .kept');
    const replies = (type: string) =>
      seen.page.evaluate((name) => (window as unknown as { replies: Record<string, number> }).replies[name] ?? 0, type);
    const another = async (type: string, act: () => Promise<void>) => {
      const before = await replies(type);
      await act();
      await vi.waitFor(async () => expect(await replies(type)).toBeGreaterThan(before), PATIENCE);
    };
    const kept = await seen.page.waitForSelector('.kept');
    await kept.hover();
    // the button is pressed, which brings the window to the front, and the list is asked for
    await seen.page.mouse.down();
    await another('projects', () => seen.page.evaluate(() => void dispatchEvent(new Event('focus'))));
    expect(await kept.evaluate((node) => node.isConnected)).toBe(true);
    await another('reopened', () => seen.page.mouse.up());
    await seen.phase('done');
    // a new name and another run leave it where it is
    await seen.page.fill('.project .row input', 'Small');
    await seen.page.keyboard.press('Tab');
    await seen.page.waitForSelector('summary:has-text("Small")');
    await seen.page.click('#run');
    await seen.page.waitForFunction(() => document.querySelectorAll('[data-status=done] .kept').length === 2);
    const same = await kept.evaluate((node) => node === document.querySelectorAll('.kept')[1]);
    expect(same).toBe(true);
    expectSilence(seen.complaints);
    await seen.close();
  });
});
