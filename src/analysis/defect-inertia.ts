/**
 * The inertia tensor of a defect: its Wigner–Seitz defects (empty sites, and sites with more than one atom, once for each
 * atom too many) as points of mass one around their centre. Its principal moments tell shapes apart whatever their
 * orientation (Lapointe et al., Phys. Rev. Materials 4, 063802 (2020), 10.1103/PhysRevMaterials.4.063802).
 */
import type { Atoms } from '../data/atoms.ts';
import { shortestVector } from '../data/displacement.ts';
import { eigenSmall } from './symmetric-small.ts';
import type { WignerSeitz } from './wigner-seitz.ts';

export interface DefectInertia {
  /** Points that were counted. */
  points: number;
  /** (3) Å, in the cell of the reference; undefined where there is no defect. */
  centre?: [number, number, number];
  /** (3,3) Å², Σ (r² δ − r r). */
  tensor: Float64Array;
  /** (3) Å², ascending. */
  moments: [number, number, number];
}

/** Sites of the defects, each as often as it counts. */
export function defectSites({ vacancies, crowded }: WignerSeitz): number[] {
  return [...vacancies, ...crowded.flatMap(({ site, atoms }) => atoms.slice(1).map(() => site))];
}

/** Of all defects of one kind or of both; the points are joined by nearest images, neighbour after neighbour. */
export function defectInertia(reference: Atoms, sites: readonly number[]): DefectInertia {
  const points = joined(reference, sites);
  const n = points.length;
  const tensor = new Float64Array(9);
  if (n === 0) return { points: 0, tensor, moments: [0, 0, 0] };
  const mean = (c: number) => points.reduce((sum, p) => sum + p[c], 0) / n;
  const centre: [number, number, number] = [mean(0), mean(1), mean(2)];
  for (const p of points) {
    const r = p.map((x, c) => x - centre[c]);
    const square = r[0] * r[0] + r[1] * r[1] + r[2] * r[2];
    for (let i = 0; i < 3; i++) {
      for (let j = 0; j < 3; j++) tensor[3 * i + j] += (i === j ? square : 0) - r[i] * r[j];
    }
  }
  const [a, b, c] = eigenSmall(tensor, 3).values;
  return { points: n, centre, tensor, moments: [Math.max(0, a), Math.max(0, b), Math.max(0, c)] };
}

/** Positions of the sites, Å, without jumps across the cell: each next to the nearest one that is placed already. */
function joined(reference: Atoms, sites: readonly number[]): number[][] {
  const shortest = shortestVector(reference.cell, reference.pbc);
  const placeOf = (s: number) => [0, 1, 2].map((c) => reference.positions[3 * s + c]);
  const left = sites.map(placeOf);
  const placed: number[][] = left.splice(0, 1);
  // distance of each one left to the nearest that is placed, and the vector from it
  const links = left.map(() => ({ square: Number.POSITIVE_INFINITY, to: [0, 0, 0] }));
  for (let last = placed[0]; left.length > 0; ) {
    let best = 0;
    left.forEach((p, k) => {
      const d = p.map((x, c) => x - last[c]);
      shortest(d);
      const square = d[0] * d[0] + d[1] * d[1] + d[2] * d[2];
      if (square < links[k].square) links[k] = { square, to: d.map((x, c) => last[c] + x) };
      if (links[k].square < links[best].square - 1e-9) best = k;
    });
    last = links[best].to;
    placed.push(last);
    left.splice(best, 1);
    links.splice(best, 1);
  }
  return placed;
}
