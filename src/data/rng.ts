/**
 * Counter-based random numbers: every number is a pure function of (seed, stream, step, index), so nothing has to be
 * carried from step to step, and neither threads nor restarts can change a draw. Philox4x32-10 (Salmon, Moraes, Dror,
 * Shaw, SC11 2011, 10.1145/2063384.2063405); counter = (index / 2, stream, step low, step high), key = seed.
 */
import { cos, log, sin } from './math.ts';

/**
 * Who draws. One number each, never reused: two users of one seed never see the same numbers. Part of what makes a run
 * reproducible, so entries are added and never changed.
 */
export const streams = {
  /** Initial velocities: index = 3·atom + component. */
  velocities: 1,
  /** Noise of the Langevin integrator: index = 3·atom + component. */
  langevin: 2,
  /** Random displacements of atoms: index = 3·atom + component. */
  displacements: 3,
  /** Choice of sites (random alloys, random vacancies). */
  sites: 4,
  /** Resampling in error estimates. */
  bootstrap: 5,
  /** Random coefficients of test potentials, random starts. */
  trials: 6,
  /** Noise and first velocities of free-energy sampling: index = coordinate, step + replica·2^40. */
  sampling: 7,
  /** Exact draws of a reference: index = mode, step = number of the draw. */
  reference: 8,
  /** How a free-energy method moves ζ: noise or draws, step + replica·2^40. */
  coupling: 9,
  /** Signs of random vectors of traces: index = 3·site + component, step = number of the vector. */
  signs: 10,
  /** Which configurations of a fit are held out: index = configuration. */
  splits: 11,
  /** Searches for configurations: step = walk·2^24 + event, index 0…15 choices, 16 + 3·atom + component displacements. */
  search: 12,
  /** Starts of robust covariances: index = point, step = number of the start. */
  robust: 13,
  /** Search for the weights of a fit: index = 4·coordinate + choice, step = generation·2^20 + candidate. */
  weights: 14,
} as const;

export type Stream = keyof typeof streams;

/** High 32 bits of the product of two unsigned 32-bit integers. */
function mulHigh(a: number, b: number): number {
  const a0 = a & 0xffff;
  const a1 = a >>> 16;
  const b0 = b & 0xffff;
  const b1 = b >>> 16;
  const low = a1 * b0 + ((a0 * b0) >>> 16);
  const mid = a0 * b1 + (low & 0xffff);
  return (a1 * b1 + (low >>> 16) + (mid >>> 16)) >>> 0;
}

/** Philox4x32-10: replaces the four counter words in `block` by four random words. */
export function philox(block: Uint32Array, key0: number, key1: number): void {
  let a = block[0];
  let b = block[1];
  let c = block[2];
  let d = block[3];
  let k0 = key0;
  let k1 = key1;
  for (let round = 0; round < 10; round++) {
    const a1 = mulHigh(0xcd9e8d57, c) ^ b ^ k0;
    const c1 = mulHigh(0xd2511f53, a) ^ d ^ k1;
    b = Math.imul(0xcd9e8d57, c);
    d = Math.imul(0xd2511f53, a);
    a = a1;
    c = c1;
    k0 = (k0 + 0x9e3779b9) | 0;
    k1 = (k1 + 0xbb67ae85) | 0;
  }
  block[0] = a;
  block[1] = b;
  block[2] = c;
  block[3] = d;
}

/** Fills out[k] with draw number offset + k; `pair` turns two uniforms of (0,1) into two draws in place. */
function fill(
  out: Float64Array,
  [seed, stream, step, offset]: [bigint, Stream, number, number],
  pair?: (u: Float64Array) => void,
): void {
  const key = BigInt.asUintN(64, seed);
  const key0 = Number(key & 0xffffffffn);
  const key1 = Number(key >> 32n);
  const block = new Uint32Array(4);
  const u = new Float64Array(2);
  const end = offset + out.length;
  for (let i = offset - (offset % 2); i < end; i += 2) {
    block[0] = i / 2;
    block[1] = streams[stream];
    block[2] = step;
    block[3] = step / 4294967296;
    philox(block, key0, key1);
    // 52 bits and a half: exact, and never 0 or 1
    for (let h = 0; h < 2; h++) {
      u[h] = ((block[2 * h] >>> 6) * 67108864 + (block[2 * h + 1] >>> 6) + 0.5) / 4503599627370496;
    }
    pair?.(u);
    if (i >= offset) out[i - offset] = u[0];
    if (i + 1 < end) out[i + 1 - offset] = u[1];
  }
}

/** Box and Muller, 10.1214/aoms/1177706645. */
function normals(u: Float64Array): void {
  const radius = Math.sqrt(-2 * log(u[0]));
  const angle = 2 * Math.PI * u[1];
  u[0] = radius * cos(angle);
  u[1] = radius * sin(angle);
}

/**
 * Standard normal numbers: out[k] is number `offset + k` of (seed, stream, step), whatever the other arguments.
 * `seed` counts modulo 2^64; `step` is an integer of [0, 2^53); offset + out.length <= 2^32.
 */
export function fillGauss(out: Float64Array, seed: bigint, stream: Stream, step: number, offset = 0): void {
  fill(out, [seed, stream, step, offset], normals);
}

/** Uniform numbers of (0, 1), never 0 or 1; arguments as for fillGauss. */
export function fillUniform(out: Float64Array, seed: bigint, stream: Stream, step: number, offset = 0): void {
  fill(out, [seed, stream, step, offset]);
}

/** One standard normal number: what fillGauss puts at `index`. */
export function gauss(seed: bigint, stream: Stream, step: number, index: number): number {
  const out = new Float64Array(1);
  fillGauss(out, seed, stream, step, index);
  return out[0];
}

/** One uniform number of (0, 1): what fillUniform puts at `index`. */
export function uniform(seed: bigint, stream: Stream, step: number, index: number): number {
  const out = new Float64Array(1);
  fillUniform(out, seed, stream, step, index);
  return out[0];
}
