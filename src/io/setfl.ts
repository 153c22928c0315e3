/**
 * DYNAMO setfl files, LAMMPS's eam/alloy and eam/fs. The two differ in one thing: after an element's embedding function
 * comes one density table (alloy), or one for each element of the file (fs). How many numbers the file has tells which.
 */
import { numberOf } from '../data/elements.ts';
import type { Potential } from '../data/potential.ts';
import { type EamGrid, type EamTables, eamPotential, positive, readGrid } from './eam-tables.ts';
import { LineReader } from './lines.ts';
import { unknownElement } from './species.ts';

export interface SetflOptions {
  /** Named in errors and in the reference. */
  file?: string;
  name?: string;
}

interface Header extends EamGrid {
  symbols: string[];
  species: number[];
}

interface Block {
  mass: number;
  embedding: Float64Array;
  /** One, or one for each element. */
  densities: Float64Array[];
}

/** Three comment lines, the elements, the grids. */
function readHeader(lines: LineReader): { comments: string[]; header: Header } {
  const comments = [1, 2, 3].map((k) => lines.need(`comment line ${k} of 3`).whole().trim());
  lines.need('the number of elements and their symbols');
  const count = lines.integer('the number of elements', 1, 118);
  const symbols: string[] = [];
  while (lines.hasToken()) symbols.push(lines.word('a symbol'));
  if (symbols.length !== count) {
    throw lines.error(`expected ${count} element symbols after the number ${count}, found ${symbols.length}`);
  }
  const species = symbols.map((symbol) => {
    const z = numberOf(symbol);
    if (z === undefined) throw unknownElement(symbol, lines.place);
    return z;
  });
  if (new Set(species).size !== count) throw lines.error(`expected different elements, found ${symbols.join(' ')}`);
  return { comments, header: { symbols, species, ...readGrid(lines) } };
}

/** One for alloy, the number of elements for fs; an InputError if there are too few numbers for either. */
function densitiesPerElement(text: string, lines: LineReader, { species, nrho, nr }: Header): number {
  const n = species.length;
  const alloy = n * (nrho + nr) + (n * (n + 1) * nr) / 2;
  const fs = alloy + n * (n - 1) * nr;
  lines.checkCount(alloy, 2, 'table values');
  const found = countTokens(text, text.length - lines.left) - 2 * n;
  if (n > 1 && found >= fs) return n;
  if (found >= alloy) return 1;
  throw lines.error(
    n > 1
      ? `expected ${alloy} table values (eam/alloy) or ${fs} (eam/fs) after this header, found at most ${found}`
      : `expected ${alloy} table values after this header, found at most ${found}`,
  );
}

/** Number of blank-separated tokens in text[from…]. */
function countTokens(text: string, from: number): number {
  let count = 0;
  let inside = false;
  for (let at = from; at < text.length; at++) {
    const blank = text.charCodeAt(at) <= 32;
    if (!blank && !inside) count++;
    inside = !blank;
  }
  return count;
}

function readBlock(lines: LineReader, header: Header, element: number, densities: number): Block {
  const symbol = header.symbols[element];
  lines.needFilled(`the atomic number and mass of ${symbol}`);
  lines.integer(`the atomic number of ${symbol}`);
  const mass = positive(lines, `the mass of ${symbol}, amu`);
  lines.rest();
  const embedding = lines.numbers(header.nrho, `embedding function of ${symbol}`);
  return {
    mass,
    embedding,
    densities: Array.from({ length: densities }, () => lines.numbers(header.nr, `density of ${symbol}`)),
  };
}

/** The pair tables of i >= j in the file's order, as a symmetric matrix. */
function readPairs(lines: LineReader, { symbols, nr }: Header): Float64Array[][] {
  const z: Float64Array[][] = symbols.map(() => []);
  for (let i = 0; i < symbols.length; i++) {
    for (let j = 0; j <= i; j++) {
      z[i][j] = lines.numbers(nr, `pair function of ${symbols[i]} and ${symbols[j]}`);
      z[j][i] = z[i][j];
    }
  }
  return z;
}

/** Text after the tables is left alone, numbers are not: they mean that a count is wrong. */
function checkEnd(lines: LineReader): void {
  while (lines.hasToken() || lines.nextFilled()) {
    if (!/^[-+.\d]/.test(lines.word('the end'))) return;
    throw lines.error('expected the end of the file after the last table, found more numbers: is a count wrong?');
  }
}

/** A setfl file of either kind. Throws InputError for anything that LAMMPS would misread. */
export function parseSetfl(text: string, options: SetflOptions = {}): Potential {
  const lines = new LineReader(text, { file: options.file, fortran: true });
  const { comments, header } = readHeader(lines);
  const densities = densitiesPerElement(text, lines, header);
  const blocks = header.symbols.map((_, element) => readBlock(lines, header, element, densities));
  const z = readPairs(lines, header);
  checkEnd(lines);
  const tables: EamTables = {
    ...header,
    masses: blocks.map((block) => block.mass),
    rhoMax: (header.nrho - 1) * header.drho,
    embedding: blocks.map((block) => block.embedding),
    // fs: the k-th table of an element's block is what it contributes at an atom of the file's k-th element.
    density: blocks.map((_, centre) => blocks.map((neighbor) => neighbor.densities[densities === 1 ? 0 : centre])),
    z,
  };
  const name = options.name ?? options.file ?? `eam ${header.symbols.join(' ')}`;
  return eamPotential(
    tables,
    { reference: comments.filter((line) => line !== '').join(' ') || name, name },
    { file: options.file },
  );
}
