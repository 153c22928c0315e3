/**
 * Lines through reciprocal space: special points by name for cubic and hexagonal crystals, whatever the orientation of
 * the cell, or any points as fractions. Names as in Setyawan and Curtarolo, 10.1016/j.commatsci.2010.05.010.
 */
import { determinant, inverse, transformRows } from '../data/cell.ts';
import { InputError } from '../data/errors.ts';
import { didYouMean } from '../data/nearest.ts';
import { reciprocal } from './phonons.ts';

export type BandLattice = 'sc' | 'bcc' | 'fcc' | 'hcp';

interface Special {
  /** Fractions of the reciprocal vectors of the conventional cell. */
  points: Map<string, readonly [number, number, number]>;
  path: string;
}

const third = 1 / 3;
const G: [string, [number, number, number]] = ['G', [0, 0, 0]];

const special = new Map<BandLattice, Special>([
  [
    'sc',
    { path: 'G X M G R X', points: new Map([G, ['X', [0.5, 0, 0]], ['M', [0.5, 0.5, 0]], ['R', [0.5, 0.5, 0.5]]]) },
  ],
  [
    'bcc',
    { path: 'G H N G P H', points: new Map([G, ['H', [1, 0, 0]], ['N', [0.5, 0.5, 0]], ['P', [0.5, 0.5, 0.5]]]) },
  ],
  [
    'fcc',
    {
      path: 'G X W K G L',
      points: new Map([
        G,
        ['X', [1, 0, 0]],
        ['W', [1, 0.5, 0]],
        ['K', [0.75, 0.75, 0]],
        ['U', [1, 0.25, 0.25]],
        ['L', [0.5, 0.5, 0.5]],
      ]),
    },
  ],
  [
    'hcp',
    {
      path: 'G M K G A L H A',
      points: new Map([
        G,
        ['M', [0.5, 0, 0]],
        ['K', [third, third, 0]],
        ['A', [0, 0, 0.5]],
        ['L', [0.5, 0, 0.5]],
        ['H', [third, third, 0.5]],
      ]),
    },
  ],
]);

const dot = (a: ArrayLike<number>, b: ArrayLike<number>) => a[0] * b[0] + a[1] * b[1] + a[2] * b[2];

/** Lattice vectors n·cell with |n_c| <= 3, those that point towards +x, then +y, first. */
function around(cell: ArrayLike<number>): Float64Array[] {
  const list: Float64Array[] = [];
  for (let k = 0; k < 343; k++) {
    list.push(transformRows([(k % 7) - 3, (Math.floor(k / 7) % 7) - 3, Math.floor(k / 49) - 3], cell));
  }
  const forward = (v: Float64Array) => (100 * v[0] + 10 * v[1] + v[2]) / Math.sqrt(dot(v, v) + 1e-300);
  return list.sort((a, b) => forward(b) - forward(a));
}

/** Edge of the cubic cell from the volume of the primitive one, and a vector to its centring as halves of its edges. */
const cubic: [BandLattice, number, number[][]][] = [
  ['sc', 1, []],
  ['bcc', 2, [[0.5, 0.5, 0.5]]],
  [
    'fcc',
    4,
    [
      [0.5, 0.5, 0],
      [0.5, 0, 0.5],
    ],
  ],
];

/** Which lattice a primitive cell (3,3) generates, and its conventional cell; undefined where it is none of the four. */
export function conventional(primitive: ArrayLike<number>): { kind: BandLattice; cell: Float64Array } | undefined {
  const volume = determinant(primitive);
  const vectors = around(primitive);
  const inLattice = (v: ArrayLike<number>) =>
    transformRows(v, inverse(primitive)).every((s) => Math.abs(s - Math.round(s)) < 1e-4);
  for (const [kind, cells, centring] of cubic) {
    const cube = cells * volume;
    const edges = vectors.filter((v) => Math.abs(dot(v, v) ** 3 / cube ** 2 - 1) < 1e-3);
    const square = (a: Float64Array, b: Float64Array) => Math.abs(dot(a, b)) < 1e-4 * dot(a, a);
    const a = edges[0];
    const b = a && edges.find((v) => square(a, v));
    const c = b && edges.find((v) => square(a, v) && square(b, v) && determinant([...a, ...b, ...v]) > 0);
    if (!c) continue;
    const cell = Float64Array.of(...a, ...b, ...c);
    if (centring.every((s) => inLattice(transformRows(s, cell)))) return { kind, cell };
  }
  return hexagonal(vectors, volume);
}

function hexagonal(vectors: Float64Array[], volume: number): { kind: BandLattice; cell: Float64Array } | undefined {
  for (const a of [...vectors].sort((u, v) => dot(u, u) - dot(v, v)).slice(1, 30)) {
    const same = dot(a, a);
    const b = vectors.find((v) => Math.abs(dot(v, v) / same - 1) < 1e-3 && Math.abs(dot(a, v) / same + 0.5) < 1e-3);
    const across = (v: Float64Array, u: Float64Array) => Math.abs(dot(v, u)) < 1e-4 * Math.sqrt(dot(v, v) * dot(u, u));
    const c =
      b &&
      vectors.find(
        (v) => across(v, a) && across(v, b) && Math.abs(determinant([...a, ...b, ...v]) / volume - 1) < 1e-3,
      );
    if (b && c) return { kind: 'hcp', cell: Float64Array.of(...a, ...b, ...c) };
  }
  return undefined;
}

export interface BandPath {
  /** Segments, each a line of q points (Cartesian, 1/Å, without 2π) with the distance along the path, 1/Å. */
  segments: { from: string; to: string; q: Float64Array; distance: Float64Array }[];
  /** Where the special points are along the path; 'N|P' where it jumps. */
  ticks: { at: number; label: string }[];
  lattice?: BandLattice;
}

export interface BandPathOptions {
  /** 'G H N | P G', or points such as '1/2,0,0'; default the usual path of the lattice. */
  path?: string;
  /** Instead of the one that is recognised. */
  lattice?: BandLattice;
  /** Points of a segment, both ends counted; default 51. */
  points?: number;
}

/** One coordinate: '0.25' or '1/3'. */
function fraction(text: string): number {
  const match = /^([+-]?\d*\.?\d+)(?:\/(\d+))?$/.exec(text.trim());
  return match ? Number(match[1]) / Number(match[2] ?? 1) : Number.NaN;
}

/** Cartesian q of a name, or of three fractions of the reciprocal vectors of `unit`. */
function pointOf(
  name: string,
  unit: ArrayLike<number>,
  cell: ArrayLike<number> | undefined,
  points: Map<string, readonly [number, number, number]>,
): Float64Array {
  const s = name.split(',').map(fraction);
  if (s.length === 3 && s.every(Number.isFinite)) return transformRows(s, reciprocal(unit));
  const known = points.get(/^(Γ|GAMMA)$/i.test(name) ? 'G' : name);
  if (known && cell) return transformRows(known, reciprocal(cell));
  const all = [...points.keys()];
  throw new InputError(
    `path: found ${JSON.stringify(name)}${didYouMean(name, all)}; expected ${all.length ? `one of ${all.join(' ')}, or ` : ''}three fractions such as 1/2,0,0`,
  );
}

function line(a: Float64Array, b: Float64Array, points: number, begin: number) {
  const length = Math.sqrt((b[0] - a[0]) ** 2 + (b[1] - a[1]) ** 2 + (b[2] - a[2]) ** 2);
  const at = Float64Array.from({ length: points }, (_, i) => i / (points - 1));
  return {
    q: Float64Array.from({ length: 3 * points }, (_, i) => a[i % 3] + at[Math.floor(i / 3)] * (b[i % 3] - a[i % 3])),
    distance: at.map((t) => begin + t * length),
  };
}

/**
 * The path through the special points of the lattice that `primitive` (3,3) generates; points by numbers are fractions of
 * the reciprocal vectors of `unit` (3,3). Throws InputError for names that the lattice does not have.
 */
export function bandPath(
  primitive: ArrayLike<number>,
  unit: ArrayLike<number>,
  options: BandPathOptions = {},
): BandPath {
  const { points = 51 } = options;
  if (!(Number.isInteger(points) && points >= 2))
    throw new InputError(`${points} points of a segment; expected 2 or more`);
  const found = conventional(primitive);
  if (options.lattice && found?.kind !== options.lattice) {
    throw new InputError(
      `the crystal has ${found ? `a ${found.kind}` : 'another'} lattice, not a ${options.lattice} one`,
    );
  }
  const names = found && special.get(found.kind);
  const text = options.path ?? names?.path;
  if (text === undefined) {
    throw new InputError("the lattice is none of sc, bcc, fcc, hcp: give the path as points, such as '0,0,0 1/2,0,0'");
  }
  const place = (name: string) => pointOf(name, unit, found?.cell, names?.points ?? new Map());
  const result: BandPath = { segments: [], ticks: [], ...(found ? { lattice: found.kind } : {}) };
  let length = 0;
  for (const part of text.split('|')) {
    const stops = part.trim().split(/\s+/).filter(Boolean);
    if (stops.length < 2) throw new InputError(`path: ${JSON.stringify(part)} has fewer than two points`);
    const last = result.ticks.at(-1);
    if (last) last.label += `|${shown(stops[0])}`;
    else result.ticks.push({ at: 0, label: shown(stops[0]) });
    for (let k = 1; k < stops.length; k++) {
      const segment = line(place(stops[k - 1]), place(stops[k]), points, length);
      const end = segment.distance[points - 1];
      if (end === length) throw new InputError(`path: ${stops[k - 1]} and ${stops[k]} are the same point`);
      result.segments.push({ from: shown(stops[k - 1]), to: shown(stops[k]), ...segment });
      length = end;
      result.ticks.push({ at: length, label: shown(stops[k]) });
    }
  }
  return result;
}

const shown = (name: string) => (/^(G|GAMMA)$/i.test(name) ? 'Γ' : name);
