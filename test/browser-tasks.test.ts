import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { strFromU8, unzipSync } from 'fflate';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { build } from '../src/browser/inputs.ts';
import type { Atoms } from '../src/data/atoms.ts';
import { formatExtxyz } from '../src/io/extxyz-write.ts';
import { createStage, type Stage, type Visit, visit, why, withoutBrowser } from './support/browser.ts';
import { frenkel, program, scratch } from './support/cli.ts';
import { expectSilence, outside } from './support/outside.ts';

/** What the page gives back, by name. */
async function downloaded(seen: Visit): Promise<Map<string, string>> {
  const [download] = await Promise.all([seen.page.waitForEvent('download'), seen.page.click('#zip')]);
  const files = unzipSync(readFileSync(await download.path()));
  return new Map(Object.entries(files).map(([name, bytes]) => [name, strFromU8(bytes)]));
}

/** Runs what "Copy as command" says with the bundled program; gives the folder of its results. */
function repeated(folder: string, script: string, result: string): string {
  for (const line of script.trim().split('\n')) {
    const command = line.replace(/^npx frenkel/, `'${process.execPath}' '${program}'`);
    const { status, stderr } = spawnSync('sh', ['-c', command], { cwd: folder, encoding: 'utf8' });
    // so few samples pass no check of a free energy
    if (status !== 0 && status !== 4) throw new Error(stderr);
  }
  return join(folder, result);
}

/** Where two texts part, '' where they do not: whole files are too long to be shown. */
function difference(one = '', two = ''): string {
  if (one === two) return '';
  let at = 0;
  while (one[at] === two[at]) at++;
  return `${one.slice(Math.max(0, at - 60), at + 60)} | ${two.slice(Math.max(0, at - 60), at + 60)}`;
}

/** Runs an example to its end; `change` may set fields before. */
async function runExample(stage: Stage, id: string, change: Record<string, string>, view = {}): Promise<Visit> {
  const seen = await visit(stage, `${stage.isolated.url}?threads=2`, view);
  await seen.phase('ready');
  await seen.page.click(`#${id}`);
  await seen.page.waitForSelector(`#${id}[aria-pressed=true]`);
  await seen.page.waitForFunction(() => / atoms$/.test(document.getElementById('title')?.textContent ?? ''));
  for (const [name, text] of Object.entries(change)) {
    await seen.page.fill(`[name=${name}]`, text);
    await seen.page.press(`[name=${name}]`, 'Tab');
  }
  await seen.page.click('#run');
  await seen.phase('done');
  return seen;
}

/** The same crystal with its atoms in the other order. */
function backwards(atoms: Atoms): Atoms {
  const n = atoms.numbers.length;
  const from = (k: number) => 3 * (n - 1 - Math.floor(k / 3)) + (k % 3);
  return {
    ...atoms,
    numbers: atoms.numbers.slice().reverse(),
    positions: atoms.positions.map((_, k) => atoms.positions[from(k)]),
  };
}

describe.skipIf(withoutBrowser)(`tasks of the page beside the command line${why}`, outside, () => {
  let stage: Stage;
  beforeAll(async () => {
    stage = await createStage();
  });
  afterAll(() => stage?.close());

  /** Every file of `names` is the same to the byte on the page and in the folder of the command. */
  const compare = async (
    seen: Visit,
    names: string[],
    result: string,
    given: Record<string, string> = {},
  ): Promise<Map<string, string>> => {
    const files = await downloaded(seen);
    const folder = scratch();
    for (const [name, text] of Object.entries(given)) writeFileSync(join(folder, name), text);
    const there = repeated(folder, files.get('command.sh') ?? '', result);
    for (const name of names) {
      expect(existsSync(join(there, name)), name).toBe(true);
      expect(difference(files.get(name), readFileSync(join(there, name), 'utf8')), name).toBe('');
    }
    rmSync(folder, { recursive: true });
    expectSilence(seen.complaints);
    return files;
  };

  it('phonons: bands, thermal properties and figures are those of frenkel phonons, to the byte', async () => {
    const seen = await runExample(stage, 'fe-phonons', { supercell: '3', mesh: '6', points: '9' });
    // H of iron in the potential, as the tutorial on phonons has it
    expect(await seen.page.locator('.plot').count()).toBe(2);
    expect(Number(await seen.result('heat capacity at 300 K'))).toBeGreaterThan(2.5);
    await seen.page.waitForFunction(() => document.querySelectorAll('#figures img').length === 2);
    await compare(seen, ['bands.csv', 'thermal.csv', 'bands.svg', 'dos.svg'], 'phonons');
    await seen.close();
  });

  it('entropy: the share of every atom is that of frenkel entropy, to the byte, and colours the view', async () => {
    const seen = await runExample(stage, 'fe-entropy', {});
    // the number of an independent code, 127 atoms (test/entropy.test.ts has the finer ones)
    expect(Number(await seen.result('formation entropy, mode matched'))).toBeGreaterThan(0);
    expect(await seen.page.inputValue('#color')).toBe('entropy');
    expect(await seen.text('#legend')).toMatch(/kB above the perfect crystal/);
    await compare(seen, ['local.csv'], '');
    await seen.close();
  });

  it('free energy: samples, gradient and figure are those of frenkel free-energy, to the byte', async () => {
    const seen = await runExample(stage, 'fe-free-energy', { steps: '1500' });
    const files = await compare(seen, ['samples.jsonl', 'gradient.csv', 'gradient.svg'], 'runs/free-energy-Fe-vacancy');
    const last = JSON.parse(files.get('samples.jsonl')?.trim().split('\n').at(-1) ?? '{}');
    expect(last.last).toBe(1500);
    expect(Number(await seen.result('free energy F'))).toBeLessThan(Number(await seen.result('harmonic part')) + 5);
    await seen.close();
  });

  it('free energy to an error: replicas in turns stop where those of frenkel free-energy do', async () => {
    const asked = { steps: '6000', replicas: '2', error: '0.5 eV' };
    const seen = await runExample(stage, 'fe-free-energy', asked);
    const files = await compare(seen, ['samples.jsonl', 'gradient.csv'], 'runs/free-energy-Fe-vacancy');
    expect(files.get('command.sh')).toContain(" --replicas 2 --error '0.5 eV'");
    const records = (files.get('samples.jsonl') ?? '')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(new Set(records.slice(1).map(({ replica }) => replica))).toEqual(new Set([0, 1]));
    expect(records.at(-1).last).toBeLessThan(6000);
    expect([await seen.result('error of 0.5 eV'), await seen.result('replicas')]).toEqual(['reached', '2']);
    await seen.close();
  });

  it('hears Pause and Stop while a free energy is prepared, and on the mesh of phonons', async () => {
    // so large that both are far from their end however late the button is pressed
    const large = { kind: 'bcc', element: 'Fe', a: '2.8553 A', repeat: '8', defect: 'vacancy' };
    const linked = new URLSearchParams({ ...large, potential: 'Fe-Ackland-2004', task: 'free-energy' });
    const seen = await visit(stage, `${stage.isolated.url}?threads=1#${linked}`);
    await seen.phase('ready');
    const says = (words: RegExp) =>
      seen.page.waitForFunction(
        (pattern) => new RegExp(pattern).test(document.getElementById('state')?.textContent ?? ''),
        words.source,
      );
    const paused = async (words: RegExp) => {
      await says(words);
      await seen.page.click('#pause');
      await says(/^paused/);
      const at = await seen.text('#state');
      expect(at).toMatch(words);
      await seen.page.waitForTimeout(150);
      expect(await seen.text('#state')).toBe(at);
    };
    await seen.page.selectOption('[name=relax]', '');
    await seen.page.click('#run');
    await paused(/\d+ of \d{3,} displacements/);
    await seen.page.click('#pause');
    await says(/^running.*displacements/);
    await seen.page.click('#stop');
    await says(/^stopped · step 0/);
    // what the preparation held in the engine was given back
    await seen.page.click('#fe-phonons');
    await seen.page.waitForFunction(() => /16 atoms/.test(document.getElementById('title')?.textContent ?? ''));
    for (const [name, text] of Object.entries({ supercell: '2', mesh: '120', points: '9' })) {
      await seen.page.fill(`[name=${name}]`, text);
      await seen.page.press(`[name=${name}]`, 'Tab');
    }
    await seen.page.click('#run');
    await paused(/\d+ of 1728000 wave vectors/);
    await seen.page.click('#stop');
    await says(/^stopped/);
    expectSilence(seen.complaints);
    await seen.close();
  });

  it('path between two dropped files: mapping, messages, barrier and figure are those of frenkel neb', async () => {
    const { atoms, last = atoms } = build({
      kind: 'bcc',
      element: 'Fe',
      a: '2.8553 A',
      repeat: 3,
      defect: 'vacancy',
      to: 1,
    });
    const given = { 'a.xyz': formatExtxyz(atoms), 'b.xyz': formatExtxyz(backwards(last)) };
    const other = formatExtxyz(build({ kind: 'bcc', element: 'Fe', a: '2.8553 A', repeat: 3 }).atoms);
    const seen = await visit(stage, `${stage.isolated.url}?threads=2`);
    await seen.phase('ready');
    // both at once: the Path tab, and what was done to the second one
    const file = (name: string, text: string) => ({ name, mimeType: '', buffer: Buffer.from(text) });
    await seen.page.setInputFiles('#files', [file('a.xyz', given['a.xyz']), file('b.xyz', given['b.xyz'])]);
    await seen.page.waitForFunction(() => /^To b/.test(document.getElementById('ends-state')?.textContent ?? ''));
    expect(await seen.page.getAttribute('#tab-neb', 'aria-selected')).toBe('true');
    expect(await seen.text('#title')).toBe('a.xyz → b.xyz · 53 atoms');
    const note = (await seen.text('#ends-state')).replace(/^To /, '');
    // other atoms: the message of the command line, and what was open stays
    await seen.page.setInputFiles('#end-file', file('c.xyz', other));
    await seen.page.waitForSelector('#alert:not([hidden])');
    const message = await seen.text('#message');
    expect(await seen.page.isDisabled('#run')).toBe(true);
    expect(await seen.text('#title')).toBe('a.xyz · 53 atoms');
    const folder = scratch();
    for (const [name, text] of Object.entries({ ...given, 'c.xyz': other })) writeFileSync(join(folder, name), text);
    const answer = (end: string) => frenkel(folder, ['neb', 'a.xyz', end, '-p', 'Fe-Ackland-2004', '--dry-run']);
    const [good, bad] = [await answer('b.xyz'), await answer('c.xyz')];
    rmSync(folder, { recursive: true });
    expect(good.stderr).toBe(`frenkel: ${note}\n`);
    expect(note).toMatch(/^b\.xyz: 5\d atoms reordered$/);
    expect(bad.stderr).toBe(`frenkel: ${message.replace('c.xyz: ', '')}\n`);
    // one dropped on the view, beside what is open
    await seen.page.click('#dismiss');
    await seen.page.click('#tab-relax');
    const data = await seen.page.evaluateHandle((text) => {
      const transfer = new DataTransfer();
      transfer.items.add(new File([text], 'b.xyz'));
      return transfer;
    }, given['b.xyz']);
    await seen.page.dispatchEvent('body', 'dragover', { dataTransfer: data });
    expect(await seen.page.isVisible('.targets [data-end]')).toBe(true);
    await seen.page.dispatchEvent('.targets [data-end]', 'drop', { dataTransfer: data });
    await seen.page.waitForFunction(() => /^To b/.test(document.getElementById('ends-state')?.textContent ?? ''));
    expect(await seen.page.isVisible('.targets')).toBe(false);
    await seen.page.fill('[name=images]', '5');
    await seen.page.fill('[name=fmax]', '0.05 eV/A');
    await seen.page.press('[name=fmax]', 'Tab');
    await seen.page.click('#run');
    await seen.phase('done');
    const files = await compare(seen, ['path.svg'], 'runs/neb-a', given);
    expect(files.get('command.sh')).toMatch(/^npx frenkel neb a\.xyz b\.xyz -p Fe-Ackland-2004 /);
    expect(files.get('script.mjs')).toContain("const last = readStructureFile('b.xyz').at(-1);");
    // a path ends with the slider on its images
    expect(await seen.text('#frame')).toBe('image 2');
    await seen.close();
  });

  it('dynamics and screw dislocations: table and figures are those of frenkel md and frenkel relax', async () => {
    const seen = await runExample(stage, 'fe-vacancy-md', { steps: '60' });
    await compare(seen, ['log.thermo', 'drift.svg', 'energy.svg', 'temperature.svg'], 'runs/md-Fe-vacancy');
    await seen.page.click('#fe-screw');
    await seen.page.waitForFunction(() => /810 atoms/.test(document.getElementById('title')?.textContent ?? ''));
    await seen.page.fill('[name=fmax]', '0.03 eV/A');
    await seen.page.press('[name=fmax]', 'Tab');
    await seen.page.click('#run');
    await seen.phase('done');
    await compare(seen, ['log.relax', 'relaxation-fmax.svg'], 'runs/relax-Fe-screw-dipole');
    await seen.close();
  });
});
