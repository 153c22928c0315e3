/** Atoms in the cell that is drawn: wrapped so that defects are whole. */
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

/**
 * What to move by, along periodic directions, so that no defect is cut by a face of the cell: the widest gap between the
 * marked atoms and empty sites is where the faces come to lie.
 */
export function originOf(frame: Frame, marks: Uint8Array, pbc: readonly boolean[]): Fractions {
  const { vacant, positions, cell } = frame;
  const inverse = matrixOf(cell).invert();
  const points: THREE.Vector3[] = [];
  const add = (x: ArrayLike<number>, i: number) => {
    points.push(new THREE.Vector3(x[3 * i], x[3 * i + 1], x[3 * i + 2]).applyMatrix3(inverse));
  };
  for (let i = 0; i < marks.length; i++) if (marks[i] > 0) add(positions, i);
  for (let i = 0; i < vacant.length / 3; i++) add(vacant, i);
  // a melt has no defects, and a crystal at rest has none
  if (points.length === 0 || points.length > 0.2 * marks.length) return [0, 0, 0];
  return [0, 1, 2].map((k) =>
    pbc[k] ? gapIn(points.map((s) => s.getComponent(k) - Math.floor(s.getComponent(k)))) : 0,
  ) as [number, number, number];
}

/** The middle of the widest gap on a circle of length 1. */
function gapIn(places: number[]): number {
  const sorted = places.sort((a, b) => a - b);
  let [widest, middle] = [0, 0];
  sorted.forEach((place, i) => {
    const next = i + 1 < sorted.length ? sorted[i + 1] : sorted[0] + 1;
    if (next - place <= widest) return;
    [widest, middle] = [next - place, (place + next) / 2];
  });
  return middle - Math.floor(middle);
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

/** Half the width and height, Å, of the cell as a camera sees it, and a little more. */
export function extentOf(cell: readonly number[], centre: THREE.Vector3, camera: THREE.Camera): number[] {
  const most = [0, 0];
  for (let k = 0; k < 8; k++) {
    const at = corner(cell, k & 1, (k >> 1) & 1, k >> 2).sub(centre);
    for (const c of [0, 1]) {
      const along = at.dot(new THREE.Vector3().setFromMatrixColumn(camera.matrixWorld, c));
      most[c] = Math.max(most[c], Math.abs(along));
    }
  }
  return most.map((half) => 1.1 * half + 1);
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
