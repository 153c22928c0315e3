import { describe, expect, it } from 'vitest';
import type { Atoms } from '../src/data/atoms.ts';
import { createExtxyzReader, ExtxyzReader, parseExtxyz } from '../src/io/extxyz.ts';
import { extxyzChunks, formatExtxyz } from '../src/io/extxyz-write.ts';
import fc from './support/properties.ts';
import { refused } from './support/refused.ts';
import { arbitraryAtoms, expectRefused, expectSame, pair } from './support/structures.ts';

const everything = { velocities: true, masses: true, fixed: true, arrays: true, info: true };

/** As ASE 3.22.1 writes a rattled Fe cell with momenta, tags and results. */
const ase = `2
Lattice="2.87 0.0 0.0 0.0 2.87 0.0 0.0 0.0 2.87" Properties=species:S:1:pos:R:3:momenta:R:3:tags:I:1:forces:R:3 name="two words" cfg="a\\"b" i=3 f="_JSON [1.5, 2.5]" flags="T F" nested="_JSON {\\"x\\": [1, 2]}" mat="_JSON [[0.0, 1.0], [2.0, 3.0]]" none energy=-8.25 stress="0.001 0.006 0.005 0.006 0.002 0.004 0.005 0.004 0.003" pbc="T T F"
Fe       0.01624345      -0.00611756      -0.00528172       0.12573022      -0.13210486       0.64042265        3       1.30400005       0.94708096      -0.70373524
Fe       1.42427031       1.44365408       1.41198461       0.10490012      -0.53566937       0.36159505        4      -1.26542147      -0.62327446       0.04132598
`;
const masked = (property: string, rows: string) =>
  `2\nLattice="3.16 0.0 0.0 0.0 3.16 0.0 0.0 0.0 3.16" Properties=species:S:1:pos:R:3:${property} pbc="T T T"\n${rows}\n`;

describe('extended XYZ as ASE writes it', () => {
  it('reads cell, pbc, momenta, tags, forces, results and typed info', () => {
    const [atoms] = parseExtxyz(ase);
    expect([...atoms.numbers]).toEqual([26, 26]);
    expect([...atoms.cell]).toEqual([2.87, 0, 0, 0, 2.87, 0, 0, 0, 2.87]);
    expect(atoms.pbc).toEqual([true, true, false]);
    expect([...atoms.positions.subarray(3)]).toEqual([1.42427031, 1.44365408, 1.41198461]);
    // ASE's get_velocities() in Å/ps; it has the constants of CODATA 2014.
    const v = [0.22114954, -0.23236203, 1.1264529, 0.18451103, -0.94220015, 0.63601717];
    v.forEach((x, i) => {
      expect(atoms.velocities?.[i]).toBeCloseTo(x, 6);
    });
    expect([...atoms.arrays.tags]).toEqual([3, 4]);
    expect(atoms.arrays.forces[3]).toBe(-1.26542147);
    expect(atoms.masses).toBeUndefined();
    expect(atoms.info).toEqual({
      name: 'two words',
      cfg: 'a"b',
      i: 3,
      f: [1.5, 2.5],
      flags: [true, false],
      nested: { x: [1, 2] },
      mat: [
        [0, 1],
        [2, 3],
      ],
      none: true,
      energy: -8.25,
      stress: [
        [0.001, 0.006, 0.005],
        [0.006, 0.002, 0.004],
        [0.005, 0.004, 0.003],
      ],
    });
  });

  it('reads constraints: move_mask T may move', () => {
    const atom = 'move_mask:L:1';
    expect([...(parseExtxyz(masked(atom, 'W 0 0 0 T\nW 1.58 1.58 1.58 F'))[0].fixed ?? [])]).toEqual([
      0, 0, 0, 1, 1, 1,
    ]);
    const component = masked('move_mask:L:3:Z:I:1', 'W 0 0 0 F T F 74\nW 1.58 1.58 1.58 T T T 74');
    expect([...(parseExtxyz(component)[0].fixed ?? [])]).toEqual([1, 0, 1, 0, 0, 0]);
  });

  it('reads plain XYZ, atomic numbers, other quotes, CRLF, several frames, a missing last line end', () => {
    const [plain] = parseExtxyz('1\r\na cube, from B\r\nfe 0 0 1 99 ignored\r\n');
    expect([plain.numbers[0], plain.pbc, [...plain.cell]]).toEqual([26, [false, false, false], Array(9).fill(0)]);
    expect(plain.info).toEqual({ comment: 'a cube, from B' });
    expect(parseExtxyz("1\nit's E = 3\n26 0 0 0")[0].info).toEqual({ comment: "it's E = 3" });
    const line =
      "Lattice = [2 0 0, 0 2 0, 0 0 2] pbc={T F T} Properties='Z:I:1:label:S:1:pos:R:3' a=[1] b='x y' c=\\\"d on";
    const frames = parseExtxyz(`1\n${line}\n74 up 0.5 0 0\n\n2\n\nH 0 0 0\nHe 1D0 0 0`.replace('1D0', '1e0'));
    expect(frames.map((atoms) => atoms.numbers.length)).toEqual([1, 2]);
    expect(frames[0].pbc).toEqual([true, false, true]);
    expect(frames[0].cell[8]).toBe(2);
    expect(frames[0].info).toEqual({ a: [1], b: 'x y', c: '"d', on: true });
    expect(parseExtxyz('1\nLattice="2 0 0 0 2 0 0 0 2"\nW 0 0 0\n')[0].pbc).toEqual([true, true, true]);
    const voigt = 'stress="1 2 3 4 5 6"';
    expect(parseExtxyz(`1\n${voigt}\nW 0 0 0\n`)[0].info.stress).toEqual([
      [1, 6, 5],
      [6, 2, 4],
      [5, 4, 3],
    ]);
  });

  it('keeps names of objects that a file could name', () => {
    const [atoms] = parseExtxyz(
      '1\n__proto__=5 constructor="1 2" Properties=species:S:1:pos:R:3:__proto__:R:1\nW 0 0 0 7\n',
    );
    expect(Object.entries(atoms.info)).toEqual([
      ['__proto__', 5],
      ['constructor', [1, 2]],
    ]);
    expect(Object.keys(atoms.arrays)).toEqual(['__proto__']);
    const text = formatExtxyz(atoms);
    expect(formatExtxyz(parseExtxyz(text)[0])).toBe(text);
  });
});

describe('extended XYZ round trip', () => {
  it('gives the same bits', () => {
    fc.assert(
      fc.property(arbitraryAtoms({ ...everything, wild: true }), (atoms) => {
        expectSame(parseExtxyz(formatExtxyz(atoms))[0], atoms);
      }),
      { numRuns: 300 },
    );
  });

  it('is the same in chunks of any size, with the same errors', () => {
    fc.assert(
      fc.property(
        fc.array(arbitraryAtoms({ ...everything, maxAtoms: 3 }), { minLength: 1, maxLength: 3 }),
        fc.integer({ min: 1, max: 200 }),
        fc.integer({ min: 0, max: 60 }),
        (frames, size, missing) => {
          const whole = frames.map(formatExtxyz).join('');
          const text = whole.slice(0, whole.length - missing);
          const attempt = (read: () => unknown) => {
            try {
              return read();
            } catch (error) {
              return (error as Error).name;
            }
          };
          const chunked = attempt(() => {
            const reader = createExtxyzReader();
            const found = [];
            for (let at = 0; at < text.length; at += size) found.push(...reader.push(text.slice(at, at + size)));
            return found.concat(reader.end());
          });
          expect(chunked).toStrictEqual(attempt(() => parseExtxyz(text)));
        },
      ),
    );
  });

  it('writes what ASE reads: F-ordered tensors, logicals, reals', () => {
    const [atoms] = parseExtxyz(ase);
    atoms.info.stress = [
      [1, 2, 3],
      [4, 5, 6],
      [7, 8, 9],
    ];
    atoms.fixed = Uint8Array.of(0, 0, 0, 1, 1, 1);
    atoms.arrays.forces.fill(0);
    const text = formatExtxyz(atoms);
    expect(text).toContain('stress="1 4 7 2 5 8 3 6 9"');
    expect(text).toContain('velocities:R:3:move_mask:L:1:tags:I:1:forces:R:3');
    expect(text).toMatch(/ T 3 0 0 0\n/);
    expectSame(parseExtxyz(text)[0], atoms);
  });

  it('writes many atoms in pieces and refuses names that the format cannot hold', () => {
    const n = 20000;
    const atoms = parseExtxyz('1\n\nW 0 0 0\n')[0];
    atoms.numbers = new Uint8Array(n).fill(74);
    atoms.positions = Float64Array.from({ length: 3 * n }, (_, i) => i / 7);
    const pieces = [...extxyzChunks(atoms)];
    expect(Math.max(...pieces.map((piece) => piece.length))).toBeLessThan(1e6);
    expectSame(parseExtxyz(pieces.join(''))[0], atoms);
    atoms.arrays['a b'] = new Float64Array(n);
    expect(() => formatExtxyz(atoms)).toThrow('"a b" with 20000 numbers cannot be a column');
  });
});

describe('extended XYZ that must be refused', () => {
  it('is not made to recurse', () => {
    const deep = '['.repeat(1e6) + ']'.repeat(1e6);
    const [atoms] = parseExtxyz(`1\na="_JSON ${deep}" b=${deep}\nW 0 0 0\n`);
    expect(typeof atoms.info.a).toBe('string');
    expectSame(parseExtxyz(formatExtxyz(atoms))[0], atoms);
  });

  const cell = 'Lattice="3 0 0 0 3 0 0 0 3"';
  const row = 'W 0 0 0\n';
  it('names the line and what was expected', () => {
    expectRefused(
      (text) => parseExtxyz(text, { file: 'bad.file' }),
      [
        ['', /expected the number of atoms, found an empty file/],
        ['\n\n', /empty file/],
        ['two\n\nW 0 0 0\n', /:1: expected the number of atoms \(an integer\), found "two"/],
        ['0\n\n', /:1: .*at least 1/],
        ['-5\n\n', /:1: .*at least 1/],
        ['1.5\n\nW 0 0 0\n', /an integer/],
        ['1e3\n\nW 0 0 0\n', /an integer/],
        ['999999999999\n\nW 0 0 0\n', /:1: expected 999999999999 atoms/],
        ['99999999999999999999\n\nW 0 0 0\n', /an integer/],
        [`3\n${cell}\n${row}`, /expected 3 atoms/],
        [
          `2\n${cell}${' '.repeat(99)}\nW 0 0.00000000000000000000 0\n`,
          /:3: expected 2 atoms, found the end of the file after 1/,
        ],
        [`1\n${cell}\nW 0 0\n`, /:3: expected pos, found the end of the line/],
        [`1\n${cell}\nW 0 0 nan\n`, /:3: expected pos \(a finite number\), found "nan"/],
        [`1\n${cell}\nW 0 inf 0\n`, /"inf"/],
        [`1\n${cell}\nW 0 1e999 0\n`, /"1e999"/],
        [`1\n${cell}\nW 0 0x10 0\n`, /"0x10"/],
        [`1\n${cell}\nWx 0 0 0\n`, /:3: .*unknown element "Wx"/],
        [`1\n${cell}\n119 0 0 0\n`, /chemical symbol/],
        [`1\n${cell}\n0 0 0 0\n`, /chemical symbol/],
        ['1\nLattice="3 0 0 0 3 0 0 0"\nW 0 0 0\n', /:2: expected Lattice/],
        ['1\nLattice="3 0 0 0 3 0 0 0 x"\nW 0 0 0\n', /:2: expected Lattice/],
        ['1\nLattice="3 0 0 0 3 0 0 0 3\nW 0 0 0\n', /:2: a quote/],
        ['1\nLattice="0 0 0 0 0 0 0 0 0"\nW 0 0 0\n', /:2: expected a cell/],
        ['1\nLattice="1 1 1 2 2 2 0 0 3"\nW 0 0 0\n', /:2: the cell has zero volume/],
        ['1\nLattice="0 3 0 3 0 0 0 0 3"\nW 0 0 0\n', /:2: the cell is left-handed .*swap two/],
        [`1\n${cell} ${cell}\nW 0 0 0\n`, /found two/],
        [`1\n${cell} pbc="T T"\nW 0 0 0\n`, /:2: expected pbc/],
        [`1\n${cell} pbc="T T maybe"\nW 0 0 0\n`, /:2: expected pbc/],
        ['1\npbc="T T T"\nW 0 0 0\n', /that vector is zero/],
        [`1\n${cell} energy=nan\nW 0 0 0\n`, /expected energy/],
        [`1\n${cell} stress="1 2 3"\nW 0 0 0\n`, /expected stress/],
        [`1\n${cell} Properties=species:S:1\nW\n     `, /found no positions/],
        [`1\n${cell} Properties=pos:R:3\n0 0 0   \n`, /found no elements/],
        [`1\n${cell} Properties=species:S:1:pos:R\nW 0 0 0\n`, /expected Properties/],
        [`1\n${cell} Properties=species:S:1:pos:R:2\nW 0 0 0\n`, /expected pos:R:3/],
        [`1\n${cell} Properties=species:S:1:pos:R:3:pos:R:3\nW 0 0 0\n`, /different names/],
        [`1\n${cell} Properties=species:S:1:pos:R:3:q:X:1\nW 0 0 0 1\n`, /R, I, L or S/],
        [`1\n${cell} Properties=species:S:1:pos:R:3:q:R:1000000000\nW 0 0 0 1\n`, /1 to 1000 columns/],
        [`1\n${cell} Properties=species:S:1:pos:R:3:q:R:900\nW 0 0 0 1\n`, /:3: expected q, found the end/],
        [`1\n${cell} Properties=species:S:1:pos:R:3\nW 0 0 0 1\n`, /expected nothing after/],
        [`1\n${cell} Properties=species:S:1:pos:R:3:Z:I:1\nW 0 0 0 26\n`, /one element/],
        [`1\n${cell} Properties=species:S:1:pos:R:3:masses:R:1\nW 0 0 0 0\n`, /mass of atom 1/],
        [`1\n${cell} Properties=species:S:1:pos:R:3:masses:R:1:momenta:R:3\nW 0 0 0 0 1 1 1\n`, /atom 1/],
        [`1\n${cell} Properties=species:S:1:pos:R:3:move_mask:L:1\nW 0 0 0 yes\n`, /T or F/],
        [`1\n${cell} Properties=species:S:1:pos:R:3:tag:I:1\nW 0 0 0 1.5\n`, /an integer/],
        [`1\n${cell}\n${row}trailing words\n`, /:4: expected the number of atoms/],
        ['\u0000\u0001\ufffdELF\u0000', /number of atoms/],
        ['1', /:1: expected 1 atoms|comment line/],
        ['1\n', /./],
      ],
    );
  });
});

describe('what extended XYZ seldom says', () => {
  const file = 'x';
  it('arrives in any pieces, empty ones too', () => {
    const text = formatExtxyz(pair({ info: { note: 'a b' } }));
    const reader = new ExtxyzReader();
    const frames = ['', ...text, ''].flatMap((piece) => reader.push(piece));
    expect([...frames, ...reader.end()]).toEqual(parseExtxyz(text));
    expect(reader.place.line).toBe(4);
  });

  it('that ends too early says what is missing', () => {
    for (const [text, message] of [
      ['2\n', 'x:1: expected the comment line, found the end of the file'],
      ['2', 'x:1: expected the comment line, found the end of the file'],
      ['2\nProperties=species:S:1:pos:R:3\nFe 0 0 0\n', 'x:3: expected 2 atoms, found the end of the file after 1'],
    ]) {
      const reader = new ExtxyzReader({ file });
      expect(reader.push(text)).toEqual([]);
      refused(() => reader.end(), message);
    }
  });

  it('has logicals in many spellings', () => {
    const rows = (words: string[]) =>
      `${words.length}\nProperties=species:S:1:pos:R:3:held:L:1\n${words.map((word, i) => `Fe ${i} 0 0 ${word}\n`).join('')}`;
    const [atoms] = parseExtxyz(rows(['T', 'true', 'True', '1', '.TRUE.', 'F', 'false', 'FALSE', '0', '.false.']));
    expect([...atoms.arrays.held]).toEqual([1, 1, 1, 1, 1, 0, 0, 0, 0, 0]);
    refused(() => parseExtxyz(rows(['T', 'yes']), { file }), 'x:4: expected held (T or F), found "yes"');
  });

  it('has values as they are: JSON, lists, texts that only look like them', () => {
    const info = (words: string) => parseExtxyz(`1\nProperties=species:S:1:pos:R:3 ${words}\nFe 0 0 0\n`)[0].info;
    expect(
      info('a="_JSON [1, {\\"b\\": null}]" b="_JSON [1" c=[[1,2],[3,4]] d=[[x],y] e={} f="" g=[] h={1 2}'),
    ).toEqual({
      a: [1, { b: null }],
      b: '_JSON [1',
      c: [
        [1, 2],
        [3, 4],
      ],
      d: '[x],y',
      e: '',
      f: '',
      g: [],
      h: [1, 2],
    });
    expect(info('a=T b="T F" c="1 2.5" d=\\"x\\\\')).toEqual({ a: true, b: [true, false], c: [1, 2.5], d: '"x\\' });
    // brackets that were closed count no more
    const pairs = Array(100).fill('[{}]').join(',');
    const deep = `_JSON ${'[1,'.repeat(80)}0${']'.repeat(80)}`;
    expect(info(`a="${deep}"`).a).toBe(deep);
    expect(info(`a="_JSON [${pairs}]"`).a).toHaveLength(100);
    // numbers that JSON has and no double, nesting that would use up the stack
    expect(info(`a="_JSON [1e999]" b="_JSON ${'['.repeat(80)}${']'.repeat(80)}"`)).toMatchObject({
      a: '_JSON [1e999]',
      b: `_JSON ${'['.repeat(80)}${']'.repeat(80)}`,
    });
  });

  it('keeps no key of its own as a value, and tensors column after column', () => {
    for (const key of ['Lattice', 'pbc', 'properties'])
      refused(() => formatExtxyz(pair({ info: { [key]: 1 } })), `info: the key ${key} belongs to the format`);
    const rows = [
      [1, 2, 3],
      [4, 5, 6],
      [7, 8, 9],
    ];
    const written = (value: Atoms['info'][string]) => {
      const text = formatExtxyz(pair({ info: { stress: value, virial: 1, other: rows } }));
      return /stress="?([^"]*)"?/.exec(text)?.[1].trim();
    };
    expect(written(rows)).toMatch(/^1 4 7 2 5 8 3 6 9/);
    expect(written([1, 2, 3, 4, 5, 6])).toMatch(/^1 2 3 4 5 6/);
    expect(written([1, 2, 3])).toBe('1 2 3');
    expect(written([[1, 2], [3, 4, 5], [6]])).toBe('_JSON [[1, 2], [3, 4, 5], [6]]');
  });

  it('has one element for an atom', () => {
    const text = (row: string) => `1\nProperties=species:S:1:Z:I:1:pos:R:3\n${row}\n`;
    expect([...parseExtxyz(text('Fe 26 0 0 0'))[0].numbers]).toEqual([26]);
    refused(
      () => parseExtxyz(text('Fe 27 0 0 0'), { file }),
      'x:3: expected one element, found atomic numbers 26 and 27',
    );
  });
});
