/** The reference numbers of ../shared/reference/lammps, as structures and expectations. */
import { existsSync, readFileSync } from 'node:fs';
import { type Atoms, createAtoms } from '../../src/data/atoms.ts';
import { parseElement } from '../../src/data/elements.ts';

const root = new URL('../../../shared/', import.meta.url);

export const hasReference = existsSync(new URL('reference/lammps', root));

export interface ReferenceCase {
  name: string;
  atoms: Atoms;
  energy: number;
  energies: number[];
  /** (n,3) rows. */
  forces: number[][];
  /** (3,3) rows, −∂E/∂ε. */
  virial: number[][];
}

interface Configuration {
  cell: number[][];
  pbc: [boolean, boolean, boolean];
  species: string[];
  positions: number[][];
  energy: number;
  energies: number[];
  forces: number[][];
  virial: number[][];
}

export function sharedText(path: string): string {
  return readFileSync(new URL(path, root), 'utf8');
}

/** The configurations of reference/lammps/<id>.json. */
export function lammpsCases(id: string): ReferenceCase[] {
  const { configurations } = JSON.parse(sharedText(`reference/lammps/${id}.json`)) as {
    configurations: Record<string, Configuration>;
  };
  return Object.entries(configurations).map(([name, { cell, pbc, species, positions, ...expected }]) => ({
    name,
    atoms: createAtoms({
      numbers: Uint8Array.from(species, (symbol) => parseElement(symbol)),
      positions: Float64Array.from(positions.flat()),
      cell: Float64Array.from(cell.flat()),
      pbc,
    }),
    ...expected,
  }));
}
