/** frenkel free-energy: the command, its run folder, and that stopping never changes a number. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { vacancy } from '../src/data/defects.ts';
import { lattice } from '../src/data/lattice.ts';
import { repeat } from '../src/data/supercell.ts';
import { createEngine } from '../src/engine/engine.ts';
import { samplingDefaults } from '../src/free-energy/sampling.ts';
import { loadEmbedded } from '../src/io/embedded.ts';
import { formatExtxyz } from '../src/io/extxyz-write.ts';
import { type FreeEnergyRun, runFreeEnergy } from '../src/node/run-free-energy.ts';
import { startRun } from '../src/node/start-run.ts';
import { frenkel, scratch } from './support/cli.ts';

const iron = (cells: number) =>
  repeat(lattice({ kind: 'bcc', a: 2.85531274900052, elements: ['Fe'] }), [cells, cells, cells]);
const files = ['samples.jsonl', 'gradient.csv', 'gradient.svg', 'report.json'];

function job(more: Partial<FreeEnergyRun['options']> = {}): FreeEnergyRun {
  return {
    atoms: vacancy(iron(2), 0),
    potential: loadEmbedded('Fe-Ackland-2004'),
    reference: { kind: 'harmonic' },
    relax: true,
    checkpointSeconds: 1e9,
    options: {
      ...samplingDefaults,
      temperature: 300,
      steps: 900,
      seed: 5n,
      blockSteps: 20,
      equilibration: 90,
      replicas: 2,
      draws: 50,
      ...more,
    },
  };
}

describe('a free energy in its folder', () => {
  it('stopped at any step it leaves the bytes of the run that was not', async () => {
    const whole = scratch();
    const engine = await createEngine();
    const first = startRun('free-energy', whole, job());
    expect((await runFreeEnergy(engine, job(), first)).status).toBe('finished');
    first.close();
    const parts = scratch();
    for (let status = 'interrupted', left = 10; status === 'interrupted' && left > 0; left--) {
      const run = startRun('free-energy', parts, job());
      let steps = 0;
      const end = await runFreeEnergy(await createEngine(), job(), run, { stopping: () => steps++ >= 431 });
      run.close();
      status = end.status;
      if (status === 'finished') expect(left).toBeLessThan(8);
    }
    for (const name of files) {
      expect(readFileSync(join(parts, name), 'utf8')).toBe(readFileSync(join(whole, name), 'utf8'));
    }
  });

  it('ends at the error asked for, decided by the records alone', async () => {
    const folder = scratch();
    const choice = job({ steps: 60_000, targetError: 0.01, equilibration: 500, blockSteps: 100 });
    const run = startRun('free-energy', folder, choice);
    const end = await runFreeEnergy(await createEngine(), choice, run);
    run.close();
    if (end.status !== 'finished') throw new Error('interrupted');
    expect(end.result.passed).toBe(true);
    expect(end.result.error).toBeLessThanOrEqual(0.01);
    expect(end.result.samples.steps).toBeLessThan(60_000);
  });
});

describe('atoms that are held', () => {
  it('leave no free centre of mass whose term could be added', async () => {
    const atoms = iron(2);
    const held = { ...job({ com: true }), atoms: { ...atoms, fixed: new Uint8Array(48).fill(1, 0, 6) } };
    const run = startRun('free-energy', scratch(), held);
    await expect(runFreeEnergy(await createEngine(), held, run)).rejects.toThrow(/centre of mass is not free/);
    run.close();
  });
});

describe('frenkel free-energy', () => {
  const line = ['free-energy', 'a.xyz', '-p', 'Fe-Ackland-2004', '-T', '300', '--threads', '1'];

  it('prints what is documented; the same command gives it again', async () => {
    const folder = scratch();
    writeFileSync(join(folder, 'a.xyz'), formatExtxyz(iron(2)));
    const args = [...line, '--steps', '20000', '--seed', '3', '--json'];
    const { code, stdout } = await frenkel(folder, args);
    expect(code).toBe(0);
    const found = JSON.parse(stdout);
    expect(found.passed).toBe(true);
    expect(found.checks.length).toBeGreaterThan(6);
    expect(found.F).toBeCloseTo(found.harmonic + found.anharmonic, 10);
    expect(found.perAtom).toBeCloseTo(found.F / 16, 12);
    expect(found.interval[0]).toBeLessThan(found.F - found.error);
    expect(found.samples).toMatchObject({ steps: 18_000, replicas: 1 });
    expect((await frenkel(folder, args)).stdout).toBe(stdout);
    const out = join(folder, 'runs/free-energy-a');
    expect(readFileSync(join(out, 'gradient.csv'), 'utf8').trim().split('\n')).toHaveLength(22);
    expect(readFileSync(join(out, 'gradient.svg'), 'utf8')).toContain('Mean force');
  });

  it('a result whose checks fail is printed as failed, with the number and the exit code 4', async () => {
    const folder = scratch();
    writeFileSync(join(folder, 'a.xyz'), formatExtxyz(iron(2)));
    const { code, stdout } = await frenkel(folder, [...line, '--steps', '400', '--reference', 'einstein:2']);
    expect(code).toBe(4);
    expect(stdout).toMatch(/^FAILED/);
    expect(stdout).toMatch(/coverage: \S+, limit 100 \(independent samples/);
  });

  it('refuses what makes no sense', async () => {
    const folder = scratch();
    const moved = iron(2);
    moved.positions[0] += 0.1;
    writeFileSync(join(folder, 'a.xyz'), formatExtxyz(moved));
    const of = async (...args: string[]) => {
      const { code, stdout, stderr } = await frenkel(folder, [...line, ...args]);
      expect([code, stdout]).toEqual([2, '']);
      return stderr;
    };
    expect(await of()).toMatch(/not at a minimum/);
    expect(await of('--reference', 'einstein:soft')).toMatch(/einstein:<k> with k above 0/);
    expect(await of('-T', '0 K')).toMatch(/must be positive/);
  });
});
