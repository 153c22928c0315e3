/** What files of structures seldom say, and what writers seldom have to: one small text for each. */
import { describe, expect, it } from 'vitest';
import { type Atoms, createAtoms } from '../src/data/atoms.ts';
import { determinant, inverse, multiply } from '../src/data/cell.ts';
import { InputError } from '../src/data/errors.ts';
import { parseCif } from '../src/io/cif.ts';
import { imagesOf, parseOperation } from '../src/io/cif-symmetry.ts';
import { ExtxyzReader, parseExtxyz } from '../src/io/extxyz.ts';
import { formatExtxyz } from '../src/io/extxyz-write.ts';
import { parseFitsnap } from '../src/io/fitsnap.ts';
import { completeCell, frameOf, restoreCell, unrotate } from '../src/io/lammps-box.ts';
import { parseLammpsData } from '../src/io/lammps-data.ts';
import { formatLammpsData } from '../src/io/lammps-data-write.ts';
import { parseLammpsDump } from '../src/io/lammps-dump.ts';
import { formatLammpsDump } from '../src/io/lammps-dump-write.ts';
import { miladyClass, parseMiladyDatabase } from '../src/io/milady-database.ts';
import { formatNpy, isNpy, readNpyHeader } from '../src/io/npy.ts';
import { forceConstantsText, phonopyParams } from '../src/io/phonopy.ts';
import { parsePoscar } from '../src/io/poscar.ts';
import { unknownElement } from '../src/io/species.ts';
import { holdsOneFrame, lossesOf } from '../src/io/structure-losses.ts';
import { parseThermo } from '../src/io/thermo.ts';

const refused = (parse: () => unknown, message: string | RegExp) => {
  expect(parse).toThrow(InputError);
  expect(parse).toThrow(message);
};
const file = 'x';
const cube = (a: number) => Float64Array.of(a, 0, 0, 0, a, 0, 0, 0, a);
const pair = (extra: Partial<Atoms> = {}): Atoms => ({
  ...createAtoms({
    numbers: Uint8Array.of(26, 74),
    positions: Float64Array.of(0, 0, 0, 1.5, 1.25, 1),
    cell: cube(3),
    pbc: [true, true, true],
  }),
  ...extra,
});

describe('extended XYZ', () => {
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

describe('POSCAR', () => {
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

describe('CIF', () => {
  const cell = ['a', 'b', 'c'].map((edge) => `_cell_length_${edge} 3`).join('\n');
  const angles = ['alpha', 'beta', 'gamma'].map((name) => `_cell_angle_${name} 90`).join('\n');
  const cif = (sites: string) => `data_x\n${cell}\n${angles}\n${sites}\n`;
  const loop = (columns: string, rows: string) =>
    `loop_\n${columns
      .split(' ')
      .map((name) => `_atom_site_${name}`)
      .join('\n')}\n${rows}\n`;
  const element = (column: string, name: string) =>
    parseCif(cif(loop(`${column} fract_x fract_y fract_z`, `${name} 0 0 0`)), { file })[0].numbers[0];

  it('names elements in many ways', () => {
    expect(['Na1+', 'O2-', 'Fe+3', 'W', 'Cl-', 'fe'].map((name) => element('type_symbol', name))).toEqual([
      11, 8, 26, 74, 17, 26,
    ]);
    expect(['Fe1', 'O2a', 'CL1', 'Ow3', 'C12', 'W'].map((name) => element('label', name))).toEqual([
      26, 8, 17, 8, 6, 74,
    ]);
    for (const [column, name] of [
      ['type_symbol', 'Fe123456789'],
      ['type_symbol', 'Xx2+'],
      ['label', '1Fe'],
      ['label', 'qq1'],
    ])
      refused(() => element(column, name), /x:\d+: /);
  });

  it('has full sites alone; what is not known is taken for full', () => {
    const occupied = (word: string) =>
      parseCif(cif(loop('label occupancy fract_x fract_y fract_z', `Fe ${word} 0 0 0`)), { file });
    for (const word of ['1', '1.0', '1.000(2)', '.', '?']) expect(occupied(word)[0].numbers).toHaveLength(1);
    refused(() => occupied('0.5'), 'expected fully occupied sites, found the occupancy 0.5');
    refused(() => occupied('full'), 'expected an occupancy (a finite number), found "full"');
  });

  it('has one loop of sites', () => {
    const two = `${loop('label fract_x fract_y', 'Fe1 0 0\nFe2 0.5 0.5')}${loop('fract_z', '0')}`;
    refused(() => parseCif(cif(two), { file }), 'expected one loop_ of atom sites, found columns of different lengths');
  });

  it('has angles of a cell', () => {
    const sites = loop('label fract_x fract_y fract_z', 'Fe 0 0 0');
    const at = (alpha: number, gamma = 90) =>
      parseCif(cif(sites).replace('alpha 90', `alpha ${alpha}`).replace('gamma 90', `gamma ${gamma}`), { file })[0]
        .cell;
    expect(determinant(at(60))).toBeCloseTo(27 * Math.sqrt(0.75), 12);
    expect(at(90, 120)[3]).toBe(-1.5);
    expect(Math.acos(at(70)[7] / 3)).toBeCloseTo((70 * Math.PI) / 180, 12);
    refused(() => at(180), 'its volume would be zero');
    refused(() => at(170, 5), 'its volume would be zero');
  });

  it('has symmetry operations', () => {
    expect(parseOperation('x,y,z')).toEqual([
      [1, 0, 0, 0],
      [0, 1, 0, 0],
      [0, 0, 1, 0],
    ]);
    expect(parseOperation(' -X + 1/2, y-.25 , 3/4+z-x')).toEqual([
      [-1, 0, 0, 0.5],
      [0, 1, 0, -0.25],
      [-1, 0, 1, 0.75],
    ]);
    const bad = [
      '',
      'x,y',
      'x,y,z,x',
      'x,y,w',
      'x,y,2x',
      'x,x,z',
      'x,y,1/0+z',
      '--x,y,z',
      'x+,y,z',
      `x,y,z+${'0'.repeat(200)}`,
    ];
    for (const text of bad) expect(parseOperation(text), text).toBeUndefined();
  });

  it('has each image of a site once, within the cell', () => {
    const operations = ['x,y,z', 'x+1,y,z', '-x,-y,-z', 'y,x,z'].map((text) => parseOperation(text) ?? []);
    const images = (site: number[]) => imagesOf(site, operations, cube(3));
    expect(images([0, 0, 0])).toEqual([[0, 0, 0]]);
    // closer than 0.05 Å: one atom
    expect(images([0.001, 0, 0])).toHaveLength(1);
    expect(images([0.1, 0.2, 0])).toEqual([
      [0.1, 0.2, 0],
      [0.9, 0.8, 0],
      [0.2, 0.1, 0],
    ]);
    // a rounding error below the origin is the origin, not the other end of the cell
    const [, image] = imagesOf([0.5, 1e-17, 0], [parseOperation('x+1/4,-y,z') ?? []], cube(3));
    expect(image).toEqual([0.75, 0, 0]);
  });
});

describe("LAMMPS's frame", () => {
  it('of any cell is lower triangular and the same cell turned', () => {
    const cells = [
      [0, 2, 0, 0, 0, 3, 4, 0, 0],
      [-3, 0, 0, 0, -3, 0, 0, 0, 3],
      [1, 2, 3, -2, 1, 0.5, 0.3, -0.2, 2],
      [3, 0, 0, 0.5, 3, 0, 0, 0.5, 3],
    ];
    for (const cell of cells) {
      const frame = frameOf(cell);
      const { box, rotation } = frame;
      expect([box[1], box[2], box[5]]).toEqual([0, 0, 0]);
      expect(Math.min(box[0], box[4], box[8])).toBeGreaterThan(0);
      expect(determinant(box)).toBeCloseTo(determinant(cell), 10);
      expect(determinant(rotation)).toBeCloseTo(1, 12);
      multiply(box, inverse(rotation)).forEach((x, i) => {
        expect(x).toBeCloseTo(cell[i], 12);
      });
      unrotate(box, frame).forEach((x, i) => {
        expect(x).toBeCloseTo(cell[i], 12);
      });
      // unchanged: the bits that were written; changed: turned back
      const original = Float64Array.from(cell);
      expect(restoreCell(box, original, frame)).toBe(original);
      restoreCell(
        box.map((x) => 2 * x),
        original,
        frame,
      ).forEach((x, i) => {
        expect(x).toBeCloseTo(2 * cell[i], 12);
      });
    }
    expect(frameOf(cells[3]).identity).toBe(true);
    expect(frameOf(cells[0]).identity).toBe(false);
    refused(() => frameOf([3, 0, 0, 0, 3, 0, 0, 0, -3]), /left-handed|right-handed/);
    refused(() => frameOf([3, 0, 0, 6, 0, 0, 0, 0, 3]), 'zero volume');
  });

  it('makes up directions that are not periodic', () => {
    for (const cell of [
      [0, 0, 0, 0, 3, 0, 0, 0, 3],
      [1, 2, 3, 0, 0, 0, 3, 1, 0],
      [1, 2, 3, 3, 2, 2, 0, 0, 0],
      [5, 1, 1, 0, 0, 0, 0, 0, 0],
      [1, 5, 1, 0, 0, 0, 0, 0, 0],
      [2, 1, 0.5, 0, 0, 0, 0, 0, 0],
      [0, 0, 0, 1, 0.5, 2, 0, 0, 0],
      [0, 0, 0, 0, 0, 0, 2, 1, 3],
      [0, 0, 0, 0, 0, 0, 0, 0, 0],
    ]) {
      const { cell: whole, open } = completeCell(cell);
      const rows = [0, 1, 2].map((k) => [...whole.subarray(3 * k, 3 * k + 3)]);
      const dot = (u: number[], v: number[]) => u.reduce((sum, x, k) => sum + x * v[k], 0);
      open.forEach((isOpen, k) => {
        if (!isOpen) {
          expect(rows[k]).toEqual(cell.slice(3 * k, 3 * k + 3));
          return;
        }
        expect(dot(rows[k], rows[k])).toBeCloseTo(1, 12);
        for (const other of [(k + 1) % 3, (k + 2) % 3]) expect(dot(rows[k], rows[other])).toBeCloseTo(0, 12);
      });
      expect(determinant(whole), cell.join()).toBeGreaterThan(0);
      const frame = frameOf(cell);
      const back = restoreCell(
        frame.box.map((x, i) => (i === 8 ? x + 1 : x)),
        Float64Array.from(cell),
        frame,
      );
      back.forEach((x, i) => {
        if (open[Math.floor(i / 3)]) expect(x).toBe(0);
      });
    }
    refused(() => frameOf([1, 0, 0, 2, 0, 0, 0, 0, 0]), /zero/);
  });
});

describe('LAMMPS data', () => {
  const data = (extra = '', head = '2 atoms\n2 atom types') =>
    `title\n${head}\n0 3 xlo xhi\n0 3 ylo yhi\n0 3 zlo zhi\n\nMasses\n\n1 55.85\n2 183.84\n\nAtoms\n\n1 1 0 0 0\n2 2 1 1 1\n${extra}`;
  const read = (text: string) => parseLammpsData(text, { file });

  it('says what is out of order', () => {
    refused(
      () => read('title\n2 atoms\n2 atom types\n0 3 xlo xhi\n'),
      'expected the section Atoms, found the end of the file',
    );
    refused(() => read(data('\nVelocities\n\n1 0 0 0\n2 0 0 0\n\nVelocities\n\n1 0 0 0\n2 0 0 0\n')), 'found a second');
    refused(
      () => read(data().replace('Atoms', 'Velocities\n\n1 0 0 0\n\nAtoms')),
      'expected the section Atoms before Velocities',
    );
    refused(() => read(data('\nAtoms\n\n1 1 0 0 0\n')), 'expected one section Atoms, found a second');
    refused(
      () => read(data('', '2 atoms\n2 atom types\n3 bonds')),
      'expected atom_style atomic, found a file with bonds',
    );
    expect(read(data('', '2 atoms\n2 atom types\n0 bonds\n0 bond types\n2 extra bond per atom')).numbers).toHaveLength(
      2,
    );
    refused(() => read(data('', '2 atoms\n2 atom types\n2 bond atoms')), 'expected a header line');
    const labels = (a: string, b: string) => data().replace('Masses', `Atom Type Labels\n\n1 ${a}\n2 ${b}\n\nMasses`);
    expect([...read(labels('W', 'Fe')).numbers]).toEqual([74, 26]);
    refused(() => read(labels('W', 'W')), 'expected different labels, found "W" again');
    refused(() => read(labels('W', 'Qq')), /x:\d+: .*Qq/);
  });

  it('takes comments of its own for what they say', () => {
    const cell = (lines: string) => data().replace('title\n', `title\n${lines}\n`);
    const original = '# frenkel cell a 0 3 0\n# frenkel cell b 0 0 3\n# frenkel cell c 3 0 0\n# frenkel pbc T F T';
    const atoms = read(cell(original));
    expect([...atoms.cell]).toEqual([0, 3, 0, 0, 0, 3, 3, 0, 0]);
    expect(atoms.pbc).toEqual([true, false, true]);
    for (const other of [
      '# frenkel pbc T F',
      '# frenkel pbc T F X',
      '# frenkel cell d 1 2 3',
      '# frenkel pi 3',
      '# note',
    ])
      expect(read(cell(other)).pbc, other).toEqual([true, true, true]);
    refused(() => read(cell('# frenkel cell a 1 2')), 'expected "# frenkel cell a x y z"');
    refused(() => read(cell('# frenkel cell a 1 2 x')), 'expected "# frenkel cell a x y z"');
  });

  it('has masses of its own for all types or none', () => {
    expect([...(read(data()).masses ?? [])]).toEqual([55.85, 183.84]);
    const standard = data()
      .replace('55.85', '55.845 # Fe, standard mass')
      .replace('183.84', '183.84 # W, standard mass');
    expect(read(standard).masses).toBeUndefined();
    // one type without a mass: given elements, the standard one
    const half = data().replace('\n2 183.84', '');
    expect([...(parseLammpsData(half, { types: ['Fe', 'W'] }).masses ?? [])]).toEqual([55.85, 183.84]);
    refused(() => parseLammpsData(half, { types: ['Fe'] }), 'expected elements for 2 types, found 1');
    refused(() => read(half), 'which element is type 2?');
    refused(() => read(data().replace('183.84', '300')), 'Its mass 300 is no element');
    // an element that a comment names counts more than a mass
    expect([...read(data().replace('183.84', '300 # W')).numbers]).toEqual([26, 74]);
    // a comment that begins with no letter names nothing
    expect([...read(data().replace('55.85', '55.85 # 1st')).numbers]).toEqual([26, 74]);
  });

  it('numbers atoms by their ids where they are ids', () => {
    const ids = (...id: number[]) => {
      const text = formatLammpsData(pair({ arrays: { id: Float64Array.from(id) } }));
      return [...text.slice(text.indexOf('Atoms')).matchAll(/^(\d+) \d /gm)].map(([, number]) => Number(number));
    };
    expect(ids(7, 3)).toEqual([7, 3]);
    for (const bad of [
      [7, 7],
      [0, 1],
      [1.5, 2],
      [-1, 2],
    ])
      expect(ids(...bad), bad.join()).toEqual([1, 2]);
    expect(ids(7)).toEqual([1, 2]);
  });

  it('is written with the types that are asked for', () => {
    const types = (text: string) => [...text.matchAll(/^\d+ [\d.]+ # (.*)$/gm)].map(([, comment]) => comment);
    expect(types(formatLammpsData(pair(), { types: ['W', 'Cr'] }))).toEqual([
      'W, standard mass',
      'Cr, standard mass',
      'Fe, standard mass',
    ]);
    const own = pair({ masses: Float64Array.of(56, 184) });
    expect(types(formatLammpsData(own, { types: ['W', 'Cr'] }))).toEqual(['W', 'Cr, standard mass', 'Fe']);
    const isotopes = createAtoms({
      numbers: Uint8Array.of(26, 26),
      positions: new Float64Array(6).fill(1).with(0, 0),
      cell: cube(3),
      masses: Float64Array.of(54, 56),
    });
    const back = parseLammpsData(formatLammpsData(isotopes));
    expect([[...back.numbers], [...(back.masses ?? [])]]).toEqual([
      [26, 26],
      [54, 56],
    ]);
  });
});

describe('LAMMPS dumps', () => {
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
      info: { timestep: 40, time: 0.25 },
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
    expect(back.info).toEqual({ timestep: 40, time: 0.25 });
    expect(back.arrays).toEqual({
      id: Float64Array.of(4, 2),
      forces: atoms.arrays.forces,
      c_pe: atoms.arrays.c_pe,
      'q[1]': Float64Array.of(1, 3),
      'q[2]': Float64Array.of(2, 4),
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
    const steps = [
      pair({ info: { timestep: -1 } }),
      pair({ info: { timestep: 1.5 } }),
      pair({ info: { timestep: 'x' } }),
    ];
    expect(parseLammpsDump(formatLammpsDump(steps)).map(({ info }) => info.timestep)).toEqual([0, 1, 2]);
  });
});

describe('MILADY databases', () => {
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

describe('arrays of NumPy', () => {
  it('have the header of version 1, and all doubles', () => {
    const values = Float64Array.of(1, -0, Number.NaN, 1e300, 5e-324, 6);
    for (const [shape, text] of [
      [[6], '(6,)'],
      [[2, 3], '(2, 3)'],
      [[1, 2, 3], '(1, 2, 3)'],
    ] as const) {
      const bytes = formatNpy(values, shape);
      const header = new TextDecoder('latin1').decode(bytes.subarray(0, bytes.length - 48));
      expect(header).toContain(`'shape': ${text}, }`);
      expect([header.length % 64, header.at(-1), isNpy(bytes)]).toEqual([0, '\n', true]);
      expect(new Float64Array(bytes.slice(-48).buffer)).toEqual(values);
      expect(readNpyHeader(bytes)).toEqual({ type: '<f8', shape: [...shape] });
    }
    expect(() => formatNpy(values, [5])).toThrow('6 numbers do not fill an array of 5');
  });

  it('are read in versions 1 to 3, or refused', () => {
    const text = "{'descr': '<f4', 'fortran_order': False, 'shape': (), }\n";
    const made = (version: number, length = text.length) => {
      const wide = version > 1 ? [length & 255, length >> 8, 0, 0] : [length & 255, length >> 8];
      return Uint8Array.from([0x93, ...Buffer.from('NUMPY'), version, 0, ...wide, ...Buffer.from(text)]);
    };
    for (const version of [1, 2, 3]) expect(readNpyHeader(made(version))).toEqual({ type: '<f4', shape: [] });
    const bad = [
      made(0),
      made(4),
      made(1, 5),
      made(1).subarray(0, 9),
      made(2).subarray(0, 11),
      made(1).with(1, 65),
      new Uint8Array(0),
    ];
    for (const bytes of bad) refused(() => readNpyHeader(bytes, file), 'x: expected the header of a .npy file');
    expect(isNpy(new Uint8Array(3))).toBe(false);
  });
});

describe('files for phonopy', () => {
  const unit = pair();
  it('have the unit cell, its repeats, and the primitive vectors as columns', () => {
    const text = phonopyParams(unit, [2, 3, 1], [0, 0.5, 0.5, 0.5, 0, 0.5, 0.5, 0.5, 0.25], [55.845, 183.84]);
    const rows = (name: string, count: number) => {
      const lines = text.split('\n');
      const at = lines.findIndex((line) => line.trim() === `${name}:`) + 1;
      return lines.slice(at, at + count).map((line) => (line.match(/-?\d+(\.\d+)?/g) ?? []).map(Number));
    };
    expect(rows('supercell_matrix', 3)).toEqual([
      [2, 0, 0],
      [0, 3, 0],
      [0, 0, 1],
    ]);
    expect(rows('primitive_matrix', 3)).toEqual([
      [0, 0.5, 0.5],
      [0.5, 0, 0.5],
      [0.5, 0.5, 0.25],
    ]);
    expect(rows('lattice', 3)).toEqual([
      [3, 0, 0],
      [0, 3, 0],
      [0, 0, 3],
    ]);
    expect(text).toContain(
      '- symbol: W\n    coordinates: [ 0.500000000000000, 0.416666666666667, 0.333333333333333 ]\n    mass: 183.840000000',
    );
  });

  it('have every pair of the supercell, its first index fastest', () => {
    // one atom repeated 2 × 2 × 1: copies in the order (0,0), (0,1), (1,0), (1,1), phonopy's (0,0), (1,0), (0,1), (1,1)
    const start = Int32Array.of(0, 1, 2, 3, 4);
    const column = Int32Array.of(0, 1, 2, 1);
    const blocks = Float64Array.from({ length: 36 }, (_, k) => k + 1);
    const lines = [...forceConstantsText(1, [2, 2, 1], { start, column, blocks })].join('').split('\n');
    expect(lines[0]).toBe('4 4');
    const found = new Map<string, number[]>();
    for (let at = 1; at + 3 < lines.length; at += 4)
      found.set(
        lines[at],
        lines.slice(at + 1, at + 4).flatMap((line) => line.trim().split(/\s+/).map(Number)),
      );
    const block = (k: number) => [...blocks.subarray(9 * k, 9 * k + 9)];
    const none = Array(9).fill(0);
    const expected = new Map<string, number[]>();
    for (let i = 1; i <= 4; i++) for (let j = 1; j <= 4; j++) expected.set(`${i} ${j}`, none);
    expected.set('1 1', block(0));
    expected.set('3 3', block(1));
    expected.set('2 2', block(2));
    expected.set('4 3', block(3));
    expect(found).toEqual(expected);
  });
});

describe('what a format cannot hold', () => {
  const rich = pair({
    velocities: new Float64Array(6),
    masses: Float64Array.of(1, 2),
    fixed: Uint8Array.of(1, 0, 0, 0, 0, 0),
    pbc: [true, true, false],
    info: { energy: 1, comment: 'x', time: 2 },
    arrays: { id: Float64Array.of(1, 2), forces: new Float64Array(6) },
  });
  it('is told in words', () => {
    expect(lossesOf(rich, 'extxyz')).toEqual([]);
    expect(lossesOf(rich, 'lammps-dump')).toEqual(['held atoms', 'energy', 'comment']);
    expect(lossesOf(rich, 'lammps-data')).toEqual([
      'held atoms',
      'open boundaries',
      'energy',
      'comment',
      'time',
      'column forces',
    ]);
    expect(lossesOf(rich, 'poscar')).toEqual([
      'masses',
      'open boundaries',
      'energy',
      'time',
      'column id',
      'column forces',
    ]);
    const plain = pair({ fixed: new Uint8Array(6) });
    for (const format of ['extxyz', 'lammps-dump', 'lammps-data', 'poscar'] as const)
      expect(lossesOf(plain, format)).toEqual([]);
    const mixed = createAtoms({ numbers: Uint8Array.of(26, 74, 26), positions: new Float64Array(9), cell: cube(3) });
    expect(lossesOf(mixed, 'poscar')).toEqual(['order of the atoms (elements are grouped)']);
    expect((['extxyz', 'lammps-dump', 'lammps-data', 'poscar'] as const).map(holdsOneFrame)).toEqual([
      false,
      false,
      true,
      true,
    ]);
  });
});

describe("FitSNAP's JSON", () => {
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

describe('a log of thermodynamic data', () => {
  it('has a line of names', () => {
    refused(() => parseThermo('1 2 3\n', file), 'no line of column names that begins with Step');
  });
});

it('words that are no elements are named', () => {
  expect(unknownElement('Qq', { file, line: 2 }).message).toMatch(/^x:2: .*Qq/);
  expect(unknownElement('12', { file }).message).toBe('x: expected a chemical symbol such as Fe, found "12"');
  // by chance an element after all: what was expected is said all the same
  expect(unknownElement('Fe', { file }).message).toContain('expected a chemical symbol');
});
