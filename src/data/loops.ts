/**
 * Prismatic dislocation loops: every column of atoms along the Burgers vector that crosses a patch of the plane normal to
 * it gets one atom more (interstitial loop) or loses one (vacancy loop), and the crystal on both sides makes room by
 * u = ±b Ω/4π, Ω the solid angle of the patch: the part of the elastic field that has the jump b (Hirth, Lothe, Theory of
 * Dislocations, 2nd ed., ch. 4-6). Periodic images act as points, and the strain that their sum leaves is taken off.
 */
import { angle } from './angle.ts';
import type { Atoms } from './atoms.ts';
import { inverse, transformRows } from './cell.ts';
import { shortestVector } from './displacement.ts';
import { InputError } from './errors.ts';
import { nearestAtom } from './image.ts';
import { cos, sin } from './math.ts';
import { select } from './select.ts';

export const loopShapes = ['circle', 'hexagon', 'square'] as const;
export type LoopShape = (typeof loopShapes)[number];

export interface LoopSpec {
  kind: 'interstitial' | 'vacancy';
  /** (3) Å, Cartesian: a translation of the crystal. */
  burgers: ArrayLike<number>;
  /** (3) Cartesian, normal to b, any length: towards a corner. */
  corner: ArrayLike<number>;
  shape?: LoopShape;
  /** Å, of the circle or to the corners; or how many atoms are added or removed. */
  size: { radius: number } | { atoms: number };
  /** (3) Å; default the middle of the cell. */
  centre?: ArrayLike<number>;
}

export interface Loop {
  atoms: Atoms;
  /** Atoms added or removed. */
  count: number;
  /** Å, of the patch: a circle, or to the corners. */
  radius: number;
}

type Vector = [number, number, number];
const dot = (a: ArrayLike<number>, b: ArrayLike<number>): number => a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
const norm = (a: ArrayLike<number>): number => Math.sqrt(dot(a, a));
const unit = (a: ArrayLike<number>): Vector => [a[0] / norm(a), a[1] / norm(a), a[2] / norm(a)];
const cross = (a: ArrayLike<number>, b: ArrayLike<number>): Vector => [
  a[1] * b[2] - a[2] * b[1],
  a[2] * b[0] - a[0] * b[2],
  a[0] * b[1] - a[1] * b[0],
];

const sides = { circle: 48, hexagon: 6, square: 4 };

/** Area of the patch of radius 1. */
const unitArea = (shape: LoopShape) =>
  shape === 'circle' ? Math.PI : (sides[shape] / 2) * sin((2 * Math.PI) / sides[shape]);

/** How far out a point of the plane is, in the radius of the patch on whose rim it lies. */
function rimOf(shape: LoopShape, p: number, q: number): number {
  if (shape === 'circle') return Math.sqrt(p * p + q * q);
  const n = sides[shape];
  let most = 0;
  for (let k = 0; k < n; k++) {
    const w = ((2 * k + 1) * Math.PI) / n;
    most = Math.max(most, p * cos(w) + q * sin(w));
  }
  return most / cos(Math.PI / n);
}

/** Solid angle of the triangle of three points seen from the origin (van Oosterom, Strackee 1983, 10.1109/TBME.1983.325207). */
function solidAngle(a: Vector, b: Vector, c: Vector): number {
  const [x, y, z] = [norm(a), norm(b), norm(c)];
  return 2 * angle(x * y * z + dot(a, b) * z + dot(a, c) * y + dot(b, c) * x, dot(a, cross(b, c)));
}

interface Frame {
  b: Vector;
  /** |b|, Å. */
  length: number;
  /** Unit vectors: in the plane, and along b. */
  e1: Vector;
  e2: Vector;
  axis: Vector;
}

function frameOf({ burgers, corner }: LoopSpec): Frame {
  const b: Vector = [burgers[0], burgers[1], burgers[2]];
  if (!(norm(b) > 0.1 && norm(b) < 100)) throw new InputError('the Burgers vector of a loop has no length');
  if (!(norm(corner) > 0) || Math.abs(dot(corner, b)) > 1e-6 * norm(corner) * norm(b)) {
    throw new InputError('the direction towards a corner of a loop must be normal to its Burgers vector');
  }
  const [axis, e1] = [unit(b), unit(corner)];
  return { b, length: norm(b), e1, e2: cross(axis, e1), axis };
}

/** Coordinates in the plane and along b. */
const coordinates = ({ e1, e2, axis }: Frame, d: ArrayLike<number>): Vector => [dot(d, e1), dot(d, e2), dot(d, axis)];

/**
 * The structure with its loop; added atoms come last. Throws InputError for a crystal that does not repeat by b, and for a
 * loop that does not fit into it.
 */
export function prismaticLoop(crystal: Atoms, spec: LoopSpec): Loop {
  const { shape = 'circle', kind } = spec;
  const frame = frameOf(spec);
  const middle = transformRows([0.5, 0.5, 0.5], crystal.cell);
  const centre = spec.centre ?? middle;
  const shortest = shortestVector(crystal.cell, crystal.pbc);
  const n = crystal.numbers.length;
  if (n === 0) throw new InputError('a loop needs a crystal');
  const repeated = Array.from(crystal.positions.subarray(0, 3), (x, c) => x + frame.b[c]);
  if (nearestAtom(crystal, repeated).distance > 0.05) {
    throw new InputError('the crystal does not repeat by the Burgers vector of the loop');
  }
  const relative = crystal.positions.slice();
  const inPlane: { i: number; rim: number; turn: number }[] = [];
  const low = kind === 'interstitial' ? 0 : -frame.length / 2;
  for (let i = 0; i < n; i++) {
    const d = [0, 1, 2].map((c) => crystal.positions[3 * i + c] - centre[c]);
    shortest(d);
    relative.set(d, 3 * i);
    const [p, q, s] = coordinates(frame, d);
    if (s < low - 1e-6 || s >= low + frame.length - 1e-6) continue;
    inPlane.push({ i, rim: rimOf(shape, p, q), turn: angle(p, q) });
  }
  inPlane.sort((x, y) => (Math.abs(x.rim - y.rim) > 1e-6 ? x.rim - y.rim : x.turn - y.turn));
  const { count, radius } = extent(spec, inPlane);
  checkRoom(crystal, frame, radius);
  const chosen = inPlane.slice(0, count).map(({ i }) => i);
  const field = openingField(crystal, frame, radius, shape);
  const sign = kind === 'interstitial' ? 1 : -1;
  const displaced = (d: ArrayLike<number>): number[] => {
    const part = sign * field(d);
    return [0, 1, 2].map((c) => d[c] + centre[c] + part * frame.b[c]);
  };
  const added = chosen.map((i) => {
    const above = relative.subarray(3 * i, 3 * i + 3);
    const below = [0, 1, 2].map((c) => above[c] - frame.b[c]);
    const [up, down] = [displaced(above), displaced(below)];
    return { like: i, at: up.map((x, c) => (x + down[c]) / 2) };
  });
  const kept = Array.from({ length: n }, (_, i) => i).filter((i) => kind === 'interstitial' || !chosen.includes(i));
  const extra = kind === 'interstitial' ? added : [];
  const atoms = select(crystal, [...kept, ...extra.map(({ like }) => like)]);
  kept.forEach((i, k) => {
    const d = relative.subarray(3 * i, 3 * i + 3);
    const now = displaced(d);
    // where the atom is listed, not at its image next to the loop
    for (let c = 0; c < 3; c++) atoms.positions[3 * k + c] = crystal.positions[3 * i + c] + now[c] - centre[c] - d[c];
  });
  extra.forEach(({ at }, k) => {
    atoms.positions.set(at, 3 * (kept.length + k));
  });
  return { atoms, count, radius };
}

/** How many columns, and the radius of a patch between the last of them and the next one. */
function extent({ size }: LoopSpec, columns: readonly { rim: number }[]): { count: number; radius: number } {
  const count = 'atoms' in size ? size.atoms : columns.filter(({ rim }) => rim <= size.radius + 1e-6).length;
  if (!(Number.isInteger(count) && count >= 1)) {
    throw new InputError(`a loop of ${count} atoms; 1 or more were expected: use a larger radius`);
  }
  if (count >= columns.length) throw new InputError(`a loop of ${count} atoms; the plane has only ${columns.length}`);
  return { count, radius: (columns[count - 1].rim + columns[count].rim) / 2 };
}

function checkRoom(crystal: Atoms, frame: Frame, radius: number): void {
  const g = inverse(crystal.cell);
  for (let c = 0; c < 3; c++) {
    if (!crystal.pbc[c]) continue;
    const height = 1 / Math.sqrt(g[c] ** 2 + g[3 + c] ** 2 + g[6 + c] ** 2);
    const normal: Vector = [g[c] * height, g[3 + c] * height, g[6 + c] * height];
    const along = dot(normal, frame.axis);
    const reach = 2 * (radius * Math.sqrt(Math.max(0, 1 - along * along)) + frame.length);
    if (reach > height) {
      throw new InputError(
        `a loop of radius ${radius.toFixed(2)} Å does not fit between faces of the cell that are ${height.toFixed(2)} Å apart`,
      );
    }
  }
}

/** Displacement in parts of b, as a function of the place relative to the centre, Å: ±½ on both sides of the patch. */
function openingField(
  crystal: Atoms,
  frame: Frame,
  radius: number,
  shape: LoopShape,
): (d: ArrayLike<number>) => number {
  const n = sides[shape];
  // a polygon as large as the patch
  const scale = Math.sqrt((unitArea(shape) * radius * radius) / ((n / 2) * sin((2 * Math.PI) / n)));
  const rim = Array.from({ length: n }, (_, k): [number, number] => {
    const w = (2 * Math.PI * k) / n;
    return [scale * cos(w), scale * sin(w)];
  });
  const area = unitArea(shape) * radius * radius;
  const home = ([p, q, s]: Vector): number => {
    // of a point of the plane itself: seen from above
    const height = Math.abs(s) < 1e-9 ? 1e-9 : s;
    const centre: Vector = [-p, -q, -height];
    let total = 0;
    for (let k = 0; k < n; k++) {
      const [a, b] = [rim[k], rim[(k + 1) % n]];
      total += solidAngle(centre, [a[0] - p, a[1] - q, -height], [b[0] - p, b[1] - q, -height]);
    }
    return (Math.sign(height) * Math.abs(total)) / (4 * Math.PI);
  };
  const images: number[][] = [];
  for (let k = 0; k < 27; k++) {
    const [i, j, l] = [(k % 3) - 1, (Math.floor(k / 3) % 3) - 1, Math.floor(k / 9) - 1];
    const outside = (i !== 0 && !crystal.pbc[0]) || (j !== 0 && !crystal.pbc[1]) || (l !== 0 && !crystal.pbc[2]);
    if (k !== 13 && !outside) images.push([...transformRows([i, j, l], crystal.cell)]);
  }
  const sum = (d: ArrayLike<number>): number => {
    let total = home(coordinates(frame, d));
    for (const image of images) {
      const r = [d[0] - image[0], d[1] - image[1], d[2] - image[2]];
      const distance = norm(r);
      total += (area * dot(r, frame.axis)) / (4 * Math.PI * distance * distance * distance);
    }
    return total;
  };
  const g = inverse(crystal.cell);
  const across = [0, 1, 2].map((c) => {
    if (!crystal.pbc[c]) return 0;
    const half = Array.from(crystal.cell.subarray(3 * c, 3 * c + 3), (x) => x / 2);
    return sum(half) - sum(half.map((x) => -x));
  });
  return (d) => {
    let total = sum(d);
    for (let c = 0; c < 3; c++) total -= across[c] * (d[0] * g[c] + d[1] * g[3 + c] + d[2] * g[6 + c]);
    return total;
  };
}
