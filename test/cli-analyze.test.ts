/** analyze as a user runs it: on the trajectory of a run, and on the same as other programs write it. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { parseExtxyz } from '../src/io/extxyz.ts';
import { frenkel, json } from './support/commands.ts';

const root = mkdtempSync(join(tmpdir(), 'frenkel-analyze-'));
const at = (name: string) => join(root, name);
afterAll(() => rmSync(root, { recursive: true }));
afterEach(() => vi.restoreAllMocks());

const STEP = 0.002;
const EVERY = 5;
const trajectory = at('run/trajectory.xyz');

beforeAll(async () => {
  await frenkel(...'build bcc -e Fe -a 2.87 --repeat 3 -o'.split(' '), at('fe.xyz'));
  const { code } = await frenkel(
    ...['md', at('fe.xyz'), '-p', 'Fe-FS-1984', '--threads', '1', '--out', at('run'), '-T', '900'],
    ...['--steps', '200', '--timestep', '2 fs', '--dump', String(EVERY)],
  );
  expect(code).toBe(0);
});

/** Mean square displacement at every lag to half of the frames, the mean displacement taken out, by three loops. */
function displacements(): number[] {
  const frames = parseExtxyz(readFileSync(trajectory, 'utf8'));
  const n = frames[0].numbers.length;
  const moved = frames.map(({ positions }) => {
    const mean = [0, 0, 0];
    for (let i = 0; i < 3 * n; i++) mean[i % 3] += (positions[i] - frames[0].positions[i]) / n;
    return positions.map((x, i) => x - mean[i % 3]);
  });
  return Array.from({ length: Math.floor(frames.length / 2) + 1 }, (_, lag) => {
    let sum = 0;
    for (let k = 0; k + lag < frames.length; k++) {
      for (let i = 0; i < 3 * n; i++) sum += (moved[k + lag][i] - moved[k][i]) ** 2;
    }
    return sum / n / (frames.length - lag);
  });
}

interface Msd {
  time: number[];
  msd: number[];
  D: number;
}

describe('frenkel analyze msd', () => {
  it('takes the time step from the folder of the run', async () => {
    const found = await json<Msd>('analyze', 'msd', trajectory);
    const own = displacements();
    expect(found.msd).toHaveLength(21);
    found.msd.forEach((value, k) => {
      expect(value).toBeCloseTo(own[k], 12);
      expect(found.time[k]).toBeCloseTo(k * EVERY * STEP, 12);
    });
    expect(found.D).not.toBeNaN();
  });

  it('follows the flag where it differs, and says so', async () => {
    const found = await frenkel('analyze', 'msd', trajectory, '--timestep', '1 fs', '--json');
    expect(found.code).toBe(0);
    expect(found.err).toMatch(/warning: --timestep is 1 fs, and the run of this trajectory had 2 fs/);
    expect((JSON.parse(found.out) as Msd).time[2]).toBeCloseTo(2 * EVERY * 0.001, 12);
    expect((await frenkel('analyze', 'msd', trajectory, '--timestep', '2 fs')).err).toBe('');
  });

  it('knows nothing of a file elsewhere, or of another name', async () => {
    for (const name of ['elsewhere.xyz', 'run/copy.xyz']) {
      writeFileSync(at(name), readFileSync(trajectory));
      const found = await frenkel('analyze', 'msd', at(name));
      expect(found.out).toMatch(/20 frames .* Å²\nD needs --timestep/);
    }
  });

  it('has the same numbers from a LAMMPS dump', async () => {
    await frenkel('convert', trajectory, at('same.dump'));
    const found = await json<Msd>('analyze', 'msd', at('same.dump'), '--timestep', '0.002 ps');
    const own = await json<Msd>('analyze', 'msd', trajectory);
    expect(found.time).toEqual(own.time);
    found.msd.forEach((value, k) => {
      expect(value).toBeCloseTo(own.msd[k], 12);
    });
  });
});

describe('frenkel analyze vacf', () => {
  it('takes it from there too', async () => {
    const { time, vacf } = await json<{ time: number[]; vacf: number[] }>('analyze', 'vacf', trajectory);
    expect(time[1]).toBeCloseTo(EVERY * STEP, 12);
    expect(vacf[0]).toBe(1);
    writeFileSync(at('alone.xyz'), readFileSync(trajectory));
    const alone = await frenkel('analyze', 'vacf', at('alone.xyz'));
    expect([alone.code, alone.err]).toEqual([2, expect.stringContaining('--timestep is needed')]);
  });
});

describe('frenkel analyze rdf', () => {
  it('counts the neighbours of bcc', async () => {
    const found = await json<{ r: number[]; neighbors: number[] }>('analyze', 'rdf', trajectory, '--shells', '60');
    const shell = found.r.findIndex((r) => r > 3.4);
    expect(found.neighbors[shell]).toBeCloseTo(14, 0);
  });
});
