import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { strFromU8, unzipSync } from 'fflate';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { archiveFiles, columnNames } from '../src/browser/archive.ts';
import { build } from '../src/browser/inputs.ts';
import { broughtUp, FORMAT } from '../src/browser/kept-format.ts';
import type { StepRun } from '../src/browser/runs.ts';
import { startTask } from '../src/browser/start-task.ts';
import type { Engine } from '../src/engine/engine.ts';
import { createSystem } from '../src/engine/system.ts';
import { kernelHash } from '../src/generated/kernels.ts';
import { loadEmbedded } from '../src/io/embedded.ts';
import { createEngine } from '../src/node/threads.ts';
import { createStage, type Stage, type Visit, visit, why, withoutBrowser } from './support/browser.ts';
import { expectSilence, outside } from './support/outside.ts';

const iron = { kind: 'bcc', element: 'Fe', a: '2.8553 A', repeat: 2, defect: 'vacancy' };

/** A task of the page, in this process. */
function begin(engine: Engine, task: 'free-energy' | 'entropy' | 'phonons', flags: Record<string, string>): StepRun {
  const structure = { title: 'iron', ...build(task === 'phonons' ? { ...iron, defect: undefined } : iron) };
  const potential = loadEmbedded('Fe-Ackland-2004');
  const mark = engine.mark();
  const system = createSystem(engine, structure.atoms, potential);
  const frame = {
    step: 0,
    positions: new Float32Array(),
    energies: new Float32Array(),
    cell: [],
    vacant: [],
    crowded: [],
  };
  const inputs = { structure: { recipe: iron }, potential: { specs: ['Fe-Ackland-2004'], files: [] } };
  return startTask({ inputs, structure, system, mark, frame, ends: {} }, task, flags).run;
}

function toEnd(run: StepRun): StepRun {
  while (!run.ended()) run.advance();
  return run;
}

/** All that it says, without repetitions. */
function says(run: StepRun): string[] {
  const all: string[] = [];
  while (!run.ended()) {
    run.advance();
    const word = run.says?.() ?? '';
    if (word !== all.at(-1)) all.push(word);
  }
  return all;
}

const digest = (run: StepRun) =>
  createHash('sha256')
    .update(
      new Uint8Array(
        Float64Array.from(run.bits().flatMap((part) => [...(part as ArrayLike<number> & Iterable<number>)])).buffer,
      ),
    )
    .digest('hex');

describe('runs that are kept', () => {
  let engine: Engine;
  beforeAll(async () => {
    engine = await createEngine({ threads: 1 });
  });
  afterAll(() => engine.close());
  const flags = { temperature: '400 K', steps: '400', relax: '' };

  it('free energies go on from either format, prepared again in parts, with the bits of a run without a pause', () => {
    const whole = digest(toEnd(begin(engine, 'free-energy', flags)));
    const first = begin(engine, 'free-energy', flags);
    while (first.step() < 150) first.advance();
    const saved = structuredClone(first.save()) as { checkpoints: unknown[]; records: unknown[] };
    const old = { checkpoint: saved.checkpoints[0], records: saved.records };
    for (const [format, kept] of [
      [FORMAT, saved],
      [1, saved],
      [1, old],
    ] as const) {
      const second = begin(engine, 'free-energy', flags);
      second.restore(broughtUp('free-energy', format, structuredClone(kept)));
      expect([second.rebuilding?.(), second.step(), second.ended()]).toEqual([true, 150, false]);
      // closed before it is prepared: what was kept is still what is kept
      expect(second.save()).toEqual(saved);
      const said: string[] = [];
      while (second.rebuilding?.()) {
        second.advance();
        said.push(second.says?.() ?? '');
      }
      expect(said).toContain('again: 7 of 45 displacements');
      expect(second.step()).toBe(150);
      expect(digest(toEnd(second))).toBe(whole);
      second.close?.();
    }
  });

  it('a state of a later build is refused', () => {
    expect(() => broughtUp('md', FORMAT + 1, {})).toThrow(/later build/);
  });

  it('force constants, modes and shares come in parts, which say how far they are; let go of, they hold no memory', () => {
    const shares = says(begin(engine, 'entropy', { relax: '', temperature: '300 K', local: 'local.csv' }));
    for (const what of ['modes', 'quanta', 'shares of the atoms'])
      expect(shares.filter((word) => word.startsWith(`defect: ${what} `)).length, what).toBeGreaterThan(1);
    expect(shares).toContain('perfect crystal: modes 0 %');
    const phonons = says(begin(engine, 'phonons', { supercell: '3', mesh: '4', points: '20' }));
    expect(phonons).toContain('force constants: 1 of 3 displacements');
    expect(phonons).toContain('bands Γ–H, 8 of 20 wave vectors');

    const mark = engine.mark();
    const run = begin(engine, 'entropy', { relax: '', local: 'local.csv' });
    const before = engine.mark();
    while (!/shares of the atoms/.test(run.says?.() ?? '')) run.advance();
    expect(engine.mark()).not.toEqual(before);
    run.close?.();
    expect(engine.mark()).toEqual(before);
    engine.release(mark);
  });

  it('what cannot go on is saved with its table, frames, samples and exact numbers', () => {
    const { atoms } = build(iron);
    const n = atoms.numbers.length;
    const frame = (step: number) => ({
      step,
      positions: Float32Array.from(atoms.positions),
      energies: new Float32Array(n),
      cell: [...atoms.cell],
      vacant: [],
      crowded: [],
    });
    const saved = {
      records: [{ first: 1, sum: 0.1 }],
      x: Float64Array.of(1 / 3, Number.NaN),
      seed: 7n,
      more: new Map([[1, 2]]),
    };
    const files = archiveFiles(atoms, 'a paper', {
      task: 'md',
      why: 'because',
      standing: { status: 'done', step: 20, rows: [['energy', '-1', 'eV']], digest: 'abc' },
      columns: columnNames([[0, 1, 2]], ['Step', 'Time']),
      rows: [[0, 1, 2]],
      frames: [frame(0), frame(20)],
      saved,
    });
    const text = new Map(files.map((file) => [file.name, file.text]));
    expect(text.get('log.thermo')).toMatch(/Step +Time +Column3/);
    expect(text.get('frames.xyz')?.match(/^15$/gm)).toHaveLength(2);
    expect(text.get('frames.xyz')).toMatch(/step=20/);
    expect(JSON.parse(text.get('report.json') ?? '')).toMatchObject({
      results: [['energy', '-1', 'eV']],
      note: 'because',
    });
    expect(text.get('samples.jsonl')).toBe('{"first":1,"sum":0.1}\n');
    expect(JSON.parse(text.get('state.json') ?? '')).toEqual({
      ...saved,
      x: [1 / 3, 'NaN'],
      seed: '7',
      more: [[1, 2]],
    });
  });
});

describe.skipIf(withoutBrowser)(`kept runs on the page${why}`, outside, () => {
  let stage: Stage;
  beforeAll(async () => {
    stage = await createStage();
  });
  afterAll(() => stage?.close());
  const linked = (task: string, flags: Record<string, string>) => {
    const fragment = new URLSearchParams({ ...iron, repeat: '2', potential: 'Fe-Ackland-2004', task });
    for (const [name, text] of Object.entries(flags)) fragment.append(`--${name}`, text);
    return `?threads=1#${fragment}`;
  };
  const run = async (seen: Visit) => {
    await seen.phase('ready');
    await seen.page.click('#run');
    await seen.phase('done');
    return seen.text('#digest code');
  };

  it('of other kernels: table, slider and files are there, and Run begins it anew', async () => {
    const other = '0'.repeat(kernelHash.length);
    // so many steps that there are several pictures of them, 33 a second
    const seen = await visit(
      stage,
      `${stage.isolated.url}${linked('free-energy', { temperature: '400 K', steps: '20000', relax: '' })}`,
      {
        worker: (text) => text.replaceAll(kernelHash, other),
      },
    );
    const digest = await run(seen);
    const energy = await seen.result('free energy F');
    await seen.page.waitForSelector('[data-status=done] .kept');
    const frames = Number(await seen.page.getAttribute('#scrubber', 'max'));
    expect(frames).toBeGreaterThan(0);
    await seen.page.context().unroute('**/worker.js');
    await seen.leave();
    const later = await seen.again(`${stage.isolated.url}?threads=1`);
    await later.phase('ready');
    await later.page.click('.kept');
    await later.page.waitForSelector('#alert:not([hidden])');
    expect(await later.text('#message')).toMatch(
      /cannot go on: it was begun with another version of the kernels; .*Download all/,
    );
    expect([await later.result('free energy F'), await later.text('#digest code')]).toEqual([energy, digest]);
    expect(await later.text('#state')).toBe('done · step 20000');
    expect(Number(await later.page.getAttribute('#scrubber', 'max'))).toBeGreaterThan(0);
    const [download] = await Promise.all([later.page.waitForEvent('download'), later.page.click('#zip')]);
    const files = unzipSync(readFileSync(await download.path()));
    expect(Object.keys(files)).toEqual(
      expect.arrayContaining([
        'frames.xyz',
        'log.free-energy',
        'report.json',
        'samples.jsonl',
        'state.json',
        'command.sh',
      ]),
    );
    expect(strFromU8(files['log.free-energy'])).toMatch(/^\S*\s*Step +Zeta +DeltaU +Temp/m);
    expect(JSON.parse(strFromU8(files['report.json'])).digest).toBe(digest);
    // begun anew, the same comes out: only the hash was another
    await later.page.click('#dismiss');
    await later.page.click('#run');
    await later.page.waitForFunction((words) => document.querySelector('#digest code')?.textContent === words, digest);
    expect([...seen.complaints, ...later.complaints]).toEqual([]);
    await later.close();
  });

  it('free energies: what was found is shown at once, then it is prepared again part by part', async () => {
    const seen = await visit(
      stage,
      `${stage.isolated.url}${linked('free-energy', { temperature: '400 K', steps: '400', relax: '' })}`,
    );
    const digest = await run(seen);
    await seen.page.waitForSelector('[data-status=done] .kept');
    await seen.leave();
    const later = await seen.again(`${stage.isolated.url}?threads=1&keep=yes`);
    await later.phase('ready');
    await later.page.evaluate(() => {
      const state = document.getElementById('state') as HTMLElement;
      const said: string[] = [];
      Object.assign(window, { said });
      new MutationObserver(() => said.push(state.textContent ?? '')).observe(state, {
        childList: true,
        characterData: true,
        subtree: true,
      });
    });
    await later.page.click('.kept');
    await later.phase('done');
    expect(await later.text('#digest code')).toBe(digest);
    const said = await later.page.evaluate(() => (window as unknown as { said: string[] }).said);
    expect(
      said.some((text) => /^running · step 400.* · again: /.test(text)),
      said.join('\n'),
    ).toBe(true);
    expectSilence(later.complaints);
    await later.close();
  });
});
