import { describe, expect, it } from 'vitest';
import { createAtoms } from '../src/data/atoms.ts';
import { determinant } from '../src/data/cell.ts';
import { parseLammpsDump } from '../src/io/lammps-dump.ts';
import { formatLammpsDump } from '../src/io/lammps-dump-write.ts';
import fc from './support/properties.ts';
import { refused } from './support/refused.ts';
import { arbitraryAtoms, expectRefused, expectSame, pair } from './support/structures.ts';

const header =
  'ITEM: TIMESTEP\n100\nITEM: NUMBER OF ATOMS\n2\nITEM: BOX BOUNDS pp pp ff\n-1 3\n0 4\n0.0000000000000000e+00 5e0\n';
const small = `${header}ITEM: ATOMS id type element x y z fx fy fz c_pe\n2 1 Fe 1 2 3 .1 .2 .3 -4\n1 2 W 0 0 0 -.1 -.2 -.3 -8\n`;

describe('LAMMPS dump', () => {
  it('reads elements, forces, other columns, boundary flags, atoms by ascending id', () => {
    const [atoms] = parseLammpsDump(small);
    expect([...atoms.numbers]).toEqual([74, 26]);
    expect([...atoms.positions]).toEqual([0, 0, 0, 1, 2, 3]);
    expect([...atoms.cell]).toEqual([4, 0, 0, 0, 4, 0, 0, 0, 5]);
    expect(atoms.pbc).toEqual([true, true, false]);
    expect([...atoms.arrays.forces]).toEqual([-0.1, -0.2, -0.3, 0.1, 0.2, 0.3]);
    expect([...atoms.arrays.c_pe]).toEqual([-8, -4]);
    expect(atoms.arrays.id).toBeUndefined();
    expect([...parseLammpsDump(small.replace('\n1 2 W', '\n9 2 W'))[0].arrays.id]).toEqual([2, 9]);
    expect(atoms.info).toEqual({ step: 100 });
    expect([...parseLammpsDump(small, { types: ['Ta', 'V'] })[0].numbers]).toEqual([23, 73]);
  });

  it('reads scaled and unwrapped coordinates, images, velocities, masses, units, time', () => {
    const atoms = (columns: string, rows: string, types?: string[]) =>
      parseLammpsDump(`ITEM: UNITS\nmetal\nITEM: TIME\n0.5\n${header}ITEM: ATOMS ${columns}\n${rows}\n`, { types })[0];
    const scaled = atoms('id mass xs ys zs ix iy iz', '1 183.84 0.5 0.5 1 0 0 0\n2 9.012 0 0 0 1 0 -1');
    expect([...scaled.positions]).toEqual([1, 2, 5, 3, 0, -5]);
    expect([[...scaled.numbers], [...(scaled.masses ?? [])]]).toEqual([
      [74, 4],
      [183.84, 9.012],
    ]);
    expect(scaled.info).toEqual({ step: 100, time: 0.5 });
    const wrapped = atoms('type x y z ix iy iz vx vy vz', '1 1 1 1 1 0 0 7 8 9\n1 0 0 0 0 0 0 0 0 0', ['Cu']);
    expect([...wrapped.positions]).toEqual([5, 1, 1, 0, 0, 0]);
    expect(wrapped.velocities?.[2]).toBe(9);
    // the same atom twice: where nobody has wrapped it counts, or displacements would jump by a cell
    expect([...atoms('element x y z xu yu zu', 'H 1 1 1 9 1 1\nH 0 0 0 0 0 0').positions.slice(0, 3)]).toEqual([
      9, 1, 1,
    ]);
    const unwrapped = atoms('element xu yu zu ix iy iz', 'H 9 9 9 1 0 0\nH 0 0 0 0 0 0');
    expect([...unwrapped.positions]).toEqual([9, 9, 9, 0, 0, 0]);
    expect(unwrapped.arrays).toEqual({});
  });

  it('undoes the bounding box of a triclinic box', () => {
    const box = 'ITEM: BOX BOUNDS xy xz yz pp pp pp\n-2.5 5.5 -1.5\n-0.5 4 1\n0 5 -0.5\n';
    const text = `ITEM: TIMESTEP\n0\nITEM: NUMBER OF ATOMS\n1\n${box}ITEM: ATOMS id element xs ys zs\n1 W 0 0 0\n`;
    const [atoms] = parseLammpsDump(text);
    // xlo = -2.5 - min(0, -1.5, 1, -0.5) = -1, xhi = 5.5 - max(0, -1.5, 1, -0.5) = 4.5; ylo = 0
    expect([...atoms.cell]).toEqual([5.5, 0, 0, -1.5, 4, 0, 1, -0.5, 5]);
    expect([...atoms.positions]).toEqual([-1, 0, 0]);
  });

  it('writes and reads many frames: the same bits for general and orthogonal boxes', () => {
    const options = { velocities: true, masses: true, arrays: true, wild: true };
    fc.assert(
      fc.property(fc.array(arbitraryAtoms(options), { minLength: 1, maxLength: 3 }), fc.boolean(), (frames, boxes) => {
        for (const [i, atoms] of frames.entries()) {
          if (boxes) atoms.cell = Float64Array.of(atoms.cell[0], 0, 0, 0, 7, 0, 0, 0, 1 / 3);
          atoms.info.step = i;
        }
        const back = parseLammpsDump(formatLammpsDump(frames));
        back.forEach((atoms, i) => {
          expectSame(atoms, frames[i]);
        });
      }),
    );
  });

  it('writes triclinic boxes of the LAMMPS frame to the last digits', () => {
    fc.assert(
      fc.property(arbitraryAtoms({ triangular: true }), (atoms) => {
        const [back] = parseLammpsDump(formatLammpsDump([atoms]));
        expect(back.positions).toEqual(atoms.positions);
        atoms.cell.forEach((x, i) => {
          expect(Math.abs(back.cell[i] - x)).toBeLessThan(1e-13);
        });
      }),
    );
  });

  it('gives structures without a lattice vector a box around their atoms', () => {
    for (const row of [
      [0, 0, 0],
      [1, 1, 2],
    ]) {
      const atoms = createAtoms({
        numbers: Uint8Array.of(6, 1),
        positions: Float64Array.of(0, 0, 0, 1, -2, 4),
        cell: Float64Array.of(0, 0, 0, ...row, 0, 0, 0),
        pbc: [false, row[0] !== 0, false],
      });
      const [back] = parseLammpsDump(formatLammpsDump([atoms]));
      expect([back.positions, back.pbc]).toEqual([atoms.positions, atoms.pbc]);
      expect(determinant(back.cell)).toBeGreaterThan(1);
    }
  });

  it('refuses bad files with line and expectation', () => {
    const change = (from: string | RegExp, to: string, words: RegExp): [string, RegExp] => {
      const text = small.replace(from, to);
      expect(text).not.toBe(small);
      return [text, words];
    };
    expectRefused(
      (text) => parseLammpsDump(text, { file: 'bad.file' }),
      [
        ['', /expected ITEM: TIMESTEP, found the end/],
        ['hello\n', /:1: expected ITEM/],
        ['ITEM: TIMESTEP', /expected the time step, found the end/],
        ['ITEM: TIMESTEP\n1\n', /expected the next ITEM/],
        ['\u0000\u0001\ufffd', /expected ITEM/],
        [header, /expected the next ITEM/],
        change('100', 'x', /:2: expected the time step/),
        change('100', '-1', /:2: .*at least 0/),
        change('\n2\n', '\n0\n', /:4: .*at least 1/),
        change('\n2\n', '\n3\n', /:9: expected 3 atoms, but/),
        change('\n2\n', '\n4000000000\n', /:4: expected 4000000000 atoms/),
        change('\n2\n', '\n1\n', /:11: expected ITEM/),
        change('\n2\n', '\n2 3\n', /:4: expected nothing after/),
        change('-1 3', '-1', /:6: expected a bound/),
        change('-1 3', '3 -1', /:6: expected low < high/),
        change('-1 3', '0 nan', /:6: .*"nan"/),
        change('-1 3', '-1 3 0', /:6: expected nothing/),
        change('pp pp ff', 'pp pp', /:5: expected three boundary flags/),
        change('pp pp ff', 'pp pp xx', /:5: expected a boundary flag/),
        change('ITEM: BOX', 'ITEM: FOX', /:5: .*FOX/),
        change(/ITEM: BOX(.|\n)*e0\n/, '', /expected ITEM: BOX BOUNDS before/),
        change('ITEM: NUMBER OF ATOMS\n2\n', '', /expected ITEM: NUMBER OF ATOMS before/),
        change(' x y z', ' x y', /:9: .*expected the columns x y z/),
        change('element', 'mol', /:9: .*column element/),
        change('c_pe', 'fx', /:9: .*different names/),
        change('Fe', 'Fx', /:10: .*unknown element "Fx"/),
        change('Fe', '0', /:10: expected a chemical symbol/),
        change('1 2 W', '2 2 W', /:11: expected different ids/),
        change('-8', 'inf', /:11: expected c_pe .*"inf"/),
        change(' -8', '', /:11: expected c_pe/),
        change('-8', '-8 5', /:11: expected nothing after/),
        change('ITEM: TIMESTEP', 'ITEM: UNITS\nreal\nITEM: TIMESTEP', /:2: expected metal units/),
        change(
          'pp pp ff\n-1 3\n0 4\n0.0000000000000000e+00 5e0',
          'abc origin pp pp pp\n0 0 5 0\n0 3 0 0\n5 0 0 0',
          /:5: .*left-handed/,
        ),
        change('element', 'mass', /expected mass .*"Fe"/),
      ],
    );
    expect(() => parseLammpsDump(small, { types: ['Fe'] })).toThrow('11: expected a type from 1 to 1, found "2"');
  });
});

describe('what LAMMPS dumps seldom say', () => {
  const file = 'x';
  const dump = (columns: string, ...rows: string[]) =>
    `ITEM: TIMESTEP\n5\nITEM: NUMBER OF ATOMS\n${rows.length}\nITEM: BOX BOUNDS pp pp pp\n0 3\n0 3\n0 3\nITEM: ATOMS ${columns}\n${rows.join('\n')}\n`;

  it('have elements by name, type or mass', () => {
    expect([...parseLammpsDump(dump('element x y z', 'Fe 0 0 0', 'W 1 1 1'))[0].numbers]).toEqual([26, 74]);
    expect([...parseLammpsDump(dump('mass x y z', '55.845 0 0 0'))[0].numbers]).toEqual([26]);
    const types = ['W', 'Fe'];
    expect([...parseLammpsDump(dump('type x y z', '2 0 0 0'), { types })[0].numbers]).toEqual([26]);
    for (const word of ['3', '0', '-1', 'a', '1.5'])
      refused(
        () => parseLammpsDump(dump('type x y z', `${word} 0 0 0`), { types, file }),
        'x:10: expected a type from 1 to 2',
      );
    refused(() => parseLammpsDump(dump('mass x y z', '300 0 0 0'), { file }), 'x:10: expected the mass of an element');
    refused(() => parseLammpsDump(dump('type x y z', '1 0 0 0'), { file }), 'expected a column element');
    refused(() => parseLammpsDump(dump('element x y', 'Fe 0 0'), { file }), 'expected the columns x y z');
    refused(() => parseLammpsDump(dump('element x y z x', 'Fe 0 0 0 0'), { file }), 'expected different names');
    refused(() => parseLammpsDump(dump('id element x y z', '1 Fe 0 0 0', '1 Fe 1 1 1'), { file }), 'found 1 again');
  });

  it('hold what a structure has besides, by its name', () => {
    const atoms = pair({
      info: { step: 40, time: 0.25 },
      arrays: {
        id: Float64Array.of(4, 2),
        forces: Float64Array.of(1, 2, 3, 4, 5, 6),
        c_pe: Float64Array.of(-1, -2),
        q: Float64Array.of(1, 2, 3, 4),
      },
    });
    const text = formatLammpsDump([atoms]);
    expect(text).toContain('ITEM: TIME\n0.25\n');
    expect(text).toContain('ITEM: ATOMS id type element x y z fx fy fz c_pe q[1] q[2]\n4 1 Fe ');
    const [back] = parseLammpsDump(text);
    expect(back.info).toEqual({ step: 40, time: 0.25 });
    expect(back.arrays).toEqual({
      id: Float64Array.of(2, 4),
      forces: Float64Array.of(4, 5, 6, 1, 2, 3),
      c_pe: Float64Array.of(-2, -1),
      'q[1]': Float64Array.of(3, 1),
      'q[2]': Float64Array.of(4, 2),
    });
    for (const [name, values] of [
      ['two words', [1, 2]],
      ['vx', [1, 2]],
      ['q', [1, 2, 3]],
    ] as const)
      refused(
        () => formatLammpsDump([pair({ arrays: { [name]: Float64Array.from(values) } })]),
        `arrays: ${JSON.stringify(name)} cannot be a column of a dump`,
      );
    // steps that are none are counted
    const steps = [pair({ info: { step: -1 } }), pair({ info: { step: 1.5 } }), pair({ info: { step: 'x' } })];
    expect(parseLammpsDump(formatLammpsDump(steps)).map(({ info }) => info.step)).toEqual([0, 1, 2]);
  });
});
