/** eos, elastic, hessian, entropy as a user runs them. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { vacancy } from '../src/data/defects.ts';
import { lattice } from '../src/data/lattice.ts';
import { repeat } from '../src/data/supercell.ts';
import { formatExtxyz } from '../src/io/extxyz-write.ts';
import { readNpyHeader } from '../src/io/npy.ts';
import { frenkel, scratch } from './support/cli.ts';

const a0 = 2.85531274900052;
const bcc = (cells: number, a = a0) => repeat(lattice({ kind: 'bcc', a, elements: ['Fe'] }), [cells, cells, cells]);
const iron = ['-p', 'Fe-Ackland-2004'];

function folderWith(files: Record<string, string>): string {
  const folder = scratch();
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  return folder;
}

describe('frenkel eos', () => {
  it('prints what is documented, a table and a figure', async () => {
    const folder = folderWith({ 'a.xyz': formatExtxyz(bcc(1, 2.86)) });
    const line = [
      'eos',
      'a.xyz',
      ...iron,
      '--strain',
      '-0.01 -> 0.015',
      '--points',
      '9',
      '--csv',
      'e.csv',
      '--svg',
      'e.svg',
    ];
    const { code, stdout, stderr } = await frenkel(folder, [...line, '--json']);
    expect([code, stderr]).toEqual([0, '']);
    const found = JSON.parse(stdout);
    expect(found.points).toHaveLength(9);
    expect(Math.abs((found.volume / 2) * 2 - a0 ** 3)).toBeLessThan(0.01);
    expect(Math.abs(found.bulk / 177.9 - 1)).toBeLessThan(0.02);
    expect(Math.abs(2.86 * (1 + found.strain) - found.volume ** (1 / 3))).toBeLessThan(1e-9);
    expect(readFileSync(join(folder, 'e.csv'), 'utf8').trim().split('\n')).toHaveLength(10);
    expect(readFileSync(join(folder, 'e.svg'), 'utf8')).toContain('Birch–Murnaghan');
    const again = await frenkel(folder, line);
    expect(again.code).toBe(2);
    expect(again.stderr).toContain('--force');
    const wrong = await frenkel(folder, ['eos', 'a.xyz', ...iron, '--strain', '0.02 -> 0.01']);
    expect([wrong.code, wrong.stdout]).toEqual([2, '']);
    expect(wrong.stderr).toMatch(/--strain: found/);
    const far = await frenkel(folder, ['eos', 'a.xyz', ...iron, '--strain', '0.05 -> 0.06']);
    expect(far.code).toBe(4);
  });
});

describe('frenkel elastic', () => {
  it('prints C in GPa; a stressed start says so, --relax removes it', async () => {
    const folder = folderWith({ 'a.xyz': formatExtxyz(bcc(1, 2.86)) });
    const stressed = await frenkel(folder, ['elastic', 'a.xyz', ...iron, '--json']);
    expect(stressed.code).toBe(0);
    expect(stressed.stderr).toMatch(/starts with a stress of 0\.8\d\d GPa/);
    const { code, stdout, stderr } = await frenkel(folder, ['elastic', 'a.xyz', ...iron, '--relax', '--json']);
    expect([code, stderr]).toEqual([0, '']);
    const { C, bulk, strain, stable } = JSON.parse(stdout);
    expect(C).toHaveLength(6);
    // LAMMPS
    expect(Math.abs(C[0][0] - 243.3507)).toBeLessThan(0.02);
    expect(Math.abs(C[0][1] - 145.1294)).toBeLessThan(0.02);
    expect(Math.abs(C[5][5] - 116.2257)).toBeLessThan(0.02);
    expect(bulk).toBeCloseTo((C[0][0] + 2 * C[0][1]) / 3, 3);
    expect([strain, stable]).toEqual([1e-4, true]);
    const fitted = await frenkel(folder, [
      'elastic',
      'a.xyz',
      ...iron,
      '--relax',
      '--from',
      'energy',
      '--strain',
      '0.005',
      '--json',
    ]);
    const far = JSON.parse(fitted.stdout);
    expect([far.strain, far.from]).toEqual([0.005, 'energy']);
    expect(Math.abs(far.C[0][0] - C[0][0])).toBeLessThan(2);
  });

  it('says that a crystal is unstable', async () => {
    const argon = lattice({ kind: 'bcc', a: 4.2, elements: ['Ar'] });
    const folder = folderWith({ 'a.xyz': formatExtxyz(argon) });
    const lj = 'lj epsilon=0.0104eV sigma=3.4A cutoff=8.5A shift=force';
    const { code, stdout, stderr } = await frenkel(folder, ['elastic', 'a.xyz', '-p', lj, '--json']);
    expect(code).toBe(4);
    expect(stderr).toMatch(/unstable: its elastic constants have the eigenvalue -\d/);
    expect(JSON.parse(stdout).stable).toBe(false);
  });
});

describe('frenkel hessian and entropy', () => {
  const files = { 'bulk.xyz': formatExtxyz(bcc(3)), 'vacancy.xyz': formatExtxyz(vacancy(bcc(3), 0)) };

  it('hessian writes the matrix and prints its lowest eigenvalues', async () => {
    const folder = folderWith(files);
    const { code, stdout, stderr } = await frenkel(folder, [
      'hessian',
      'bulk.xyz',
      ...iron,
      '-o',
      'h.npy',
      '--check',
      '--json',
    ]);
    expect(code).toBe(0);
    expect(stderr).toMatch(/162 rows; .*free/);
    const found = JSON.parse(stdout);
    expect([found.atoms, found.rows, found.displaced, found.imaginary]).toEqual([54, 162, 1, 0]);
    expect(found.lowest).toHaveLength(10);
    expect(found.error).toBeGreaterThan(0);
    const bytes = readFileSync(join(folder, 'h.npy'));
    expect(readNpyHeader(bytes)).toEqual({ type: '<f8', shape: [162, 162] });
    const H = new Float64Array(
      bytes.buffer.slice(bytes.byteOffset + bytes.length - 8 * 162 * 162, bytes.byteOffset + bytes.length),
    );
    for (let i = 0; i < 162; i++) for (let j = 0; j < i; j++) expect(H[162 * i + j]).toBe(H[162 * j + i]);
    const wrong = await frenkel(folder, ['hessian', 'bulk.xyz', ...iron, '-o', 'h.txt']);
    expect(wrong.code).toBe(2);
  });

  it('entropy: refuses a start with forces, relaxes on request, prints what is documented', async () => {
    const folder = folderWith(files);
    const line = ['entropy', 'vacancy.xyz', '--bulk', 'bulk.xyz', ...iron, '--json'];
    const refused = await frenkel(folder, line);
    expect([refused.code, refused.stdout]).toEqual([2, '']);
    expect(refused.stderr).toMatch(/vacancy\.xyz: not at a minimum: forces up to .*--relax/);
    const { code, stdout } = await frenkel(folder, [
      ...line,
      '--relax',
      '-T',
      '300 K',
      '--local',
      'local.csv',
      '--check',
    ]);
    expect(code).toBe(0);
    const { entropy, bulkEntropy, formation, modes, bulkModes, thermal, halfStep } = JSON.parse(stdout);
    expect([modes, bulkModes]).toEqual([156, 159]);
    expect(formation.asPublished).toBeCloseTo(entropy - (53 / 54) * bulkEntropy, 9);
    expect(formation.modeMatched).toBeCloseTo(entropy - (156 / 159) * bulkEntropy, 9);
    expect(formation.modeMatched).toBeGreaterThan(2);
    expect(Math.abs(halfStep.formation.modeMatched - formation.modeMatched)).toBeLessThan(0.1);
    const sum = -entropy;
    const kT = 8.617333262e-5 * 300;
    expect(Math.abs(thermal.classical.entropy - (156 * (Math.log(kT) + 1) - sum))).toBeLessThan(1e-6);
    const rows = readFileSync(join(folder, 'local.csv'), 'utf8').trim().split('\n').slice(1);
    const shares = rows.map((row) => Number(row.split(',')[5]));
    expect(shares).toHaveLength(53);
    expect(Math.abs(shares.reduce((a, b) => a + b) - thermal.classical.entropy)).toBeLessThan(1e-8);
  });
});
