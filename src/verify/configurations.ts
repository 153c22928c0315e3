/** Atoms for a sample: rattled bcc of its elements, cut and bent so that no symmetry hides a mistake. */
import { type Atoms, createAtoms } from '../data/atoms.ts';
import { multiply, transformRows } from '../data/cell.ts';
import { lattice } from '../data/lattice.ts';
import { repeat } from '../data/supercell.ts';
import { noise, type Subject } from './subject.ts';

type Shape = Pick<Subject, 'elements' | 'distance'>;

/** Makes a cubic cell triclinic, by strains of some per cent. */
const BENT = [1.03, 0.04, -0.02, 0.05, 0.98, 0.03, -0.06, 0.02, 1.01];
/** Of the nearest-neighbour distance; each component at most that. */
const RATTLE = 0.08;

function elementsFor(n: number, elements: number[]): Uint8Array {
  return Uint8Array.from({ length: n }, (_, i) => elements[(i + (i >> 2)) % elements.length]);
}

/** copies³ bent bcc cells, 2·copies³ atoms, every atom displaced. */
export function crystal({ elements, distance }: Shape, copies = 2, seed = 1): Atoms {
  const cubic = lattice({ kind: 'bcc', a: (2 * distance) / Math.sqrt(3), elements: ['Fe'] });
  const perfect = repeat(cubic, [copies, copies, copies]);
  const shifts = noise(perfect.positions.length, seed);
  return createAtoms({
    numbers: elementsFor(perfect.numbers.length, elements),
    positions: transformRows(perfect.positions, BENT).map((x, i) => x + RATTLE * distance * shifts[i]),
    cell: multiply(perfect.cell, BENT),
  });
}

/** 16 atoms in the void; the cell is zero. */
export function cluster(shape: Shape, seed = 2): Atoms {
  return { ...crystal(shape, 2, seed), cell: new Float64Array(9), pbc: [false, false, false] };
}

/** One atom in a triclinic cell that is smaller than any cutoff. */
export function primitive({ distance }: Shape, element: number): Atoms {
  const h = distance / Math.sqrt(3);
  return createAtoms({
    numbers: Uint8Array.of(element),
    positions: Float64Array.of(0.3, -0.2, 0.1),
    cell: multiply([-h, h, h, h, -h, h, h, h, -h], BENT),
  });
}

/** The crystal, periodic along two vectors only. */
export function slab(shape: Shape): Atoms {
  return { ...crystal(shape, 2, 3), pbc: [true, true, false] };
}
