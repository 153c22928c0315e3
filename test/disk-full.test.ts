/** A real file system of 2 MB that fills up while the program writes: it says so, and goes on when there is room again. */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { lattice } from '../src/data/lattice.ts';
import { repeat } from '../src/data/supercell.ts';
import { formatExtxyz } from '../src/io/extxyz-write.ts';
import { frenkel, scratch } from './support/cli.ts';
import { record } from './support/trust/record.ts';

const folder = mkdtempSync(join(tmpdir(), 'frenkel-full-'));
const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=2m', 'tmpfs', folder]).status === 0;
afterAll(() => {
  if (mounted) execFileSync('umount', ['--lazy', folder]);
  rmSync(folder, { recursive: true, force: true });
});

const atoms = repeat(lattice({ kind: 'bcc', a: 2.8553, elements: ['Fe'] }), [5, 5, 5]);
const line = (out: string) => [
  ...['md', 'a.xyz', '-p', 'Fe-Ackland-2004', '-T', '600 K', '--steps', '20', '--dump', '1', '--thermo', '1'],
  ...['--checkpoint', '0', '--threads', '1', '--out', out],
];
const lasting = (out: string) =>
  Object.fromEntries(
    readdirSync(out)
      .filter((name) => !/^(events\.jsonl|checkpoint-\d\.bin)$/.test(name))
      .map((name) => [name, readFileSync(join(out, name), 'latin1')]),
  );

describe.skipIf(!mounted)(`a disk of 2 MB${mounted ? '' : ' (mount is not permitted here)'}`, () => {
  it('fills up under md, which says so, and goes on with the same bytes', async () => {
    const here = scratch();
    writeFileSync(join(here, 'a.xyz'), formatExtxyz(atoms));
    expect((await frenkel(here, line('calm'))).code).toBe(0);
    const ballast = join(folder, 'ballast');
    mkdirSync(ballast);
    let failures = 0;
    // less and less room is taken by something else
    for (const kilobytes of [2040, 1900, 1400]) {
      writeFileSync(join(ballast, 'file'), new Uint8Array(1024 * kilobytes));
      const { code, stderr } = await frenkel(here, line(join(folder, 'r')));
      if (code === 0) break;
      failures++;
      expect(stderr, `${kilobytes} kB taken`).toMatch(/cannot be written: the disk is full \(ENOSPC\)/);
      expect(code).toBeGreaterThan(0);
      rmSync(join(ballast, 'file'));
    }
    rmSync(ballast, { recursive: true, force: true });
    const { code, stderr } = await frenkel(here, line(join(folder, 'r')));
    expect(code, stderr).toBe(0);
    expect(lasting(join(folder, 'r'))).toEqual(lasting(join(here, 'calm')));
    record('R10.full', `${failures} times full, then the bytes of an undisturbed run`, failures >= 3);
    expect(failures).toBeGreaterThanOrEqual(3);
  }, 600_000);
});
