/**
 * Embedded-atom tables → the params of assembly/potentials/eam.ts: the cubics with LAMMPS's slopes (five-point inside,
 * one-sided at the ends), a pair's density and z = r·phi of the same bin side by side.
 */
import { InputError, type Place } from '../data/errors.ts';
import type { Potential } from '../data/potential.ts';
import type { LineReader } from './lines.ts';

export interface EamTables {
  /** Atomic numbers, in the file's order. */
  species: number[];
  /** amu, one per species. */
  masses: number[];
  /** Å. */
  cutoff: number;
  /** Spacing of the tables over r, Å, and over the density. */
  dr: number;
  drho: number;
  /** Where the embedding function goes over into a straight line. */
  rhoMax: number;
  /** [element]: F(rho), eV. */
  embedding: Float64Array[];
  /** [centre][neighbour]: density that the neighbour contributes at the centre. */
  density: Float64Array[][];
  /** [element][element], symmetric: r·phi, eV Å. */
  z: Float64Array[][];
}

/** The fifth line of a setfl file, the third of a funcfl file. */
export interface EamGrid {
  nrho: number;
  drho: number;
  nr: number;
  dr: number;
  cutoff: number;
}

const HEADER = 8;
/** Knots that slopes and four-point interpolation need. */
const FEWEST = 5;
/** Å; a larger cutoff is a mistake that would cost all memory in the neighbour list. */
const LONGEST = 100;

/** The next number of the line; an InputError unless it is above zero. */
export function positive(lines: LineReader, what: string): number {
  const value = lines.number(what);
  if (value > 0) return value;
  throw lines.error(`expected ${what} (a number above 0), found ${value}`);
}

/** Reads the next line as nrho drho nr dr cutoff. */
export function readGrid(lines: LineReader): EamGrid {
  lines.need('nrho, drho, nr, dr and the cutoff');
  const nrho = lines.integer('the number of densities, nrho', FEWEST);
  const drho = positive(lines, 'the spacing of densities, drho');
  const nr = lines.integer('the number of distances, nr', FEWEST);
  const dr = positive(lines, 'the spacing of distances, dr, Å');
  const cutoff = positive(lines, 'the cutoff, Å');
  if (!(nr * dr < Infinity && nrho * drho < Infinity))
    throw lines.error(`expected spacings of tables that end, found ${drho} for densities and ${dr} Å`);
  if (cutoff > LONGEST || cutoff > 2 * nr * dr) {
    throw lines.error(`expected a cutoff within the tables (${nr * dr} Å) and below ${LONGEST} Å, found ${cutoff} Å`);
  }
  lines.finish('the cutoff');
  return { nrho, drho, nr, dr, cutoff };
}

/** Slope of a table with respect to the knot's index. Needs four knots. */
function slopes(f: Float64Array): Float64Array {
  const n = f.length;
  const d = new Float64Array(n);
  d[0] = f[1] - f[0];
  d[1] = 0.5 * (f[2] - f[0]);
  d[n - 2] = 0.5 * (f[n - 1] - f[n - 3]);
  d[n - 1] = f[n - 1] - f[n - 2];
  for (let m = 2; m < n - 2; m++) d[m] = (f[m - 2] - f[m + 2] + 8 * (f[m + 1] - f[m - 1])) / 12;
  return d;
}

/** Writes c3 c4 d f of bin m at out[start + m·stride]. */
function writeCubics(f: Float64Array, out: Float64Array, start: number, stride: number): void {
  const d = slopes(f);
  for (let m = 0; m + 1 < f.length; m++) {
    const at = start + m * stride;
    const rise = f[m + 1] - f[m];
    out[at] = d[m] + d[m + 1] - 2 * rise;
    out[at + 1] = 3 * rise - 2 * d[m] - d[m + 1];
    out[at + 2] = d[m];
    out[at + 3] = f[m];
  }
}

/** Tables of equal lengths, five knots or more, into a potential. Throws InputError where their cubics overflow. */
export function eamPotential(
  tables: EamTables,
  about: Pick<Potential, 'reference' | 'name' | 'warnings'>,
  place: Place = {},
): Potential {
  const { species, dr, drho, embedding, density, z, cutoff } = tables;
  const n = species.length;
  const nr = z[0][0].length;
  const nrho = embedding[0].length;
  const tableSize = 8 * (nr - 1);
  const embeddings = HEADER + n * n * tableSize;
  const params = new Float64Array(embeddings + n * 4 * (nrho - 1));
  params.set([n, cutoff * cutoff, 1 / dr, nr, 1 / drho, nrho, tables.rhoMax]);
  for (let a = 0; a < n; a++) {
    for (let b = 0; b < n; b++) {
      const start = HEADER + (a * n + b) * tableSize;
      writeCubics(density[a][b], params, start, 8);
      writeCubics(z[a][b], params, start + 4, 8);
    }
    writeCubics(embedding[a], params, embeddings + a * 4 * (nrho - 1), 4);
  }
  if (!params.every(Number.isFinite))
    throw new InputError('expected tables of values that a double can interpolate, found some near 1e308', place);
  return { kernel: 'eam', cutoff, species: [...species], params, masses: [...tables.masses], ...about };
}
