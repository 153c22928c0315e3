/** A run of molecular dynamics that is asked for more steps: the files of one that was asked for so many from the start. */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { vacancy } from '../src/data/defects.ts';
import { createEngine, type Engine } from '../src/engine/engine.ts';
import { loadEmbedded } from '../src/io/embedded.ts';
import { formatExtxyz } from '../src/io/extxyz-write.ts';
import type { Ensemble } from '../src/methods/dynamics.ts';
import type { Disk } from '../src/node/disk.ts';
import { WriteError } from '../src/node/files.ts';
import { openRun } from '../src/node/run-folder.ts';
import { type MdRun, runMd } from '../src/node/run-md.ts';
import { startRun } from '../src/node/start-run.ts';
import { frenkel, scratch } from './support/cli.ts';
import { bcc } from './support/crystals.ts';
import { long } from './support/long.ts';
import { memoryDisk, textIn } from './support/memory-disk.ts';

const potential = loadEmbedded('Fe-Ackland-2004');
const atoms = vacancy(bcc(potential, 2.87, 2), 3);

/** Neither rows of the log nor frames of the trajectory fall on the last step of the shorter run. */
const [SHORT, LONG] = [13, 29];

function jobOf(ensemble: Ensemble, steps: number, options: Partial<MdRun['options']> = {}): MdRun {
  return {
    atoms,
    potential,
    options: {
      ensemble,
      coupling: 'aniso',
      steps,
      timestep: 0.002,
      temperature: [600, 600],
      pressure: [0, 0],
      friction: 5,
      relaxation: 0.05,
      cellRelaxation: 0.3,
      seed: 1n,
      ...options,
    },
    thermoEvery: 5,
    dumpEvery: 4,
    trajectory: 't.xyz.gz',
    checkpointSeconds: 1000,
  };
}

let engine: Engine;
beforeAll(async () => {
  engine = await createEngine();
});

/** One process's life; stops after so many steps. What it was told. */
async function live(disk: Disk, job: MdRun, most = Number.POSITIVE_INFINITY): Promise<readonly string[]> {
  const mark = engine.mark();
  let done = 0;
  const run = startRun('md', '/r', job, false, disk);
  try {
    if (run.status !== 'finished') await runMd(engine, job, run, { stopping: () => done++ >= most });
    return run.messages;
  } finally {
    engine.release(mark);
    run.close();
  }
}

const isLasting = (name: string) => !/^(events\.jsonl|checkpoint-\d\.bin|\..*\.tmp|lock\.\d+)$/.test(name);

const lasting = (disk: ReturnType<typeof memoryDisk>): [string, string][] =>
  [...disk.files()]
    .filter(([path]) => isLasting(path.slice('/r/'.length)))
    .sort()
    .map(([path, bytes]) => [path, Buffer.from(bytes).toString('latin1')]);

describe('a run that is prolonged', () => {
  it.each(['nve', 'langevin', 'nhc', 'npt'] as const)(
    '%s: has the bytes of the long one, through the program',
    async (ensemble) => {
      const where = scratch();
      writeFileSync(join(where, 'a.xyz'), formatExtxyz(atoms));
      const line = (out: string, steps: number) => {
        const flags = ['--steps', String(steps), '--thermo', '5', '--dump', '4', '-T', '600', '--threads', '1'];
        return ['md', 'a.xyz', '-p', 'Fe-Ackland-2004', '--ensemble', ensemble, ...flags, '--out', out];
      };
      const whole = frenkel(where, line('whole', LONG));
      const first = await frenkel(where, line('r', SHORT));
      expect([first.code, first.stderr]).toEqual([0, '']);
      const more = await frenkel(where, line('r', LONG));
      expect([more.code, more.stderr]).toEqual([
        0,
        `frenkel: the run of ${SHORT} steps is prolonged to ${LONG}\nfrenkel: resuming r\n`,
      ]);
      expect((await whole).code).toBe(0);
      const names = readdirSync(join(where, 'whole')).filter(isLasting);
      expect(names).toEqual(
        expect.arrayContaining(['log.thermo', 'final.xyz', 'report.json', 'run.json', 'energy.svg']),
      );
      expect(readdirSync(join(where, 'r')).filter(isLasting)).toEqual(names);
      for (const name of names)
        expect([name, readFileSync(join(where, 'r', name), 'utf8')]).toEqual([
          name,
          readFileSync(join(where, 'whole', name), 'utf8'),
        ]);
      const fewer = await frenkel(where, line('r', SHORT));
      expect([fewer.code, fewer.stderr]).toEqual([
        2,
        `frenkel: r: is a run of ${LONG} steps, and ${SHORT} were asked for: it can be prolonged, but not shortened; choose another --out, --force to start over, or start another run from its final.xyz, which has the velocities\n`,
      ]);
    },
  );

  it('goes on time and again, interrupted in between, from wherever it was', async () => {
    const whole = memoryDisk();
    await live(whole, jobOf('npt', LONG));
    const disk = memoryDisk();
    await live(disk, jobOf('npt', 7));
    await live(disk, jobOf('npt', SHORT), 3);
    expect(JSON.parse(textIn(disk, '/r/run.json'))).toMatchObject({ finished: false });
    expect(await live(disk, jobOf('npt', SHORT + 1), 2)).toEqual([
      `the run of ${SHORT} steps is prolonged to ${SHORT + 1}`,
    ]);
    await expect(live(disk, jobOf('npt', SHORT))).rejects.toThrow(
      'but not shortened; choose another --out, --force to start over',
    );
    expect(await live(disk, jobOf('npt', SHORT + 1))).toEqual([]);
    await live(disk, jobOf('npt', LONG), 4);
    expect(await live(disk, jobOf('npt', LONG))).toEqual([]);
    expect(lasting(disk)).toEqual(lasting(whole));
    const events = textIn(disk, '/r/events.jsonl')
      .trim()
      .split('\n')
      .map((text) => JSON.parse(text));
    expect(events.filter(({ prolonged }) => prolonged)).toEqual([
      { event: 'resume', step: 7, prolonged: { from: 7, to: SHORT } },
      { event: 'resume', step: 10, prolonged: { from: SHORT, to: SHORT + 1 } },
      { event: 'resume', step: SHORT + 1, prolonged: { from: SHORT + 1, to: LONG } },
    ]);
  });

  it('survives a power cut at any change', async () => {
    const whole = memoryDisk();
    await live(whole, jobOf('nhc', 9));
    const begin = async () => {
      const disk = memoryDisk();
      await live(disk, jobOf('nhc', 6));
      return disk;
    };
    const undisturbed = await begin();
    const before = undisturbed.changes;
    await live(undisturbed, jobOf('nhc', 9));
    // every change in the long tier
    for (let at = before + 1; at <= undisturbed.changes; at += long ? 1 : 4) {
      const disk = await begin();
      disk.fault = { mode: 'cut', at };
      await live(disk, jobOf('nhc', 9)).catch((error) => error);
      disk.restart((['nothing', 'names', 'all'] as const)[at % 3]);
      for (const path of disk.files().keys()) if (/\/lock\.\d+$/.test(path)) disk.remove(path);
      await live(disk, jobOf('nhc', 9));
      expect(lasting(disk), `change ${at}: ${disk.hit}`).toEqual(lasting(whole));
    }
    const full = await begin();
    full.fault = { mode: 'ENOSPC', at: full.changes + 5, once: false };
    await expect(live(full, jobOf('nhc', 9))).rejects.toBeInstanceOf(WriteError);
  });

  it('without a checkpoint it is computed again', async () => {
    const whole = memoryDisk();
    await live(whole, jobOf('langevin', LONG));
    const disk = memoryDisk();
    await live(disk, jobOf('langevin', SHORT));
    for (const path of disk.files().keys()) if (path.includes('checkpoint-')) disk.remove(path);
    expect(await live(disk, jobOf('langevin', LONG))).toEqual([
      `the run of ${SHORT} steps is prolonged to ${LONG}; it kept no checkpoint, and is computed again from its start`,
    ]);
    expect(lasting(disk)).toEqual(lasting(whole));
  });

  it('refuses where the longer run would have had other numbers, or more than the steps is other', async () => {
    const ramps: [Ensemble, Partial<MdRun['options']>][] = [
      ['langevin', { temperature: [300, 600] }],
      ['npt', { pressure: [0, 0.01] }],
    ];
    for (const [ensemble, ramp] of ramps) {
      const disk = memoryDisk();
      await live(disk, jobOf(ensemble, SHORT, ramp));
      await expect(live(disk, jobOf(ensemble, LONG, ramp))).rejects.toThrow(
        `cannot go on from ${SHORT} to ${LONG} steps: its ramp ends at the last step, so the steps that are done would have had other targets; choose`,
      );
    }
    const disk = memoryDisk();
    await live(disk, jobOf('nve', SHORT));
    await expect(live(disk, jobOf('nve', LONG, { seed: 2n }))).rejects.toThrow('(options.steps, options.seed)');
    const before = lasting(disk);
    const text = textIn(disk, '/r/run.json');
    const { input, versions } = JSON.parse(text);
    const longer = { ...input, options: { ...input.options, steps: LONG } };
    const spec = { out: '/r', command: 'md', versions, disk, prolongation: 'any' as const };
    expect(() => openRun({ ...spec, input: longer, kernelHash: 'newer' })).toThrow('another version of the kernels');
    expect(() => openRun({ ...spec, input: longer, prolongation: undefined })).toThrow('contains another run');
    const odd = { ...input, options: { ...input.options, steps: 'many' } };
    expect(() => openRun({ ...spec, input: odd })).toThrow('contains another run');
    expect(lasting(disk)).toEqual(before);
  });
});
