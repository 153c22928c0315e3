/** FitSNAP's JSON. */
import { describe, expect, it } from 'vitest';
import { parseFitsnap } from '../src/io/fitsnap.ts';
import { refused } from './support/refused.ts';

describe("FitSNAP's JSON", () => {
  const file = 'x';
  const one = {
    Positions: [[0, 0, 0]],
    AtomTypes: ['Fe'],
    Lattice: [
      [3, 0, 0],
      [0, 3, 0],
      [0, 0, 3],
    ],
  };
  const read = (data: unknown, dataset: object = {}) =>
    parseFitsnap(`# comment\n${JSON.stringify({ Dataset: { Data: [data], ...dataset } })}`, { file });

  it('has what it says, in units of its own', () => {
    const stress = [
      [1, 2, 3],
      [4, 5, 6],
      [7, 8, 9],
    ];
    const [atoms] = read({ ...one, NumAtoms: 1, Energy: -4, Forces: [[1, 2, 3]], Stress: stress });
    expect(atoms.info.energy).toBe(-4);
    expect([...atoms.arrays.forces]).toEqual([1, 2, 3]);
    const [first, second] = atoms.info.stress as number[][];
    // LAMMPS's bar, pressure positive
    expect(second[0] / first[0]).toBeCloseTo(4, 12);
    expect(first[0]).toBeCloseTo(-1 / 1602176.5, 16);
    const [bare] = read(one);
    expect([bare.info, bare.arrays, bare.pbc]).toEqual([{}, {}, [true, true, true]]);
  });

  it.each<[string, unknown, object, RegExp]>([
    ['a list for a configuration', [], {}, /^x: expected an object with Positions, AtomTypes and Lattice$/],
    ['null for one', null, {}, /expected an object with/],
    ['no data', one, { Data: {} }, /found other JSON/],
    ['another style', one, { EnergyStyle: 'meV' }, /expected EnergyStyle electronvolt, found "meV"/],
    ['a list for a style', one, { EnergyStyle: [] }, /found a list or an object/],
    ['another stress', one, { StressStyle: 'psi' }, /expected StressStyle one of .*, found "psi"/],
    ['a number for the stress', one, { StressStyle: 1 }, /found "1"/],
    ['no types', { ...one, AtomTypes: [] }, {}, /expected AtomTypes, a list of symbols/],
    ['a text for types', { ...one, AtomTypes: 'Fe' }, {}, /expected AtomTypes/],
    ['a number for a type', { ...one, AtomTypes: [26] }, {}, /expected the symbol of an element, found "26"/],
    ['another element', { ...one, AtomTypes: ['Qq'] }, {}, /found "Qq"/],
    ['another number of atoms', { ...one, NumAtoms: 2 }, {}, /as many AtomTypes as NumAtoms \("2"\), found 1/],
    [
      'too many rows',
      {
        ...one,
        Positions: [
          [0, 0, 0],
          [1, 1, 1],
        ],
      },
      {},
      /expected Positions, 1 rows of three finite numbers/,
    ],
    ['short rows', { ...one, Positions: [[0, 0]] }, {}, /expected Positions/],
    ['text in rows', { ...one, Positions: [[0, 0, '0']] }, {}, /expected Positions/],
    ['no cell', { ...one, Lattice: 3 }, {}, /expected Lattice, 3 rows/],
    ['energy as text', { ...one, Energy: '1' }, {}, /expected Energy, a finite number/],
  ])('refuses %s', (_, data, dataset, message) => {
    refused(() => read(data, dataset), message);
  });

  it('names the configuration where there are several', () => {
    const text = (...data: unknown[]) => JSON.stringify({ Dataset: { Data: data } });
    refused(() => parseFitsnap(text(one, null), { file }), 'x: configuration 1: expected an object');
    refused(() => parseFitsnap('[]', { file }), 'found other JSON');
    refused(() => parseFitsnap('{', { file }), 'x: is no valid JSON');
    expect(parseFitsnap(text(one, one))).toHaveLength(2);
    refused(
      () => parseFitsnap(text({ ...one, Energy: 1 }).replace('1}', '1e999}'), { file }),
      'expected Energy, a finite number',
    );
  });
});
