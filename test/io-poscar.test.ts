import { describe, expect, it } from 'vitest';
import { determinant } from '../src/data/cell.ts';
import { parsePoscar } from '../src/io/poscar.ts';
import { formatPoscar } from '../src/io/poscar-write.ts';
import fc from './support/properties.ts';
import { refused } from './support/refused.ts';
import { arbitraryAtoms, expectRefused, expectSame } from './support/structures.ts';

/** As ASE 3.22.1 writes rock salt with constraints, sorted, direct. */
const ase = `rock salt
 1.0000000000000000
     5.6399999999999997    0.0000000000000000    0.0000000000000000
     0.0000000000000000    5.6399999999999997    0.0000000000000000
     0.0000000000000000    0.0000000000000000    5.6399999999999997
 Cl  Na 
   4   4
Selective dynamics
Direct
  0.5000000000000000  0.0000000000000000  0.0000000000000000   F   F   F
  0.5000000000000000  0.5000000000000000  0.5000000000000000   T   T   T
  0.0000000000000000  0.0000000000000000  0.5000000000000000   T   T   T
  0.0000000000000000  0.5000000000000000  0.0000000000000000   T   T   T
  0.0000000000000000  0.0000000000000000  0.0000000000000000   T   T   T
  0.0000000000000000  0.5000000000000000  0.5000000000000000   F   T   T
  0.5000000000000000  0.0000000000000000  0.5000000000000000   T   T   T
  0.5000000000000000  0.5000000000000000  0.0000000000000000   T   T   T
`;

const small = `bcc
2.0
1.5 0 0
0 1.5 0
0 0 1.5
W Be
1 1
Cartesian
0 0 0
.75 .75 .75
`;

describe('POSCAR', () => {
  it('reads what ASE writes', () => {
    const atoms = parsePoscar(ase);
    expect([...atoms.numbers]).toEqual([17, 17, 17, 17, 11, 11, 11, 11]);
    expect(atoms.cell[0]).toBe(5.64);
    expect([...atoms.positions.subarray(0, 6)]).toEqual([2.82, 0, 0, 2.82, 2.82, 2.82]);
    expect([...(atoms.fixed ?? [])].map((held, i) => (held ? i : -1)).filter((i) => i >= 0)).toEqual([0, 1, 2, 15]);
    expect(atoms.info).toEqual({ comment: 'rock salt' });
    expect(atoms.pbc).toEqual([true, true, true]);
  });

  it('scales by a factor, three factors, or a volume', () => {
    const atoms = parsePoscar(small);
    expect([atoms.cell[0], atoms.positions[3]]).toEqual([3, 1.5]);
    const three = parsePoscar(small.replace('2.0', '2 3 4 ! a comment'));
    expect([three.cell[0], three.cell[4], three.cell[8], ...three.positions.subarray(3)]).toEqual([
      3, 4.5, 6, 1.5, 2.25, 3,
    ]);
    const volume = parsePoscar(small.replace('2.0', '-31.7'));
    expect(determinant(volume.cell)).toBeCloseTo(31.7, 12);
    expect(volume.positions[3] / volume.cell[0]).toBeCloseTo(0.5, 14);
  });

  it('reads VASP 4, potential names, labels, velocities', () => {
    const four = small.replace('W Be\n', '');
    expect([...parsePoscar(four, { types: ['Fe', 'C'] }).numbers]).toEqual([26, 6]);
    expect([...parsePoscar(four.replace('bcc', 'Ta V alloy')).numbers]).toEqual([73, 23]);
    expect(() => parsePoscar(four, { file: 'x' })).toThrow('x:6: expected a line of elements');
    const names = parsePoscar(small.replace('W Be', 'W_sv Be.1 # two').replace('.75 .75 .75', '.75 .75 .75 Be'));
    expect([...names.numbers]).toEqual([74, 4]);
    const moving = parsePoscar(`${small}\n0.001 0 0\n-1E-3 2E-3 0\n\n1 0 0 predictor\n`);
    expect([...(moving.velocities ?? [])]).toEqual([1, 0, 0, -1, 2, 0]);
    expect(parsePoscar(`${small}\n 0.0 0 0\n 0 0 0\n`).velocities).toBeUndefined();
    const lattice = 'Lattice velocities and vectors\n1\n0 0 0\n0 0 0\n0 0 0\n3 0 0\n0 3 0\n0 0 3\nCartesian\n';
    expect(parsePoscar(`${small}${lattice}0.001 0 0\n0 0 0\n`).velocities?.[0]).toBe(1);
    expect([...parsePoscar(small.replace('1 1\n', '0 2\n')).numbers]).toEqual([4, 4]);
  });

  it('writes and reads the same bits, atoms grouped by element', () => {
    fc.assert(
      fc.property(arbitraryAtoms({ wild: true, fixed: true }), (atoms) => {
        const first = atoms.numbers.slice();
        atoms.numbers.sort((a, b) => first.indexOf(a) - first.indexOf(b));
        atoms.pbc = [true, true, true];
        atoms.info.comment = 'some text';
        if (atoms.fixed) atoms.fixed = atoms.fixed.map((_, i, all) => all[i - (i % 3)]);
        expectSame(parsePoscar(formatPoscar(atoms)), atoms);
      }),
    );
  });

  it('groups elements, keeps velocities to the last digit, and refuses what it cannot hold', () => {
    const atoms = parsePoscar(small.replace('W Be\n1 1', 'W Be W\n1 1 1').replace('.75\n', '.75\n.1 .2 .3\n'));
    atoms.velocities = Float64Array.of(0.1, 0.2, 0.3, 1 / 3, 1e-7, -5, 7, 8, 9);
    const back = parsePoscar(formatPoscar(atoms));
    expect([...back.numbers]).toEqual([74, 74, 4]);
    expect([...back.positions.subarray(3, 6)]).toEqual([0.2, 0.4, 0.6]);
    [0.1, 0.2, 0.3, 7, 8, 9, 1 / 3, 1e-7, -5].forEach((v, i) => {
      expect(back.velocities?.[i]).toBeCloseTo(v, 15);
    });
    atoms.fixed = Uint8Array.of(1, 0, 0, 0, 0, 0, 0, 0, 0);
    expect([...(parsePoscar(formatPoscar(atoms)).fixed ?? [])]).toEqual([...atoms.fixed]);
    atoms.cell[1] = 0.1;
    expect(() => formatPoscar(atoms)).toThrow('atom 1 is held along some of x, y, z');
    atoms.cell.fill(0);
    expect(() => formatPoscar(atoms)).toThrow('expected a cell');
  });

  it('refuses bad files with line and expectation', () => {
    const change = (from: string | RegExp, to: string, words: RegExp): [string, RegExp] => {
      const text = small.replace(from, to);
      expect(text).not.toBe(small);
      return [text, words];
    };
    expectRefused(
      (text) => parsePoscar(text, { file: 'bad.file' }),
      [
        ['', /expected a comment line, found the end/],
        ['bcc\n', /expected the scale factor, found the end/],
        ['\u0000\u0001\n\u0002', /:2: expected the scale factor/],
        change('2.0', '0', /:2: expected a scale factor/),
        change('2.0', 'nan', /:2: .*"nan"/),
        change('2.0', '', /:2: expected the scale factor/),
        change('2.0', '1 -1 1', /:2: expected three scale factors > 0/),
        change('2.0', '1 1', /:2: expected a scale factor/),
        change('1.5 0 0', '1.5 0', /:3: expected a component/),
        change('1.5 0 0', '1.5 0 inf', /:3: .*"inf"/),
        change('1.5 0 0', '0 0 0', /:5: expected a cell/),
        change('1.5 0 0', '0 1.5 0', /:5: the cell has zero volume/),
        change('1.5 0 0', '-1.5 0 0', /:5: the cell is left-handed/),
        change('2.0\n1.5 0 0', '-27\n0 0 0', /:5: expected a cell/),
        change('W Be', 'W Bx', /:6: .*unknown element "Bx"/),
        change('W Be', 'W 4', /:6: expected a chemical symbol/),
        change('W Be', '', /:6: expected a line of elements|:6: /),
        change('W Be', 'W', /:7: expected 1 numbers of atoms/),
        change('1 1', '1', /:7: expected 2 numbers of atoms/),
        change('1 1', '1 -1', /:7: .*"-1"/),
        change('1 1', '1 1.0', /:7: .*"1.0"/),
        change('1 1', '0 0', /:7: expected at least one atom/),
        change('1 1', '1 5', /:7: expected 6 atoms, but/),
        change('1 1', '1 2', /:10: expected the positions of 3 atoms/),
        change('1 1', '1 9000000000', /:7: expected 9000000001 atoms/),
        change('1 1', '1 0', /:10: expected an empty line/),
        change('Cartesian', 'Fractional', /:8: expected Direct or Cartesian/),
        change('Cartesian', 'Selective\nCartesian', /:10: expected T or F, found the end/),
        change('Cartesian\n0 0 0', 'Selective\nCartesian\n0 0 0 T T x', /:10: .*"x"/),
        change(
          '1.5 0\n0 0 1.5\nW Be\n1 1\nCartesian\n0 0 0',
          '1.5 1\n0 0 1.5\nW Be\n1 1\nSel\nCart\n0 0 0 T T F',
          /:10: expected T T T or F F F/,
        ),
        change('0 0 0\n.75', '0 0 NaN\n.75', /:9: .*"NaN"/),
        change('0 0 0\n.75', '0 0\n.75', /:9: expected a coordinate/),
        change('.75 .75 .75\n', '', /positions of 2 atoms|too few/),
        change(/$/, 'hello\n', /:11: expected an empty line/),
        change(/$/, '\n1 1 1\n', /velocities/),
        change(/$/, '\n1 1 1\n1 1 x\n', /:13: expected a velocity/),
        change(/$/, 'Direct\n1 1 1\n1 1 1\n', /expected Cartesian velocities/),
      ],
    );
  });
});

describe('what POSCAR seldom says', () => {
  const file = 'x';
  const poscar = (title: string, end: string) => `${title}\n1\n3 0 0\n0 3 0\n0 0 3\nFe\n1\nDirect\n0 0 0${end}`;
  it('may end anywhere after the positions', () => {
    const bare = parsePoscar(poscar('', ''));
    expect([bare.info, bare.velocities]).toEqual([{}, undefined]);
    for (const end of ['\n', '\n\n', '\n\n\n', '\nCartesian\n'])
      expect(parsePoscar(poscar('', end)).velocities, JSON.stringify(end)).toBeUndefined();
    expect(parsePoscar(poscar('iron', '\n\n1 2 3\n'))).toMatchObject({
      info: { comment: 'iron' },
      velocities: Float64Array.of(1000, 2000, 3000),
    });
    const lattice = '\nLattice velocities\n1\n1 2 3\n1 2 3\n1 2 3\n1 2 3\n1 2 3\n1 2 3\n';
    expect(parsePoscar(poscar('', lattice)).velocities).toBeUndefined();
    refused(
      () => parsePoscar(poscar('', '\nWhat\n'), { file }),
      'x:10: expected an empty line or Cartesian after 1 positions',
    );
  });
});
