/**
 * The streams of products that assembly/so4/products.ts reads from front to back, for energies that need all Z. What is to
 * be multiplied with what, and for which j, is a list of jobs (src/data/bispectrum-plan.ts).
 */
import { clebschGordan } from '../clebsch-gordan.ts';
import type { Plane } from './plane.ts';

/** Products of the densities j1 >= j2 of the channels e1 and e2, summed to Z^j for descending j (5 at most). */
export interface Job {
  j1: number;
  j2: number;
  e1: number;
  e2: number;
  js: number[];
  /** Where each Z begins, in complex numbers; its elements are those of a half plane. */
  starts: number[];
}

export interface Streams {
  /** Width, products per output, outputs, 0. */
  groups: Int32Array;
  /** Byte offsets into the whole plane, two per product. */
  products: Uint16Array;
  coefficients: Float64Array;
  /** One per output and j: byte offset of Z. */
  outputs: Int32Array;
}

/** Bytes of a complex number of two atoms. */
const COMPLEX = 32;

/** One output (m, m') of a job: all sums have the same number of products. */
interface Output {
  width: number;
  products: number[];
  coefficients: number[];
  targets: number[];
}

export function productStreams(jobs: Job[], plane: Plane): Streams {
  const outputs: Output[] = [];
  for (const job of jobs) {
    const top = job.js[0];
    for (let m = -top; m <= top; m += 2) {
      for (let mm = -top; mm <= (m > 0 ? -1 : 0); mm += 2) outputs.push(output(job, m, mm, plane));
    }
  }
  const length = (o: Output) => o.products.length / 2;
  outputs.sort((a, b) => a.width - b.width || length(a) - length(b));
  const groups: number[] = [];
  for (const o of outputs) {
    const last = groups.length - 4;
    if (last >= 0 && groups[last] === o.width && groups[last + 1] === length(o)) groups[last + 2]++;
    else groups.push(o.width, length(o), 1, 0);
  }
  return {
    groups: Int32Array.from(groups),
    products: Uint16Array.from(outputs.flatMap((o) => o.products)),
    coefficients: Float64Array.from(outputs.flatMap((o) => o.coefficients)),
    outputs: Int32Array.from(outputs.flatMap((o) => o.targets)),
  };
}

function output({ j1, j2, e1, e2, js, starts }: Job, m: number, mm: number, plane: Plane): Output {
  const reached = js.filter((j) => j >= Math.max(Math.abs(m), Math.abs(mm)));
  const products: number[] = [];
  const coefficients: number[] = [];
  for (let mm1 = Math.max(-j1, mm - j2); mm1 <= Math.min(j1, mm + j2); mm1 += 2) {
    for (let m1 = Math.max(-j1, m - j2); m1 <= Math.min(j1, m + j2); m1 += 2) {
      // Twice the same U: U(1) U(2) and U(2) U(1) are equal.
      const order = j1 === j2 && e1 === e2 ? 2 * mm1 - mm || 2 * m1 - m : 0;
      if (order < 0) continue;
      products.push(COMPLEX * plane.at(j1, m1, mm1, e1), COMPLEX * plane.at(j2, m - m1, mm - mm1, e2));
      for (const j of reached) {
        const c = coupling(j1, m1, j2, m - m1, j) * coupling(j1, mm1, j2, mm - mm1, j);
        coefficients.push(order > 0 ? 2 * c : c);
      }
    }
  }
  const targets = reached.map((j, i) => COMPLEX * (starts[i] + ((j + mm) / 2) * (j + 1) + (j + m) / 2));
  return { width: reached.length, products, coefficients, targets };
}

const known = new Map<number, number>();

/** clebschGordan, each computed once. */
function coupling(j1: number, m1: number, j2: number, m2: number, j: number): number {
  const key = (((j1 * 32 + j2) * 32 + j) * 64 + j1 + m1) * 64 + j2 + m2;
  let value = known.get(key);
  if (value === undefined) {
    value = clebschGordan(j1, m1, j2, m2, j);
    known.set(key, value);
  }
  return value;
}
