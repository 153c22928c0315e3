/**
 * Perfect crystals from a table of bases. A cubic one may be turned: rows of its cell then lie along x, y, z and are
 * the shortest periods of the crystal along the three directions. Sites are integers in eighths of a, so which atoms
 * are inside is exact.
 */
import { type Atoms, createAtoms } from './atoms.ts';
import { parseElement } from './elements.ts';
import { InputError } from './errors.ts';
import { didYouMean } from './nearest.ts';
import { checkOrientation, type Orientation } from './orient.ts';

/** Sites of one conventional cubic cell in eighths of a: x, y, z, and which of the elements sits there. */
type Site = readonly [number, number, number, number];

const fccShifts = [
  [0, 0, 0],
  [0, 4, 4],
  [4, 0, 4],
  [4, 4, 0],
];

/** Face-centred copies of the given sites. */
function centred(sites: Site[]): Site[] {
  return sites.flatMap(([x, y, z, s]) =>
    fccShifts.map(([u, v, w]): Site => [(x + u) % 8, (y + v) % 8, (z + w) % 8, s]),
  );
}

const cubic = new Map<string, Site[]>([
  ['sc', [[0, 0, 0, 0]]],
  [
    'bcc',
    [
      [0, 0, 0, 0],
      [4, 4, 4, 0],
    ],
  ],
  ['fcc', centred([[0, 0, 0, 0]])],
  [
    'diamond',
    centred([
      [0, 0, 0, 0],
      [2, 2, 2, 0],
    ]),
  ],
  // A15, A3B (Cr3Si; one element: beta-W): A in chains on the faces, B on the bcc sites.
  [
    'A15',
    [
      [2, 0, 4, 0],
      [6, 0, 4, 0],
      [4, 2, 0, 0],
      [4, 6, 0, 0],
      [0, 4, 2, 0],
      [0, 4, 6, 0],
      [0, 0, 0, 1],
      [4, 4, 4, 1],
    ],
  ],
  // C15, A2B (MgCu2 with A = Cu, B = Mg): A on 16d, B on 8a of Fd-3m, origin at the centre of symmetry.
  [
    'C15',
    centred([
      [4, 4, 4, 0],
      [2, 6, 0, 0],
      [6, 0, 2, 0],
      [0, 2, 6, 0],
      [1, 1, 1, 1],
      [7, 3, 3, 1],
    ]),
  ],
  [
    'B2',
    [
      [0, 0, 0, 0],
      [4, 4, 4, 1],
    ],
  ],
  [
    'rocksalt',
    centred([
      [0, 0, 0, 0],
      [4, 0, 0, 1],
    ]),
  ],
  [
    'zincblende',
    centred([
      [0, 0, 0, 0],
      [2, 2, 2, 1],
    ]),
  ],
  // L1_2, A3B (Cu3Au): A on the faces, B on the corners.
  [
    'L12',
    [
      [0, 4, 4, 0],
      [4, 0, 4, 0],
      [4, 4, 0, 0],
      [0, 0, 0, 1],
    ],
  ],
  // C1, AB2 (UO2 with A = U, B = O).
  [
    'fluorite',
    centred([
      [0, 0, 0, 0],
      [2, 2, 2, 1],
      [6, 6, 6, 1],
    ]),
  ],
]);

/** Kinds that lattice() knows. */
export const latticeKinds: readonly string[] = [...cubic.keys(), 'hcp'];

/** What is to be built. */
export interface LatticeSpec {
  /** One of latticeKinds. */
  kind: string;
  /** Lattice constant, Å. */
  a: number;
  /** Second lattice constant of hcp, Å; default a·sqrt(8/3). */
  c?: number;
  /** Symbols, one, or as many as the kind has kinds of sites (A15, C15, L12: A3B or A2B in the order of the formula). */
  elements: readonly string[];
  /** Miller directions along x, y, z (cubic kinds only). */
  orient?: Orientation;
}

const mostAtoms = 1_000_000;

/** One periodic cell of a perfect crystal; throws InputError for unknown kinds, bad numbers and wrong orientations. */
export function lattice(spec: LatticeSpec): Atoms {
  const sites = cubic.get(spec.kind);
  if (sites === undefined && spec.kind !== 'hcp') {
    const hint = didYouMean(spec.kind, latticeKinds);
    throw new InputError(`unknown lattice ${JSON.stringify(spec.kind)}${hint}; known: ${latticeKinds.join(', ')}`);
  }
  checkLength('a', spec.a);
  if (spec.c !== undefined) checkLength('c', spec.c);
  if (sites === undefined) return hcp(spec);
  if (spec.c !== undefined) throw new InputError(`c was given, but ${spec.kind} has only a; hcp has both`);
  const numbers = elementsOf(spec, 1 + Math.max(...sites.map((site) => site[3])));
  const decorated = sites.map(([x, y, z, s]): Site => [x, y, z, numbers[s]]);
  const periods = periodsOf(decorated, spec.orient, spec.a);
  return fill(decorated, periods, spec.a);
}

function checkLength(name: string, value: number): void {
  if (!(value > 0.1 && value < 1000))
    throw new InputError(`lattice constant ${name} = ${value} Å; 0.1 to 1000 Å was expected`);
}

function elementsOf(spec: LatticeSpec, slots: number): number[] {
  const { elements, kind } = spec;
  if (elements.length !== 1 && elements.length !== slots) {
    const expected = slots === 1 ? '1 was' : `1 or ${slots} were`;
    throw new InputError(`${kind}: found ${elements.length} elements; ${expected} expected`);
  }
  const numbers = elements.map((symbol) => parseElement(symbol, kind));
  return Array.from({ length: slots }, (_, s) => numbers[Math.min(s, numbers.length - 1)]);
}

function hcp(spec: LatticeSpec): Atoms {
  if (spec.orient !== undefined)
    throw new InputError('hcp cannot be oriented; build the conventional cell, then a supercell');
  const { a, c = a * Math.sqrt(8 / 3) } = spec;
  const [z] = elementsOf(spec, 1);
  const s = Math.sqrt(3);
  return createAtoms({
    numbers: Uint8Array.of(z, z),
    // fractional (0,0,0) and (1/3,2/3,1/2)
    positions: Float64Array.of(0, 0, 0, 0, a / s, c / 2),
    cell: Float64Array.of(a, 0, 0, -a / 2, (a * s) / 2, 0, 0, 0, c),
  });
}

const modulo = (x: number, n: number) => ((x % n) + n) % n;

/** True where the decorated crystal is the same after a shift by half of d, d in units of a. */
function halved(sites: Site[], d: number[]): boolean {
  const key = (site: ArrayLike<number>, f: number) =>
    `${[0, 1, 2].map((c) => modulo(site[c] + 4 * f * d[c], 8)).join()}:${site[3]}`;
  const present = new Set(sites.map((site) => key(site, 0)));
  return sites.every((site) => present.has(key(site, 1)));
}

/** Rows of the cell in units of a/2: the shortest periods along the three directions. */
function periodsOf(sites: Site[], orient: Orientation | undefined, a: number): number[][] {
  const directions = checkOrientation(
    orient ?? [
      [1, 0, 0],
      [0, 1, 0],
      [0, 0, 1],
    ],
  );
  const rows = directions.map((d) => (halved(sites, d) ? d : d.map((c) => 2 * c)));
  const longest = Math.max(...rows.map((d) => d[0] ** 2 + d[1] ** 2 + d[2] ** 2));
  if ((a / 2) * Math.sqrt(longest) > 1e6) throw new InputError('orientation with a period beyond 1e6 Å');
  return rows;
}

/** All sites with 0 <= s < 1 along each row: P·W / (4 W·W), P in eighths and W in halves of a, is exact in integers. */
function fill(sites: Site[], rows: number[][], a: number): Atoms {
  const squares = rows.map((w) => w[0] ** 2 + w[1] ** 2 + w[2] ** 2);
  const count = Math.round((Math.sqrt(squares[0] * squares[1] * squares[2]) / 8) * sites.length);
  if (count > mostAtoms)
    throw new InputError(`this orientation needs ${count} atoms in one period; at most ${mostAtoms} are built`);
  const low = [0, 1, 2].map((c) => Math.floor(rows.reduce((sum, w) => sum + Math.min(w[c], 0), 0) / 2) - 1);
  const high = [0, 1, 2].map((c) => Math.ceil(rows.reduce((sum, w) => sum + Math.max(w[c], 0), 0) / 2));
  const found: number[][] = [];
  for (let k = low[2]; k <= high[2]; k++) {
    for (let j = low[1]; j <= high[1]; j++) {
      for (let i = low[0]; i <= high[0]; i++) {
        for (const [x, y, z, number] of sites) {
          const p = rows.map((w) => (8 * i + x) * w[0] + (8 * j + y) * w[1] + (8 * k + z) * w[2]);
          if (p.every((value, c) => value >= 0 && value < 4 * squares[c])) found.push([...p, number]);
        }
      }
    }
  }
  if (found.length !== count) throw new Error(`lattice: ${found.length} atoms found, ${count} expected`);
  const plain = rows.every((w, c) => w[c] > 0 && squares[c] === w[c] ** 2);
  if (!plain) found.sort((p, q) => p[2] - q[2] || p[1] - q[1] || p[0] - q[0]);
  const lengths = squares.map((square) => (a / 2) * Math.sqrt(square));
  return createAtoms({
    numbers: Uint8Array.from(found, (p) => p[3]),
    positions: Float64Array.from(found.flatMap((p) => lengths.map((length, c) => (p[c] / (4 * squares[c])) * length))),
    cell: Float64Array.of(lengths[0], 0, 0, 0, lengths[1], 0, 0, 0, lengths[2]),
  });
}
