/**
 * What the fast SO(4) kernels (assembly/potentials/so4.ts) are given instead of a SNAP potential's own numbers: streams of
 * products, transforms, factors for each element. Made from params alone (assembly/potentials/snap.ts has their layout), so
 * every flag that ends there as a number is served; what is not generated or not covered stays with the reference kernel.
 */
import { halfSize, startOf } from '../bispectrum-plan.ts';
import { type Job, productStreams, type Target, toAdjoint } from './products.ts';
import { densityTransform } from './transform.ts';

/** The sizes that scripts/generate-so4.mjs generates. */
const LARGEST = 10;
/** Beyond this distance of an angle from π/2 the kernel's sine is not exact. */
const FARTHEST = 1.9;
/** As assembly/so4/neighbors.ts has them. */
const RECORD = 320;
const CAPACITY = 128;
/** Bytes of the powers and of the vector behind them. */
const POWERS = 16 * 84;
const HEADER = 48;

export interface So4Tables {
  params: Float64Array;
  /** Bytes per thread. */
  scratch: number;
}

/** True where the fast kernels serve: 2J from 1 to 10, no chemistry, no inner switching, angles up to about π. */
export function so4Serves(params: Float64Array): boolean {
  const [J, types, channels] = params;
  if (J < 1 || J > LARGEST || channels !== 1) return false;
  for (let pair = 0; pair < types * types; pair++) {
    const at = params[7] + 8 * pair;
    const [cutoff, inner, angle, , , , , width] = params.subarray(at, at + 8);
    if (width !== 0) return false;
    if (angle * (cutoff - inner) - Math.PI / 2 > FARTHEST || angle * inner + Math.PI / 2 > FARTHEST) return false;
  }
  return true;
}

/** Arrays of any type one after the other in f64 numbers, each at a multiple of 16 bytes. */
class Packer {
  private readonly parts: [number, ArrayBufferView][] = [];
  end = 8 * HEADER;

  /** Returns the byte offset. */
  add(part: ArrayBufferView): number {
    const at = this.end;
    this.parts.push([at, part]);
    this.end = Math.ceil((at + part.byteLength) / 16) * 16;
    return at;
  }

  pack(header: number[]): Float64Array {
    const bytes = new Uint8Array(this.end);
    for (const [at, { buffer, byteOffset, byteLength }] of this.parts) {
      bytes.set(new Uint8Array(buffer, byteOffset, byteLength), at);
    }
    const params = new Float64Array(bytes.buffer);
    params.set(header);
    return params;
  }
}

/** The reference's plan: its jobs, and which Z a component's derivative consists of. */
function readPlan(params: Float64Array) {
  const ints = params.subarray(params[11], params[11] + params[6]);
  const jobs: Job[] = [];
  /** Number of the Z that begins here, and back. */
  const numbers = new Map<number, number>();
  const starts: number[] = [];
  for (let job = 0, at = 0; job < params[4]; job++) {
    const js: number[] = [];
    const [j1, j2] = ints.subarray(at, at + 2);
    for (let i = 0; i < ints[at + 5]; i++) {
      js.push(ints[at + 7 + 2 * i]);
      numbers.set(ints[at + 8 + 2 * i], starts.length);
      starts.push(ints[at + 8 + 2 * i]);
    }
    jobs.push({ j1, j2, js });
    at += 7 + 2 * js.length;
  }
  return { ints, jobs, numbers, starts };
}

/** Header of the tables; section starts and scratch positions in bytes. The numbers of the quadratic kernel from 28 on. */
export function so4Tables(params: Float64Array, quadratic: boolean): So4Tables {
  const [J, types] = params;
  const header = new Array<number>(HEADER).fill(0);
  const packer = new Packer();
  const plan = readPlan(params);
  const transform = densityTransform(J);
  const z =
    COMPLEX * plan.starts.reduce((most, start, i) => Math.max(most, start + halfSize(momentum(plan.jobs, i))), 0);
  const toZ: Target = (k, _, i) => [COMPLEX * (plan.starts[k] + i), 0];
  const streams = productStreams(plan.jobs, quadratic ? toZ : toAdjoint);
  header.splice(0, 2, J, types);
  header[2] = packer.add(pairNumbers(params));
  header[3] = packer.add(new Float64Array(8));
  header[4] = packer.add(transform.integers);
  header[5] = packer.add(transform.numbers);
  header[6] = transform.items;
  header[7] = packer.add(streams.groups);
  header[8] = streams.groups.length / 4;
  header[9] = packer.add(streams.products);
  header[10] = packer.add(streams.coefficients);
  header[11] = packer.add(streams.outputs);
  header[12] = plan.starts.length;
  header[13] = packer.add(quadratic ? new Float64Array(2) : adjointFactors(params, plan.numbers, plan.starts.length));
  header[14] = packer.add(constants(params));
  if (quadratic) addQuadratic(header, packer, params, plan.ints);
  const scratch = scratchPlan(header, J, transform.slots, quadratic ? z : 0);
  return { params: packer.pack(header), scratch };
}

const COMPLEX = 32;

/** The j of Z number i. */
function momentum(jobs: Job[], i: number): number {
  return jobs.flatMap(({ js }) => js)[i];
}

/** [i][j]: cutoff², inner, angle, rate, and the two numbers of w_j f = F0 + F1 cos. */
function pairNumbers(params: Float64Array): Float64Array {
  const types = params[1];
  const table = new Float64Array(8 * types * types);
  for (let pair = 0; pair < types * types; pair++) {
    const from = params[7] + 8 * pair;
    const weight = params[params[8] + 2 * (pair % types)];
    const [cutoff, inner, angle, rate, f0, f1] = params.subarray(from, from + 6);
    table.set([cutoff * cutoff, inner, angle, rate, f0 * weight, f1 * weight], 8 * pair);
  }
  return table;
}

/** [type][z]: dE/dU* = Σ factor z Z, for a linear energy. */
function adjointFactors(params: Float64Array, numbers: Map<number, number>, count: number): Float64Array {
  const [, types, , D] = params;
  const items = params[11] + params[17];
  const table = new Float64Array(types * count);
  for (let type = 0; type < types; type++) {
    for (let item = 0; item < params[5]; item++) {
      const [, start, , k] = params.subarray(items + 4 * item, items + 4 * item + 4);
      const beta = params[params[18] + type * (1 + D) + 1 + k] * params[params[13] + k];
      table[type * count + (numbers.get(start) ?? 0)] += beta * params[params[15] + item];
    }
  }
  return table;
}

/** Of each type beta_0 − Σ beta shift: what is not cubic in U. */
function constants(params: Float64Array): Float64Array {
  const [, types, , D] = params;
  return Float64Array.from({ length: types }, (_, type) => {
    let sum = params[params[18] + type * (1 + D)];
    for (let k = 0; k < D; k++) sum -= params[params[18] + type * (1 + D) + 1 + k] * params[params[14] + type * D + k];
    return sum;
  });
}

/** The lists and numbers of assembly/bispectrum.ts's components and adjoint. */
function addQuadratic(header: number[], packer: Packer, params: Float64Array, ints: Float64Array): void {
  const [, types, , D] = params;
  const integers = (start: number, count: number) => Int32Array.from(ints.subarray(start, start + count));
  const copy = (section: number, count: number) => params.slice(params[section], params[section] + count);
  header[28] = D;
  header[29] = packer.add(integers(params[16], 3 * D));
  header[30] = packer.add(integers(params[17], 4 * params[5]));
  header[31] = params[5];
  header[32] = packer.add(copy(15, params[5]));
  header[33] = packer.add(copy(13, D));
  header[34] = packer.add(copy(14, types * D));
  header[35] = packer.add(copy(18, types * (1 + D)));
  header[36] = packer.add(copy(19, types * D * D));
}

/** Positions in scratch, in bytes, from header 16 on; the moments' length in vectors at 24, Y's elements at 25. */
function scratchPlan(header: number[], J: number, slots: number, z: number): number {
  const half = startOf(halfSize, J + 1);
  const whole = startOf((j) => (j + 1) * (j + 1), J + 1);
  const D = header[28];
  // One more element of U and Y for companions that do not exist.
  const sizes = [
    RECORD * CAPACITY,
    POWERS,
    16 * slots,
    COMPLEX * (half + 1),
    COMPLEX * (whole + 1),
    COMPLEX * (half + 1),
    16 * Math.max(header[12], 1),
    64,
  ];
  let at = 0;
  sizes.forEach((size, i) => {
    header[16 + i] = at;
    at += size;
  });
  header[24] = slots;
  header[25] = half;
  header[26] = z / 16;
  for (const [i, size] of [z, 16 * D, 16 * D].entries()) {
    header[37 + i] = at;
    at += size;
  }
  return at;
}
