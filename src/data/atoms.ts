/** One configuration of atoms as plain, cloneable data. */
import { InputError } from './errors.ts';

export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

/** One configuration. Rows of `cell` are lattice vectors; positions may lie outside the cell. */
export interface Atoms {
  /** (n) atomic numbers, 1…118. */
  numbers: Uint8Array;
  /** (n,3) Å. */
  positions: Float64Array;
  /** (3,3) rows, Å. A row of a direction that is not periodic may be zero. */
  cell: Float64Array;
  pbc: [boolean, boolean, boolean];
  /** (n,3) Å/ps. */
  velocities?: Float64Array;
  /** (n) amu; absent: the potential's, else the standard table's. */
  masses?: Float64Array;
  /** (n,3), 1 = this component is held. */
  fixed?: Uint8Array;
  /** Whatever else belongs to the configuration (extxyz key=value pairs). */
  info: Record<string, Json>;
  /** Whatever else belongs to the atoms: (n) or (n,c) numbers each. */
  arrays: Record<string, Float64Array>;
}

/** Atoms from the parts that matter; throws InputError when lengths disagree. */
export function createAtoms(parts: Pick<Atoms, 'numbers' | 'positions' | 'cell'> & Partial<Atoms>): Atoms {
  const n = parts.numbers.length;
  const lengths: [string, number | undefined, number][] = [
    ['positions', parts.positions.length, 3 * n],
    ['cell', parts.cell.length, 9],
    ['velocities', parts.velocities?.length, 3 * n],
    ['masses', parts.masses?.length, n],
    ['fixed', parts.fixed?.length, 3 * n],
  ];
  for (const [name, found, expected] of lengths) {
    if (found !== undefined && found !== expected) {
      throw new InputError(`${name} has ${found} numbers; ${n} atoms need ${expected}`);
    }
  }
  return { pbc: [true, true, true], info: {}, arrays: {}, ...parts };
}

/** A deep copy. */
export function cloneAtoms(atoms: Atoms): Atoms {
  return structuredClone(atoms);
}
