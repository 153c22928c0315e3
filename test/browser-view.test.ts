import {
  appendFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { build } from '../src/browser/inputs.ts';
import type { Atoms } from '../src/data/atoms.ts';
import { formatExtxyz } from '../src/io/extxyz-write.ts';
import { parseStructures } from '../src/io/structure.ts';
import { loadCheckpoint } from '../src/node/checkpoint.ts';
import { serve } from '../src/node/serve.ts';
import { viewFolder } from '../src/node/view.ts';
import type { MdCheckpoint } from '../src/tasks/dynamics.ts';
import { createStage, PATIENCE, type Stage, type Visit, visit, why, withoutBrowser } from './support/browser.ts';
import { frenkel, scratch, start } from './support/cli.ts';
import { expectSilence, outside } from './support/outside.ts';

const vacancy = () =>
  formatExtxyz(build({ kind: 'bcc', element: 'Fe', a: '2.87 A', repeat: 3, defect: 'vacancy' }).atoms);

/** A folder with a relaxation by the program. */
async function relaxed(): Promise<string> {
  const folder = scratch();
  writeFileSync(join(folder, 'vacancy.xyz'), vacancy());
  const { code } = await frenkel(folder, [
    'relax',
    'vacancy.xyz',
    '-p',
    'Fe-Ackland-2004',
    '--out',
    'run',
    '--dump',
    '5',
  ]);
  expect(code).toBe(0);
  return folder;
}

const warm = (folder: string): Atoms =>
  parseStructures(readFileSync(join(folder, 'warm.xyz'), 'utf8'), { file: 'warm.xyz' })[0];

const keyOf = (folder: string): string => JSON.parse(readFileSync(join(folder, 'md', 'run.json'), 'utf8')).key;

/** The address that the program prints. */
const addressFrom = ({ child, done }: ReturnType<typeof start>) =>
  new Promise<string>((found, failed) => {
    child.stdout?.on('data', (text) => {
      const address = /http:\S+/.exec(String(text))?.[0];
      if (address) found(address);
    });
    void done.then(({ stderr }) => failed(new Error(stderr)));
  });

/** Waits until the page has read all that was there, and shows its frames. */
async function looked(seen: Visit): Promise<void> {
  await seen.page.waitForSelector('body[data-viewed]');
  await seen.page.waitForFunction(() => Number(document.getElementById('scrubber')?.getAttribute('max')) > 0);
}

describe('a folder that is viewed', () => {
  it('is answered by the names that it has, and by nothing else', async () => {
    const folder = scratch();
    const [run, page] = ['run', 'page'].map((name) => join(folder, name));
    mkdirSync(join(run, 'inner'), { recursive: true });
    mkdirSync(page);
    writeFileSync(join(page, 'index.html'), 'page');
    writeFileSync(join(folder, 'secret.json'), 'secret');
    writeFileSync(join(run, 'inner', 'deep.json'), 'deep');
    writeFileSync(join(run, 'report.json'), '{"result":1}');
    writeFileSync(join(run, 'checkpoint-0.bin'), 'state');
    writeFileSync(join(run, '.hidden.json'), 'hidden');
    symlinkSync(join(folder, 'secret.json'), join(run, 'link.json'));
    symlinkSync(folder, join(run, 'report'));
    const { url, close } = await serve({ port: 0, folder: page, view: viewFolder(run) });
    const overview = await (await fetch(`${url}data/run.json`)).json();
    expect(overview).toMatchObject({ name: 'run', run: null, campaign: null });
    expect(overview.files.map(({ name }: { name: string }) => name)).toEqual(['report.json']);
    const good = await fetch(`${url}data/files/report.json`);
    expect([good.status, await good.text()]).toEqual([200, '{"result":1}']);
    expect(good.headers.get('content-security-policy')).toMatch(/^default-src 'none'.*sandbox$/);
    const status = async (path: string, init?: RequestInit) => (await fetch(`${url}data/${path}`, init)).status;
    for (const path of [
      ...['files/..%2fsecret.json', 'files/%2e%2e/secret.json', 'files/..%5csecret.json', '..%2fsecret.json'],
      ...['files/link.json', 'files/report/secret.json', 'files/inner/deep.json', 'files/.hidden.json', 'files/'],
      ...['files/checkpoint-0.bin', `files/${encodeURIComponent(join(folder, 'secret.json'))}`, 'files/%00', ''],
    ])
      expect([path, await status(path)]).toEqual([path, 404]);
    for (const method of ['POST', 'PUT', 'DELETE']) expect(await status('files/report.json', { method })).toBe(405);
    await close();
    // without --view there is nothing there
    const plain = await serve({ port: 0, folder: page });
    expect((await fetch(`${plain.url}data/run.json`)).status).toBe(404);
    await plain.close();
    rmSync(folder, { recursive: true });
  });

  it('is refused where it is none, in a sentence', async () => {
    const folder = scratch();
    writeFileSync(join(folder, 'a.xyz'), vacancy());
    for (const [name, message] of [
      ['nowhere', 'there is no such folder'],
      ['a.xyz', 'is a file'],
    ]) {
      const { code, stderr } = await frenkel(folder, ['view', name, '--port', '0']);
      expect(code).toBe(2);
      expect(stderr).toContain(message);
    }
    rmSync(folder, { recursive: true });
  });
});

describe.skipIf(withoutBrowser)(`frenkel view${why}`, outside, () => {
  let stage: Stage;
  let folder: string;
  beforeAll(async () => {
    [stage, folder] = await Promise.all([createStage(), relaxed()]);
  });
  afterAll(async () => {
    await stage?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  it('shows a run: trajectory, table, report, figures; the address comes from the program', async () => {
    const program = start(folder, ['view', 'run', '--port', '0']);
    const { child, done } = program;
    const url = await addressFrom(program);
    const seen = await visit(stage, url);
    await seen.page.waitForFunction(() => /53 atoms/.test(document.getElementById('title')?.textContent ?? ''));
    await looked(seen);
    expect(await seen.page.locator('#figures img').count()).toBe(2);
    expect(await seen.text('#viewed-state')).toBe('relax, finished');
    const report = JSON.parse(readFileSync(join(folder, 'run/report.json'), 'utf8'));
    expect(await seen.result('energy')).toBe(String(report.result.energy));
    expect(Number(await seen.page.getAttribute('#scrubber', 'max'))).toBeGreaterThan(0);
    expect(await seen.page.locator('.plot').count()).toBe(2);
    // what is seen is the file of the run
    const svg = readFileSync(join(folder, 'run/relaxation-fmax.svg'), 'utf8');
    const address = await seen.page.locator('#figures img').nth(1).getAttribute('src');
    expect(await (await fetch(new URL(address ?? '', url))).text()).toBe(svg);
    await seen.page.waitForTimeout(300);
    await seen.shot('view-run.png');
    expectSilence(seen.complaints);
    await seen.close();
    child.kill('SIGINT');
    expect((await done).code).toBe(0);
  });

  it('shows a run that writes no trajectory where its checkpoint stands, and follows it', async () => {
    writeFileSync(join(folder, 'warm.xyz'), vacancy());
    const md = ['md', 'warm.xyz', '-p', 'Fe-Ackland-2004', '--steps', '100000000', '--dump', '0', '--out', 'md'];
    const running = start(folder, [...md, '--checkpoint', '1', '--threads', '1']);
    const begun = [running];
    const stepOf = async (text: Promise<string>) => Number(/^step (\d+)$/.exec(await text)?.[1]);
    try {
      await vi.waitFor(() => expect(existsSync(join(folder, 'md', 'checkpoint-1.bin'))).toBe(true), PATIENCE);
      const program = start(folder, ['view', 'md', '--port', '0']);
      begun.push(program);
      const url = await addressFrom(program);
      const seen = await visit(stage, url);
      const beyond = (step: number) =>
        seen.page.waitForFunction(
          (least) => Number(/^step (\d+)$/.exec(document.getElementById('frame')?.textContent ?? '')?.[1]) > least,
          step,
        );
      await beyond(0);
      const first = await stepOf(seen.text('#frame'));
      await beyond(first);
      running.child.kill('SIGTERM');
      await running.done;
      // what the run would go on from
      const last = await (await fetch(new URL('data/files/checkpoint.xyz', url))).text();
      const step = Number(/ step=(\d+)/.exec(last.slice(last.lastIndexOf('Lattice')))?.[1]);
      await beyond(step - 1);
      const [begin, now] = parseStructures(last, { file: 'checkpoint.xyz' });
      expect(formatExtxyz({ ...begin, info: {} })).toBe(formatExtxyz({ ...warm(folder), info: {} }));
      const { state } = loadCheckpoint(join(folder, 'md'), keyOf(folder));
      expect([...now.positions]).toEqual([...(state as { state: MdCheckpoint }).state.x]);
      await seen.page.selectOption('#color', 'displacement');
      expect(Number(/(\d\.\d\d) Å$/.exec(await seen.text('#legend'))?.[1])).toBeGreaterThan(0.05);
      expectSilence(seen.complaints);
      await seen.close();
    } finally {
      for (const { child, done } of begun) {
        child.kill('SIGINT');
        await done;
      }
    }
  });

  it('reads again what still changes, also a frame that is half-written', async () => {
    const run = join(folder, 'growing');
    cpSync(join(folder, 'run'), run, { recursive: true });
    const record = JSON.parse(readFileSync(join(run, 'run.json'), 'utf8'));
    writeFileSync(join(run, 'run.json'), JSON.stringify({ ...record, finished: false }));
    for (const name of ['report.json', 'final.xyz', 'relaxation-fmax.svg']) rmSync(join(run, name));
    const served = await serve({ port: 0, folder: stage.folder, view: viewFolder(run) });
    const seen = await visit(stage, `${served.url}?view`);
    await seen.page.waitForFunction(() => /53 atoms/.test(document.getElementById('title')?.textContent ?? ''));
    await looked(seen);
    expect(await seen.text('#viewed-state')).toBe('relax, not finished');
    const before = Number(await seen.page.getAttribute('#scrubber', 'max'));
    const frame = vacancy();
    appendFileSync(join(run, 'trajectory.xyz'), `${frame}${frame.slice(0, frame.length / 2)}`);
    await seen.page.waitForFunction(
      (frames) => Number(document.getElementById('scrubber')?.getAttribute('max')) === frames,
      before + 1,
    );
    writeFileSync(join(run, 'run.json'), JSON.stringify({ ...record, finished: true }));
    await seen.page.waitForFunction(() => document.getElementById('viewed-state')?.textContent === 'relax, finished');
    expectSilence(seen.complaints);
    await seen.close();
    await served.close();
  });

  it("shows a campaign's progress while it runs", async () => {
    const { stdout } = await frenkel(folder, ['campaign', 'example', 'count']);
    writeFileSync(join(folder, 'count.yaml'), stdout);
    expect((await frenkel(folder, ['campaign', 'plan', 'count.yaml'])).code).toBe(0);
    const program = start(folder, ['view', 'runs/count', '--port', '0']);
    const { child, done } = program;
    const url = await addressFrom(program);
    const seen = await visit(stage, url);
    await seen.page.waitForFunction(() =>
      /^0 of \d+ planned/.test(document.getElementById('viewed-state')?.textContent ?? ''),
    );
    expect((await frenkel(folder, ['campaign', 'run', 'count.yaml', '--workers', '2'])).code).toBe(0);
    await seen.page.waitForFunction(() => {
      const bar = document.getElementById('viewed-progress') as HTMLProgressElement;
      return bar.value === bar.max;
    });
    expectSilence(seen.complaints);
    await seen.close();
    child.kill('SIGINT');
    expect((await done).code).toBe(0);
  });
});
