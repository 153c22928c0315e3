/**
 * Self-interstitials of bcc and fcc as shapes: dumbbells, crowdion, octahedral and tetrahedral sites, and platelets of
 * parallel dumbbells, the nuclei of prismatic loops.
 */
import { type DefectShape, dot, plus, union, type Vector } from './defect-shape.ts';
import { type CubicLattice, compactSites, sitesWithin } from './vacancy-clusters.ts';

/** Separation of a dumbbell in nearest distances, before relaxation. */
const SEPARATION = 0.8;

/** Nearest distance, a. */
const nearest = (lattice: CubicLattice): number => Math.sqrt(lattice === 'bcc' ? 0.75 : 0.5);

const unit = (d: Vector): Vector => {
  const length = Math.sqrt(dot(d, d));
  return [d[0] / length, d[1] / length, d[2] / length];
};

/** Two atoms for one, along `axis` (any length). */
export function dumbbellShape(lattice: CubicLattice, axis: Vector, site: Vector = [0, 0, 0]): DefectShape {
  const half = (SEPARATION * nearest(lattice)) / 2;
  return { remove: [site], add: [plus(site, unit(axis), half), plus(site, unit(axis), -half)] };
}

/** Where one atom is added. */
export const holes: Record<CubicLattice, Record<'crowdion' | 'octahedral' | 'tetrahedral', Vector>> = {
  bcc: { crowdion: [0.25, 0.25, 0.25], octahedral: [0.5, 0, 0], tetrahedral: [0.5, 0.25, 0] },
  fcc: { crowdion: [0.25, 0.25, 0], octahedral: [0.5, 0, 0], tetrahedral: [0.25, 0.25, 0.25] },
};

/** Squared distance of two sites seen along `axis`: 0 where they are on one row. */
function acrossSquared(p: Vector, q: Vector, axis: Vector): number {
  const d = plus(p, q, -1);
  const along = dot(d, unit(axis));
  return dot(d, d) - along * along;
}

/**
 * n parallel dumbbells in a compact platelet: along ⟨110⟩ and ⟨100⟩ on the plane of sites perpendicular to the axis;
 * along ⟨111⟩ on neighbouring rows (seen along the axis), each at its site nearest to the perpendicular plane.
 */
export function parallelCluster(lattice: CubicLattice, axis: Vector, n: number): DefectShape {
  const height = (site: Vector) => Math.abs(dot(site, unit(axis)));
  const flat = axis.includes(0);
  // sites of a row along ⟨111⟩ are this far apart, and nearer than half of that to the plane there is one of each row
  const period = Math.sqrt(3) * (lattice === 'bcc' ? 0.5 : 1);
  const across = (p: Vector, q: Vector) => acrossSquared(p, q, axis);
  const rows = { squared: across, bond: nearestRow(lattice, axis) };
  const sites = compactSites(lattice, n, {
    ...(flat ? {} : rows),
    allowed: (site, chosen) =>
      height(site) <= (flat ? 1e-6 : period / 2 - 1e-6) && chosen.every((other) => across(site, other) > 1e-6),
  });
  return union(sites.map((site) => dumbbellShape(lattice, axis, site)));
}

/** Squared distance of neighbouring rows along `axis`, a². */
function nearestRow(lattice: CubicLattice, axis: Vector): number {
  const squares = sitesWithin(lattice, 1).map((p) => acrossSquared(p, [0, 0, 0], axis));
  return Math.min(...squares.filter((d) => d > 1e-6));
}
