/** Is this a configuration that can be computed? Everything that reads structures asks here before it hands them on. */
import type { Atoms } from '../data/atoms.ts';
import { determinant } from '../data/cell.ts';
import { InputError, type Place } from '../data/errors.ts';

const AXES = ['first', 'second', 'third'];
/** Volume of a periodic cell over the product of its edges below which it counts as singular. */
const FLAT = 1e-12;

/** Throws InputError at `place` for no atoms, numbers that are not finite, masses ≤ 0, and cells that cannot be periodic. */
export function validateAtoms(atoms: Atoms, place: Place = {}): Atoms {
  if (atoms.numbers.length === 0) throw new InputError('expected at least one atom, found none', place);
  for (let i = 0; i < atoms.numbers.length; i++) {
    if (atoms.numbers[i] < 1 || atoms.numbers[i] > 118) {
      throw new InputError(`atom ${i + 1}: expected an atomic number from 1 to 118, found ${atoms.numbers[i]}`, place);
    }
  }
  checkFinite(atoms.cell, 9, 'the cell', place);
  checkFinite(atoms.positions, 3, 'position', place);
  if (atoms.velocities) checkFinite(atoms.velocities, 3, 'velocity', place);
  for (const [name, values] of Object.entries(atoms.arrays)) {
    checkFinite(values, values.length / atoms.numbers.length, name, place);
  }
  const light = atoms.masses?.findIndex((m) => !(m > 0 && m < Number.POSITIVE_INFINITY)) ?? -1;
  if (light >= 0) {
    throw new InputError(`mass of atom ${light + 1}: expected a number > 0, found ${atoms.masses?.[light]}`, place);
  }
  checkCell(atoms.cell, atoms.pbc, place);
  return atoms;
}

/** Throws InputError at `place` when the periodic rows of `cell` are zero, dependent, or left-handed. */
export function checkCell(cell: ArrayLike<number>, pbc: readonly boolean[], place: Place = {}): void {
  const length = [0, 1, 2].map((i) => edge(cell, i));
  const empty = pbc.findIndex((periodic, i) => periodic && length[i] === 0);
  if (empty >= 0) {
    throw new InputError(
      `expected a cell: the boundary along the ${AXES[empty]} lattice vector is periodic, but that vector is zero`,
      place,
    );
  }
  if (!pbc.includes(true)) return;
  if (length.every((l) => l > 0)) {
    const volume = determinant(cell);
    if (Math.abs(volume) <= FLAT * length[0] * length[1] * length[2]) {
      const [i, j] = PAIRS.find(([a, b]) => parallel(cell, a, b)) ?? [];
      const why =
        i === undefined
          ? 'its three lattice vectors lie in one plane'
          : `its ${AXES[i]} and ${AXES[j]} lattice vectors are parallel`;
      throw new InputError(`the cell has zero volume: ${why}`, place);
    }
    if (volume < 0) {
      throw new InputError(
        `the cell is left-handed (volume ${volume} Å^3): swap two lattice vectors, and the fractional coordinates with them`,
        place,
      );
    }
  } else {
    // two periodic directions beside a zero row
    const [i, j] = [0, 1, 2].filter((k) => pbc[k]);
    if (j !== undefined && parallel(cell, i, j)) {
      throw new InputError(`the ${AXES[i]} and ${AXES[j]} lattice vectors are parallel: the cell has zero area`, place);
    }
  }
}

const PAIRS = [
  [0, 1],
  [0, 2],
  [1, 2],
] as const;

function parallel(cell: ArrayLike<number>, i: number, j: number): boolean {
  const component = (a: number, b: number) => cell[3 * i + a] * cell[3 * j + b] - cell[3 * i + b] * cell[3 * j + a];
  const area = Math.sqrt(component(1, 2) ** 2 + component(2, 0) ** 2 + component(0, 1) ** 2);
  return area <= FLAT * edge(cell, i) * edge(cell, j);
}

function edge(cell: ArrayLike<number>, i: number): number {
  return Math.sqrt(cell[3 * i] ** 2 + cell[3 * i + 1] ** 2 + cell[3 * i + 2] ** 2);
}

function checkFinite(values: Float64Array, columns: number, what: string, place: Place): void {
  for (let i = 0; i < values.length; i++) {
    if (Number.isFinite(values[i])) continue;
    const whose = what === 'the cell' ? what : `${what} of atom ${Math.floor(i / columns) + 1}`;
    throw new InputError(`${whose}: expected finite numbers, found ${values[i]}`, place);
  }
}
