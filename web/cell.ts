/** Atoms in the cell that is drawn: wrapped, with the first defect in its middle. */
import * as THREE from 'three';
import type { Frame } from '../src/browser/protocol.ts';

export type Fractions = readonly [number, number, number];

/** Wrapped this far below the lower faces, so that atoms on a face do not flicker. */
const MARGIN = 0.02;

export const corner = (cell: readonly number[], a: number, b: number, c: number): THREE.Vector3 =>
  new THREE.Vector3(
    ...([0, 1, 2].map((k) => a * cell[k] + b * cell[3 + k] + c * cell[6 + k]) as [number, number, number]),
  );

const matrixOf = (cell: readonly number[]): THREE.Matrix3 => {
  const [a, b, c, d, e, f, g, h, i] = cell;
  // columns are the lattice vectors
  return new THREE.Matrix3().set(a, d, g, b, e, h, c, f, i);
};

/** Å: of the edge of a cube per atom. */
export function spacing({ cell, energies }: Frame): number {
  const volume = Math.abs(matrixOf(cell).determinant());
  return volume > 0 ? Math.cbrt(volume / Math.max(1, energies.length)) : 2.4;
}

/** What to move by so that the first defect lies in the middle of the cell, along periodic directions. */
export function originOf({ vacant, crowded, positions, cell }: Frame, pbc: readonly boolean[]): Fractions {
  const at =
    vacant.length > 0 ? vacant : crowded.length > 0 ? [...positions.slice(3 * crowded[0], 3 * crowded[0] + 3)] : [];
  if (at.length === 0) return [0, 0, 0];
  const s = new THREE.Vector3().fromArray(at).applyMatrix3(matrixOf(cell).invert());
  return [0, 1, 2].map((k) => (pbc[k] ? s.getComponent(k) - 0.5 : 0)) as [number, number, number];
}

/**
 * Writes points wrapped into the cell, seen from `origin`, into `into` from point `first` on; `fractions` (3 each) gets
 * where they are in the cell, from 0 to 1.
 */
export function place(
  points: ArrayLike<number>,
  into: Float32Array,
  fractions: Float32Array,
  first: number,
  { cell, pbc, origin }: { cell: readonly number[]; pbc: readonly boolean[]; origin: Fractions },
): void {
  const inverse = matrixOf(cell).invert().elements;
  const shift = [0, 0, 0];
  for (let i = 0; i < points.length / 3; i++) {
    const at = 3 * (first + i);
    const [x, y, z] = [points[3 * i], points[3 * i + 1], points[3 * i + 2]];
    for (let k = 0; k < 3; k++) {
      const s = inverse[k] * x + inverse[3 + k] * y + inverse[6 + k] * z;
      shift[k] = pbc[k] ? origin[k] + Math.floor(s - origin[k] + MARGIN) : 0;
      fractions[at + k] = s - shift[k];
    }
    into[at] = x - shift[0] * cell[0] - shift[1] * cell[3] - shift[2] * cell[6];
    into[at + 1] = y - shift[0] * cell[1] - shift[1] * cell[4] - shift[2] * cell[7];
    into[at + 2] = z - shift[0] * cell[2] - shift[1] * cell[5] - shift[2] * cell[8];
  }
}

/** The twelve edges. */
export function outline(geometry: THREE.BufferGeometry, cell: readonly number[]): void {
  const points: number[] = [];
  for (let axis = 0; axis < 3; axis++) {
    for (const [p, q] of [
      [0, 0],
      [0, 1],
      [1, 0],
      [1, 1],
    ]) {
      for (const end of [0, 1]) {
        const s = [0, 0, 0];
        s[axis] = end;
        s[(axis + 1) % 3] = p;
        s[(axis + 2) % 3] = q;
        points.push(...corner(cell, s[0], s[1], s[2]).toArray());
      }
    }
  }
  geometry.setAttribute('position', new THREE.Float32BufferAttribute(points, 3));
}
