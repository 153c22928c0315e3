/**
 * What the fast SO(4) kernels (assembly/potentials/so4.ts) are given instead of a SNAP potential's own numbers. Made from
 * params alone (assembly/potentials/snap.ts has their layout), so every flag that ends there as a number is served; what
 * is not generated or not covered stays with the reference kernel.
 */
import { halfSize, startOf, type Triple } from '../bispectrum-plan.ts';
import { cubicForm } from './cubic.ts';
import { Packer } from './packer.ts';
import { makePlane, type Plane } from './plane.ts';
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

/** The header, which assembly/potentials/so4.ts explains, and its sections. */
export function so4Tables(params: Float64Array, quadratic: boolean): So4Tables {
  const [J, types] = params;
  const header = new Array<number>(HEADER).fill(0);
  const packer = new Packer(8 * HEADER);
  const plane = makePlane(J);
  const transform = densityTransform(J, plane);
  header.splice(0, 2, J, types);
  header[2] = packer.add(pairNumbers(params));
  header[3] = packer.add(new Float64Array(8));
  header[4] = packer.add(transform.integers);
  header[5] = packer.add(transform.numbers);
  header[6] = transform.items;
  if (quadratic) addQuadratic(header, packer, params, plane);
  else addLinear(header, packer, params, plane);
  const scratch = scratchPlan(header, plane, transform.slots);
  return { params: packer.pack(header), scratch };
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

/** The reference's plan: its jobs, and the momenta of the components. */
function readPlan(params: Float64Array): { ints: Float64Array; jobs: Job[]; components: Triple[] } {
  const ints = params.subarray(params[11], params[11] + params[6]);
  const jobs: Job[] = [];
  const pairs = new Map<number, [number, number]>();
  for (let job = 0, at = 0; job < params[4]; job++) {
    const [j1, j2, , , , count] = ints.subarray(at, at + 6);
    const list = ints.subarray(at + 7, at + 7 + 2 * count);
    const js = Array.from({ length: count }, (_, i) => list[2 * i]);
    const starts = js.map((_, i) => list[2 * i + 1]);
    for (const start of starts) pairs.set(start, [j1, j2]);
    jobs.push({ j1, j2, js, starts });
    at += 7 + 2 * count;
  }
  const components = Array.from({ length: params[3] }, (_, k): Triple => {
    const [j, start] = ints.subarray(params[16] + 3 * k, params[16] + 3 * k + 2);
    const [j1, j2] = pairs.get(start) ?? [Number.NaN, Number.NaN];
    return [j1, j2, j];
  });
  return { ints, jobs, components };
}

function addLinear(header: number[], packer: Packer, params: Float64Array, plane: Plane): void {
  const [, types, , D] = params;
  const beta = (type: number, k: number) => params[params[18] + type * (1 + D) + 1 + k];
  const all = Array.from({ length: types }, (_, type) => type);
  const factors = all.map((type) => Float64Array.from({ length: D }, (_, k) => params[params[13] + k] * beta(type, k)));
  const { groups, blocks, coefficients } = cubicForm(plane, readPlan(params).components, factors);
  header[7] = packer.add(groups);
  header[8] = groups.length / 4;
  header[9] = packer.add(blocks);
  const starts = coefficients.map((k) => packer.add(k));
  header[10] = starts[0];
  header[11] = types > 1 ? starts[1] - starts[0] : 0;
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

/** The products, and the lists and numbers of assembly/bispectrum.ts's components and adjoint. */
function addQuadratic(header: number[], packer: Packer, params: Float64Array, plane: Plane): void {
  const [, types, , D] = params;
  const { ints, jobs } = readPlan(params);
  const streams = productStreams(jobs, plane);
  const integers = (start: number, count: number) => Int32Array.from(ints.subarray(start, start + count));
  const copy = (section: number, count: number) => params.slice(params[section], params[section] + count);
  header[7] = packer.add(streams.groups);
  header[8] = streams.groups.length / 4;
  header[9] = packer.add(streams.products);
  header[10] = packer.add(streams.coefficients);
  header[11] = packer.add(streams.outputs);
  header[26] = Math.max(...jobs.flatMap(({ js, starts }) => starts.map((start, i) => start + halfSize(js[i]))));
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

/** Positions in scratch, in bytes. Returns its size. */
function scratchPlan(header: number[], plane: Plane, slots: number): number {
  const [J, types] = header;
  const half = startOf(halfSize, J + 1);
  header[24] = slots;
  header[25] = half;
  header[27] = plane.size;
  // One more element of U and Y for companions that do not exist.
  const sizes: [number, number][] = [
    [16, RECORD * CAPACITY],
    [17, POWERS],
    [18, 16 * slots],
    [19, COMPLEX * (half + 1)],
    [20, COMPLEX * (plane.size + 1)],
    [21, COMPLEX * (half + 1)],
    [22, COMPLEX * (plane.size + 1)],
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
