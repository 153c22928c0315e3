import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { lattice } from '../src/data/lattice.ts';
import { repeat } from '../src/data/supercell.ts';
import { createEngine } from '../src/engine/engine.ts';
import { samplingDefaults } from '../src/free-energy/sampling.ts';
import { loadEmbedded } from '../src/io/embedded.ts';
import { formatExtxyz } from '../src/io/extxyz-write.ts';
import { runScaling, type ScalingRun } from '../src/node/run-scaling.ts';
import { startRun } from '../src/node/start-run.ts';
import { frenkel, scratch, start } from './support/cli.ts';

const cell = repeat(lattice({ kind: 'bcc', a: 2.85531274900052, elements: ['Fe'] }), [3, 3, 3]);
const potential = ['-p', 'Fe-Ackland-2004'];
const where = scratch();
const line = ['scaling', 'bulk.xyz', ...potential, '--from', 'f/report.json', '--to', '450 K', '--steps', '12000'];
const more = ['--temperatures', '4', '--ramps', '5'];
const files = ['ramps.jsonl', 'free-energy.csv', 'free-energy.svg', 'report.json'];
const sums = (out: string) =>
  files.map((file) =>
    createHash('sha256')
      .update(readFileSync(join(where, out, file)))
      .digest('hex'),
  );

beforeAll(async () => {
  writeFileSync(join(where, 'bulk.xyz'), formatExtxyz(cell));
  const { code, stderr } = await frenkel(where, [
    'free-energy',
    'bulk.xyz',
    ...potential,
    '-T',
    '300',
    '--steps',
    '40000',
    '--out',
    'f',
  ]);
  // a slow machine shows its progress there
  expect(code, stderr).toBe(0);
});

describe('frenkel scaling', () => {
  it('goes on from a report of free-energy, and prints the JSON that is documented', async () => {
    const { code, stdout, stderr } = await frenkel(where, [...line, ...more, '--out', 'r', '--json']);
    expect(code, stderr).toBe(0);
    const { curve, checks, passed, atoms } = JSON.parse(stdout);
    expect([passed, atoms, curve.length]).toEqual([true, 54, 4]);
    expect(checks.map(({ name }: { name: string }) => name)).toEqual(['dissipation', 'reflections']);
    const known = JSON.parse(readFileSync(join(where, 'f', 'report.json'), 'utf8')).result;
    expect(curve[0].temperature).toBe(300);
    expect(curve[0].F).toBeCloseTo(known.F, 12);
    expect(curve[0].error).toBeCloseTo(known.error, 12);
    expect(curve[3].temperature).toBe(450);
    expect(curve[3].anharmonic).toBeCloseTo(curve[3].F - curve[3].harmonic, 12);
    // −3.77 ± 0.1 meV an atom at N = 128
    expect(Math.abs(curve[3].anharmonic / 54 + 3.77e-3)).toBeLessThan(4 * (curve[3].error / 54) + 3e-4);
    expect(existsSync(join(where, 'r', 'free-energy.svg'))).toBe(true);
    const again = await frenkel(where, [...line, ...more, '--out', 'r']);
    expect([again.code, again.stdout.startsWith('already done')]).toEqual([0, true]);
  });

  it('killed and continued: the same files', async () => {
    const slow = [...line, ...more, '--out', 'k', '--checkpoint', '0'];
    for (const signal of ['SIGKILL', 'SIGTERM'] as const) {
      const { child, done } = start(where, slow);
      const path = join(where, 'k', 'ramps.jsonl');
      const before = existsSync(path) ? readFileSync(path, 'utf8').length : 0;
      const kick = setInterval(() => {
        if (existsSync(path) && readFileSync(path, 'utf8').length > before + 250) child.kill(signal);
      }, 2);
      await done;
      clearInterval(kick);
    }
    const last = await frenkel(where, slow);
    expect(last.code).toBe(0);
    expect(sums('k')).toEqual(sums('r'));
  });

  it('a report of another volume is noticed by its harmonic part', async () => {
    const options = { ...samplingDefaults, method: 'scaling' as const, temperature: 300, scaleTo: 450, seed: 1n };
    const job = (harmonic: number): ScalingRun => ({
      ...{ atoms: cell, potential: loadEmbedded('Fe-Ackland-2004'), relax: false, checkpointSeconds: 1e9 },
      options: { ...options, steps: 400, nodes: 4, switches: 2, blockSteps: 100, equilibration: 0 },
      start: { F: -216, error: 0.001, harmonic },
    });
    const { harmonic } = JSON.parse(readFileSync(join(where, 'f', 'report.json'), 'utf8')).result;
    const of = async (one: ScalingRun) => {
      const run = startRun('scaling', scratch(), one);
      const end = runScaling(await createEngine(), one, run);
      return end.finally(() => run.close());
    };
    expect((await of(job(harmonic))).status).toBe('finished');
    // a lattice constant 0.1 % off changes as much
    await expect(of(job(harmonic + 0.003))).rejects.toThrow(/another structure, or another volume/);
  });

  it('reports that do not fit are refused with their reason', async () => {
    const refused = async (args: string[]) => {
      const { code, stderr } = await frenkel(where, [...args, '--out', 'x']);
      expect(code).toBe(2);
      return stderr;
    };
    const from = (file: string) => line.map((arg) => (arg === 'f/report.json' ? file : arg));
    writeFileSync(join(where, 'text.json'), 'no json');
    expect(await refused(from('text.json'))).toMatch(/text\.json: not JSON; a report\.json of frenkel free-energy/);
    const report = JSON.parse(readFileSync(join(where, 'f', 'report.json'), 'utf8'));
    const changed = (change: object) =>
      writeFileSync(join(where, 'c.json'), JSON.stringify({ ...report, result: { ...report.result, ...change } }));
    changed({ passed: false });
    expect(await refused(from('c.json'))).toMatch(/checks failed/);
    writeFileSync(join(where, 'p.json'), JSON.stringify({ ...report, potential: { sha256: 'x' } }));
    expect(await refused(from('p.json'))).toMatch(/another potential/);
    expect(await refused(line.map((arg) => (arg === '450 K' ? '300 K' : arg)))).toMatch(/expected another one above 0/);
  });
});
