import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { vacancy } from '../src/data/defects.ts';
import { lattice } from '../src/data/lattice.ts';
import { repeat } from '../src/data/supercell.ts';
import { formatExtxyz } from '../src/io/extxyz-write.ts';
import { frenkel, scratch } from './support/cli.ts';
import { struckAndDone, untilMet } from './support/met.ts';

const iron = lattice({ kind: 'bcc', a: 2.8553, elements: ['Fe'] });
const crystal = repeat(iron, [3, 3, 3]);
const d = 2.8553 / 2;
const potential = ['-p', 'Fe-Ackland-2004'];

function folder(): string {
  const path = scratch();
  writeFileSync(join(path, 'a.xyz'), formatExtxyz(vacancy(crystal, [0, 0, 0])));
  writeFileSync(join(path, 'b.xyz'), formatExtxyz(vacancy(crystal, [d, d, d])));
  // another list: the vacancy taken out elsewhere, then everything shifted
  const last = vacancy(crystal, [d, d, -d]);
  writeFileSync(join(path, 'c.xyz'), formatExtxyz({ ...last, positions: last.positions.map((x) => x + 0.4) }));
  return path;
}

const sha = (path: string) => createHash('sha256').update(readFileSync(path)).digest('hex');

/** A folder where the command was interrupted, killed, and then came to its end. */
const interrupted = (line: string[], log: string): Promise<string> =>
  untilMet(async () => {
    const where = folder();
    const seen = await struckAndDone(where, line, join('r', log), ['SIGTERM', 'SIGKILL']);
    return seen.length > 1 ? where : undefined;
  });

describe('frenkel neb', () => {
  it('prints one JSON object in the shape that is documented, and writes the path', async () => {
    const where = folder();
    const line = ['neb', 'a.xyz', 'b.xyz', ...potential, '-n', '7', '--climb', '--out', 'r'];
    const { code, stdout, stderr } = await frenkel(where, [...line, '--json']);
    expect([code, stderr]).toEqual([0, '']);
    const found = JSON.parse(stdout);
    expect(found.converged).toBe(true);
    expect(found.energies).toHaveLength(7);
    expect(found.reactionCoordinate).toHaveLength(7);
    expect(found.barrier).toBeCloseTo(0.6634, 3);
    expect(found.reverseBarrier).toBeCloseTo(found.barrier, 4);
    expect(found.minima).toHaveLength(3);
    expect(found.saddles).toHaveLength(2);
    expect(found.saddles.filter((saddle: { climbed: boolean }) => saddle.climbed)).toHaveLength(1);
    const images = readFileSync(join(where, 'r', 'band.xyz'), 'utf8').match(/^53$/gm);
    expect(images).toHaveLength(7);
    expect(
      readFileSync(join(where, 'r', 'path.csv'), 'utf8')
        .trim()
        .split('\n'),
    ).toHaveLength(8);
    expect(readFileSync(join(where, 'r', 'path.svg'), 'utf8')).toContain('0.663 eV');
    expect(JSON.parse(readFileSync(join(where, 'r', 'report.json'), 'utf8')).result.barrier).toBe(found.barrier);
    const again = await frenkel(where, line);
    expect([again.code, again.stdout.startsWith('already done')]).toEqual([0, true]);
    const energy = await frenkel(where, ['energy', 'r/saddle.xyz', ...potential, '--json']);
    expect(JSON.parse(energy.stdout).frames[0].energy - found.energies[0]).toBeCloseTo(found.barrier, 4);
  });

  it('maps an end with another order and a shift, and says so', async () => {
    const where = folder();
    const { code, stdout, stderr } = await frenkel(where, ['neb', 'a.xyz', 'c.xyz', ...potential, '--climb', '--json']);
    expect(code).toBe(0);
    expect(stderr).toMatch(/c\.xyz: \d+ atoms reordered.*rigid shift of 0\.6/);
    expect(JSON.parse(stdout).barrier).toBeCloseTo(0.6634, 3);
  });

  it('interrupted or killed at any moment, it ends with the same bytes', async () => {
    const line = ['neb', 'a.xyz', 'b.xyz', ...potential, '-n', '9', '--climb-all', '--out', 'r'];
    const whole = folder();
    expect((await frenkel(whole, line)).code).toBe(0);
    const broken = await interrupted(line, 'log.neb');
    for (const name of ['log.ends', 'log.neb', 'band.xyz', 'path.csv', 'path.svg', 'report.json']) {
      expect([name, sha(join(broken, 'r', name))]).toEqual([name, sha(join(whole, 'r', name))]);
    }
  });

  it('exits with 3 when it does not converge, its results written', async () => {
    const where = folder();
    const { code, stdout } = await frenkel(where, [
      'neb',
      'a.xyz',
      'b.xyz',
      ...potential,
      '--steps',
      '8',
      '--fmax',
      '1e-9',
      '--out',
      'r',
    ]);
    expect([code, stdout.startsWith('not converged')]).toEqual([3, true]);
    expect(existsSync(join(where, 'r', 'path.svg'))).toBe(true);
  });

  it('refuses ends that make no path, before there is a folder', async () => {
    const where = folder();
    writeFileSync(join(where, 'perfect.xyz'), formatExtxyz(crystal));
    const cases: [string[], RegExp][] = [
      [['a.xyz', 'perfect.xyz'], /different atoms: Fe53 and Fe54/],
      [['a.xyz', 'a.xyz'], /same structure/],
      [['a.xyz', 'b.xyz', '-n', '2'], /at least 3/],
      [['a.xyz', 'b.xyz', '--spring', '0'], /positive/],
    ];
    for (const [args, message] of cases) {
      const { code, stderr } = await frenkel(where, ['neb', ...args, ...potential, '--out', 'r']);
      expect([code, stderr]).toEqual([2, expect.stringMatching(message)]);
    }
    expect(existsSync(join(where, 'r'))).toBe(false);
    const unrelaxed = await frenkel(where, ['neb', 'a.xyz', 'b.xyz', ...potential, '--no-relax-ends']);
    expect([unrelaxed.code, unrelaxed.stderr]).toEqual([2, expect.stringMatching(/first end is no minimum/)]);
  });
});

describe('frenkel saddle', () => {
  it('finds the saddle and both minima beside it', async () => {
    const where = folder();
    const { code, stdout } = await frenkel(where, ['saddle', 'a.xyz', 'b.xyz', ...potential, '--json', '--out', 'r']);
    expect(code).toBe(0);
    const found = JSON.parse(stdout);
    expect(found.barrier).toBeCloseTo(0.6634, 3);
    expect(found.curvature).toBeLessThan(0);
    expect(found.sides.some((side: { start: boolean }) => side.start)).toBe(true);
    expect(found.positions).toHaveLength(53);
    for (const name of ['saddle.xyz', 'start.xyz', 'side-1.xyz', 'side-2.xyz', 'report.json']) {
      expect(existsSync(join(where, 'r', name))).toBe(true);
    }
  });

  it('interrupted or killed at any moment, it ends with the same bytes', async () => {
    const line = [
      'saddle',
      'a.xyz',
      ...potential,
      '--random',
      '0.1 A',
      '--around',
      '0,0,0',
      '--within',
      '3 A',
      '--seed',
      '2',
      '--fmax',
      '1e-5 eV/A',
      '--out',
      'r',
    ];
    const whole = folder();
    expect((await frenkel(whole, line)).code).toBe(0);
    const broken = await interrupted(line, 'log.saddle');
    for (const name of ['log.saddle', 'saddle.xyz', 'side-1.xyz', 'report.json']) {
      expect([name, sha(join(broken, 'r', name))]).toEqual([name, sha(join(whole, 'r', name))]);
    }
  });

  it('says what a displacement must be', async () => {
    const where = folder();
    const cases: [string[], RegExp][] = [
      [[], /needs a displacement/],
      [['--move', '0:1,2'], /an atom and a vector/],
      [['--move', '99:1,0,0'], /no atom 99/],
      [['--random', '0.1 A', '--around', '0,0,0', '--within', '0.5 A'], /no atom lies within/],
    ];
    for (const [args, message] of cases) {
      const { code, stderr } = await frenkel(where, ['saddle', 'a.xyz', ...potential, ...args]);
      expect([code, stderr]).toEqual([2, expect.stringMatching(message)]);
    }
  });
});
