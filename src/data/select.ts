/** A structure made of some atoms of another: everything that belongs to the atoms goes with them. */
import type { Atoms, Json } from './atoms.ts';

/** Keys of `info` and `arrays` that hold results of a calculation; they do not describe a changed structure. */
const results = new Set([
  'energy',
  'energies',
  'free_energy',
  'stress',
  'stresses',
  'virial',
  'virials',
  'forces',
  'force',
]);

function rows<T extends Float64Array | Uint8Array>(from: T, to: T, indices: ArrayLike<number>, width: number): T {
  for (let k = 0; k < indices.length; k++) {
    const start = width * indices[k];
    for (let c = 0; c < width; c++) to[width * k + c] = from[start + c];
  }
  return to;
}

/**
 * The atoms `indices` of `atoms`, in that order, repeats allowed, as a structure of its own: velocities, masses, held
 * components and extra columns go along, results such as energy and forces do not.
 */
export function select(atoms: Atoms, indices: ArrayLike<number>): Atoms {
  const n = atoms.numbers.length;
  const m = indices.length;
  const pick = (x: Float64Array, width: number) => rows(x, new Float64Array(width * m), indices, width);
  const info: Record<string, Json> = Object.fromEntries(
    Object.entries(structuredClone(atoms.info)).filter(([key]) => !results.has(key)),
  );
  const arrays = Object.fromEntries(
    Object.entries(atoms.arrays)
      .filter(([key]) => !results.has(key))
      .map(([key, x]) => [key, pick(x, n === 0 ? 0 : x.length / n)]),
  );
  return {
    numbers: rows(atoms.numbers, new Uint8Array(m), indices, 1),
    positions: pick(atoms.positions, 3),
    cell: Float64Array.from(atoms.cell),
    pbc: [...atoms.pbc],
    ...(atoms.velocities && { velocities: pick(atoms.velocities, 3) }),
    ...(atoms.masses && { masses: pick(atoms.masses, 1) }),
    ...(atoms.fixed && { fixed: rows(atoms.fixed, new Uint8Array(3 * m), indices, 3) }),
    info,
    arrays,
  };
}
