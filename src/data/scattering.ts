/**
 * The grid of one scale of the solid-harmonic wavelet scattering, and the table of its kernels (assembly/scattering).
 *
 * C. Lapointe et al., Phys. Rev. Materials 4, 063802 (2020), doi:10.1103/PhysRevMaterials.4.063802.
 */
import { determinant, inverse } from './cell.ts';
import { harmonicsTable } from './descriptors/harmonics.ts';
import { InputError } from './errors.ts';
import { fourierPlan, smoothLength } from './fourier.ts';
import { pow } from './math.ts';

/** j of the scales 2^j Å, and the highest l. */
export const SCALES = [0, 0.25, 0.5, 0.75, 1, 2, 3, 4, 5];
export const HIGHEST = 9;

/** In widths: waves k t beyond do not count (1e-13 of the largest); a free atom's fields end there (1e-12). */
const WAVES = 10.8;
const REACH = 9;

const HEADER = 32;
/** 64 bytes each are what memory can have. */
const MOST_POINTS = 2 ** 25;

export interface ScatteringGrid {
  /** Points along the axes. */
  counts: [number, number, number];
  /** Rows are the vectors of the box that repeats, Å. */
  box: Float64Array;
  /** Numbers of f64: table, f64 in work, bytes of scratch per thread. */
  table: Float64Array;
  work: number;
  scratch: number;
  /** Places in work. */
  coordinates: number;
  adjoints: number;
}

export interface ScatteringSettings {
  /** j of the scales 2^j Å. */
  scales: readonly number[];
  /** Width of the density's Gaussians, Å. */
  sigma: number;
  /** Distance of the points in widths t = sqrt(4^j + σ²) of a scale. */
  spacing: number;
}

export const scatteringDefaults: ScatteringSettings = { scales: SCALES, sigma: 0.5, spacing: 0.3 };

interface Box {
  cell: ArrayLike<number>;
  pbc: readonly boolean[];
  positions: Float64Array;
}

/** Throws InputError. `gradients`: with room for them. */
export function scatteringGrid(
  atoms: Box,
  scale: number,
  { sigma, spacing }: ScatteringSettings,
  gradients: boolean,
): ScatteringGrid {
  const s = pow(2, scale);
  const t = Math.sqrt(s * s + sigma * sigma);
  const box = repeatingBox(atoms, REACH * t);
  const lengths = [0, 3, 6].map((k) => norm(box.subarray(k, k + 3)));
  const volume = Math.abs(determinant(box));
  if (!atoms.positions.every(Number.isFinite) || !(volume > 0 && volume < Number.POSITIVE_INFINITY))
    throw new InputError('scattering: expected finite positions and a cell with a volume');
  const wanted = lengths.map((length) => length / (spacing * t));
  if (!(wanted.reduce((product, count) => product * Math.max(1, count), 1) < MOST_POINTS))
    throw new InputError(
      `scattering: a box of ${lengths.map((x) => x.toFixed(0)).join(' × ')} Å has too many points ${(spacing * t).toPrecision(2)} Å apart: leave out small scales, or take a larger spacing`,
    );
  const counts = wanted.map(smoothLength) as [number, number, number];
  const [n1, n2, n3] = counts;
  const n = n1 * n2 * n3;
  const half = Math.floor(n3 / 2) + 1;
  const H = half + (half % 2);
  const N = atoms.positions.length / 3;
  const phases = 2 * (n1 + n2 + H) + ((2 * (n1 + n2 + H)) % 2);
  const reach = Math.min(WAVES / t, ...counts.map((count, k) => (Math.PI * count) / lengths[k]));
  const sections: number[] = [];
  const put = (numbers: ArrayLike<number>): number => {
    const at = HEADER + sections.length;
    for (let k = 0; k < numbers.length; k++) sections.push(numbers[k]);
    return at;
  };
  let work = 0;
  const take = (count: number): number => {
    const at = work;
    work += count + (count % 2);
    return at;
  };
  const inside = counts.map((count) => put(fourierPlan(count)));
  const header = [
    ...[N, n1, n2, n3],
    ...waveVectors(box),
    // strictly less than half a grid's wave
    ...[s, (t * t) / 2, (s * s * s) / volume, reach * reach * (1 - 1e-9), HIGHEST, volume / n, H, phases],
    ...inside,
    ...[put(harmonicsTable(HIGHEST)), put(ORDER)],
    ...[take(3 * N), take(phases * N), take(2 * n1 * n2 * H)],
    ...[take(gradients ? 2 * n1 * n2 * H * (HIGHEST + 1) : 0), take(HIGHEST + 1), take(4 * n1 * n2)],
  ];
  const table = Float64Array.from([...header, ...sections]);
  const scratch = 64 * n + 8 * (n + (n % 2)) + 32;
  return { counts, box, table, work, scratch, coordinates: header[26], adjoints: header[30] };
}

/** l in an order whose halves and quarters have much the same number of fields. */
const ORDER = [9, 0, 5, 8, 1, 2, 7, 3, 6, 4];

const norm = ([x, y, z]: ArrayLike<number> & Iterable<number>) => Math.sqrt(x * x + y * y + z * z);

/** 2π times the reciprocal vectors, rows. */
function waveVectors(box: Float64Array): number[] {
  const inverted = inverse(box);
  return [0, 1, 2].flatMap((a) => [0, 1, 2].map((c) => 2 * Math.PI * inverted[3 * c + a]));
}

/** The cell; free directions become orthogonal to the others, as long as the atoms and twice `margin`. */
function repeatingBox({ cell, pbc, positions }: Box, margin: number): Float64Array {
  const box = Float64Array.from(cell);
  const known: Float64Array[] = [];
  for (const k of [0, 1, 2]) if (pbc[k]) known.push(box.subarray(3 * k, 3 * k + 3));
  for (const k of [0, 1, 2]) {
    if (pbc[k]) continue;
    const direction = orthogonal(known);
    let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
    for (let i = 0; i < positions.length; i += 3) {
      const x = direction[0] * positions[i] + direction[1] * positions[i + 1] + direction[2] * positions[i + 2];
      [low, high] = [Math.min(low, x), Math.max(high, x)];
    }
    box.set(
      direction.map((x) => x * (high - low + 2 * margin)),
      3 * k,
    );
    known.push(direction);
  }
  return box;
}

/** A unit vector orthogonal to at most two others. */
function orthogonal(others: Float64Array[]): Float64Array {
  const basis: number[][] = [];
  const without = (v: number[]) => {
    // twice: the second time for rounding
    for (let pass = 0; pass < 2; pass++) {
      for (const b of basis) {
        const dot = v[0] * b[0] + v[1] * b[1] + v[2] * b[2];
        for (let c = 0; c < 3; c++) v[c] -= dot * b[c];
      }
    }
    return v;
  };
  for (const other of others) {
    const v = without(Array.from(other));
    basis.push(v.map((x) => x / norm(v)));
  }
  const rests = [0, 1, 2].map((k) => without([0, 1, 2].map((c) => (c === k ? 1 : 0))));
  const best = rests.reduce((a, b) => (norm(b) > norm(a) ? b : a));
  return Float64Array.from(best, (x) => x / norm(best));
}
