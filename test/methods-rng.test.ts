import { describe, expect, it } from 'vitest';
import { fillGauss, fillUniform, gauss, philox, streams, uniform } from '../src/data/rng.ts';
import { kolmogorovSmirnov } from '../src/verify/distribution.ts';
import { gammaP, mean, normalP } from './support/statistics.ts';

describe('philox4x32-10', () => {
  // kat_vectors of Random123 1.14
  it.each([
    [
      [0, 0, 0, 0],
      [0, 0],
      [0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8],
    ],
    [
      [0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff],
      [0xffffffff, 0xffffffff],
      [0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd],
    ],
    [
      [0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344],
      [0xa4093822, 0x299f31d0],
      [0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1],
    ],
  ])('known answer for counter %j, key %j', (counter, key, answer) => {
    const block = Uint32Array.from(counter);
    philox(block, key[0], key[1]);
    expect([...block]).toEqual(answer);
  });
});

describe('streams', () => {
  it('numbers depend on (seed, stream, step, index) only', () => {
    const seed = 0x123456789abcdef0n;
    const all = new Float64Array(101);
    fillGauss(all, seed, 'langevin', 2 ** 40 + 7);
    const uniforms = new Float64Array(101);
    fillUniform(uniforms, seed, 'langevin', 2 ** 40 + 7);
    for (let i = 0; i < 101; i++) {
      expect(gauss(seed, 'langevin', 2 ** 40 + 7, i)).toBe(all[i]);
      expect(uniform(seed, 'langevin', 2 ** 40 + 7, i)).toBe(uniforms[i]);
    }
    for (const [offset, length] of [
      [0, 100],
      [1, 7],
      [13, 88],
      [50, 1],
    ]) {
      const part = new Float64Array(length);
      fillGauss(part, seed, 'langevin', 2 ** 40 + 7, offset);
      expect([...part]).toEqual([...all.slice(offset, offset + length)]);
    }
  });

  it('every part of the address matters', () => {
    const first = gauss(1n, 'velocities', 0, 0);
    const others = [
      gauss(2n, 'velocities', 0, 0),
      gauss(1n + (1n << 32n), 'velocities', 0, 0),
      gauss(1n, 'langevin', 0, 0),
      gauss(1n, 'velocities', 1, 0),
      gauss(1n, 'velocities', 2 ** 32, 0),
      gauss(1n, 'velocities', 0, 1),
      gauss(1n, 'velocities', 0, 2),
    ];
    expect(new Set([first, ...others]).size).toBe(8);
    expect(gauss(1n + (1n << 64n), 'velocities', 0, 0)).toBe(first);
    expect(new Set(Object.values(streams)).size).toBe(Object.keys(streams).length);
  });

  it('keeps its bits', () => {
    expect([0, 1, 2].map((i) => uniform(42n, 'trials', 5, i))).toMatchInlineSnapshot(`
      [
        0.5138152054287314,
        0.38018894017050575,
        0.3544009463197916,
      ]
    `);
    expect([0, 1, 2].map((i) => gauss(42n, 'trials', 5, i))).toMatchInlineSnapshot(`
      [
        -0.8421882582649842,
        0.7889880474420086,
        -0.06317597253420189,
      ]
    `);
  });
});

describe('distributions', () => {
  it('uniform and normal, also across steps at one index', () => {
    const u = new Float64Array(20000);
    fillUniform(u, 3n, 'trials', 0);
    expect(kolmogorovSmirnov(u, (x) => x)).toBeGreaterThan(0.01);
    const g = new Float64Array(20000);
    fillGauss(g, 3n, 'trials', 0);
    expect(kolmogorovSmirnov(g, normalP)).toBeGreaterThan(0.01);
    const steps = Float64Array.from({ length: 5000 }, (_, step) => gauss(3n, 'trials', step, 17));
    expect(kolmogorovSmirnov(steps, normalP)).toBeGreaterThan(0.01);
  });

  it('neighbours in index and step are uncorrelated', () => {
    const n = 20000;
    const a = new Float64Array(n);
    const b = new Float64Array(n);
    fillGauss(a, 9n, 'trials', 1);
    fillGauss(b, 9n, 'trials', 2);
    const limit = 4 / Math.sqrt(n);
    expect(Math.abs(mean(a.map((x, i) => x * b[i])))).toBeLessThan(limit);
    expect(Math.abs(mean(a.slice(1).map((x, i) => x * a[i])))).toBeLessThan(limit);
    expect(Math.abs(mean(a.slice(1).map((x, i) => (x * x - 1) * (a[i] * a[i] - 1))))).toBeLessThan(2 * limit);
  });

  it('the test functions themselves: P(1, x) = 1 − e^−x, P(1/2, x) and P(3, x) by Simpson', () => {
    for (const x of [0.1, 1, 2.5, 7]) {
      expect(gammaP(1, x)).toBeCloseTo(1 - Math.exp(-x), 13);
      const h = x / 2000;
      let sum = 0;
      for (let i = 0; i <= 2000; i++) {
        const t = i * h;
        sum += (i === 0 || i === 2000 ? 1 : i % 2 ? 4 : 2) * t * t * Math.exp(-t);
      }
      expect(gammaP(3, x)).toBeCloseTo((sum * h) / 3 / 2, 11);
    }
    expect(normalP(1.959963984540054)).toBeCloseTo(0.975, 12);
    expect(gammaP(60, 60)).toBeCloseTo(0.51716, 4);
  });
});
