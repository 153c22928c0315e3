/** What names in files of structures stand for: elements of a title, columns with a meaning, blocks that have atoms. */
import { describe, expect, it } from 'vitest';
import { createAtoms } from '../src/data/atoms.ts';
import { parseCif } from '../src/io/cif.ts';
import { parseExtxyz } from '../src/io/extxyz.ts';
import { formatExtxyz } from '../src/io/extxyz-write.ts';
import { parsePoscar } from '../src/io/poscar.ts';
import { refused } from './support/refused.ts';
import { pair } from './support/structures.ts';

describe('POSCAR of VASP 4', () => {
  const poscar = (title: string) => parsePoscar(`${title}\n1\n3 0 0\n0 3 0\n0 0 3\n1\nDirect\n0 0 0\n`);
  it('has its elements at the begin of the title, one per number, whatever follows', () => {
    for (const title of ['Fe', 'Fe bcc', 'Fe In a box', 'Fe W'])
      expect([...poscar(title).numbers], title).toEqual([26]);
    for (const title of ['bcc Fe', 'a crystal', '']) refused(() => poscar(title), /expected a line of elements/);
  });
});

describe('columns of extended XYZ', () => {
  it('with a meaning have one type and width, or the file is refused', () => {
    const known: Record<string, string[]> = {
      species: ['S:1'],
      symbols: ['S:1'],
      symbol: ['S:1'],
      element: ['S:1'],
      Z: ['I:1'],
      numbers: ['I:1'],
      atomic_numbers: ['I:1'],
      pos: ['R:3'],
      velocities: ['R:3'],
      momenta: ['R:3'],
      forces: ['R:3'],
      masses: ['R:1'],
      mass: ['R:1'],
      move_mask: ['L:1', 'L:3', 'I:1', 'I:3'],
    };
    const words: Record<string, string> = { S: 'Fe', I: '26', R: '1.5', L: 'T' };
    for (const [name, allowed] of Object.entries(known))
      for (const [type, word] of Object.entries(words))
        for (const width of [1, 2, 3]) {
          const rest = ['species:S:1', 'pos:R:3'].filter((column) => !column.startsWith(`${name}:`));
          const row = [
            ...rest.map((column) => (column === 'pos:R:3' ? '0 0 0' : 'Fe')),
            ...Array(width).fill(name === 'move_mask' && type === 'I' ? '1' : word),
          ];
          const text = `1\nProperties=${[...rest, `${name}:${type}:${width}`].join(':')} pbc="F F F"\n${row.join(' ')}\n`;
          if (allowed.includes(`${type}:${width}`)) expect(parseExtxyz(text)[0].positions, text).toHaveLength(3);
          else refused(() => parseExtxyz(text), `2: Properties: expected ${name}:${allowed[0]}`);
        }
  });

  const read = (columns: string, row: string) =>
    parseExtxyz(`1\nProperties=species:S:1:pos:R:3:${columns} pbc="F F F"\nFe 0 0 0 ${row}\n`)[0];
  it('say masses by either name', () => {
    expect(read('masses:R:1', '55.9').masses).toEqual(Float64Array.of(55.9));
    expect(read('mass:R:1', '55.9').masses).toEqual(Float64Array.of(55.9));
    refused(() => read('mass:I:1', '55'), /mass/);
    refused(() => read('mass:R:3', '1 2 3'), /mass/);
  });

  it('that mean something else are not written as results', () => {
    const names =
      'species symbols symbol element Z numbers atomic_numbers pos velocities momenta masses mass move_mask';
    for (const name of names.split(' ')) {
      const atoms = createAtoms({ ...pair(), arrays: { [name]: Float64Array.of(1, 2) } });
      refused(() => formatExtxyz(atoms), `arrays: "${name}" with 2 numbers cannot be a column for 2 atoms`);
    }
    for (const name of ['', 'a b', 'a:b', 'a=b', 'a"b', 'a]'])
      refused(() => formatExtxyz({ ...pair(), arrays: { [name]: Float64Array.of(1, 2) } }), /cannot be a column/);
    for (const length of [0, 1, 3])
      refused(() => formatExtxyz({ ...pair(), arrays: { s: new Float64Array(length) } }), /cannot be a column/);
    const [again] = parseExtxyz(formatExtxyz(createAtoms({ ...pair(), arrays: { s: Float64Array.of(1.5, 2) } })));
    expect(again.arrays.s).toEqual(Float64Array.of(1.5, 2));
  });
});

describe('blocks of CIF', () => {
  const cell = ['a', 'b', 'c'].map((axis) => `_cell_length_${axis} 3\n`).join('');
  const angles = ['alpha', 'beta', 'gamma'].map((angle) => `_cell_angle_${angle} 90\n`).join('');
  const atoms = 'loop_\n_atom_site_label\n_atom_site_fract_x\n_atom_site_fract_y\n_atom_site_fract_z\nFe1 0 0 0\n';
  const table = 'loop_\n_journal_author\n_journal_page\nA 1\nB 2\n';
  it('without atoms are no structures, lists or not', () => {
    const paper = `data_global\n_journal_name_full X\n${table}`;
    const found = parseCif(`${paper}data_iron\n${cell}${angles}${atoms}${paper.replace('global', 'more')}`);
    expect(found.map(({ numbers }) => [...numbers])).toEqual([[26]]);
    refused(() => parseCif(paper), /expected a loop_ of _atom_site_…, found no atoms/);
  });
});
