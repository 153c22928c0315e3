/**
 * The bispectrum energy as a cubic form of the density. With U^l(m,m')* = (−1)^((m'−m)/2) U^l(−m,−m') a component is
 *
 *     B = Re Σ C C' (−1)^((m'−m)/2) U^l1(m1,m1') U^l2(m2,m2') U^l(−m,−m'),   m = m1 + m2, m' = m1' + m2',
 *
 * three factors on a par. So Σ β B = Re Σ k x y w, where a block collects all terms of three pairs (m, m') that add up to
 * zero (and of their negatives, the complex conjugate terms): k is a real p × q × r tensor over the j of the three pairs,
 * p <= q <= r. The kernel takes the derivatives by x, y and w of a whole block at once, with
 *
 *     A = Σ_w k w,   dx = Σ_y A y,   dy = Σ_x A x,   dw = Σ_xy k (x y):
 *
 * 8 pqr + 22 pq multiplications and additions. J = 8: 1,033 blocks, 12,217 coefficients, 0.18 million operations; product
 * by product, for each j of each of the three factors (products.ts), it is 0.22 million.
 */
import type { Triple } from '../bispectrum-plan.ts';
import { clebschGordan } from '../clebsch-gordan.ts';
import type { Plane } from './plane.ts';

export interface Cubic {
  /** Blocks of one shape: p, q, r, number of blocks. */
  groups: Int32Array;
  /** Four per block: byte offsets of x, y, w in the plane, 0. */
  blocks: Uint16Array;
  /** Per type k of all blocks, w fastest. */
  coefficients: Float64Array[];
}

/** Bytes of a complex number of two atoms. */
const COMPLEX = 32;

interface Block {
  /** Indices of pairs. */
  pairs: [number, number, number];
  shape: [number, number, number];
  /** One per type. */
  k: Float64Array[];
}

interface Factor {
  pair: number;
  /** Index of j among those of the pair. */
  j: number;
}

/** factors[type][component]: what the component's B is multiplied with. */
export function cubicForm(plane: Plane, components: readonly Triple[], factors: readonly ArrayLike<number>[]): Cubic {
  const blocks = new Map<number, Block>();
  components.forEach(([l1, l2, l], component) => {
    const couplings = couplingsOf(l1, l2, l);
    for (const row of couplings) {
      for (const column of couplings) {
        const sign = (column.m - row.m) % 4 === 0 ? 1 : -1;
        const value = sign * row.c * column.c;
        const three = [
          factor(plane, l1, row.m1, column.m1),
          factor(plane, l2, row.m - row.m1, column.m - column.m1),
          factor(plane, l, -row.m, -column.m),
        ];
        const { block, at } = place(blocks, plane, three, factors.length);
        for (let type = 0; type < factors.length; type++) block.k[type][at] += factors[type][component] * value;
      }
    }
  });
  return layOut([...blocks.values()], plane, factors.length);
}

/** All nonzero C(l1 m1 l2 m−m1 | l m). */
function couplingsOf(l1: number, l2: number, l: number): { m1: number; m: number; c: number }[] {
  const list: { m1: number; m: number; c: number }[] = [];
  for (let m1 = -l1; m1 <= l1; m1 += 2) {
    for (let m2 = -l2; m2 <= l2; m2 += 2) {
      const c = clebschGordan(l1, m1, l2, m2, l);
      if (c !== 0) list.push({ m1, m: m1 + m2, c });
    }
  }
  return list;
}

function factor(plane: Plane, j: number, m: number, mm: number): Factor {
  return { pair: plane.pairOf(m, mm), j: (j - Math.max(Math.abs(m), Math.abs(mm))) / 2 };
}

/** By number of j, then pair, then j: the same order for every way in which three factors can be met. */
function sortThree(plane: Plane, [a, b, c]: Factor[]): Factor[] {
  const before = (x: Factor, y: Factor) =>
    plane.pairs[x.pair].count - plane.pairs[y.pair].count || x.pair - y.pair || x.j - y.j;
  if (before(a, b) > 0) [a, b] = [b, a];
  if (before(b, c) > 0) [b, c] = [c, b];
  if (before(a, b) > 0) [a, b] = [b, a];
  return [a, b, c];
}

/** The block of three factors or of their negatives, and the place of the coefficient in it. */
function place(blocks: Map<number, Block>, plane: Plane, three: Factor[], types: number): { block: Block; at: number } {
  const n = plane.pairs.length;
  // Pairs are symmetric about the middle one.
  const negative = three.map(({ pair, j }) => ({ pair: n - 1 - pair, j }));
  const keyOf = ([a, b, c]: Factor[]) => (a.pair * n + b.pair) * n + c.pair;
  const [one, other] = [sortThree(plane, three), sortThree(plane, negative)];
  const sorted = keyOf(one) <= keyOf(other) ? one : other;
  const key = keyOf(sorted);
  const [x, y, w] = sorted;
  let block = blocks.get(key);
  if (!block) {
    const [p, q, r] = sorted.map(({ pair }) => plane.pairs[pair].count);
    const k = Array.from({ length: types }, () => new Float64Array(p * q * r));
    block = { pairs: [x.pair, y.pair, w.pair], shape: [p, q, r], k };
    blocks.set(key, block);
  }
  return { block, at: (x.j * block.shape[1] + y.j) * block.shape[2] + w.j };
}

function layOut(blocks: Block[], plane: Plane, types: number): Cubic {
  const order = ({ shape: [p, q, r] }: Block) => (p * 8 + q) * 8 + r;
  blocks.sort((a, b) => order(a) - order(b));
  const groups: number[] = [];
  const offsets: number[] = [];
  let length = 0;
  for (const [i, block] of blocks.entries()) {
    if (i > 0 && order(blocks[i - 1]) === order(block)) groups[groups.length - 1]++;
    else groups.push(...block.shape, 1);
    offsets.push(...block.pairs.map((pair) => COMPLEX * plane.pairs[pair].start), 0);
    length += block.k[0].length;
  }
  const coefficients = Array.from({ length: types }, (_, type) => {
    const all = new Float64Array(length);
    let at = 0;
    for (const { k } of blocks) {
      all.set(k[type], at);
      at += k[type].length;
    }
    return all;
  });
  return { groups: Int32Array.from(groups), blocks: Uint16Array.from(offsets), coefficients };
}
