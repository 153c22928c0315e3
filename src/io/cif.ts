/**
 * CIF, read: a structure per data block with atom sites, from cell lengths and angles (a along x, b in the xy plane),
 * fractional coordinates and the symmetry operations that the file lists. A space group that is only named is refused,
 * as are partly occupied sites.
 */
import { type Atoms, createAtoms } from '../data/atoms.ts';
import { transformRows } from '../data/cell.ts';
import { InputError, type Place } from '../data/errors.ts';
import { cos } from '../data/math.ts';
import { type CifBlock, type CifValue, parseCifBlocks } from './cif-blocks.ts';
import { imagesOf, isIdentity, MOST_OPERATIONS, type Operation, parseOperation } from './cif-symmetry.ts';
import { parseNumber, quote } from './lines.ts';
import { elementOf, unknownElement } from './species.ts';
import type { StructureFormatRecord } from './structure-format.ts';
import { validateAtoms } from './validate.ts';

const OPERATIONS = [
  '_space_group_symop_operation_xyz',
  '_space_group_symop.operation_xyz',
  '_symmetry_equiv_pos_as_xyz',
  '_symmetry_equiv.pos_as_xyz',
];
const GROUPS = [
  '_space_group_name_h-m_alt',
  '_space_group_name_h-m_ref',
  '_symmetry_space_group_name_h-m',
  '_space_group_name_hall',
  '_symmetry_space_group_name_hall',
  '_space_group_it_number',
  '_symmetry_int_tables_number',
];

/** The structures of all data blocks that have atoms. Throws InputError with file and line. */
export function parseCif(text: string, options: { file?: string } = {}): Atoms[] {
  const blocks = parseCifBlocks(text, options.file);
  const found = blocks.filter((block) => [...block.columns.keys()].some((tag) => tag.startsWith('_atom_site_')));
  if (found.length === 0) {
    throw new InputError('expected a loop_ of _atom_site_…, found no atoms', {
      file: options.file,
      line: blocks[0].line,
    });
  }
  return found.map((block) => new Structure(block, options.file).atoms());
}

class Structure {
  private readonly block: CifBlock;
  private readonly file: string | undefined;

  constructor(block: CifBlock, file: string | undefined) {
    this.block = block;
    this.file = file;
  }

  atoms(): Atoms {
    const cell = this.cell();
    const operations = this.operations();
    const [x, y, z] = ['x', 'y', 'z'].map((axis) => this.column(`_atom_site_fract_${axis}`));
    const elements = this.elements();
    if (y.length !== x.length || z.length !== x.length || elements.length !== x.length) {
      throw this.error(`expected one loop_ of atom sites, found columns of different lengths`, x[0].line);
    }
    this.checkOccupancies();
    const numbers: number[] = [];
    const fractional: number[] = [];
    x.forEach((value, i) => {
      const site = [value, y[i], z[i]].map((v) => this.number(v, 'a fractional coordinate'));
      for (const image of imagesOf(site, operations, cell)) {
        numbers.push(elements[i]);
        fractional.push(...image);
      }
    });
    const positions = transformRows(fractional, cell);
    const atoms = createAtoms({ numbers: Uint8Array.from(numbers), positions, cell });
    if (this.block.name !== '') atoms.info.name = JSON.parse(JSON.stringify(this.block.name)) as string;
    return validateAtoms(atoms, this.place(x[0].line));
  }

  private cell(): Float64Array {
    const [a, b, c] = ['a', 'b', 'c'].map((edge) => this.positive(`_cell_length_${edge}`, 'a length > 0, Å'));
    const angles = ['alpha', 'beta', 'gamma'].map((name) =>
      this.positive(`_cell_angle_${name}`, 'an angle in degrees'),
    );
    const [ca, cb, cg] = angles.map(cosine);
    const volume = 1 - ca * ca - cb * cb - cg * cg + 2 * ca * cb * cg;
    if (angles.some((angle) => angle >= 180) || !(volume > 1e-12)) {
      const { line } = this.column('_cell_angle_gamma')[0];
      throw this.error(`expected the angles of a cell, found ${angles.join(', ')}: its volume would be zero`, line);
    }
    const sg = Math.sqrt(1 - cg * cg);
    const cy = (c * (ca - cb * cg)) / sg;
    return Float64Array.of(a, 0, 0, b * cg, b * sg, 0, c * cb, cy, (c * Math.sqrt(volume)) / sg);
  }

  private operations(): Operation[] {
    const column = OPERATIONS.map((tag) => this.block.columns.get(tag)).find((values) => values !== undefined);
    const group = this.spaceGroup();
    if (column === undefined) {
      if (group === undefined) return [];
      throw this.error(
        `expected the symmetry operations of the space group ${quote(group.text)} (_space_group_symop_operation_xyz), found none: list them, or expand the file to P 1`,
        group.line,
      );
    }
    if (column.length > MOST_OPERATIONS) {
      throw this.error(
        `expected at most ${MOST_OPERATIONS} symmetry operations, found ${column.length}`,
        column[0].line,
      );
    }
    const operations = column.map((value) => {
      const operation = parseOperation(value.text);
      if (operation === undefined) {
        throw this.error(`expected a symmetry operation such as -x,y+1/2,z, found ${quote(value.text)}`, value.line);
      }
      return operation;
    });
    if (!operations.some(isIdentity)) {
      throw this.error('expected x,y,z among the symmetry operations, found none', column[0].line);
    }
    if (operations.length === 1 && group) {
      throw this.error(
        `expected the symmetry operations of the space group ${quote(group.text)}, found only x,y,z`,
        group.line,
      );
    }
    return operations;
  }

  /** The first that is given and is not P 1. */
  private spaceGroup(): CifValue | undefined {
    for (const tag of GROUPS) {
      const value = this.block.columns.get(tag)?.[0];
      if (value && !/^(p\s*_?1|1|\?|\.|)$/i.test(value.text.trim())) return value;
    }
    return undefined;
  }

  private elements(): number[] {
    const symbols = this.block.columns.get('_atom_site_type_symbol');
    const column = symbols ?? this.column('_atom_site_label');
    return column.map((value) => {
      const z = symbols ? elementOfSymbol(value.text) : elementOfLabel(value.text);
      if (z === undefined) throw unknownElement(value.text, this.place(value.line));
      return z;
    });
  }

  private checkOccupancies(): void {
    for (const value of this.block.columns.get('_atom_site_occupancy') ?? []) {
      if (value.text === '.' || value.text === '?') continue;
      const occupancy = this.number(value, 'an occupancy');
      if (occupancy !== 1) {
        throw this.error(
          `expected fully occupied sites, found the occupancy ${occupancy}: choose an ordered configuration`,
          value.line,
        );
      }
    }
  }

  private column(tag: string): CifValue[] {
    const column = this.block.columns.get(tag);
    if (column === undefined)
      throw this.error(`expected ${tag} in data_${this.block.name}, found none`, this.block.line);
    return column;
  }

  private positive(tag: string, what: string): number {
    const value = this.column(tag)[0];
    const x = this.number(value, what);
    if (!(x > 0)) throw this.error(`expected ${tag} (${what}), found ${quote(value.text)}`, value.line);
    return x;
  }

  /** A number with or without its standard uncertainty: 5.431(2). */
  private number(value: CifValue, what: string): number {
    const x = parseNumber(value.text.replace(/\(\d+\)$/, ''));
    if (x === undefined) throw this.error(`expected ${what} (a finite number), found ${quote(value.text)}`, value.line);
    return x;
  }

  private place(line: number): Place {
    return { file: this.file, line };
  }

  private error(message: string, line: number): InputError {
    return new InputError(message, this.place(line));
  }
}

/** Exact where crystals need it. */
function cosine(degrees: number): number {
  if (degrees === 90) return 0;
  if (degrees === 60) return 0.5;
  if (degrees === 120) return -0.5;
  return cos((degrees * Math.PI) / 180);
}

/** Na, Na1+, O2-, Fe+3 */
function elementOfSymbol(text: string): number | undefined {
  return text.length > 8 ? undefined : elementOf(text.replace(/(\d+[+-]|[+-]\d*)$/, ''));
}

/** Fe1, O2a, CL1, Ow3: the letters if they are an element, else the capital with or without the next letter. */
function elementOfLabel(text: string): number | undefined {
  const letters = /^[A-Za-z]+/.exec(text)?.[0] ?? '';
  return letters === '' ? undefined : (elementOf(letters) ?? elementOf(letters.slice(0, 1)));
}

export const cif: StructureFormatRecord<'cif'> = {
  name: 'cif',
  title: 'CIF',
  files: /\.m?cif$/i,
  detect: (head) => /^\s*data_/i.test(head.find((line) => !/^\s*(#|$)/.test(line)) ?? ''),
  parse: parseCif,
};
