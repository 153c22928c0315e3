/** Zero pressure, formation and errors against a crystal whose F(T,V) is a cubic polynomial of V^(−2/3): closed forms. */
import { describe, expect, it } from 'vitest';
import { fillGauss } from '../src/data/rng.ts';
import { boltzmann } from '../src/data/units.ts';
import { constantVolume, zeroPressure } from '../src/free-energy/equilibrium.ts';
import { concentration, formationFree, formationVolume } from '../src/free-energy/formation.ts';
import { correlation, propagate } from '../src/free-energy/propagation.ts';
import { harmonicFree } from '../src/free-energy/quasi-harmonic.ts';
import { at, weightedFit } from '../src/free-energy/weighted-fit.ts';

const N = 54;
const V0 = 54 * 11.6;
const modes = 3 * N - 3;

/** With y = (V0/V)^(2/3) − 1, U0 is a cubic of y and Σ ln ħω linear, so F is cubic: Birch–Murnaghan without error. */
const yOf = (volume: number) => (V0 / volume) ** (2 / 3) - 1;
/** eV/Å^3. */
const stiff = 1.25;
const state = (volume: number) => {
  const y = yOf(volume);
  return {
    volume,
    energy: -4 * N + stiff * V0 * (y * y + 0.3 * y ** 3),
    sum: modes * (Math.log(0.025) + 2.5 * y),
    modes,
  };
};
/** Minimum of stiff V0 (y² + 0.3 y³) + kT 2.5 M y + s y, in closed form. */
function exactVolume(T: number, slope = 0): number {
  const c = (boltzmann * T * 2.5 * modes + slope) / (stiff * V0);
  // 0.9 y² + 2 y + c = 0, the root near 0
  const y = (-2 + Math.sqrt(4 - 3.6 * c)) / 1.8;
  return V0 / (1 + y) ** 1.5;
}
const edge = (volume: number) => (volume / (N / 2)) ** (1 / 3);
const grid = (center: number, count = 7) =>
  Array.from({ length: count }, (_, k) => state(center * (1 + 0.003 * (k - (count - 1) / 2)) ** 3));

describe('zero pressure', () => {
  it.each([50, 300, 600, 1200])('finds the lattice constant of the closed form at %d K', (temperature) => {
    const exact = exactVolume(temperature);
    const found = zeroPressure(grid(V0 * 1.01), [], { temperature });
    expect(edge(found.volume)).toBeCloseTo(edge(exact), 6);
    expect(found.free).toBeCloseTo(harmonicFree(state(exact), temperature), 7);
    expect(found.energy).toBeCloseTo(state(exact).energy, 6);
    expect(found.anharmonic).toBe(0);
    // B = V d²F/dV², by differences of the model
    const h = exact * 1e-4;
    const F = (v: number) => harmonicFree(state(v), temperature);
    expect(found.bulk / ((exact * (F(exact + h) - 2 * F(exact) + F(exact - h))) / h ** 2)).toBeCloseTo(1, 3);
  });

  it('moves with the anharmonic part', () => {
    const temperature = 900;
    // ΔA = s y + const, so that the sum is still a cubic; over ±1 % volume it is a parabola in V to 1e-5
    const slope = 6;
    const samples = [0.99, 1, 1.01, 1.02, 1.03].map((f) => ({
      state: state(V0 * f),
      value: -0.8 + slope * yOf(V0 * f),
      error: 0.01,
    }));
    const exact = exactVolume(temperature, slope);
    const found = zeroPressure(grid(V0 * 1.01), samples, { temperature, degree: 2 });
    expect(Math.abs(edge(found.volume) - edge(exact))).toBeLessThan(1e-4);
    expect(found.free).toBeCloseTo(harmonicFree(state(exact), temperature) - 0.8 + slope * yOf(exact), 3);
    expect(found.anharmonic).toBeCloseTo(-0.8 + slope * yOf(exact), 3);
    expect(found.misfit).toBeLessThan(0.1);
    expect(edge(found.volume)).toBeGreaterThan(edge(exactVolume(temperature)));
  });

  it('does not see kinks of the harmonic part that the anharmonic part takes back', () => {
    const temperature = 900;
    const kink = (volume: number) => 3 * Math.abs(volume / V0 - 1.004);
    const kinked = (volume: number) => ({ ...state(volume), sum: state(volume).sum + kink(volume) });
    const states = grid(V0 * 1.01).map(({ volume }) => kinked(volume));
    const exact = exactVolume(temperature);
    const samples = [0.985, 1.005, 1.025].map((f) => ({
      state: kinked(V0 * f),
      value: -boltzmann * temperature * kink(V0 * f),
      error: 0.01,
    }));
    const found = zeroPressure(states, samples, { temperature });
    expect(Math.abs(edge(found.volume) - edge(exact))).toBeLessThan(1e-4);
    expect(found.free).toBeCloseTo(harmonicFree(state(exact), temperature), 3);
  });

  it('takes one volume, and refuses another', () => {
    const found = constantVolume(state(V0), [{ state: state(V0), value: -0.5, error: 0.01 }], { temperature: 300 });
    expect(found.free).toBeCloseTo(harmonicFree(state(V0), 300) - 0.5, 12);
    expect(() =>
      constantVolume(state(V0), [{ state: state(V0 * 1.001), value: 0, error: 0 }], { temperature: 300 }),
    ).toThrow(/held/);
  });

  it('has no minimum outside the range, and no quantum statistics without quanta', () => {
    expect(() => zeroPressure(grid(V0 * 1.2), [], { temperature: 300 })).toThrow(/no minimum/);
    expect(() => zeroPressure(grid(V0), [], { temperature: 300, quantum: true })).toThrow(/quanta/);
  });
});

describe('formation', () => {
  it('does not see the unit of energy when modes are matched', () => {
    const T = 300;
    const cell = (atoms: number, energy: number, logs: number) => {
      const modes = 3 * atoms - 3;
      return (unit: number) => {
        const s = { volume: 1, energy, sum: logs - modes * Math.log(unit), modes };
        // k_B T in the same unit
        return { atoms, modes, energy, free: harmonicFree(s, T) };
      };
    };
    const defect = cell(127, -500, -1400);
    const bulk = cell(128, -508, -1402);
    const [one, other] = [1, 1000].map((unit) => formationFree(defect(unit), bulk(unit)));
    expect(one.modeMatched).toBeCloseTo(other.modeMatched, 9);
    const missing = 3 * (1 - 127 / 128);
    expect(other.asPublished - one.asPublished).toBeCloseTo(missing * boltzmann * T * Math.log(1000), 8);
  });

  it('of volume and concentration', () => {
    expect(formationVolume({ volume: 127.8, atoms: 127 }, { volume: 128, atoms: 128 })).toBeCloseTo(0.8, 12);
    expect(concentration(1, 1 / boltzmann, 3)).toBeCloseTo(3 * Math.exp(-1), 12);
  });
});

describe('weighted fit', () => {
  it('finds a polynomial, its derivative, and how well it fits', () => {
    const x = [100, 300, 500, 800, 1200];
    const y = x.map((t) => 3e-7 * t ** 2 - 1e-10 * t ** 3);
    const fit = weightedFit(x, y, [1, 2, 1, 2, 1], [2, 3]);
    expect(at(fit, 700)).toBeCloseTo(3e-7 * 700 ** 2 - 1e-10 * 700 ** 3, 12);
    expect(at(fit, 700, true)).toBeCloseTo(6e-7 * 700 - 3e-10 * 700 ** 2, 12);
    expect(fit.misfit).toBeLessThan(1e-10);
  });

  it('weighs: two measurements of a constant', () => {
    const fit = weightedFit([1, 2], [0, 1], [1, 0.5], [0]);
    expect(at(fit, 0)).toBeCloseTo(4 / 5, 12);
    expect(fit.misfit).toBeCloseTo(Math.sqrt(0.64 + 4 * 0.04), 12);
    expect(() => weightedFit([1], [1], [1], [0, 1])).toThrow(/coefficients/);
    expect(() => weightedFit([1, 1], [1, 1], [1, 1], [0, 1])).toThrow(/apart/);
  });
});

describe('propagation', () => {
  it('is exact for linear functions, correlated or not', () => {
    const noise = new Float64Array(40);
    fillGauss(noise, 3n, 'trials', 0);
    const [p, q] = [noise.slice(0, 20), noise.slice(20)];
    const a = { value: 1, error: 0.3, blocks: p, group: 'x' };
    const b = { value: 2, error: 0.1, blocks: p.map((v, k) => 0.8 * v + 0.6 * q[k]), group: 'x' };
    const rho = correlation(a, b);
    expect(rho).toBeGreaterThan(0.4);
    const [difference, sum] = propagate([a, b], ([x, y]) => [x - y, x + 2 * y]);
    expect(difference).toMatchObject({ value: -1, error: expect.closeTo(Math.sqrt(0.09 + 0.01 - 0.06 * rho), 10) });
    expect(sum.error).toBeCloseTo(Math.sqrt(0.09 + 0.04 + 0.12 * rho), 10);
    const [apart] = propagate([a, { ...b, group: 'y' }], ([x, y]) => [x - y]);
    expect(apart.error).toBeCloseTo(Math.sqrt(0.1), 10);
  });

  it('covers: errors of a zero-pressure free energy are those of its samples', () => {
    const temperature = 600;
    const volumes = [0.99, 1.01, 1.03].map((f) => V0 * f);
    const states = grid(V0 * 1.01);
    const free = (values: readonly number[]) => {
      const samples = values.map((value, k) => ({ state: state(volumes[k]), value, error: 0.02 }));
      const { free, volume } = zeroPressure(states, samples, { temperature });
      return [free, edge(volume)];
    };
    const truth = volumes.map((v) => -0.8 - 2 * yOf(v));
    const exact = free(truth);
    const inside = [0, 0];
    for (let trial = 0; trial < 400; trial++) {
      const noise = new Float64Array(3);
      fillGauss(noise, 7n, 'trials', trial);
      const found = propagate(
        truth.map((value, k) => ({ value: value + 0.02 * noise[k], error: 0.02 })),
        free,
      );
      found.forEach(({ value, error }, q) => {
        if (Math.abs(value - exact[q]) < 1.96 * error) inside[q]++;
      });
    }
    for (const count of inside) expect(Math.abs(count - 380)).toBeLessThan(15);
  });
});
