/**
 * Which products of U the bispectrum kernel forms and where they go (assembly/bispectrum.ts). A component is a triple
 * B = Re Σ U^l* Z^l_{l1 l2} of three densities; because B/(l+1) does not change when the three (density, momentum) are
 * permuted, its derivative by each of them is again a Z, times a ratio of (l+1)s.
 */
import { clebschGordan } from './clebsch-gordan.ts';

/** Doubled momenta: l1 and l2 coupled to l. */
export type Triple = readonly [l1: number, l2: number, l: number];

/** Components of the full set (SNAP, MILADY diag 0) or of MILADY's diagonal one, in their published order. */
export function triples(J: number, diagonal: boolean): Triple[] {
  const list: Triple[] = [];
  for (let l1 = 0; l1 <= J; l1++) {
    for (let l2 = diagonal ? l1 : 0; l2 <= l1; l2++) {
      for (let l = l1 - l2; l <= Math.min(J, l1 + l2); l += 2) {
        if (diagonal || l >= l1) list.push([l1, l2, l]);
      }
    }
  }
  return list;
}

/** Elements of the half plane of level j (so4.ts). */
export function halfSize(j: number): number {
  return ((j + 1) * (j + 1) + 1) >> 1;
}

/** Elements of level j of a tower (so4.ts). */
export function levelSize(j: number): number {
  return (((j + 1) >> 1) + 1) * (j + 1);
}

/** Σ size(i), i < j. */
export function startOf(size: (j: number) => number, j: number): number {
  let sum = 0;
  for (let i = 0; i < j; i++) sum += size(i);
  return sum;
}

export interface Plan {
  /** Jobs, then the list of components, then that of adjoint items. */
  ints: number[];
  jobs: number;
  componentsAt: number;
  itemsAt: number;
  items: number;
  /** One per adjoint item. */
  factors: number[];
  /** Clebsch–Gordan blocks. */
  blocks: number[];
  /** Complex numbers of all Z. */
  length: number;
  /** Per component. */
  momenta: Triple[];
  /** Densities (e1, e2, e3) per component. */
  channels: Triple[];
}

/** A product of two densities to be coupled to several j. */
interface Product {
  j1: number;
  j2: number;
  e1: number;
  e2: number;
  js: Set<number>;
}

interface Factor {
  e: number;
  j: number;
}

/** Most j that one job of the kernel can serve. */
const WIDTH = 5;

class Products {
  private readonly known = new Map<string, Product>();

  /** The Z of two densities, in the order that the kernel keeps. */
  ask(a: Factor, b: Factor, j: number): string {
    const swap = a.j < b.j || (a.j === b.j && a.e > b.e);
    const [p, q] = swap ? [b, a] : [a, b];
    const key = `${p.j} ${q.j} ${p.e} ${q.e}`;
    let product = this.known.get(key);
    if (!product) {
      product = { j1: p.j, j2: q.j, e1: p.e, e2: q.e, js: new Set() };
      this.known.set(key, product);
    }
    product.js.add(j);
    return `${key} ${j}`;
  }

  all(): Product[] {
    return [...this.known.values()].sort((a, b) => a.j1 - b.j1 || a.j2 - b.j2 || a.e1 - b.e1 || a.e2 - b.e2);
  }
}

/** Every m of the largest j: for every allowed m1, the coefficients of all j >= |m|. Returns where each m begins. */
function appendBlocks(blocks: number[], j1: number, j2: number, js: number[]): number[] {
  const starts: number[] = [];
  for (let m = -js[0]; m <= js[0]; m += 2) {
    starts.push(blocks.length);
    const reached = js.filter((j) => j >= Math.abs(m));
    for (let m1 = Math.max(-j1, m - j2); m1 <= Math.min(j1, m + j2); m1 += 2) {
      for (const j of reached) blocks.push(clebschGordan(j1, m1, j2, m - m1, j));
    }
  }
  return starts;
}

/** The plan for the triples in every combination of `channels` densities (e1, e2, e3; e3 fastest, then the triples). */
export function planBispectrum(J: number, list: Triple[], channels: number): Plan {
  const momenta: Triple[] = [];
  const elements: Triple[] = [];
  for (let e = 0; e < channels ** 3; e++) {
    const combination: Triple = [
      Math.floor(e / (channels * channels)),
      Math.floor(e / channels) % channels,
      e % channels,
    ];
    for (const triple of list) {
      momenta.push(triple);
      elements.push(combination);
    }
  }
  const products = new Products();
  const uses = momenta.map((triple, k) => derivatives(triple, elements[k], products));
  const { ints, jobs, blocks, starts, length } = layOut(products.all(), J);
  const start = (key: string) => starts.get(key) ?? Number.NaN;
  const half = startOf(halfSize, J + 1);
  const place = (f: Factor) => f.e * half + startOf(halfSize, f.j);
  const componentsAt = ints.length;
  for (const [first] of uses) ints.push(first.target.j, start(first.z), place(first.target));
  const itemsAt = ints.length;
  const factors: number[] = [];
  uses.forEach((group, k) => {
    for (const use of group) {
      ints.push(use.target.j, start(use.z), place(use.target), k);
      factors.push(use.factor);
    }
  });
  const items = factors.length;
  return { ints, jobs, componentsAt, itemsAt, items, factors, blocks, length, momenta, channels: elements };
}

interface Use {
  z: string;
  target: Factor;
  factor: number;
}

/** dB = Σ factor Re Σ dU*(target) Z: the component's own Z first, equal terms merged. */
function derivatives([l1, l2, l]: Triple, [e1, e2, e3]: Triple, products: Products): Use[] {
  const [a, b, c] = [
    { e: e1, j: l1 },
    { e: e2, j: l2 },
    { e: e3, j: l },
  ];
  const merged: Use[] = [];
  for (const [p, q, target] of [
    [a, b, c],
    [c, b, a],
    [a, c, b],
  ]) {
    const z = products.ask(p, q, target.j);
    const factor = (l + 1) / (target.j + 1);
    const same = merged.find((use) => use.z === z && use.target.e === target.e);
    if (same) same.factor += factor;
    else merged.push({ z, target, factor });
  }
  return merged;
}

/** The jobs, the coefficients that they share, and where every Z begins. */
function layOut(products: Product[], J: number) {
  const ints: number[] = [];
  const blocks: number[] = [];
  const starts = new Map<string, number>();
  const tables = new Map<string, number[]>();
  const waiting: { at: number; table: number[] }[] = [];
  const whole = startOf((j) => (j + 1) * (j + 1), J + 1);
  const place = (e: number, j: number) => e * whole + startOf((i) => (i + 1) * (i + 1), j);
  let length = 0;
  let jobs = 0;
  for (const { j1, j2, e1, e2, js } of products) {
    const descending = [...js].sort((a, b) => b - a);
    for (let i = 0; i < descending.length; i += WIDTH) {
      const part = descending.slice(i, i + WIDTH);
      const key = `${j1} ${j2} ${part}`;
      const table = tables.get(key) ?? appendBlocks(blocks, j1, j2, part);
      tables.set(key, table);
      waiting.push({ at: ints.length + 6, table });
      ints.push(j1, j2, place(e1, j1), place(e2, j2), j1 === j2 && e1 === e2 ? 1 : 0, part.length, 0);
      for (const j of part) {
        ints.push(j, length);
        starts.set(`${j1} ${j2} ${e1} ${e2} ${j}`, length);
        length += halfSize(j);
      }
      jobs++;
    }
  }
  const written = new Map<number[], number>();
  for (const { at, table } of waiting) {
    if (!written.has(table)) {
      written.set(table, ints.length);
      ints.push(...table);
    }
    ints[at] = written.get(table) ?? 0;
  }
  return { ints, jobs, blocks, starts, length };
}
