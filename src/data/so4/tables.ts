/**
 * What the fast SO(4) kernels (assembly/potentials/so4.ts) are given instead of a SNAP potential's own numbers. Made from
 * params alone (assembly/potentials/snap.ts has their layout), so every flag that ends there as a number is served; what
 * is not generated or not covered stays with the reference kernel.
 */
import { halfSize, startOf } from '../bispectrum-plan.ts';
import { type Component, cubicForm } from './cubic.ts';
import { Packer } from './packer.ts';
import { makePlane, type Plane, planeSize } from './plane.ts';
import { type Job, productStreams } from './products.ts';
import { densityTransform } from './transform.ts';

/** The sizes that scripts/generate-so4.mjs generates. */
const LARGEST = 10;
/** Beyond this distance of an angle from π/2 the kernel's sine is not exact. */
const FARTHEST = 2.5;
/** As assembly/so4/neighbors.ts has them. */
const RECORD = 320;
const CAPACITY = 128;
/** Bytes of powers and fence (scripts/generate-so4.mjs), and of a complex number of two atoms. */
const POWERS = 16 * 112;
const COMPLEX = 32;
const HEADER = 48;

export interface So4Tables {
  params: Float64Array;
  /** Bytes per thread. */
  scratch: number;
}

/** The energy linear (in f64, or with the cubic form in f32) or quadratic in the components, or the components themselves. */
export type So4Task = 'linear' | 'linear-single' | 'quadratic' | 'descriptors';

/** True where the fast kernels serve: 2J from 1 to 10, planes of all channels that a u16 can address, angles up to about π. */
export function so4Serves(params: Float64Array): boolean {
  const [J, types, channels] = params;
  if (J < 1 || J > LARGEST || COMPLEX * channels * (planeSize(J) + 1) > 2 ** 16) return false;
  for (let pair = 0; pair < types * types; pair++) {
    const at = params[7] + 8 * pair;
    const [cutoff, inner, angle] = params.subarray(at, at + 3);
    if (angle * (cutoff - inner) - Math.PI / 2 > FARTHEST || angle * inner + Math.PI / 2 > FARTHEST) return false;
  }
  return true;
}

/** The header, which assembly/potentials/so4.ts explains, and its sections. */
export function so4Tables(params: Float64Array, task: So4Task): So4Tables {
  const [J, types, channels] = params;
  const header = new Array<number>(HEADER).fill(0);
  const packer = new Packer(8 * HEADER);
  const plane = makePlane(J, channels);
  const transform = densityTransform(J, plane);
  header.splice(0, 2, J, types);
  header[2] = packer.add(pairNumbers(params));
  header[3] = packer.add(new Float64Array(8));
  header[4] = packer.add(transform.integers);
  header[5] = packer.add(transform.numbers);
  header[6] = transform.items;
  header[13] = channels;
  header[14] = switchesInside(params) ? 1 : 0;
  header[15] = packer.add(params.slice(params[9], params[9] + types * channels));
  const single = task === 'linear-single';
  if (task === 'linear' || single) addLinear(header, packer, params, plane, single);
  else addComponents(header, packer, params, plane, task === 'descriptors');
  if (task === 'quadratic') addQuadratic(header, packer, params);
  const one = scratchPlan(header, plane, transform.slots);
  const scratch = single ? singlePlan(header, plane, one) : one;
  return { params: packer.pack(header), scratch };
}

function switchesInside(params: Float64Array): boolean {
  const widths = Array.from({ length: params[1] ** 2 }, (_, pair) => params[params[7] + 8 * pair + 7]);
  return widths.some((width) => width > 0);
}

/**
 * [channel][i][j]: cutoff², inner, angle, rate, the two numbers of w_j f = F0 + F1 cos, inner switching S and D. The cutoff
 * is 0 where j is of another channel.
 */
function pairNumbers(params: Float64Array): Float64Array {
  const [, types, channels] = params;
  const table = new Float64Array(8 * channels * types * types);
  for (let to = 0; to < channels * types * types; to++) {
    const pair = to % (types * types);
    const from = params[7] + 8 * pair;
    const [weight, channel] = params.subarray(params[8] + 2 * (pair % types), params[8] + 2 * (pair % types) + 2);
    const [cutoff, inner, angle, rate, f0, f1, S, D] = params.subarray(from, from + 8);
    const reach = channel === Math.floor(to / (types * types)) ? cutoff * cutoff : 0;
    table.set([reach, inner, angle, rate, f0 * weight, f1 * weight, S, D], 8 * to);
  }
  return table;
}

/** The reference's plan: its jobs, and the momenta and channels of the components. */
function readPlan(params: Float64Array): { ints: Float64Array; jobs: Job[]; components: Component[] } {
  const J = params[0];
  const [half, whole] = [startOf(halfSize, J + 1), planeSize(J)];
  const ints = params.subarray(params[11], params[11] + params[6]);
  const jobs: Job[] = [];
  const jobOf = new Map<number, Job>();
  for (let job = 0, at = 0; job < params[4]; job++) {
    const [j1, j2, place1, place2, , count] = ints.subarray(at, at + 6);
    const [e1, e2] = [place1, place2].map((place) => Math.floor(place / whole));
    const list = ints.subarray(at + 7, at + 7 + 2 * count);
    const js = Array.from({ length: count }, (_, i) => list[2 * i]);
    const starts = js.map((_, i) => list[2 * i + 1]);
    jobs.push({ j1, j2, e1, e2, js, starts });
    for (const start of starts) jobOf.set(start, jobs[job]);
    at += 7 + 2 * count;
  }
  const components = Array.from({ length: params[3] }, (_, k): Component => {
    const [j, start, place] = ints.subarray(params[16] + 3 * k, params[16] + 3 * k + 3);
    const job = jobOf.get(start);
    if (!job) throw new Error(`component ${k} has no product`);
    const { j1, j2, e1, e2 } = job;
    return { momenta: [j1, j2, j], channels: [e1, e2, Math.floor(place / half)] };
  });
  return { ints, jobs, components };
}

function addLinear(header: number[], packer: Packer, params: Float64Array, plane: Plane, single: boolean): void {
  const [, types, , D] = params;
  const beta = (type: number, k: number) => params[params[18] + type * (1 + D) + 1 + k];
  const all = Array.from({ length: types }, (_, type) => type);
  const factors = all.map((type) => Float64Array.from({ length: D }, (_, k) => params[params[13] + k] * beta(type, k)));
  const { groups, blocks, coefficients } = cubicForm(plane, readPlan(params).components, factors);
  header[7] = packer.add(groups);
  header[8] = groups.length / 4;
  header[9] = packer.add(blocks);
  const starts = coefficients.map((k) => packer.add(single ? Float32Array.from(k) : k));
  const at = single ? 40 : 10;
  header[at] = starts[0];
  header[at + 1] = types > 1 ? starts[1] - starts[0] : 0;
  header[12] = packer.add(Float64Array.from(all, (type) => constant(params, type)));
}

/** beta_0 − Σ beta shift: what is not cubic in U. */
function constant(params: Float64Array, type: number): number {
  const D = params[3];
  const beta = params[18] + type * (1 + D);
  let sum = params[beta];
  for (let k = 0; k < D; k++) sum -= params[beta + 1 + k] * params[params[14] + type * D + k];
  return sum;
}

/** The products, and what assembly/bispectrum.ts's components needs; `alone`: no products for their derivatives. */
function addComponents(header: number[], packer: Packer, params: Float64Array, plane: Plane, alone: boolean): void {
  const [, types, , D] = params;
  const { ints, jobs } = readPlan(params);
  const list = Int32Array.from(ints.subarray(params[16], params[16] + 3 * D));
  const streams = productStreams(alone ? jobsFor(jobs, list) : jobs, plane);
  const copy = (section: number, count: number) => params.slice(params[section], params[section] + count);
  header[7] = packer.add(streams.groups);
  header[8] = streams.groups.length / 4;
  header[9] = packer.add(streams.products);
  header[10] = packer.add(streams.coefficients);
  header[11] = packer.add(streams.outputs);
  header[26] = Math.max(...jobs.flatMap(({ js, starts }) => starts.map((start, i) => start + halfSize(js[i]))));
  header[28] = D;
  header[29] = packer.add(list);
  header[33] = packer.add(copy(13, D));
  header[34] = packer.add(copy(14, types * D));
}

/** Only those Z that are a component's own: l, Z and U of each component stand in the list. */
function jobsFor(jobs: Job[], list: Int32Array): Job[] {
  const own = new Set(list.filter((_, i) => i % 3 === 1));
  return jobs.flatMap((job) => {
    const kept = job.starts.flatMap((start, i) => (own.has(start) ? [i] : []));
    if (kept.length === 0) return [];
    return [{ ...job, js: kept.map((i) => job.js[i]), starts: kept.map((i) => job.starts[i]) }];
  });
}

/** Lists and numbers of assembly/bispectrum.ts's adjoint, and the energy's coefficients. */
function addQuadratic(header: number[], packer: Packer, params: Float64Array): void {
  const [, types, , D, , items] = params;
  const { ints } = readPlan(params);
  const copy = (section: number, count: number) => params.slice(params[section], params[section] + count);
  header[30] = packer.add(Int32Array.from(ints.subarray(params[17], params[17] + 4 * items)));
  header[31] = items;
  header[32] = packer.add(copy(15, items));
  header[35] = packer.add(copy(18, types * (1 + D)));
  header[36] = packer.add(copy(19, types * D * D));
}

/** Positions in scratch, in bytes. Returns its size. */
function scratchPlan(header: number[], plane: Plane, slots: number): number {
  const [J, types] = header;
  const half = startOf(halfSize, J + 1);
  header[24] = slots;
  header[25] = half;
  header[27] = plane.stride;
  // One more element of U and Y for companions that do not exist; in the half plane the next channel overwrites it.
  const sizes: [number, number][] = [
    [16, RECORD * CAPACITY],
    [17, POWERS],
    [18, 16 * slots],
    [19, COMPLEX * (plane.channels * half + 1)],
    [20, COMPLEX * plane.channels * plane.stride],
    [21, COMPLEX * (plane.channels * half + 1)],
    [22, COMPLEX * plane.channels * plane.stride],
    [23, 64 + 16 * types],
    [37, COMPLEX * header[26]],
    [38, 16 * header[28]],
    [39, 16 * header[28]],
  ];
  let at = 0;
  for (const [slot, size] of sizes) {
    header[slot] = at;
    at += size;
  }
  return at;
}

/** Scratch of two pairs of atoms, one of which takes `one` bytes, and what they share. Returns its size. */
function singlePlan(header: number[], plane: Plane, one: number): number {
  const pair = Math.ceil(one / 64) * 64;
  const shared = COMPLEX * plane.channels * plane.stride;
  header.splice(42, 3, pair, 2 * pair, 2 * pair + shared);
  return 2 * pair + 2 * shared;
}
