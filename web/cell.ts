/** Atoms in the cell that is drawn: wrapped so that defects are whole. */
import * as THREE from 'three';
import type { Frame } from '../src/browser/protocol.ts';

export type Fractions = readonly [number, number, number];

/** Wrapped this far below the lower faces, so that atoms on a face do not flicker. */
const MARGIN = 0.02;

/** Part of the atoms from which on they are no defect, and the mark of those that share a site. */
const [MANY, SHARED] = [0.2, 3];

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
  const at = (x: ArrayLike<number>, i: number) =>
    new THREE.Vector3(x[3 * i], x[3 * i + 1], x[3 * i + 2]).applyMatrix3(inverse);
  const holes = Array.from({ length: vacant.length / 3 }, (_, i) => at(vacant, i));
  const atoms = (least: number) => Array.from(marks, (mark, i) => (mark >= least ? [at(positions, i)] : [])).flat();
  const few = (all: THREE.Vector3[]) => (all.length > MANY * marks.length ? [] : all);
  let points = few([...atoms(1), ...holes]);
  // in a small cell most atoms are near the defect
  if (points.length === 0) points = few([...atoms(SHARED), ...holes]);
  // a melt has no defects, and a crystal at rest has none
  if (points.length === 0) return [0, 0, 0];
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
  const [xa, xb, xc, ya, yb, yc, za, zb, zc] = matrixOf(cell).invert().elements;
  const [ax, ay, az, bx, by, bz, cx, cy, cz] = cell;
  const [oa, ob, oc] = origin;
  const [la, lb, lc] = origin.map((o) => MARGIN - o);
  const [wa, wb, wc] = pbc;
  for (let from = 0, at = 3 * first; from < points.length; from += 3, at += 3) {
    const [x, y, z] = [points[from], points[from + 1], points[from + 2]];
    const a = xa * x + ya * y + za * z;
    const b = xb * x + yb * y + zb * z;
    const c = xc * x + yc * y + zc * z;
    // whole cells, and the origin
    const ma = wa ? oa + Math.floor(a + la) : 0;
    const mb = wb ? ob + Math.floor(b + lb) : 0;
    const mc = wc ? oc + Math.floor(c + lc) : 0;
    fractions[at] = a - ma;
    fractions[at + 1] = b - mb;
    fractions[at + 2] = c - mc;
    into[at] = x - ma * ax - mb * bx - mc * cx;
    into[at + 1] = y - ma * ay - mb * by - mc * cy;
    into[at + 2] = z - ma * az - mb * bz - mc * cz;
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

/** (12,2,3) Å: where the twelve edges begin and end. */
export function outline(cell: readonly number[]): Float32Array<ArrayBuffer> {
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
  return Float32Array.from(points);
}
