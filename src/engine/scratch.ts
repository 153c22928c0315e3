/** Blocks of scratch, one per thread; they grow with the largest number of neighbours where a kernel keeps records of these. */
import type { Engine } from './engine.ts';
import type { NeighborList } from './layout.ts';

export interface Scratch {
  /** Address of the first block. */
  at: number;
  /** Bytes from one thread's block to the next. */
  stride: number;
  /** Bytes whatever the number of neighbours, and for each of these. */
  fixed: number;
  perNeighbor: number;
}

const CACHE_LINE = 64;
/** Neighbours that there is room for from the beginning. */
const FEWEST = 64;

export function createScratch(engine: Engine, fixed: number, perNeighbor = 0): Scratch {
  const stride = strideOf(fixed + FEWEST * perNeighbor);
  return { at: engine.bytes(stride * engine.threads), stride, fixed, perNeighbor };
}

const strideOf = (bytes: number) => Math.ceil(bytes / CACHE_LINE) * CACHE_LINE;

/** After a build: room for the longest row of the list. True if the blocks have moved. */
export function fitScratch(engine: Engine, scratch: Scratch, { n, first }: NeighborList): boolean {
  if (scratch.perNeighbor === 0) return false;
  let most = 0;
  for (let i = 0; i < n; i++) most = Math.max(most, first[i + 1] - first[i]);
  if (strideOf(scratch.fixed + most * scratch.perNeighbor) <= scratch.stride) return false;
  // more than is needed: lists of a dense system differ a little from build to build
  scratch.stride = strideOf(scratch.fixed + Math.ceil(1.25 * most) * scratch.perNeighbor);
  scratch.at = engine.bytes(scratch.stride * engine.threads);
  return true;
}
