import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { miladyClass, parseMiladyDatabase } from '../src/io/milady-database.ts';
import { readSamples } from '../src/node/fit-data.ts';
import { refused } from './support/refused.ts';

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

describe('what the databases seldom say', () => {
  const file = 'x';
  const database = (tag: string, rest = '', title = `${tag} 1 Fe 55.8 -8.0 -4.0d0 -3.0`) =>
    `${title}\n1\n3 0 0\n0 3 0\n0 0 3\n2\nDirect\n0 0 0\n0.5 0.5 0.5\n${rest}`;
  const read = (text: string) => parseMiladyDatabase(text, { file });

  it('say which labels count', () => {
    const forces = '\n1 2 3\n4 5 6d0\n';
    const whole = read(database('111', `${forces}\n1 2 3 4 5 6\n\n1.0\n`));
    expect(whole.info).toEqual({
      milady_tag: '111',
      energy: -4,
      energy_total: -8,
      energy_other: -3,
      stress: [1, 2, 3, 4, 5, 6],
    });
    expect(whole.arrays).toEqual({ forces: Float64Array.of(1, 2, 3, 4, 5, 6) });
    expect(read(database('000')).info).toEqual({ milady_tag: '000' });
    expect(read(database('010', forces))).toMatchObject({ info: { milady_tag: '010' } });
    // forces that do not count are passed over
    expect(read(database('001', `${forces}\n1 2 3 4 5 6\n`))).toMatchObject({
      arrays: {},
      info: { stress: [1, 2, 3, 4, 5, 6] },
    });
    expect(read(database('001', '\n1 2 3 4 5 6\n')).info.stress).toEqual([1, 2, 3, 4, 5, 6]);
  });

  it('say what is wrong', () => {
    refused(() => read(''), "x:1: expected 'EFS n (symbol mass) × n E_1 E_2 E_3'");
    refused(() => read('111 1 Fe 55.8 -8 -4 -3'), 'x:6: expected the numbers of atoms of Fe, found ""');
    for (const title of ['121 1 Fe 55 1 2 3', '111 0 Fe 55 1 2 3', '111 119 Fe 55 1 2 3', '111 2 Fe 55 1 2 3', '111 x'])
      refused(() => read(database('', '', title)), 'x:1: expected');
    refused(() => read(database('', '', '111 1 Fe 55 1 x 3')), 'expected three energies, found 1 x 3');
    refused(() => read(database('111').replace('\n2\n', '\n2 3\n')), 'x:6: expected the numbers of atoms of Fe');
    refused(() => read(database('111').replace('\n2\n', '\n9\n')), 'expected the positions of 9 atoms, found the end');
    refused(() => read(database('011', '\n1 2 3\n')), 'expected the forces on 2 atoms, found 1');
    refused(() => read(database('010', '\n1 2 3\n1 2 x\n')), 'x:12: expected 3 numbers (a force), found "1 2 x"');
    refused(() => read(database('001')), 'expected the stress, found the end');
    refused(() => read(database('001', '\n1 2 3 4 5\n')), 'expected 6 numbers (the stress)');
  });

  it('are classes by their names', () => {
    expect(
      ['01_000_001.poscar', '01000000001.poscar', '12_345_1.poscar.gz', 'a.poscar', '1_000_1.poscar'].map(miladyClass),
    ).toEqual(['01_000', '01_000', '12_345', undefined, undefined]);
  });
});
