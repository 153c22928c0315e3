/** The list in kernel memory: its record for the host, and the places of the fields that assembly/frame.ts and neighbors.ts read. */
import type { Grid, Lattice } from './box.ts';
import type { Chunks } from './chunks.ts';
import type { Engine } from './engine.ts';
import type { SkinState } from './skin.ts';

/** Addresses that follow from the sizes of the list; 0 until the first build. */
export interface Blocks {
  sites: number;
  siteCapacity: number;
  pairs: number;
  pairCapacity: number;
  x: number;
  home: number;
  origin: number;
  shift: number;
  neighbors: number;
  reverse: number;
  gradient: number;
  windowCapacity: number;
  windows: number;
}

export interface NeighborList {
  readonly engine: Engine;
  readonly n: number;
  readonly pbc: readonly boolean[];
  readonly cutoff: number;
  /** Å; of the present list where `choice` chooses it. */
  skin: number;
  /** How the skin is being chosen, where it is not given. */
  choice: SkinState | undefined;
  /** Tests of a pair that finding one costs (src/engine/skin.ts). */
  readonly buildCost: number;
  readonly pairGradients: boolean;
  /** Each pair once; the chunks then have windows. */
  readonly half: boolean;
  /** Fixed partition of the locals since the last build. */
  chunks: Chunks;
  /** Pairs of each chunk at the last build. */
  found: number[];
  /** The user's positions, (n,3). */
  readonly positions: Float64Array;
  readonly blocks: Blocks;
  readonly order: Int32Array;
  readonly first: Int32Array;
  /** Addresses of the frame and the box that the builders fill. */
  readonly frame: number;
  readonly box: number;
  readonly rows: Float64Array;
  builds: number;
  /** False from the beginning of a build to its end: one that throws leaves rows that no one may read. */
  complete: boolean;
  lattice: Lattice;
  /** The cell that `lattice` is for. */
  readonly analysed: Float64Array;
  readonly reference: Float64Array;
  readonly referenceCell: Float64Array;
  /** The bins of the last build, where they follow from the rows of the cell and the reach. */
  known: { rows: Float64Array; reach: number; grid: Grid } | undefined;
  /** The cell that `rows` and the check are for. */
  readonly presentCell: Float64Array;
  /** How much longer than at the last build a distance may be, for the cell's deformation alone. */
  stretch: number;
  /** (11) the record Check of assembly/neighbors.ts: limits, then what maps positions back to the cell of the last build. */
  readonly check: Float64Array;
}

/** Places in NeighborList.check. */
export const CHECK = { limit2: 0, moved2: 1, back: 2 };

export const FRAME = {
  n: 0,
  m: 1,
  x: 2,
  home: 3,
  first: 5,
  neighbors: 6,
  reverse: 7,
  gradient: 11,
  order: 12,
  positions: 13,
  chunkCount: 14,
  chunks: 15,
  windows: 16,
  kept: 17,
  pairs: 18,
  distances: 19,
};
export const FRAME_WORDS = 20;
export const BOX = {
  firstLocal: 10,
  firstImage: 11,
  origin: 12,
  shift: 13,
  stencil: 14,
  copies: 15,
  parts: 16,
  locals: 17,
  images: 18,
  drafts: 19,
  found: 20,
};
export const BOX_WORDS = 21;
export const BOX_ARRAYS = { h: 9, g: 9, periodic: 3, shell: 3, low: 3, perUnit: 3, bins: 3, inner: 6 };

export const words = (list: NeighborList, at: number, count: number) =>
  new Int32Array(list.engine.memory.buffer, at >>> 0, count);
export const doubles = (list: NeighborList, at: number, count: number) =>
  new Float64Array(list.engine.memory.buffer, at >>> 0, count);
