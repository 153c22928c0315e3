/**
 * LAMMPS writes atoms in the order in which its processors hold them, another one in every frame; only the id says which
 * atom a line is about. Structures read from its files have their atoms by ascending id.
 */
import type { Atoms } from '../data/atoms.ts';

/** The atoms, changed in place, by ascending id; (n) ids other than 1…n are kept in arrays.id. */
export function sortById(atoms: Atoms, ids: Float64Array): void {
  if (ids.some((id, i) => i > 0 && id < ids[i - 1])) {
    const order = Uint32Array.from(ids, (_, i) => i).sort((a, b) => ids[a] - ids[b]);
    const sorted = (values: Float64Array) => inOrder(values, order);
    atoms.numbers = Uint8Array.from(order, (i) => atoms.numbers[i]);
    atoms.positions = sorted(atoms.positions);
    if (atoms.velocities) atoms.velocities = sorted(atoms.velocities);
    if (atoms.masses) atoms.masses = sorted(atoms.masses);
    for (const [name, values] of Object.entries(atoms.arrays)) atoms.arrays[name] = sorted(values);
    ids = sorted(ids);
  }
  if (ids.some((id, i) => id !== i + 1)) atoms.arrays.id = ids;
}

/** (n, width) rows, width from the length. */
function inOrder(values: Float64Array, order: Uint32Array): Float64Array {
  const width = values.length / order.length;
  return Float64Array.from(values, (_, k) => values[order[(k - (k % width)) / width] * width + (k % width)]);
}
