/** Room for the list, which grows with slack: blocks of the engine's arena whose sizes follow from what a build found. */
import { CHUNK_SLACK, MOST_CHUNKS, placeWindows } from './chunks.ts';
import { BOX, BOX_WORDS, FRAME, FRAME_WORDS, type NeighborList, words } from './layout.ts';

const SLACK = 1.15;
const FIRST_SLACK = 1.02;
/** Bytes of room for pairs within the cutoff beyond the pairs: two more for every chunk and the last. */
const KEPT_SLACK = 16 * (MOST_CHUNKS + 1);
/** Pairs of the first attempt, which only counts. */
export const FIRST_PAIRS = 64;

/** What a build needs, and whether it had it. */
export interface Needed {
  sites: number;
  pairs: number;
  fits: boolean;
}

/** True if all fitted; else makes room, with slack where the list has grown before. */
export function reserve(list: NeighborList, { sites, pairs, fits }: Needed): boolean {
  const { blocks } = list;
  if (sites > blocks.siteCapacity)
    reserveSites(list, Math.ceil(sites * (blocks.siteCapacity ? SLACK : FIRST_SLACK)) + 16);
  const least = pairs + CHUNK_SLACK * (list.chunks.count + 1);
  if (!fits && least > blocks.pairCapacity)
    reservePairs(list, Math.ceil(least * (blocks.pairCapacity > FIRST_PAIRS ? SLACK : FIRST_SLACK)));
  return fits;
}

function reserveSites(list: NeighborList, capacity: number): void {
  const { engine, blocks } = list;
  blocks.siteCapacity = capacity;
  blocks.x = engine.bytes(32 * capacity);
  blocks.home = engine.bytes(4 * capacity);
  blocks.origin = engine.bytes(4 * capacity);
  blocks.shift = engine.bytes(12 * capacity);
  const frame = words(list, list.frame, FRAME_WORDS);
  frame[FRAME.x] = blocks.x;
  frame[FRAME.home] = blocks.home;
  const box = words(list, list.box, BOX_WORDS);
  box[BOX.origin] = blocks.origin;
  box[BOX.shift] = blocks.shift;
}

export function reservePairs(list: NeighborList, capacity: number): void {
  const { engine, blocks } = list;
  blocks.pairCapacity = capacity;
  const kept = 8 * capacity + KEPT_SLACK;
  // On a half list no kernel reads `neighbors` once it is built: the distances may lie there.
  const distances = list.half ? engine.bytes(kept) : 0;
  blocks.neighbors = distances || engine.bytes(4 * capacity);
  blocks.reverse = list.pairGradients ? engine.bytes(4 * capacity) : 0;
  blocks.gradient = list.pairGradients ? engine.bytes(32 * capacity) : 0;
  const frame = words(list, list.frame, FRAME_WORDS);
  frame[FRAME.kept] = list.half ? engine.bytes(kept) : 0;
  frame[FRAME.distances] = distances;
  frame[FRAME.pairs] = list.half ? engine.bytes(8 * (capacity + 1)) : 0;
  frame[FRAME.neighbors] = blocks.neighbors;
  frame[FRAME.reverse] = blocks.reverse;
  frame[FRAME.gradient] = blocks.gradient;
}

/** Windows of the half list's chunks. */
export function reserveWindows(list: NeighborList): void {
  const { engine, blocks, chunks } = list;
  const needed = placeWindows(chunks);
  if (needed > blocks.windowCapacity) {
    blocks.windowCapacity = Math.ceil(needed * SLACK);
    blocks.windows = engine.bytes(32 * blocks.windowCapacity);
  }
  words(list, list.frame, FRAME_WORDS)[FRAME.windows] = blocks.windows;
}
