/**
 * Phonons of a crystal from its force constants: the dynamical matrix
 *
 *     D_jk(q) = (m_j m_k)^(−1/2) Σ_l Φ(j0, kl) <exp 2πi q·(x_kl − x_j0)>
 *
 * where <…> is the mean over the equally near images of atom kl in the lattice of the supercell (Parlinski, Li and
 * Kawazoe, 10.1103/PhysRevLett.78.4063), and its eigenvalues ω².
 */
import { heights, inverse } from '../data/cell.ts';
import { shortestVector } from '../data/displacement.ts';
import { InputError } from '../data/errors.ts';
import { cos, sin } from '../data/math.ts';
import { forceToAcceleration } from '../data/units.ts';
import type { Engine } from '../engine/engine.ts';
import { eigenvaluesSymmetric } from '../linalg/eigen.ts';
import type { ForceConstants } from './force-constants.ts';
import { eigenSmall } from './symmetric-small.ts';

export interface Phonons {
  /** Atoms of the primitive cell. */
  sites: number;
  /** (3,3) rows, Å. */
  primitive: Float64Array;
  /** (terms) 3j·(3 sites) + 3k: where the block of a term begins in D. */
  place: Int32Array;
  /** (terms,3) Å, from site j to the image of atom kl. */
  vectors: Float64Array;
  /** (terms,9) THz²: Φ/√(m_j m_k)/4π², shared among equal images. */
  blocks: Float64Array;
  /** eV/Å²: largest force constant that several images share: small where the supercell is large enough. */
  rim: number;
}

/** Å: images whose distances agree to this share a force constant. */
const EQUAL = 1e-5;

/** A function that gives all images of a vector whose length is the least. */
function imagesIn(cell: Float64Array, pbc: readonly boolean[]): (d: number[]) => number[][] {
  const shortest = shortestVector(cell, pbc);
  const high = heights(cell);
  return (d) => {
    shortest(d);
    const least = Math.sqrt(d[0] ** 2 + d[1] ** 2 + d[2] ** 2);
    // two vectors of that length are at most twice it apart
    const reach = high.map((h) => Math.floor((2 * (least + EQUAL)) / h));
    const images: number[][] = [];
    for (let i = -reach[0]; i <= reach[0]; i++) {
      for (let j = -reach[1]; j <= reach[1]; j++) {
        for (let k = -reach[2]; k <= reach[2]; k++) {
          const v = [0, 1, 2].map((c) => d[c] + i * cell[c] + j * cell[3 + c] + k * cell[6 + c]);
          if (Math.sqrt(v[0] ** 2 + v[1] ** 2 + v[2] ** 2) < least + EQUAL) images.push(v);
        }
      }
    }
    return images;
  };
}

/** What D(q) is made of. */
export function phonons({ supercell, sites, siteOf, masses, hessian, primitive }: ForceConstants): Phonons {
  const { positions: x, cell, pbc } = supercell;
  const nearest = imagesIn(cell, pbc);
  const size = 3 * sites.length;
  const place: number[] = [];
  const vectors: number[] = [];
  const blocks: number[] = [];
  let rim = 0;
  sites.forEach((atom, j) => {
    for (let at = hessian.start[atom]; at < hessian.start[atom + 1]; at++) {
      const other = hessian.column[at];
      const block = hessian.blocks.subarray(9 * at, 9 * at + 9);
      const largest = block.reduce((most, b) => Math.max(most, Math.abs(b)), 0);
      if (largest === 0) continue;
      const images = nearest([0, 1, 2].map((c) => x[3 * other + c] - x[3 * atom + c]));
      if (images.length > 1) rim = Math.max(rim, largest);
      const k = siteOf[other];
      const weight = forceToAcceleration / (4 * Math.PI ** 2 * images.length * Math.sqrt(masses[j] * masses[k]));
      for (const v of images) {
        place.push(3 * j * size + 3 * k);
        vectors.push(...v);
        for (const b of block) blocks.push(b * weight);
      }
    }
  });
  return {
    sites: sites.length,
    primitive: primitive.cell,
    place: Int32Array.from(place),
    vectors: Float64Array.from(vectors),
    blocks: Float64Array.from(blocks),
    rim,
  };
}

/** D(q) = re + i im, (m,m) each, m = 3 sites, THz² (ν², not ω²); Hermitian. q Cartesian, 1/Å, without 2π. */
export function dynamicalMatrix(
  { sites, place, vectors, blocks }: Phonons,
  q: ArrayLike<number>,
): { re: Float64Array; im: Float64Array } {
  const m = 3 * sites;
  const re = new Float64Array(m * m);
  const im = new Float64Array(m * m);
  for (let t = 0; t < place.length; t++) {
    const phase = 2 * Math.PI * (q[0] * vectors[3 * t] + q[1] * vectors[3 * t + 1] + q[2] * vectors[3 * t + 2]);
    const [c, s] = [cos(phase), sin(phase)];
    for (let k = 0; k < 9; k++) {
      const at = place[t] + Math.floor(k / 3) * m + (k % 3);
      re[at] += c * blocks[9 * t + k];
      im[at] += s * blocks[9 * t + k];
    }
  }
  for (let i = 0; i < m; i++) {
    for (let j = 0; j <= i; j++) {
      re[i * m + j] = re[j * m + i] = (re[i * m + j] + re[j * m + i]) / 2;
      im[i * m + j] = (im[i * m + j] - im[j * m + i]) / 2;
      im[j * m + i] = -im[i * m + j];
    }
  }
  return { re, im };
}

/** Up to so many rows of the doubled matrix rotations are faster than a reduction. */
const SMALL = 24;

/**
 * Frequencies ν, THz, ascending (3 per site), an imaginary one as a negative number. q Cartesian, 1/Å, without 2π.
 * The Hermitian D as the real symmetric [[re, −im], [im, re]], whose eigenvalues come in pairs.
 */
export function frequencies(engine: Engine, crystal: Phonons, q: ArrayLike<number>): Float64Array {
  if (![q[0], q[1], q[2]].every(Number.isFinite))
    throw new InputError('a q point of three finite numbers was expected');
  const { re, im } = dynamicalMatrix(crystal, q);
  const m = 3 * crystal.sites;
  const real = im.every((value) => Math.abs(value) < 1e-15);
  const size = real ? m : 2 * m;
  const matrix = real ? re : new Float64Array(size * size);
  if (!real) {
    for (let i = 0; i < m; i++) {
      for (let j = 0; j < m; j++) {
        matrix[i * size + j] = matrix[(i + m) * size + j + m] = re[i * m + j];
        matrix[(i + m) * size + j] = im[i * m + j];
        matrix[i * size + j + m] = -im[i * m + j];
      }
    }
  }
  const values = size <= SMALL ? eigenSmall(matrix, size).values : eigenvaluesSymmetric(engine, matrix);
  return Float64Array.from({ length: m }, (_, k) => {
    const square = real ? values[k] : (values[2 * k] + values[2 * k + 1]) / 2;
    return Math.sign(square) * Math.sqrt(Math.abs(square));
  });
}

/** (3,3) rows b_k of the reciprocal lattice, 1/Å, a_i·b_k = δ_ik: q = s·b for fractions s. */
export function reciprocal(cell: ArrayLike<number>): Float64Array {
  const g = inverse(cell);
  return Float64Array.of(g[0], g[3], g[6], g[1], g[4], g[7], g[2], g[5], g[8]);
}
