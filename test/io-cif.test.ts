import { describe, expect, it } from 'vitest';
import { determinant } from '../src/data/cell.ts';
import { parseCif } from '../src/io/cif.ts';
import { imagesOf, parseOperation } from '../src/io/cif-symmetry.ts';
import { refused } from './support/refused.ts';
import { cube, expectRefused } from './support/structures.ts';

/** As ASE 3.22.1 writes primitive rock salt. */
const ase = `data_image0
_chemical_formula_structural       NaCl
_chemical_formula_sum              "Na1 Cl1"
_cell_length_a       3.98808
_cell_length_b       3.98808
_cell_length_c       3.98808
_cell_angle_alpha    60
_cell_angle_beta     60
_cell_angle_gamma    60

_space_group_name_H-M_alt    "P 1"
_space_group_IT_number       1

loop_
  _space_group_symop_operation_xyz
  'x, y, z'

loop_
  _atom_site_type_symbol
  _atom_site_label
  _atom_site_symmetry_multiplicity
  _atom_site_fract_x
  _atom_site_fract_y
  _atom_site_fract_z
  _atom_site_occupancy
  Na  Na1       1.0  0.00000  0.00000  0.00000  1.0000
  Cl  Cl1       1.0  0.50000  0.50000  0.50000  1.0000
`;

// International Tables: P 4_2/m n m (136) and P 6_3/m m c (194), general positions.
const p42mnm =
  'x,y,z -x,-y,z -y+1/2,x+1/2,z+1/2 y+1/2,-x+1/2,z+1/2 -x+1/2,y+1/2,-z+1/2 x+1/2,-y+1/2,-z+1/2 y,x,-z -y,-x,-z -x,-y,-z x,y,-z y+1/2,-x+1/2,-z+1/2 -y+1/2,x+1/2,-z+1/2 x+1/2,-y+1/2,z+1/2 -x+1/2,y+1/2,z+1/2 -y,-x,z y,x,z';
const p63mmc =
  'x,y,z -y,x-y,z -x+y,-x,z -x,-y,z+1/2 y,-x+y,z+1/2 x-y,x,z+1/2 y,x,-z x-y,-y,-z -x,-x+y,-z -y,-x,-z+1/2 -x+y,y,-z+1/2 x,x-y,-z+1/2 -x,-y,-z y,-x+y,-z x-y,x,-z x,y,-z+1/2 -y,x-y,-z+1/2 -x+y,-x,-z+1/2 -y,-x,z -x+y,y,z x,x-y,z y,x,z+1/2 x-y,-y,z+1/2 -x,-x+y,z+1/2';

function cif(cell: string, group: string, operations: string, sites: string): string {
  const [a, b, c, alpha, beta, gamma] = cell.split(' ');
  const lengths = `_cell_length_a ${a}\n_cell_length_b ${b}\n_cell_length_c ${c}\n`;
  const angles = `_cell_angle_alpha ${alpha}\n_cell_angle_beta ${beta}\n_cell_angle_gamma ${gamma}\n`;
  const loop = `loop_\n_symmetry_equiv_pos_site_id\n_symmetry_equiv_pos_as_xyz\n${operations
    .split(' ')
    .map((operation, i) => `${i + 1} '${operation}'`)
    .join('\n')}\n`;
  const tags = ['label', 'fract_x', 'fract_y', 'fract_z'].map((tag) => `_atom_site_${tag}`).join('\n');
  return `# made\ndata_x\n${lengths}${angles}_symmetry_space_group_name_H-M '${group}'\n${loop}loop_\n${tags}\n${sites}\n`;
}

describe('CIF', () => {
  it('reads what ASE writes', () => {
    const [atoms] = parseCif(ase);
    expect([...atoms.numbers]).toEqual([11, 17]);
    expect(determinant(atoms.cell)).toBeCloseTo(3.98808 ** 3 / Math.sqrt(2), 10);
    expect(atoms.positions[3]).toBeCloseTo(3.98808, 12);
    expect(atoms.info).toEqual({ name: 'image0' });
    expect(parseCif(ase + ase.replace('image0', 'image1')).map((frame) => frame.info.name)).toEqual([
      'image0',
      'image1',
    ]);
  });

  it('has the cell of lengths and angles', () => {
    const [atoms] = parseCif(cif('5.1(2) 6.20(1) 7.3 81.5 97.25 111.000(3)', 'P 1', 'x,y,z', 'Fe1 0 0 0'));
    // ase.geometry.cellpar_to_cell
    const expected = [5.1, 0, 0, -2.221881287180862, 5.788198644282651, 0, -0.9212524746915578, 0.8021390762091518];
    [...expected, 7.197073487209438].forEach((x, i) => {
      expect(atoms.cell[i]).toBeCloseTo(x, 12);
    });
  });

  it('applies symmetry: rutile', () => {
    const sites = 'Ti1 0 0 0\nO1 0.3053(2) 0.3053(2) .0';
    const [atoms] = parseCif(cif('4.5937 4.5937 2.9587 90 90 90', 'P 42/m n m', p42mnm, sites));
    expect([...atoms.numbers]).toEqual([22, 22, 8, 8, 8, 8]);
    // ase.spacegroup.crystal, sorted
    const expected = [
      [0, 0, 0],
      [0.89439339, 3.69930661, 1.47935],
      [1.40245661, 1.40245661, 0],
      [2.29685, 2.29685, 1.47935],
      [3.19124339, 3.19124339, 0],
      [3.69930661, 0.89439339, 1.47935],
    ];
    const rows = Array.from({ length: 6 }, (_, i) => [...atoms.positions.subarray(3 * i, 3 * i + 3)]);
    rows.sort((a, b) => a[0] - b[0]);
    rows.flat().forEach((x, i) => {
      expect(x).toBeCloseTo(expected.flat()[i], 10);
    });
  });

  it('recognises images on special positions that are given with few digits', () => {
    const [atoms] = parseCif(cif('3.2 3.2 5.2 90 90 120', 'P 63/m m c', p63mmc, 'Mg 0.3333 0.6667 0.2500'));
    expect(atoms.numbers.length).toBe(2);
    const [centred] = parseCif(cif('3 3 3 90 90 90', 'I', 'x,y,z 1/2+x,.5+y,z+0.5', 'FE1 0 0 0\nCa2 0.1 0 0'));
    expect([...centred.numbers]).toEqual([26, 26, 20, 20]);
    expect([...centred.positions.subarray(3, 6)]).toEqual([1.5, 1.5, 1.5]);
  });

  it('reads operations', () => {
    expect(parseOperation(' -x+1/2, Y , z-x')).toEqual([
      [-1, 0, 0, 0.5],
      [0, 1, 0, 0],
      [-1, 0, 1, 0],
    ]);
    for (const text of [
      'x,y',
      'x,y,z,',
      'x,y,x',
      'x,y,2z',
      'x,y,z+1/0',
      'x,y,z++1',
      'x,y,w',
      'x,y,',
      '1,2,3',
      'x;y;z',
    ]) {
      expect(parseOperation(text), text).toBeUndefined();
    }
  });

  it('knows quotes, text blocks, comments, and symbols with charges', () => {
    const text = ase
      .replace('"Na1 Cl1"', "\n;_loop_ data_ 'text\n; # over")
      .replace('Na  Na1', "'Na1+' \"it's\"")
      .replace('Cl  Cl1', 'Cl- # a comment\n "loop_"')
      .replace('_cell_length_a  ', '_CELL_LENGTH_A\n');
    expect([...parseCif(text)[0].numbers]).toEqual([11, 17]);
    const bare = text.replace(/_space_group(.|\n)*?loop_/, '').replace(/^ *_space.*\n *'x, y, z'/m, '');
    expect(parseCif(`${bare}`)[0].numbers.length).toBe(2);
  });

  it('refuses bad files with line and expectation', () => {
    const change = (from: string | RegExp, to: string, words: RegExp): [string, RegExp] => {
      const text = ase.replace(from, to);
      expect(text).not.toBe(ase);
      return [text, words];
    };
    expectRefused(
      (text) => parseCif(text, { file: 'bad.file' }),
      [
        ['', /expected data_…, found the end/],
        ['# only\n', /expected data_/],
        ['\u0000\u0001', /:1: expected data_/],
        ['hello\n', /:1: expected data_…, found "hello"/],
        ['data_x\n', /:1: expected a loop_ of _atom_site_/],
        ['data_x\n_a', /:2: expected a value of "_a"/],
        ['data_x\n_a _b 1', /:2: expected a value/],
        ['data_x\n_a 1\n_A 2', /:3: expected "_a" once/],
        ['data_x\nloop_\n1 2', /:2: expected tags after loop_/],
        ['data_x\nsave_y', /dictionary/],
        ["data_x\n_a 'b\n", /:2: expected ' at the end/],
        ['data_x\n_a\n;b\n', /:3: expected the ; that closes the text of line 3/],
        change(/ {2}Na {2}Na1.*\n.*\n/, '', /whole rows/),
        change('1.0  0.50000', '0.50000', /:27: expected whole rows of the loop_, found 13 values for 7 tags/),
        change('_cell_length_b       3.98808\n', '', /:1: expected _cell_length_b/),
        change('_cell_length_b       3.98808', '_cell_length_b -3', /:5: expected _cell_length_b/),
        change('_cell_length_b       3.98808', '_cell_length_b nan', /:5: .*"nan"/),
        change('_cell_length_b       3.98808', '_cell_length_b ?', /:5: .*"\?"/),
        change('_cell_angle_beta     60', '_cell_angle_beta 180', /zero/),
        change('_cell_angle_beta     60', '_cell_angle_beta 130', /:9: expected the angles of a cell/),
        change('_cell_angle_beta     60', '_cell_angle_beta 0', /:8: expected _cell_angle_beta/),
        change('"P 1"', '"F m -3 m"', /:11: expected the symmetry operations of .*found only x,y,z/),
        change(/1\n\nloop_\n.*\n.*\n/, '225\n', /:12: .*"225".*found none: list them/),
        change("'x, y, z'", "'x, y, x'", /:16: expected a symmetry operation/),
        change("'x, y, z'", "'-x, y, z'", /:16: expected x,y,z among/),
        change("'x, y, z'", "'x, y, z'\n".repeat(193), /:16: expected at most 192/),
        change('_atom_site_fract_y', '_atom_site_cartn_y', /expected _atom_site_fract_y/),
        change('Na  Na1', 'Nq  Na1', /:26: .*unknown element "Nq"/),
        change('Na  Na1', '.  Na1', /:26: expected a chemical symbol/),
        change('0.50000  1.0000', '0.50000  0.5', /:27: expected fully occupied sites, found the occupancy 0.5/),
        change('0.50000  1.0000', 'inf  1', /:27: .*"inf"/),
        change('0.50000  1.0000', '.  1', /:27: .*"\."/),
        change('0.50000  1.0000', '0x5  1', /:27: .*"0x5"/),
      ],
    );
  });
});

describe('what CIF seldom says', () => {
  const file = 'x';
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
