/** The program is killed while it makes the matrices, and the same command goes on: the same potential, bit by bit. */
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { fillUniform } from '../src/data/rng.ts';
import { loadEmbedded } from '../src/io/embedded.ts';
import { formatStructure } from '../src/io/structure.ts';
import { frenkel, scratch, start } from './support/cli.ts';
import { bcc } from './support/crystals.ts';
import { untilMet } from './support/met.ts';
import { wait } from './support/torment.ts';

const folder = scratch();
afterAll(() => rmSync(folder, { recursive: true }));

/** Displaced tungsten: enough rows for several blocks. */
function writeData(): void {
  const potential = loadEmbedded('W-Wood-2017');
  const perfect = bcc(potential, 3.18, 3);
  const frames = Array.from({ length: 120 }, (_, k) => {
    const moves = new Float64Array(3 * perfect.numbers.length);
    fillUniform(moves, 3n, 'trials', k);
    const atoms = { ...perfect, positions: perfect.positions.map((x, i) => x + 0.4 * (moves[i] - 0.5)) };
    // labels need not be physics here
    const forces = moves.map((x) => x - 0.5);
    return { ...atoms, info: { energy: k % 7 }, arrays: { forces } };
  });
  writeFileSync(join(folder, 'train.xyz'), formatStructure(frames, 'extxyz'));
}

const commandOf = (out: string, ...more: string[]) => [
  'fit',
  'train.xyz',
  '--descriptor',
  'snap rcut=4.7A twojmax=4',
  '--out',
  out,
  '--threads',
  '1',
  '--checkpoint',
  '0',
  ...more,
];
const files = ['W.snapcoeff', 'W.uncertainty.json', 'report.json', 'metrics.md'];
const read = (out: string) => files.map((name) => readFileSync(join(folder, out, name), 'utf8'));

describe('a fit that is killed', () => {
  it('goes on, and solves again without making rows', async () => {
    writeData();
    const undisturbed = await frenkel(folder, commandOf('whole'));
    expect(undisturbed.code).toBe(0);
    await untilMet(async () => {
      rmSync(join(folder, 'killed'), { recursive: true, force: true });
      const { child, done } = start(folder, commandOf('killed'));
      while (!existsSync(join(folder, 'killed/checkpoint-1.bin')) && child.exitCode === null) await wait(2);
      child.kill('SIGKILL');
      await done;
      if (existsSync(join(folder, 'killed/report.json'))) return undefined;
      const again = await frenkel(folder, commandOf('killed'));
      expect(again.code, again.stderr).toBe(0);
      if (again.stderr.includes('all matrices are there')) return undefined;
      expect(again.stderr).toContain('going on from the last matrices');
      return again;
    });
    expect(read('killed')).toEqual(read('whole'));
    const ridge = await frenkel(folder, commandOf('killed', '--force', '--ridge', 'gcv'));
    expect(ridge.stderr).toContain('all matrices are there: solving');
    const fresh = await frenkel(folder, commandOf('fresh', '--ridge', 'gcv'));
    expect(fresh.stderr).not.toContain('matrices');
    expect(read('killed')).toEqual(read('fresh'));
    // other data: other matrices
    const fewer = readFileSync(join(folder, 'train.xyz'), 'utf8')
      .split('\n')
      .slice(0, 56 * 20)
      .join('\n');
    writeFileSync(join(folder, 'train.xyz'), `${fewer}\n`);
    const other = await frenkel(folder, commandOf('killed', '--force'));
    expect(other.stderr).not.toContain('matrices');
  });
});
