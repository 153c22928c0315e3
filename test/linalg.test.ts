import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { InputError, PhysicsError } from '../src/data/errors.ts';
import { cos } from '../src/data/math.ts';
import type { Engine } from '../src/engine/engine.ts';
import { cholesky, choleskySolve, logDet } from '../src/linalg/cholesky.ts';
import { eigenSymmetric, eigenvaluesSymmetric } from '../src/linalg/eigen.ts';
import { gemm, syrk } from '../src/linalg/gemm.ts';
import { leastSquares, qr } from '../src/linalg/qr.ts';
import { createEngine } from '../src/node/threads.ts';

const reference = JSON.parse(readFileSync(new URL('reference/linalg.json', import.meta.url), 'utf8'));

let engine: Engine;
let debug: Engine;
let several: Engine[];
beforeAll(async () => {
  engine = await createEngine({ threads: 1 });
  debug = await createEngine({ threads: 1, debug: true });
  several = await Promise.all([2, 3].map((threads) => createEngine({ threads })));
});
afterAll(() => {
  for (const one of [engine, debug, ...several]) one.close();
});

const matrix = (m: number, n: number, element: (i: number, j: number) => number) =>
  Float64Array.from({ length: m * n }, (_, p) => element(Math.floor(p / n), p % n));
const diagonal = (d: ArrayLike<number>) => matrix(d.length, d.length, (i, j) => (i === j ? d[i] : 0));

/** The formulas of the references. */
const symmetric = (n: number) => matrix(n, n, (i, j) => (((i + j) * 7 + i * j * 13) % 17) - 8);
const tall = (m: number, n: number) => matrix(m, n, (i, j) => ((i * 31 + j * 17 + i * j * 5) % 23) / 23 - 0.5);

/** Uniform in (−1, 1), the same every time. */
function randoms(seed: number): () => number {
  let state = seed >>> 0 || 1;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return (state / 2 ** 31 - 1) * 0.999 + 1e-5;
  };
}

function randomSymmetric(n: number, seed = 7): Float64Array {
  const next = randoms(seed);
  const a = new Float64Array(n * n);
  for (let i = 0; i < n; i++) for (let j = 0; j <= i; j++) a[i * n + j] = a[j * n + i] = next();
  return a;
}

/** H … H D H … H with Householder reflectors of random vectors: known eigenvalues d, dense. */
function similar(d: ArrayLike<number>, seed = 3): Float64Array {
  const n = d.length;
  const next = randoms(seed);
  const a = diagonal(d);
  for (let round = 0; round < 3; round++) {
    const v = Float64Array.from({ length: n }, next);
    const norm = v.reduce((sum, x) => sum + x * x, 0);
    for (const [row, column] of [
      [n, 1],
      [1, n],
    ]) {
      for (let i = 0; i < n; i++) {
        let sum = 0;
        for (let j = 0; j < n; j++) sum += a[i * row + j * column] * v[j];
        for (let j = 0; j < n; j++) a[i * row + j * column] -= (2 * sum * v[j]) / norm;
      }
    }
  }
  for (let i = 0; i < n; i++) for (let j = 0; j < i; j++) a[j * n + i] = a[i * n + j];
  return a;
}

/** A B by the three loops of a textbook. */
function product(a: Float64Array, b: Float64Array, m: number, n: number, k: number): Float64Array {
  const c = new Float64Array(m * n);
  for (let i = 0; i < m; i++) {
    for (let l = 0; l < k; l++) for (let j = 0; j < n; j++) c[i * n + j] += a[i * k + l] * b[l * n + j];
  }
  return c;
}

const transpose = (a: Float64Array, m: number, n: number) => matrix(n, m, (i, j) => a[j * n + i]);
const largest = (a: Float64Array) => a.reduce((most, x) => Math.max(most, Math.abs(x)), 0);

function distance(a: ArrayLike<number>, b: ArrayLike<number>): number {
  expect(a.length).toBe(b.length);
  let most = 0;
  for (let i = 0; i < a.length; i++) most = Math.max(most, Math.abs(a[i] - b[i]));
  return most;
}

/** ‖A V − V Λ‖ and ‖VᵀV − 1‖ (largest elements), order, and agreement of the two ways to the eigenvalues. */
function checkEigen(a: Float64Array, on: Engine = engine, known?: ArrayLike<number>): void {
  const n = Math.sqrt(a.length);
  const { values, vectors } = eigenSymmetric(on, a);
  const scale = Math.max(largest(a) * Math.sqrt(n), Number.MIN_VALUE);
  const noise = 2e-15 * Math.max(10, Math.sqrt(n));
  const image = product(vectors, a, n, n, n);
  const expected = matrix(n, n, (i, j) => values[i] * vectors[i * n + j]);
  expect(distance(image, expected) / scale).toBeLessThan(noise);
  const overlap = product(vectors, transpose(vectors, n, n), n, n, n);
  expect(distance(overlap, diagonal(new Float64Array(n).fill(1)))).toBeLessThan(noise);
  expect(values).toEqual(values.slice().sort());
  const alone = eigenvaluesSymmetric(on, a);
  expect(alone).toEqual(alone.slice().sort());
  expect(distance(alone, values) / scale).toBeLessThan(2 * noise);
  if (known) expect(distance(values, Float64Array.from(known).sort()) / scale).toBeLessThan(noise);
}

const bytes = (a: Float64Array) => Buffer.from(a.buffer, a.byteOffset, a.byteLength);

const sizes = [1, 2, 3, 4, 5, 7, 8, 9, 31, 32, 33, 63, 64, 65, 97, 130];

describe('products', () => {
  it('equal the textbook loops for all sizes and transposes', () => {
    const next = randoms(1);
    for (const [m, n, k] of [...sizes.map((s) => [s, s, s]), [1, 70, 300], [70, 1, 3], [5, 1030, 2], [67, 261, 259]]) {
      const a = Float64Array.from({ length: m * k }, next);
      const b = Float64Array.from({ length: k * n }, next);
      const expected = product(a, b, m, n, k);
      for (const transposeA of [false, true]) {
        for (const transposeB of [false, true]) {
          const left = transposeA ? transpose(a, m, k) : a;
          const right = transposeB ? transpose(b, k, n) : b;
          const c = gemm(engine, left, right, { m, n, k, transposeA, transposeB, alpha: -2 });
          const twice = expected.map((x) => -2 * x);
          expect(distance(c, twice), `${m} ${n} ${k} ${transposeA} ${transposeB}`).toBeLessThan(1e-15 * (k + 10));
        }
      }
    }
  });

  it('are exact for whole numbers, symmetric for AᵀA', () => {
    for (const [m, n] of [
      [40, 41],
      [300, 70],
      [3, 129],
      [1, 1],
    ]) {
      const a = matrix(m, n, (i, j) => ((i * 5 + j * 3 + i * j) % 11) - 5);
      expect(syrk(engine, a, m, n)).toEqual(product(transpose(a, m, n), a, n, n, m).map((x) => x + 0));
    }
  });

  it('are empty or zero where a size is 0', () => {
    expect(gemm(engine, new Float64Array(0), new Float64Array(0), { m: 2, n: 2, k: 0 })).toEqual(new Float64Array(4));
    expect(syrk(engine, new Float64Array(0), 0, 2)).toEqual(new Float64Array(4));
  });

  it('refuse sizes that do not fit', () => {
    expect(() => gemm(engine, new Float64Array(5), new Float64Array(4), { m: 2, n: 2, k: 2 })).toThrow(/a: 2 × 2/);
    expect(() => syrk(engine, new Float64Array(4), 1.5, 2)).toThrow(InputError);
  });
});

describe('Cholesky', () => {
  it('equals numpy', () => {
    const a = Float64Array.from(reference.gram as number[]);
    expect(distance(cholesky(engine, a), reference.cholesky)).toBeLessThan(1e-14);
    expect(logDet(engine, a)).toBeCloseTo(reference.logDet, 12);
    const s = symmetric(47);
    const positive = product(s, s, 47, 47, 47);
    for (let i = 0; i < 47; i++) positive[i * 48] += 1;
    expect(logDet(engine, positive) / reference.logDet47).toBeCloseTo(1, 11);
  });

  it('gives back the matrix, and the solutions of systems', () => {
    for (const n of [...sizes, 200]) {
      const g = tall(n + 20, n).map((x, p) => x + (p % (n + 1) === 0 ? 3 : 0));
      const a = syrk(engine, g, n + 20, n);
      const l = cholesky(engine, a);
      expect(l.every((x, p) => p % n <= Math.floor(p / n) || x === 0)).toBe(true);
      expect(distance(product(l, transpose(l, n, n), n, n, n), a) / largest(a)).toBeLessThan(1e-14);
      const x = matrix(2, n, (i, j) => ((3 * i + j) % 7) - 3);
      const b = product(x, a, 2, n, n);
      expect(distance(choleskySolve(engine, l, b), x)).toBeLessThan(1e-10);
    }
  });

  it('has no overflow or underflow in the determinant', () => {
    const d = Float64Array.from({ length: 400 }, (_, i) => (i % 2 ? 1e-3 : 1e-4));
    expect(logDet(engine, diagonal(d)) / Math.log(10)).toBeCloseTo(-1400, 9);
  });

  it('works in place, and only on what lies in kernel memory', () => {
    const mark = engine.mark();
    const a = engine.f64(100 * 100);
    a.set(diagonal(new Float64Array(100).fill(4)));
    const l = cholesky(engine, a, { inPlace: true });
    expect(l).toBe(a);
    expect(l[0]).toBe(2);
    engine.release(mark);
    expect(() => cholesky(engine, diagonal([1]), { inPlace: true })).toThrow(/engine\.f64/);
    expect(() => cholesky(engine, new Float64Array(new SharedArrayBuffer(8)).fill(1), { inPlace: true })).toThrow(
      /engine\.f64/,
    );
  });

  it('names the row where a matrix is not positive definite, and gives its memory back', () => {
    const mark = engine.mark();
    for (const row of [0, 5, 63, 64, 150]) {
      const d = new Float64Array(151).fill(1);
      d[row] = row === 5 ? 0 : -1;
      expect(() => cholesky(engine, diagonal(d))).toThrow(`the pivot of row ${row} is not positive`);
      expect(() => logDet(engine, diagonal(d))).toThrow(PhysicsError);
    }
    expect(engine.mark()).toBe(mark);
  });

  it('refuses what is not symmetric, not finite, not square', () => {
    expect(() => cholesky(engine, Float64Array.of(1, 2, 3, 4))).toThrow(/symmetric matrix was expected.*\(1, 0\) = 3/);
    expect(() => logDet(engine, Float64Array.of(1, 0, 0, Number.NaN))).toThrow(/\(1, 1\) is NaN/);
    expect(() => cholesky(engine, new Float64Array(3))).toThrow(/square/);
    expect(() => choleskySolve(engine, diagonal([1, 1]), new Float64Array(3))).toThrow(InputError);
    expect(() => choleskySolve(engine, diagonal([1, 0]), new Float64Array(2))).toThrow(/row 1/);
    expect(cholesky(engine, new Float64Array(0))).toEqual(new Float64Array(0));
    expect(logDet(engine, new Float64Array(0))).toBe(0);
  });
});

describe('the symmetric eigenproblem', () => {
  it('equals numpy', () => {
    for (const [n, values] of Object.entries(reference.symmetric as Record<string, number[]>)) {
      checkEigen(symmetric(Number(n)), engine, values);
    }
    checkEigen(
      matrix(10, 10, (i, j) => 1 / (i + j + 1)),
      engine,
      reference.hilbert,
    );
  });

  it('is solved for all small and odd sizes', () => {
    for (const n of sizes) checkEigen(randomSymmetric(n, n));
    for (const n of [3, 33, 70]) checkEigen(randomSymmetric(n, n), debug);
  });

  it('is solved for random matrices of several panels', () => {
    checkEigen(randomSymmetric(257));
    checkEigen(randomSymmetric(300));
  });

  it('has the closed form of the chain of springs', () => {
    for (const n of [50, 200]) {
      const chain = matrix(n, n, (i, j) => (i === j ? 2 : Math.abs(i - j) === 1 ? -1 : 0));
      const known = Array.from({ length: n }, (_, k) => 2 - 2 * cos((Math.PI * (k + 1)) / (n + 1)));
      checkEigen(chain, engine, known);
    }
  });

  it('is solved for clustered and degenerate eigenvalues', () => {
    const n = 150;
    const spectra: Record<string, (i: number) => number> = {
      'three values': (i) => i % 3,
      'one apart': (i) => (i === 7 ? 5 : 1),
      'a tight cluster': (i) => 1 + 1e-13 * i,
      'clusters of all widths': (i) => (i % 5) + 2 ** -(i % 50),
      'zero but for a few': (i) => (i < 4 ? i - 1.5 : 0),
      graded: (i) => 10 ** (-i / 10),
      'plus and minus': (i) => (i % 2 ? 1 : -1) * (1 + (i >> 1) * 1e-9),
    };
    for (const spectrum of Object.values(spectra)) {
      const d = Array.from({ length: n }, (_, i) => spectrum(i));
      checkEigen(similar(d), engine, d);
    }
  });

  it('is solved for matrices that are hard for divide and conquer', () => {
    const n = 105;
    // Wilkinson's W21+, five of them, glued by tiny elements: eigenvalues agree in pairs to all digits.
    checkEigen(
      matrix(n, n, (i, j) => {
        if (i === j) return Math.abs(10 - (i % 21));
        return Math.abs(i - j) === 1 ? (Math.max(i, j) % 21 === 0 ? 1e-12 : 1) : 0;
      }),
    );
    checkEigen(matrix(n, n, () => 1));
    checkEigen(matrix(n, n, (i, j) => (i === j ? 3 : 1e-17 * (1 + ((i * j) % 3)))));
    checkEigen(matrix(n, n, (i, j) => (i === n - 1 - j ? 1 : 0)));
    checkEigen(diagonal(Array.from({ length: n }, (_, i) => (i * 37) % 11)));
    checkEigen(matrix(n, n, (i, j) => (i === j || i === n - 1 || j === n - 1 ? i + j : 0)));
  });

  it('is solved for graded, huge and tiny matrices', () => {
    const n = 80;
    const base = randomSymmetric(n);
    const graded = (up: boolean) => matrix(n, n, (i, j) => base[i * n + j] * 10 ** ((up ? 1 : -1) * 0.1 * (i + j)));
    for (const a of [graded(true), graded(false)]) checkEigen(a);
    const next = randoms(9);
    const wild = new Float64Array(300 * 300);
    for (let i = 0; i < 300; i++) {
      for (let j = Math.max(0, i - 1); j <= i; j++)
        wild[i * 300 + j] = wild[j * 300 + i] = next() * 10 ** (-200 * Math.abs(next()));
    }
    checkEigen(wild);
    const steep = matrix(n, n, (i, j) => base[i * n + j] * 10 ** (-2 * (i + j)));
    checkEigen(steep);
    for (const factor of [2 ** 1000, 2 ** -1000, 2 ** -1060]) {
      const expected = eigenvaluesSymmetric(engine, base);
      const scaled = eigenvaluesSymmetric(
        engine,
        base.map((x) => x * factor),
      );
      for (let i = 0; i < n; i++) expect(scaled[i] / factor / expected[i]).toBeCloseTo(1, factor < 1e-310 ? 2 : 12);
    }
  });

  it('is trivial for zeros, 0 × 0 and 1 × 1', () => {
    expect(eigenvaluesSymmetric(engine, new Float64Array(0))).toEqual(new Float64Array(0));
    expect(eigenSymmetric(engine, new Float64Array(0)).vectors.length).toBe(0);
    expect(eigenvaluesSymmetric(engine, Float64Array.of(-3))).toEqual(Float64Array.of(-3));
    checkEigen(new Float64Array(49));
    checkEigen(new Float64Array(100 * 100));
  });

  it('refuses what is not symmetric or finite, and gives its memory back', () => {
    const mark = engine.mark();
    expect(() => eigenSymmetric(engine, Float64Array.of(1, 2, 2.1, 1))).toThrow(InputError);
    expect(() => eigenvaluesSymmetric(engine, Float64Array.of(1, Number.NaN, Number.NaN, 1))).toThrow(/NaN/);
    expect(() => eigenvaluesSymmetric(engine, Float64Array.of(Number.POSITIVE_INFINITY))).toThrow(/Infinity/);
    eigenSymmetric(engine, randomSymmetric(40));
    expect(engine.mark()).toBe(mark);
  });

  it('works in place', () => {
    const mark = engine.mark();
    const a = randomSymmetric(60);
    const inside = () => {
      const copy = engine.f64(a.length);
      copy.set(a);
      return copy;
    };
    expect(eigenvaluesSymmetric(engine, inside(), { inPlace: true })).toEqual(eigenvaluesSymmetric(engine, a));
    expect(eigenSymmetric(engine, inside(), { inPlace: true })).toEqual(eigenSymmetric(engine, a));
    engine.release(mark);
  });
});

describe('QR and least squares', () => {
  it('equal numpy', () => {
    const a = tall(30, 9);
    const { r } = qr(engine, a, 30, 9);
    expect(distance(r.map(Math.abs), reference.absR)).toBeLessThan(1e-14);
    const b = matrix(30, 2, (i, c) => ((i * 11 + c * 3) % 7) - 3);
    const { x, residuals } = leastSquares(engine, a, b, { m: 30, n: 9, p: 2 });
    expect(distance(x, reference.leastSquares.x)).toBeLessThan(1e-12);
    expect(distance(residuals, reference.leastSquares.residuals)).toBeLessThan(1e-12);
  });

  it('give back the matrix from orthonormal columns', () => {
    const next = randoms(5);
    for (const [m, n] of [
      [1, 1],
      [2, 1],
      [2, 2],
      [33, 32],
      [70, 65],
      [200, 100],
      [131, 131],
    ]) {
      const a = Float64Array.from({ length: m * n }, next);
      for (const on of m < 100 ? [engine, debug] : [engine]) {
        const { q, r } = qr(on, a, m, n);
        expect(distance(product(q, r, m, n, n), a)).toBeLessThan(2e-14);
        expect(distance(product(transpose(q, m, n), q, n, n, m), diagonal(new Float64Array(n).fill(1)))).toBeLessThan(
          2e-14,
        );
        expect(r.every((x, p) => p % n >= Math.floor(p / n) || x === 0)).toBe(true);
      }
    }
  });

  it('factor rank-deficient, zero, huge and tiny matrices', () => {
    for (const factor of [0, 1, 2 ** 900, 2 ** -900]) {
      const a = matrix(50, 40, (i, j) => factor * ((i % 5) + (j % 3)));
      const { q, r } = qr(engine, a, 50, 40);
      expect(distance(product(q, r, 50, 40, 40), a)).toBeLessThanOrEqual(1e-13 * factor);
      expect(
        distance(product(transpose(q, 50, 40), q, 40, 40, 50), diagonal(new Float64Array(40).fill(1))),
      ).toBeLessThan(1e-13);
    }
  });

  it('fit an ill-conditioned polynomial that normal equations cannot', () => {
    const [m, n] = [80, 12];
    const a = matrix(m, n, (i, j) => (i / m) ** j);
    const truth = Float64Array.from({ length: n }, (_, j) => j - 5);
    const { x, residuals } = leastSquares(engine, a, product(a, truth, m, 1, n), { m, n });
    expect(distance(x, truth)).toBeLessThan(1e-6);
    expect(residuals[0]).toBeLessThan(1e-13);
  });

  it('say which column depends on others, and refuse what does not fit', () => {
    const twice = matrix(20, 6, (i, j) => (j === 4 ? i : ((i + 2) * (j + 3) * (j + i)) % 13));
    for (let i = 0; i < 20; i++) twice[i * 6 + 4] = 2 * twice[i * 6 + 1];
    const b = new Float64Array(20).fill(1);
    expect(() => leastSquares(engine, twice, b, { m: 20, n: 6 })).toThrow(/column 4/);
    expect(() => qr(engine, new Float64Array(6), 2, 3)).toThrow(/as many rows as columns/);
    expect(() => qr(engine, Float64Array.of(1, Number.NaN), 2, 1)).toThrow(/NaN/);
    expect(() => leastSquares(engine, twice, new Float64Array(19), { m: 20, n: 6 })).toThrow(/b: 20 × 1/);
    const empty = leastSquares(engine, new Float64Array(0), Float64Array.of(3, 4), { m: 2, n: 0 });
    expect([...empty.x, ...empty.residuals]).toEqual([5]);
  });
});

describe('any number of threads', () => {
  it('gives the same bits, wherever the matrices lie', () => {
    const [m, n] = [700, 301];
    const next = randoms(11);
    const a = Float64Array.from({ length: m * n }, next);
    const b = Float64Array.from({ length: m }, next);
    const s = randomSymmetric(n);
    const all = (on: Engine): Record<string, Float64Array> => {
      const square = syrk(on, a, m, n);
      const l = cholesky(on, square);
      const { values, vectors } = eigenSymmetric(on, s);
      const { q, r } = qr(on, a, m, n);
      return {
        product: gemm(on, s, a, { m: n, n: m, k: n, transposeB: true }),
        square,
        l,
        solved: choleskySolve(on, l, s),
        alone: eigenvaluesSymmetric(on, s),
        values,
        vectors,
        q,
        r,
        fit: leastSquares(on, a, b, { m, n }).x,
      };
    };
    const alone = all(engine);
    const mark = several[1].mark();
    // Addresses above 2 GiB are negative as i32; nothing of this is touched.
    several[1].bytes(2 ** 31);
    expect(several.map((one) => one.threads)).toEqual([2, 3]);
    for (const one of several) {
      for (const [name, numbers] of Object.entries(all(one))) {
        expect(Buffer.compare(bytes(numbers), bytes(alone[name])), `${name}, ${one.threads} threads`).toBe(0);
      }
    }
    several[1].release(mark);
  });
});
