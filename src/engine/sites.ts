/**
 * The sites of a list (assembly/sites.ts): what a build does before it looks for pairs. Atoms are sorted in as many parts
 * as threads take part; which, and how many, is no part of results.
 */
import { inverse } from '../data/cell.ts';
import { PhysicsError } from '../data/errors.ts';
import { type Grid, makeGrid } from './box.ts';
import type { Stage } from './engine.ts';
import { BOX, BOX_WORDS, doubles, type NeighborList, words } from './layout.ts';

/** Atoms per thread from which a divided build pays. */
export const BUILD_GRAIN = 256;
/** Counts of bins, in atoms: more parts than these allow would cost more than they save. */
const MOST_COUNTS = 4;
/** Of an image before its place is known. */
const DRAFT_BYTES = 24;
const MOST_IMAGES = 2 ** 30 - 1;

function lost(atom: number): Error {
  return new PhysicsError(
    `the position of atom ${atom} (counted from 0) is not finite or beyond 1e9 Å: the atom is lost`,
  );
}

/** The bins for the present cell and positions, to the list's box. */
export function setGrid(list: NeighborList, reach: number): Grid {
  const { lattice, rows } = list;
  const box = words(list, list.box, BOX_WORDS);
  const periodicCount = lattice.periodic.length;
  doubles(list, box[1], 9).set(inverse(rows));
  doubles(list, box[2], 3).set([0, 1, 2].map((k) => (k < periodicCount ? 1 : 0)));
  const grid = gridFor(list, reach);
  doubles(list, box[3], 3).set(grid.shell);
  doubles(list, box[4], 3).set(grid.low);
  doubles(list, box[5], 3).set(grid.perUnit);
  words(list, box[6], 3).set(grid.bins);
  words(list, box[7], 6).set(grid.inner);
  return grid;
}

/** Where all directions are periodic the grid follows from the cell and the reach: small systems gain from keeping it. */
function gridFor(list: NeighborList, reach: number): Grid {
  const { lattice, rows, n, known } = list;
  if (lattice.periodic.length < 3) return makeGrid(rows, lattice.periodic.length, extent(list), reach, n);
  if (known && known.reach === reach && known.rows.every((x, i) => x === rows[i])) return known.grid;
  const grid = makeGrid(rows, 3, [], reach, n);
  list.known = { rows: rows.slice(), reach, grid };
  return grid;
}

/** Lowest and highest fractional coordinates per direction. */
function extent({ engine, n, positions, box }: NeighborList): Float64Array {
  const mark = engine.mark();
  const range = engine.f64(6);
  const bad = engine.kernels.extent(n, positions.byteOffset, box, range.byteOffset);
  engine.release(mark);
  if (bad >= 0) throw lost(bad);
  return range;
}

/** Room at the arena's top for what the sorting counts, then wraps and bins the atoms; returns how many images there are. */
export function wrapAtoms(list: NeighborList, grid: Grid): number {
  const { engine, n } = list;
  const bins = grid.bins[0] * grid.bins[1] * grid.bins[2];
  const most = Math.floor((MOST_COUNTS * n) / bins);
  const parts = n < BUILD_GRAIN * engine.threads ? 1 : Math.max(1, Math.min(engine.threads, most));
  const box = words(list, list.box, BOX_WORDS);
  box[BOX.firstLocal] = engine.bytes(4 * (bins + 1));
  box[BOX.firstImage] = engine.bytes(4 * (bins + 1));
  box[BOX.parts] = parts;
  box[BOX.locals] = engine.bytes(4 * parts * bins);
  box[BOX.images] = engine.bytes(4 * parts * bins);
  box[BOX.stencil] = engine.bytes(4 * grid.words.length);
  words(list, box[BOX.stencil], grid.words.length).set(grid.words);
  const found = engine.f64(2 * parts);
  box[BOX.found] = found.byteOffset;
  const grain = parts > 1 ? 0 : Number.POSITIVE_INFINITY;
  engine.run('wrapAtoms', parts, [list.frame, list.box, 0, 0], { grain });
  let images = 0;
  for (let p = 0; p < parts; p++) {
    if (found[2 * p + 1] >= 0) throw lost(found[2 * p + 1]);
    images += found[2 * p];
  }
  if (images > MOST_IMAGES)
    throw new PhysicsError('the cell is so small that the cutoff would need more than 1e9 images of its atoms');
  return images;
}

/** Once there is room for the sites: sorts them and sets their coordinates. */
export function placeStages(list: NeighborList): Stage[] {
  const { engine, n, blocks, frame, box, rows } = list;
  const fields = words(list, box, BOX_WORDS);
  fields[BOX.drafts] = engine.bytes(DRAFT_BYTES * (blocks.sites - n));
  const parts = fields[BOX.parts];
  const args: Stage['args'] = [frame, box, 0, 0];
  return [
    engine.stage('startLocals', 1, args),
    engine.stage('placeLocals', parts, args),
    engine.stage('draftImages', parts, args),
    engine.stage('startImages', 1, args),
    engine.stage('placeImages', parts, args),
    engine.stage('updateSites', blocks.sites, [frame, rows.byteOffset, blocks.origin, blocks.shift]),
  ];
}
