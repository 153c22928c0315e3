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
 * by product, for each j of each of the three factors (products.ts), it is 0.22 million. With chemistry the three factors
 * come from any of the C channels, and there are up to C³ times as many blocks.
 */
import type { Triple } from '../bispectrum-plan.ts';
import { clebschGordan } from '../clebsch-gordan.ts';
import type { Plane } from './plane.ts';

/** One component of the bispectrum: U^l1 and U^l2 coupled to U^l, and the channels that they come from. */
export interface Component {
  momenta: Triple;
  channels: Triple;
}

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
  /** Indices of the pairs of x, y and w. */
  pairs: number[];
  shape: number[];
  /** One per type. */
  k: Float64Array[];
}

/** Where three factors in a given order have their coefficient: at Σ stride × index of j among those of the pair. */
interface Slot {
  block: Block;
  strides: number[];
}

/** factors[type][component]: what the component's B is multiplied with. */
export function cubicForm(
  plane: Plane,
  components: readonly Component[],
  factors: readonly ArrayLike<number>[],
): Cubic {
  const blocks = new Map<number, Block>();
  const slots: (Slot | undefined)[] = new Array(plane.pairs.length ** 2 * plane.channels).fill(undefined);
  const slotOf = (a: number, b: number, c: number): Slot => {
    // The (m, m') of the third follow from the other two.
    const key = (a * plane.pairs.length + b) * plane.channels + plane.pairs[c].channel;
    const known = slots[key] ?? findSlot(blocks, plane, [a, b, c], factors.length);
    slots[key] = known;
    return known;
  };
  const index = (j: number, m: number, mm: number) => (j - Math.max(Math.abs(m), Math.abs(mm))) / 2;
  components.forEach(({ momenta: [l1, l2, l], channels: [e1, e2, e] }, component) => {
    const couplings = couplingsOf(l1, l2, l);
    for (const { m1, m, c } of couplings) {
      for (const { m1: mm1, m: mm, c: cc } of couplings) {
        // The term of the negatives is the complex conjugate.
        if (m < 0 || (m === 0 && mm < 0)) continue;
        const [m2, mm2] = [m - m1, mm - mm1];
        const [x, y, w] = [plane.pairOf(m1, mm1, e1), plane.pairOf(m2, mm2, e2), plane.pairOf(-m, -mm, e)];
        const { block, strides } = slotOf(x, y, w);
        const at = strides[0] * index(l1, m1, mm1) + strides[1] * index(l2, m2, mm2) + strides[2] * index(l, m, mm);
        const times = m === 0 && mm === 0 ? 1 : 2;
        const value = ((mm - m) % 4 === 0 ? times : -times) * c * cc;
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

/** The block of three pairs or of their negatives, made at the first ask. */
function findSlot(blocks: Map<number, Block>, plane: Plane, three: number[], types: number): Slot {
  const n = plane.pairs.length;
  const order = (list: number[]) =>
    [0, 1, 2].sort((a, b) => plane.pairs[list[a]].count - plane.pairs[list[b]].count || list[a] - list[b]);
  const keyOf = (list: number[]) => order(list).reduce((key, i) => key * n + list[i], 0);
  const negative = three.map(plane.negativeOf);
  const chosen = keyOf(three) <= keyOf(negative) ? three : negative;
  const [x, y, w] = order(chosen);
  const pairs = [x, y, w].map((i) => chosen[i]);
  const [p, q, r] = pairs.map((pair) => plane.pairs[pair].count);
  const key = keyOf(chosen);
  const block = blocks.get(key) ?? {
    pairs,
    shape: [p, q, r],
    k: Array.from({ length: types }, () => new Float64Array(p * q * r)),
  };
  blocks.set(key, block);
  const strides = [0, 0, 0];
  strides[x] = q * r;
  strides[y] = r;
  strides[w] = 1;
  return { block, strides };
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
