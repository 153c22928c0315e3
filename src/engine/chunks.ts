/**
 * Chunks of locals (assembly/chunks.ts): how many there are, and the block of records that the kernels share with the
 * host. Their number follows from the state alone, so that sums have one order whatever the number of threads.
 */

/** Words of one record, and the places of its fields. */
export const CHUNK_WORDS = 16;
const FIELD = { room: 0, at: 1, found: 2, fits: 3, reach: 4, window: 5, least: 6, leastOf: 8, base: 9 };

const COUNTS = [64, 48, 32, 24, 16, 12, 8, 6, 4, 3, 2];
export const MOST_CHUNKS = COUNTS[0];
/** Fewer atoms than this are not worth a chunk. */
const FEWEST_ATOMS = 16;
/** Windows together, in atoms per atom, beyond the locals' own. */
const OVERLAP = 3;
/** Room beyond what was found last time, pairs per chunk: the last local's candidates (assembly/fill.ts) must fit too. */
export const CHUNK_SLACK = 1040;

/** For n atoms in bin order where a row of the half list reaches over the share `span` of all locals. */
export function chunkCount(n: number, span: number): number {
  const most = Math.min(n / FEWEST_ATOMS, OVERLAP / Math.min(span, 0.5));
  return COUNTS.find((count) => count <= most) ?? 1;
}

export interface Found {
  /** Pairs in total. */
  pairs: number;
  fits: boolean;
  /** Smallest squared distance and the local that has it. */
  least: number;
  leastOf: number;
}

/** A view of count + 1 records. */
export interface Chunks {
  readonly words: Int32Array;
  readonly count: number;
}

/** Divides room for `capacity` pairs by what each chunk held last, with equal slack. */
export function divideRoom({ words, count }: Chunks, capacity: number, lastFound: readonly number[]): void {
  const known = lastFound.length === count ? lastFound : new Array<number>(count).fill(0);
  const total = known.reduce((a, b) => a + b, 0);
  const slack = Math.max(0, capacity - total);
  let sum = 0;
  for (let c = 0; c <= count; c++) {
    words[CHUNK_WORDS * c + FIELD.room] = Math.min(capacity, sum + Math.floor((slack * c) / count));
    sum += known[c] ?? 0;
  }
}

export function readFound({ words, count }: Chunks): Found {
  const numbers = new Float64Array(words.buffer, words.byteOffset, (words.length * 4) / 8);
  const result: Found = { pairs: 0, fits: true, least: Number.POSITIVE_INFINITY, leastOf: 0 };
  for (let c = 0; c < count; c++) {
    const at = CHUNK_WORDS * c;
    result.pairs += words[at + FIELD.found];
    result.fits &&= words[at + FIELD.fits] === 1;
    const least = numbers[(at + FIELD.least) / 2];
    if (least < result.least) [result.least, result.leastOf] = [least, words[at + FIELD.leastOf]];
  }
  return result;
}

export function foundOf({ words, count }: Chunks): number[] {
  return Array.from({ length: count }, (_, c) => words[CHUNK_WORDS * c + FIELD.found]);
}

/** Counts for each chunk the pairs of those before; returns all. */
export function placePairs({ words, count }: Chunks): number {
  let all = 0;
  for (let c = 0; c < count; c++) {
    words[CHUNK_WORDS * c + FIELD.base] = all;
    all += words[CHUNK_WORDS * c + FIELD.found];
  }
  return all;
}

/** Lays the windows one after the other, each on cache lines of its own; returns their accumulators together. */
export function placeWindows({ words, count }: Chunks): number {
  let next = 0;
  for (let c = 0; c < count; c++) {
    words[CHUNK_WORDS * c + FIELD.window] = next;
    next += 2 * Math.ceil(words[CHUNK_WORDS * c + FIELD.reach] / 2);
  }
  return next;
}
