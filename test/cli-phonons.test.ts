/** phonons as a user runs it. */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { lattice } from '../src/data/lattice.ts';
import { formatExtxyz } from '../src/io/extxyz-write.ts';
import { frenkel, scratch } from './support/cli.ts';

describe('frenkel phonons', () => {
  it('prints what is documented and fills a folder', async () => {
    const folder = scratch();
    writeFileSync(
      join(folder, 'iron.xyz'),
      formatExtxyz(lattice({ kind: 'bcc', a: 2.85531274900052, elements: ['Fe'] })),
    );
    const line = ['phonons', 'iron.xyz', '-p', 'Fe-Ackland-2004', '--supercell', '3', '--mesh', '6', '--points', '11'];
    const { code, stdout, stderr } = await frenkel(folder, [...line, '--path', 'G H N | P G', '--json']);
    expect([code, stderr]).toEqual([0, '']);
    const found = JSON.parse(stdout);
    expect([found.lattice, found.atoms, found.displaced, found.imaginary]).toEqual(['bcc', 1, 1, 0]);
    expect(found.path.map((p: { label: string }) => p.label)).toEqual(['Γ', 'H', 'N', 'P', 'Γ']);
    expect(found.acoustic).toBeLessThan(1e-4);
    const [low, , high] = found.path[1].frequencies;
    expect(high - low).toBeLessThan(1e-4);
    expect(found.thermal).toHaveLength(101);
    const files = readdirSync(join(folder, 'phonons')).sort();
    expect(files.join(' ')).toBe('FORCE_CONSTANTS bands.csv bands.svg dos.csv dos.svg phonopy_params.yaml thermal.csv');
    const rows = (name: string) =>
      readFileSync(join(folder, 'phonons', name), 'utf8')
        .trim()
        .split('\n');
    expect(rows('bands.csv')).toHaveLength(34);
    expect(rows('bands.csv').every((row) => row.split(',').length === 8)).toBe(true);
    expect(rows('thermal.csv')).toHaveLength(102);
    expect(rows('FORCE_CONSTANTS')).toHaveLength(1 + 4 * 54 * 54);
    expect(rows('bands.svg').join('')).toContain('>N|P<');
    const again = await frenkel(folder, line);
    expect([again.code, again.stdout]).toEqual([2, '']);
    expect(again.stderr).toContain('--force');
    const wrong = await frenkel(folder, [...line, '--out', 'other', '--path', 'G X']);
    expect(wrong.code).toBe(2);
    expect(wrong.stderr).toMatch(/found "X"/);
  });
});
