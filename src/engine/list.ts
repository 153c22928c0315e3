/**
 * The neighbour list of one system: builds it, says when it has become invalid, and refreshes the sites' coordinates.
 * Which pairs are in it, and in which order, follows from the positions and the cell of its last build alone.
 */
import { inverse, multiply } from '../data/cell.ts';
import { InputError, PhysicsError } from '../data/errors.ts';
import { analyseLattice, workingRows } from './box.ts';
import { CHUNK_WORDS, chunkCount, divideRoom, foundOf, MOST_CHUNKS, placePairs, readFound } from './chunks.ts';
import type { Engine, Stage } from './engine.ts';
import {
  type Blocks,
  BOX,
  BOX_ARRAYS,
  BOX_WORDS,
  CHECK,
  doubles,
  FRAME,
  FRAME_WORDS,
  type NeighborList,
  words,
} from './layout.ts';
import { FIRST_PAIRS, type Needed, reserve, reservePairs, reserveWindows } from './room.ts';
import { BUILD_GRAIN, placeStages, setGrid, wrapAtoms } from './sites.ts';
import { countStep, nextSkin, type SkinState, skinOf, skinState, tooThick } from './skin.ts';

export { FRAME_WORDS, type NeighborList } from './layout.ts';

/** What must be restored to get the same list again. */
export interface ListState {
  /** (n,3) Å: positions at the last build. */
  positions: Float64Array;
  /** (3,3) rows, Å: cell at the last build. */
  cell: Float64Array;
  /** How the skin is being chosen, where it is; without it the choice begins anew. */
  skin?: SkinState;
}

/** Beyond the cutoff even without skin, so that a pair at its rim contributes nothing from either end. */
const RIM = 1e-6;
/** Closer than this two atoms count as one placed twice, Å. */
const OVERLAP = 0.01;
const MOST_PAIRS = 2 ** 30 - 1;
/** Atoms per thread from which a divided check pays. */
const GRAIN = 2048;
const CACHE_LINE = 64;

export interface ListOptions {
  cutoff: number;
  /** Å; chosen from the steps that lists last where it is not given. */
  skin?: number;
  /** Tests of a pair that finding one costs: decides how thick a chosen skin is. Default 10. */
  buildCost?: number;
  pairGradients: boolean;
  /** Each pair once. Default false. */
  half?: boolean;
}

/** A list for n atoms that is built at the first call of `refresh`. */
export function createList(
  engine: Engine,
  positions: Float64Array,
  cell: Float64Array,
  pbc: readonly boolean[],
  options: ListOptions,
): NeighborList {
  const n = positions.length / 3;
  const order = engine.i32(n);
  const first = engine.i32(n + 1);
  const frame = engine.i32(FRAME_WORDS);
  const box = engine.i32(BOX_WORDS);
  const arrays = Object.values(BOX_ARRAYS).map((length) => engine.f64(length));
  box.set(arrays.map((a) => a.byteOffset));
  box[8] = engine.i32(3 * n).byteOffset;
  box[9] = engine.i32(n).byteOffset;
  box[BOX.copies] = engine.i32(n).byteOffset;
  frame[FRAME.n] = n;
  frame[FRAME.first] = first.byteOffset;
  frame[FRAME.order] = order.byteOffset;
  frame[FRAME.positions] = positions.byteOffset;
  const records = engine.i32(CHUNK_WORDS * (MOST_CHUNKS + 1));
  frame[FRAME.chunks] = records.byteOffset;
  const blocks: Blocks = {
    sites: 0,
    siteCapacity: 0,
    pairs: 0,
    pairCapacity: 0,
    x: 0,
    home: 0,
    origin: 0,
    shift: 0,
    neighbors: 0,
    reverse: 0,
    gradient: 0,
    windowCapacity: 0,
    windows: 0,
  };
  return {
    engine,
    n,
    pbc,
    cutoff: options.cutoff,
    skin: options.skin ?? skinOf(skinState()),
    choice: options.skin === undefined ? skinState() : undefined,
    buildCost: options.buildCost ?? 10,
    pairGradients: options.pairGradients,
    half: options.half ?? false,
    chunks: { words: records, count: 1 },
    found: [],
    positions,
    blocks,
    order,
    first,
    frame: frame.byteOffset,
    box: box.byteOffset,
    rows: arrays[0],
    builds: 0,
    complete: false,
    lattice: analyseLattice(cell, pbc),
    analysed: Float64Array.from(cell),
    reference: engine.f64(3 * n),
    referenceCell: new Float64Array(9),
    presentCell: new Float64Array(9),
    known: undefined,
    stretch: 1,
    check: engine.f64(11),
  };
}

/** Rebuilds the list if some pair may have come within the cutoff unseen; refreshes the sites. True if it was rebuilt. */
export function refresh(list: NeighborList, cell: Float64Array): boolean {
  const rebuild = !prepare(list, cell) || list.engine.runAll(checkStages(list), list.n, GRAIN);
  if (rebuild) build(list, cell);
  return rebuild;
}

/** Refreshes the sites and, where an atom has moved too far for the list to hold, stops what follows. */
export function checkStages({ engine, n, positions, reference, check, blocks, frame, rows }: NeighborList): Stage[] {
  const numbers = [check.byteOffset, positions.byteOffset, reference.byteOffset, 0] as [number, number, number, number];
  return [
    engine.stage('displacement', n, numbers, { wait: false }),
    engine.stage('updateSites', blocks.sites, [frame, rows.byteOffset, blocks.origin, blocks.shift]),
    engine.stage('outrun', 1, numbers, { wait: false, every: true }),
  ];
}

/**
 * Before checkStages: their numbers for the present cell. False if the list is void wherever the atoms are.
 *
 * Atoms are mapped back by the inverse F⁻¹ of the cell's deformation since the build: a pair closer than the cutoff now
 * was then closer than cutoff·‖F⁻¹‖ + 2·(largest displacement).
 */
export function prepare(list: NeighborList, cell: Float64Array): boolean {
  if (list.builds === 0 || !list.complete) return false;
  if (!same(cell, list.presentCell)) follow(list, cell);
  const room = (list.skin - list.cutoff * (list.stretch - 1)) / 2;
  list.check[CHECK.limit2] = room * room;
  list.check[CHECK.moved2] = 0;
  return room > 0;
}

/** Å of the skin that is used up. */
const usedOf = ({ check, cutoff, stretch }: NeighborList): number =>
  2 * Math.sqrt(check[CHECK.moved2]) + cutoff * (stretch - 1);

/**
 * After checkStages have found that the list holds: counts the step. True if the list should be given up nevertheless, for
 * one with a thinner skin.
 */
export function served(list: NeighborList): boolean {
  const { choice, cutoff, buildCost } = list;
  if (!choice) return false;
  const used = usedOf(list);
  if (used === choice.used) return false;
  const thick = tooThick(choice, { cutoff, build: buildCost });
  if (!thick) countStep(choice, used);
  return thick;
}

/** Before a step: whether `served` may say so after it. */
export const mayGiveUp = ({ choice, cutoff, buildCost }: NeighborList): boolean =>
  choice !== undefined && tooThick(choice, { cutoff, build: buildCost });

/** The list of `state` again, at the positions and the cell that it was built for. */
export function rebuildAs(list: NeighborList, cell: Float64Array, { skin }: ListState): void {
  if (list.choice) {
    list.choice = skin ? structuredClone(skin) : skinState();
    list.skin = skinOf(list.choice);
  }
  list.builds = 0;
  makeList(list, cell);
}

/** True if checkStages have found the list void. */
export const outrun = ({ check }: NeighborList): boolean => !(check[CHECK.moved2] < check[CHECK.limit2]);

function same(a: Float64Array, b: Float64Array): boolean {
  for (let i = 0; i < 9; i++) if (a[i] !== b[i]) return false;
  return true;
}

/** Takes the present cell over. */
function follow(list: NeighborList, cell: Float64Array): void {
  const { referenceCell, presentCell, rows, lattice, check } = list;
  presentCell.set(cell);
  rows.set(workingRows(lattice, cell));
  list.stretch = 1;
  let back: ArrayLike<number> = [1, 0, 0, 0, 1, 0, 0, 0, 1];
  if (!same(cell, referenceCell)) {
    back = multiply(inverse(rows), workingRows(lattice, referenceCell));
    list.stretch = normBound(back);
  }
  check.set(back, CHECK.back);
}

/** Upper bound of the 2-norm: the root of the largest row sum of |MᵀM|. */
function normBound(m: ArrayLike<number>): number {
  const square = multiply([m[0], m[3], m[6], m[1], m[4], m[7], m[2], m[5], m[8]], m);
  return Math.sqrt(
    Math.max(...[0, 3, 6].map((i) => Math.abs(square[i]) + Math.abs(square[i + 1]) + Math.abs(square[i + 2]))),
  );
}

/** A new list for the present positions and this cell, with up-to-date sites. */
export function build(list: NeighborList, cell: Float64Array): void {
  const { choice, cutoff, buildCost } = list;
  const used = usedOf(list);
  // A position that is no number has used up nothing: the same list again once it is put right.
  if (choice && list.complete && used < Number.POSITIVE_INFINITY) {
    nextSkin(choice, { cutoff, build: buildCost }, used < list.skin ? used : list.skin);
    list.skin = skinOf(choice);
  }
  makeList(list, cell);
}

function makeList(list: NeighborList, cell: Float64Array): void {
  list.complete = false;
  if (!same(cell, list.analysed)) {
    list.lattice = analyseLattice(cell, list.pbc);
    list.analysed.set(cell);
  }
  list.rows.set(workingRows(list.lattice, cell));
  const reach = list.cutoff + Math.max(list.skin, RIM);
  for (let fits = false; !fits; ) {
    fits = reserve(list, attempt(list, reach));
  }
  if (list.half) {
    list.blocks.pairs = placePairs(list.chunks);
    reserveWindows(list);
    writePairs(list);
  } else list.blocks.pairs = list.engine.kernels.joinRows(list.frame);
  if (list.pairGradients) list.engine.run('pairReverse', list.n, [list.frame, list.blocks.shift, 0, 0], { grain: 256 });
  list.reference.set(list.positions);
  list.referenceCell.set(cell);
  follow(list, cell);
  list.check[CHECK.moved2] = 0;
  list.check[CHECK.limit2] = Number.POSITIVE_INFINITY;
  list.builds++;
  list.complete = true;
}

/** What the kernels of half lists read in place of `neighbors`. */
function writePairs({ engine, n, chunks, frame }: NeighborList): void {
  const grain = n >= BUILD_GRAIN * engine.threads ? 0 : Number.POSITIVE_INFINITY;
  engine.run('writePairs', chunks.count, [frame, 0, 0, 0], { grain });
}

/** The bins are scratch at the arena's top; room that lasts is taken after they are given back. */
function attempt(list: NeighborList, reach: number): Needed {
  const mark = list.engine.mark();
  try {
    return sortAndFill(list, reach);
  } finally {
    list.engine.release(mark);
  }
}

/** One attempt at the list with the present room; says how much it needs. */
function sortAndFill(list: NeighborList, reach: number): Needed {
  const { engine, blocks, n } = list;
  const grid = setGrid(list, reach);
  const sites = n + wrapAtoms(list, grid);
  if (sites > blocks.siteCapacity) return { sites, pairs: 0, fits: false };
  blocks.sites = sites;
  words(list, list.frame, FRAME_WORDS)[FRAME.m] = sites;
  engine.runAll([...placeStages(list), fillStage(list, reach, chunkCount(n, grid.share))], n, BUILD_GRAIN);
  return { sites, ...filled(list) };
}

/** The chunks' rows into the room that there is. */
function fillStage(list: NeighborList, reach: number, count: number): Stage {
  const { engine, blocks } = list;
  if (blocks.pairCapacity === 0) reservePairs(list, FIRST_PAIRS);
  list.chunks = { words: list.chunks.words, count };
  words(list, list.frame, FRAME_WORDS)[FRAME.chunkCount] = count;
  divideRoom(list.chunks, blocks.pairCapacity, list.found);
  const range = engine.f64(1);
  range[0] = reach;
  const stride = Math.ceil(engine.kernels.candidateBytes() / CACHE_LINE) * CACHE_LINE;
  const scratch = engine.bytes(stride * engine.threads);
  const args: Stage['args'] = [list.frame, list.box, range.byteOffset, scratch];
  return engine.stage(list.half ? 'fillHalf' : 'fillFull', count, args, { stride, wait: false });
}

function filled(list: NeighborList): Omit<Needed, 'sites'> {
  const { pairs, fits, least, leastOf } = readFound(list.chunks);
  list.found = foundOf(list.chunks);
  if (pairs >= MOST_PAIRS)
    throw new InputError('the system has more than 2^30 neighbour pairs: use fewer atoms or a smaller cutoff');
  if (least < OVERLAP * OVERLAP) throw overlap(list, least, leastOf);
  return { pairs, fits };
}

/** Two atoms in one place: which they are. */
function overlap(list: NeighborList, least: number, local: number): Error {
  const { sites } = list.blocks;
  const x = doubles(list, list.blocks.x, 4 * sites);
  const origin = words(list, list.blocks.origin, sites);
  const distance2 = (k: number) => [0, 1, 2].reduce((sum, c) => sum + (x[4 * k + c] - x[4 * local + c]) ** 2, 0);
  let partner = 0;
  for (let k = 0, nearest = Number.POSITIVE_INFINITY; k < sites; k++) {
    const r2 = k === local ? Number.POSITIVE_INFINITY : distance2(k);
    if (r2 < nearest) [nearest, partner] = [r2, k];
  }
  const [a, b] = [origin[local], origin[partner]];
  const message = `atoms ${Math.min(a, b)} and ${Math.max(a, b)} (counted from 0) are ${Math.sqrt(least).toFixed(4)} Å apart`;
  if (list.builds === 0) return new InputError(`${message}: remove one of them, or check the cell`);
  return new PhysicsError(`${message}: the system collapsed`);
}
