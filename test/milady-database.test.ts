import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { parseMiladyDatabase } from '../src/io/milady-database.ts';
import { readSamples } from '../src/node/fit-data.ts';

const folder = mkdtempSync(join(tmpdir(), 'frenkel-milady-'));
afterAll(() => rmSync(folder, { recursive: true }));

const body = (title: string, counts: string, more: string[]) =>
  [title, '1.0', '2.6 0 0', '0 2.6 0', '0 0 2.7', counts, 'Cartesian', '0 0 0', '1.3 1.3 1.35', ...more].join('\n');
const after = ['', '0.1 0.2 0.3', '-0.1 -0.2 -0.3', '', '-0.4 -0.5 -0.6 0.01 0.02 0.03', '', '2', ''];

describe("MILADY's databases", () => {
  it('give what is fitted, by class and type', () => {
    writeFileSync(join(folder, '02110000003.poscar'), body('111 1 Fe 55.8 -15.7 0.78 0.5', '2', after));
    writeFileSync(join(folder, '04120000001.poscar'), body('100 2 Fe 56 C 12 -20 1.5 0', '1 1', after));
    const [first, second] = readSamples([folder]);
    expect([first.group, second.group]).toEqual(['02_110', '04_120']);
    expect(first.energy).toBe(0.78);
    expect([...(first.forces ?? [])]).toEqual([0.1, 0.2, 0.3, -0.1, -0.2, -0.3]);
    expect([...(first.stress ?? [])]).toEqual([-0.4, -0.5, -0.6, 0.01, 0.02, 0.03]);
    expect(first.atoms.velocities).toBeUndefined();
    expect([...second.atoms.numbers]).toEqual([26, 6]);
    expect([second.energy, second.forces, second.stress]).toEqual([1.5, undefined, undefined]);
    expect(readSamples([folder], { energy: 'energy_total' })[0].energy).toBe(-15.7);
  });

  it('are refused with file and line', () => {
    const title = '111 1 Fe 55.8 -15.7 0.78 0.5';
    const cases: [string, RegExp][] = [
      [body('Fe', '2', after), /a.poscar:1: expected 'EFS n/],
      [body('111 1 Fe 55.8 x 0 0', '2', after), /a.poscar:1: expected three energies/],
      [body(title, '2 1', after), /a.poscar:6: expected the numbers of atoms of Fe/],
      [body(title, '99999', after), /a.poscar:\d+: expected the positions of 99999 atoms/],
      [body(title, '2', ['', '0.1 0.2 0.3']), /a.poscar:10: expected the forces on 2 atoms, found 1/],
      [body(title, '2', ['', '0 0 0', '0 0 nan', '', '1 1 1 0 0 0']), /a.poscar:12: expected 3 numbers/],
      [body(title, '2', after.slice(0, 4)), /expected the stress, found the end/],
    ];
    for (const [text, message] of cases) expect(() => parseMiladyDatabase(text, { file: 'a.poscar' })).toThrow(message);
  });
});
