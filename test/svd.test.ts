import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { InputError } from '../src/data/errors.ts';
import { fillGauss } from '../src/data/rng.ts';
import type { Engine } from '../src/engine/engine.ts';
import { gemm } from '../src/linalg/gemm.ts';
import { svd } from '../src/linalg/svd.ts';
import { createEngine } from '../src/node/threads.ts';

let engine: Engine;
let others: Engine[];
beforeAll(async () => {
  engine = await createEngine({ threads: 1 });
  others = [await createEngine({ threads: 3 }), await createEngine({ threads: 1, debug: true })];
});
afterAll(() => {
  for (const one of [engine, ...others]) one.close();
});

const gauss = (count: number, draw: number) => {
  const out = new Float64Array(count);
  fillGauss(out, 19n, 'trials', draw);
  return out;
};

/** Rows of a (n, n) times reflectors 1 − 2 v vᵀ/v·v from the right: written down, no product of the engine. */
function reflected(a: Float64Array, n: number, rounds: number, draw: number): Float64Array {
  const out = a.slice();
  for (let round = 0; round < rounds; round++) {
    const v = gauss(n, draw + round);
    const square = v.reduce((sum, x) => sum + x * x, 0);
    for (let i = 0; i < out.length; i += n) {
      let sum = 0;
      for (let j = 0; j < n; j++) sum += out[i + j] * v[j];
      for (let j = 0; j < n; j++) out[i + j] -= (2 * sum * v[j]) / square;
    }
  }
  return out;
}

const transpose = (a: Float64Array, n: number) => a.map((_, k) => a[(k % n) * n + Math.floor(k / n)]);

/** (n, n) with these singular values. */
function known(values: ArrayLike<number>, rounds = 3): Float64Array {
  const n = values.length;
  const diagonal = new Float64Array(n * n);
  for (let k = 0; k < n; k++) diagonal[k * n + k] = values[k];
  return reflected(transpose(reflected(diagonal, n, rounds, 1), n), n, rounds, 1 + rounds);
}

function largestGap(a: ArrayLike<number>, b: (k: number) => number): number {
  let most = 0;
  for (let k = 0; k < a.length; k++) most = Math.max(most, Math.abs(a[k] - b(k)));
  return most;
}

const identity = (n: number) => (k: number) => Number(Math.floor(k / n) === k % n);
const ladder = (n: number, decades: number) =>
  Float64Array.from({ length: n }, (_, k) => 10 ** ((-decades * k) / (n - 1)));

describe('singular values', () => {
  it.each([
    [7, 0],
    [60, 0],
    [60, 1e9],
    [300, 0],
  ])('down to 1e-12 are those of the construction: %i columns, prepared from %i on', (n, prepared) => {
    const wanted = ladder(n, 12);
    const a = known(wanted);
    const found = svd(engine, a, { m: n, n, prepared });
    expect(largestGap(found.values, (k) => wanted[k])).toBeLessThan(3e-15);
    for (const [k, s] of wanted.entries()) if (s < 1e-8) expect(Math.abs(found.values[k] / s - 1)).toBeLessThan(1e-3);
    const { vectors } = found;
    const products = gemm(engine, vectors, vectors, { m: n, n, k: n, transposeB: true });
    expect(largestGap(products, identity(n))).toBeLessThan(1e-13);
    // A v_k has the length s_k, and these are orthogonal
    const turned = gemm(engine, a, vectors, { m: n, n, k: n, transposeB: true });
    const squares = gemm(engine, turned, turned, { m: n, n, k: n, transposeA: true });
    expect(largestGap(squares, (k) => (Math.floor(k / n) === k % n ? wanted[k % n] ** 2 : 0))).toBeLessThan(1e-14);
  });

  it('keep their digits where columns differ by twenty decades', () => {
    const n = 6;
    const even = known([3, 2.5, 2, 1.5, 1.2, 1]);
    const scales = [1e-20, 1, 1e-8, 1e-16, 1e-4, 1e-12];
    const found = svd(
      engine,
      even.map((x, k) => x * scales[k % n]),
      { m: n, n },
    );
    // the determinant is the product of the singular values
    const product = found.values.reduce((all, s) => all * s, 1);
    expect(product / (27 * 1e-60)).toBeCloseTo(1, 13);
    expect(found.values[5]).toBeGreaterThan(0.9e-20);
    expect(found.values[5]).toBeLessThan(3.1e-20);
  });

  it('project what stands behind the columns', () => {
    const [m, n, p] = [40, 12, 2];
    const rows = gauss(m * (n + p), 50);
    const a = Float64Array.from({ length: m * n }, (_, k) => rows[Math.floor(k / n) * (n + p) + (k % n)]);
    const { values, vectors, projected } = svd(engine, rows, { m, n, p });
    for (let k = 0; k < n; k++) {
      for (let c = 0; c < p; c++) {
        // u_k = A v_k/s_k
        let sum = 0;
        for (let i = 0; i < m; i++) {
          let u = 0;
          for (let j = 0; j < n; j++) u += a[i * n + j] * vectors[k * n + j];
          sum += (u / values[k]) * rows[i * (n + p) + n + c];
        }
        expect(Math.abs(projected[k * p + c] - sum)).toBeLessThan(1e-13);
      }
    }
  });

  it.each([0, 1e9])(
    'of dependent columns, zeros and few rows are zeros, the vectors complete (prepared from %i on)',
    (prepared) => {
      const n = 9;
      const some = gauss(n * n, 60);
      // column 3 twice column 1, column 5 empty, column 7 = column 0
      for (let i = 0; i < n; i++) {
        some[i * n + 3] = 2 * some[i * n + 1];
        some[i * n + 5] = 0;
        some[i * n + 7] = some[i * n];
      }
      const cases: [Float64Array, number, number][] = [
        [some, n, 6],
        [some.subarray(0, 3 * n), 3, 3],
        [new Float64Array(n * n), n, 0],
        [new Float64Array(n * n).fill(1), n, 1],
      ];
      for (const [a, m, rank] of cases) {
        const { values, vectors } = svd(engine, a, { m, n, prepared });
        for (const [k, s] of values.entries()) {
          if (k < rank) expect(s).toBeGreaterThan(1e-2);
          else expect(s).toBeLessThan(1e-14);
        }
        const products = gemm(engine, vectors, vectors, { m: n, n, k: n, transposeB: true });
        expect(largestGap(products, identity(n))).toBeLessThan(1e-13);
      }
    },
  );

  it('have the same bits with any number of threads, and with checked kernels', () => {
    const a = known(ladder(90, 9));
    const one = svd(engine, a, { m: 90, n: 90, prepared: 50 });
    for (const other of others) expect(svd(other, a, { m: 90, n: 90, prepared: 50 })).toEqual(one);
  });

  it('of what is no matrix are refused', () => {
    expect(() => svd(engine, new Float64Array(5), { m: 2, n: 2 })).toThrow(InputError);
    expect(() => svd(engine, Float64Array.of(1, Number.NaN, 0, 1), { m: 2, n: 2 })).toThrow(/\(0, 1\) is NaN/);
  });
});
