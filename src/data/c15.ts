/**
 * Interstitial clusters of the C15 Laves phase in bcc (Marinica, Willaime, Crocombette, Phys. Rev. Lett. 108, 025501
 * (2012), 10.1103/PhysRevLett.108.025501). The bcc crystal is two interpenetrating diamond lattices of constant 2a; C15
 * keeps one (the Z16 centres) and replaces each atom of the other by the corners of a tetrahedron, shared by pairs. One
 * Z16 polyhedron: a kept centre, 12 new atoms around it, and 10 emptied sites (4 first neighbours, each replaced by the
 * three corners of its tetrahedron that are near the centre: Gao triangles; and the 6 second neighbours): two
 * interstitials. Polyhedra of neighbouring centres share atoms and sites, and so give larger clusters.
 */
import { type DefectShape, dot, extraAtoms, keyOf, plus, union, type Vector } from './defect-shape.ts';
import { InputError } from './errors.ts';

/** Corners of a tetrahedron, ½⟨111⟩, from a centre of the first kind to the next centres; the second kind has −. */
const corners: readonly Vector[] = [
  [0.5, 0.5, 0.5],
  [0.5, -0.5, -0.5],
  [-0.5, 0.5, -0.5],
  [-0.5, -0.5, 0.5],
];

const faces: readonly Vector[] = [
  [1, 0, 0],
  [-1, 0, 0],
  [0, 1, 0],
  [0, -1, 0],
  [0, 0, 1],
  [0, 0, -1],
];

/** +1 or −1: which of the two kinds of diamond sites a centre is; they differ by ½⟨111⟩. */
const kindOf = (centre: Vector): 1 | -1 => (Number.isInteger(centre[0]) ? 1 : -1);

/** Neighbouring centres of a centre: its four neighbours in the diamond lattice. */
const linked = (centre: Vector): Vector[] => corners.map((d) => plus(centre, d, kindOf(centre)));

/** One Z16 polyhedron around a site of bcc: ten sites out, twelve atoms in. */
export function z16(centre: Vector): DefectShape {
  const sign = kindOf(centre);
  // first neighbours of the other diamond lattice: opposite to the next centres
  const near = corners.map((d) => plus(centre, d, -sign));
  const add = near.flatMap((site, k) => triangle(site, corners[k], sign));
  return { remove: [...near, ...faces.map((d) => plus(centre, d))], add };
}

/** Three corners of the tetrahedron around `site`, those towards `direction`·sign, a quarter of ⟨111⟩ away. */
function triangle(site: Vector, direction: Vector, sign: 1 | -1): Vector[] {
  const opposite = corners.map((d): Vector => [-d[0], -d[1], -d[2]]);
  // a tetrahedron of the four ¼⟨111⟩ whose corner away from the centre is −direction
  return opposite.filter((d) => dot(d, direction) > -0.7).map((d) => plus(site, d, sign / 2));
}

/** Of the triangle by itself: distance of its atoms from the site, a. Inside a Z16 polyhedron they have more room. */
const TRIANGLE = 0.4;

/**
 * Three atoms on one site, in a {111} plane around it: two interstitials, the triangle of Gao, Bacon, Osetsky, Flewitt,
 * Lewis, J. Nucl. Mater. 276, 213 (2000).
 */
export const gaoTriangle: DefectShape = {
  remove: [[0, 0, 0]],
  add: (
    [
      [2, -1, -1],
      [-1, 2, -1],
      [-1, -1, 2],
    ] as const
  ).map((d) => plus([0, 0, 0], d, TRIANGLE / Math.sqrt(6))),
};

/** The cluster of the Z16 polyhedra around the given sites, which must belong to one diamond lattice. */
export function c15Of(centres: readonly Vector[]): DefectShape {
  const merged = union(centres.map(z16));
  const kept = new Set(centres.map(keyOf));
  if (merged.remove.some((site) => kept.has(keyOf(site)))) {
    throw new InputError('C15: the centres are of two diamond lattices; all of one were expected');
  }
  return merged;
}

/** Most centres that are tried. */
const MOST_CENTRES = 12;

/**
 * The C15 cluster of n interstitials: of all connected sets of Z16 centres with that count the one of the fewest centres
 * whose sites are closest together. Throws InputError where no set of up to 12 centres has the count: 2, 4, 6, 8, … are
 * possible, 3, 5, 7 are not.
 */
export function c15Cluster(n: number): DefectShape {
  const seen = new Set<string>();
  const counts = new Set<number>();
  let level: Vector[][] = [[[0, 0, 0]]];
  for (let size = 1; size <= MOST_CENTRES && level.length > 0; size++) {
    const fitting = level.filter((centres) => {
      const count = extraAtoms(c15Of(centres));
      counts.add(count);
      return count === n;
    });
    if (fitting.length > 0) return c15Of(fitting.sort((p, q) => spread(p) - spread(q))[0]);
    // another centre never makes it smaller
    if (level.every((centres) => extraAtoms(c15Of(centres)) > n)) break;
    level = mostCompact(grow(level, seen));
  }
  const known = [...counts].sort((p, q) => p - q).join(', ');
  throw new InputError(`C15: no cluster of ${n} interstitials; there are those of ${known}`);
}

/** All sets with one centre more, each once up to translations. */
function grow(level: readonly Vector[][], seen: Set<string>): Vector[][] {
  const next: Vector[][] = [];
  for (const centres of level) {
    const taken = new Set(centres.map(keyOf));
    for (const candidate of centres.flatMap(linked)) {
      if (taken.has(keyOf(candidate))) continue;
      const larger = [...centres, candidate];
      const key = larger.map(keyOf).sort().join(';');
      if (seen.has(key)) continue;
      seen.add(key);
      next.push(larger);
    }
  }
  return next;
}

/** The sets that are kept as seeds for larger ones. */
const KEPT = 200;

function mostCompact(level: Vector[][]): Vector[][] {
  return level.sort((p, q) => spread(p) - spread(q)).slice(0, KEPT);
}

/** Sum of squared distances of all pairs, a². */
function spread(centres: readonly Vector[]): number {
  let sum = 0;
  for (const p of centres) for (const q of centres) sum += dot(plus(p, q, -1), plus(p, q, -1));
  return sum / 2;
}
