import { describe, expect, it } from 'vitest';
import { InputError } from '../src/data/errors.ts';
import { boltzmann, forceToAcceleration } from '../src/data/units.ts';
import { langevinInit, langevinInvariant, langevinStep } from '../src/methods/langevin.ts';
import { kinetic, temperature } from '../src/methods/motion.ts';
import { degreesOfFreedom, kineticEnergy, maxwellBoltzmann, temperatureOf } from '../src/methods/temperature.ts';
import { verletInit, verletInvariant, verletStep } from '../src/methods/verlet.ts';
import { kolmogorovSmirnov } from '../src/verify/distribution.ts';
import { argon, oscillators } from './support/objectives.ts';
import { blockError, gammaP, mean, normalP } from './support/statistics.ts';

const mass = 39.948;

function momentum(masses: ArrayLike<number>, v: ArrayLike<number>): number[] {
  const p = [0, 0, 0];
  for (let i = 0; i < v.length; i++) p[i % 3] += masses[Math.floor(i / 3)] * v[i];
  return p;
}

describe('velocities from a temperature', () => {
  const masses = Float64Array.from({ length: 500 }, (_, i) => 10 + (i % 7) * 30);

  it('acceleration per force is 9648.53…', () => {
    expect(forceToAcceleration).toBeCloseTo(9648.5332123, 5);
    // ½ m v² of 1 amu at 1 Å/ps
    expect(kineticEnergy([1], [1, 0, 0])).toBeCloseTo(5.1821348e-5, 12);
  });

  it('momentum is zero and the temperature exact', () => {
    const v = maxwellBoltzmann(masses, 300, 7n);
    for (const p of momentum(masses, v)) expect(Math.abs(p)).toBeLessThan(1e-9);
    expect(degreesOfFreedom(500)).toBe(1497);
    expect(temperatureOf(kineticEnergy(masses, v), 1497)).toBeCloseTo(300, 9);
    expect([...maxwellBoltzmann(masses, 300, 7n)]).toEqual([...v]);
    expect(maxwellBoltzmann(masses, 300, 8n)[0]).not.toBe(v[0]);
    expect(maxwellBoltzmann(masses, 0, 8n).every((x) => x === 0)).toBe(true);
    expect(maxwellBoltzmann([55], 300, 8n).every((x) => x === 0)).toBe(true);
  });

  it('is Maxwell–Boltzmann for every mass', () => {
    const v = maxwellBoltzmann(masses, 300, 7n, { exact: false });
    const reduced = v.map((x, i) => x * Math.sqrt(masses[Math.floor(i / 3)] / (boltzmann * 300 * forceToAcceleration)));
    expect(kolmogorovSmirnov(reduced, normalP)).toBeGreaterThan(0.01);
  });

  it('held components have no velocity, count no dof, and take the momentum of their axis', () => {
    const fixed = new Uint8Array(1500);
    fixed[5] = 1; // z of atom 1
    const v = maxwellBoltzmann(masses, 300, 7n, { fixed });
    expect(v[5]).toBe(0);
    const p = momentum(masses, v);
    expect(Math.abs(p[0]) + Math.abs(p[1])).toBeLessThan(1e-9);
    expect(Math.abs(p[2])).toBeGreaterThan(1);
    expect(degreesOfFreedom(500, fixed)).toBe(1500 - 1 - 2);
    expect(degreesOfFreedom(500, fixed, false)).toBe(1499);
    expect(temperatureOf(kineticEnergy(masses, v), 1497)).toBeCloseTo(300, 9);
    expect(degreesOfFreedom(2, new Uint8Array(6).fill(1))).toBe(0);
  });

  it('refuses what is no temperature', () => {
    expect(() => maxwellBoltzmann(masses, -1, 1n)).toThrow(InputError);
    expect(() => maxwellBoltzmann(masses, Number.NaN, 1n)).toThrow(InputError);
  });
});

function argonRun(temp = 40, fixed?: Uint8Array) {
  const objective = argon(2, 0.05);
  const masses = new Float64Array(32).fill(mass);
  const velocities = maxwellBoltzmann(masses, temp, 11n, { fixed });
  return { objective, options: { masses, velocities, fixed } };
}

describe('velocity Verlet', () => {
  it('comes back when the velocities turn round', () => {
    const { objective, options } = argonRun();
    const start = objective.x.slice();
    const state = verletInit(objective, options);
    for (let i = 0; i < 150; i++) verletStep(objective, state, { timestep: 0.004 });
    expect(Math.max(...objective.x.map((x, i) => Math.abs(x - start[i])))).toBeGreaterThan(0.1);
    for (let i = 0; i < 96; i++) state.velocities[i] *= -1;
    for (let i = 0; i < 150; i++) verletStep(objective, state, { timestep: 0.004 });
    expect(Math.max(...objective.x.map((x, i) => Math.abs(x - start[i])))).toBeLessThan(1e-9);
    for (let i = 0; i < 96; i++) expect(state.velocities[i]).toBeCloseTo(-options.velocities[i], 8);
  });

  it('keeps momentum, and its energy error falls as dt²', () => {
    const error = (timestep: number): number => {
      const { objective, options } = argonRun();
      const state = verletInit(objective, options);
      const e0 = verletInvariant(objective, state);
      const errors: number[] = [];
      while (state.step * timestep < 0.8 - 1e-9) {
        verletStep(objective, state, { timestep });
        errors.push((verletInvariant(objective, state) - e0) ** 2);
      }
      for (const p of momentum(options.masses, state.velocities)) expect(Math.abs(p)).toBeLessThan(1e-9);
      return Math.sqrt(mean(errors));
    };
    const [e8, e4, e2] = [0.008, 0.004, 0.002].map(error);
    expect(e8 / e4 / 4).toBeGreaterThan(0.75);
    expect(e8 / e4 / 4).toBeLessThan(1.25);
    expect(e4 / e2 / 4).toBeGreaterThan(0.75);
    expect(e4 / e2 / 4).toBeLessThan(1.25);
    expect(e2).toBeLessThan(1e-5);
  });

  it('follows the exact discrete solution of an oscillator', () => {
    const stiffness = 2;
    const objective = oscillators([0.3, 0, 0], [stiffness, 1, 1]);
    const state = verletInit(objective, { masses: [4], velocities: [0, 0, 0] });
    const timestep = 0.01;
    // cos(ω' dt) = 1 − ω²dt²/2
    const phase = Math.acos(1 - (0.5 * stiffness * forceToAcceleration * timestep * timestep) / 4);
    for (let i = 1; i <= 50; i++) {
      verletStep(objective, state, { timestep });
      expect(objective.x[0]).toBeCloseTo(0.3 * Math.cos(i * phase), 11);
    }
  });

  it('held components stay', () => {
    const fixed = new Uint8Array(96);
    for (const i of [0, 1, 2, 7, 95]) fixed[i] = 1;
    const { objective, options } = argonRun(40, fixed);
    const start = objective.x.slice();
    const state = verletInit(objective, options);
    for (let i = 0; i < 20; i++) verletStep(objective, state, { timestep: 0.004 });
    for (let i = 0; i < 96; i++) expect(objective.x[i] === start[i]).toBe(fixed[i] === 1);
  });

  it('refuses wrong shapes and masses', () => {
    const objective = oscillators([0, 0, 0], [1, 1, 1]);
    for (const bad of [
      { masses: [1, 1], velocities: [0, 0, 0] },
      { masses: [1], velocities: [0, 0] },
      { masses: [0], velocities: [0, 0, 0] },
      { masses: [1], velocities: [0, Number.NaN, 0] },
      { masses: [1], velocities: [0, 0, 0], fixed: [1] },
    ]) {
      expect(() => verletInit(objective, bad)).toThrow(InputError);
    }
    const state = verletInit(objective, { masses: [1], velocities: [0, 0, 0] });
    expect(() => verletStep(objective, state, { timestep: Number.NaN })).toThrow(InputError);
  });
});

describe('Langevin, BAOAB', () => {
  it('samples an oscillator exactly at any stable timestep: ⟨x²⟩ = kT/k within 4 σ, x normal', () => {
    const n = 300;
    const stiffness = 1.5;
    const timestep = 0.03;
    const friction = 20;
    // ω dt = 1.14: far from small, where other splittings are off by 30 %
    const w = timestep * Math.sqrt((stiffness * forceToAcceleration) / 10);
    expect(w).toBeGreaterThan(1);
    const objective = oscillators(new Float64Array(3 * n), new Float64Array(3 * n).fill(stiffness));
    const state = langevinInit(objective, {
      masses: new Float64Array(n).fill(10),
      velocities: new Float64Array(3 * n),
    });
    expect(state.dof).toBe(3 * n);
    const options = { timestep, temperature: 300, friction, seed: 5n };
    const squares: number[] = [];
    for (let i = 0; i < 1100; i++) {
      langevinStep(objective, state, options);
      if (i >= 100) squares.push(mean(objective.x.map((x) => x * x)));
    }
    const exact = (boltzmann * 300) / stiffness;
    const sigma = blockError(squares);
    expect(sigma / exact).toBeLessThan(0.01);
    expect(Math.abs(mean(squares) - exact)).toBeLessThan(4 * sigma);
    const reduced = objective.x.map((x) => x / Math.sqrt(exact));
    expect(kolmogorovSmirnov(reduced, normalP)).toBeGreaterThan(0.01);
  });

  it('momenta of that oscillator have the variance of the scheme: m⟨v²⟩ = kT (1 − ω²dt²/4)', () => {
    const n = 1000;
    const timestep = 0.02;
    const objective = oscillators(new Float64Array(3 * n), new Float64Array(3 * n).fill(1.5));
    const state = langevinInit(objective, {
      masses: new Float64Array(n).fill(10),
      velocities: new Float64Array(3 * n),
    });
    const temperatures: number[] = [];
    for (let i = 0; i < 400; i++) {
      langevinStep(objective, state, { timestep, temperature: 300, friction: 20, seed: 6n });
      if (i >= 100) temperatures.push(temperature(state));
    }
    const exact = 300 * (1 - (timestep ** 2 * 1.5 * forceToAcceleration) / 10 / 4);
    expect(exact).toBeLessThan(260);
    expect(Math.abs(mean(temperatures) - exact)).toBeLessThan(4 * blockError(temperatures, 20));
  });

  it('free particles forget their velocity as e^−γt and keep a Maxwell distribution', () => {
    const n = 2000;
    const masses = new Float64Array(n).fill(10);
    const velocities = maxwellBoltzmann(masses, 300, 3n, { exact: false });
    const objective = oscillators(new Float64Array(3 * n), new Float64Array(3 * n));
    const state = langevinInit(objective, { masses, velocities });
    const variance = (boltzmann * 300 * forceToAcceleration) / 10;
    for (let i = 1; i <= 60; i++) {
      langevinStep(objective, state, { timestep: 0.01, temperature: 300, friction: 2, seed: 3n });
      const correlation = mean(state.velocities.map((v, j) => (v * velocities[j]) / variance));
      expect(Math.abs(correlation - Math.exp(-2 * 0.01 * i))).toBeLessThan(4 * Math.sqrt(2 / (3 * n)));
    }
    expect(
      kolmogorovSmirnov(
        state.velocities.map((v) => v / Math.sqrt(variance)),
        normalP,
      ),
    ).toBeGreaterThan(0.01);
  });

  it('kinetic energy has the Gamma(3N/2) distribution', () => {
    const n = 8;
    const stiffness = Float64Array.from({ length: 3 * n }, (_, i) => 0.5 + 0.2 * (i % 5));
    const objective = oscillators(new Float64Array(3 * n), stiffness);
    const state = langevinInit(objective, {
      masses: new Float64Array(n).fill(50),
      velocities: new Float64Array(3 * n),
    });
    const samples: number[] = [];
    // 50 γ dt = 5 correlation times apart; ω dt ≤ 0.032, a bias of 1e-4
    for (let i = 0; i < 40000; i++) {
      langevinStep(objective, state, { timestep: 0.002, temperature: 200, friction: 25, seed: 12n });
      if (i >= 500 && i % 80 === 0) samples.push(kinetic(state) / (boltzmann * 200));
    }
    expect(kolmogorovSmirnov(samples, (x) => gammaP(1.5 * n, x))).toBeGreaterThan(0.01);
  });

  it('energy less heat is conserved to second order, on average over 60 runs', () => {
    const x = Float64Array.from({ length: 12 }, (_, i) => 0.1 * Math.cos(i));
    const error = (timestep: number): number => {
      const squares: number[] = [];
      for (let seed = 0n; seed < 60n; seed++) {
        const objective = oscillators(x, new Float64Array(12).fill(1), 5);
        const state = langevinInit(objective, { masses: [50, 50, 50, 50], velocities: new Float64Array(12) });
        const e0 = langevinInvariant(objective, state);
        while (state.step * timestep < 1 - 1e-9) {
          langevinStep(objective, state, { timestep, temperature: 300, friction: 5, seed });
          squares.push((langevinInvariant(objective, state) - e0) ** 2);
        }
        expect(Math.abs(state.heat)).toBeGreaterThan(1e-3);
      }
      return Math.sqrt(mean(squares));
    };
    const [e8, e4] = [error(0.008), error(0.004)];
    expect(e8 / e4, `${e8} ${e4}`).toBeGreaterThan(3);
    expect(e8 / e4, `${e8} ${e4}`).toBeLessThan(5);
    expect(e4).toBeLessThan(1e-3);
  });

  it('without friction it is velocity Verlet', () => {
    const { objective, options } = argonRun();
    const reference = argonRun();
    const a = langevinInit(objective, options);
    const b = verletInit(reference.objective, reference.options);
    for (let i = 0; i < 30; i++) {
      langevinStep(objective, a, { timestep: 0.004, temperature: 300, friction: 0, seed: 1n });
      verletStep(reference.objective, b, { timestep: 0.004 });
    }
    for (let i = 0; i < 96; i++) expect(objective.x[i]).toBeCloseTo(reference.objective.x[i], 10);
  });

  it('held components stay, and refuses negative friction', () => {
    const fixed = Uint8Array.from([1, 0, 0]);
    const objective = oscillators([0.1, 0.1, 0.1], [1, 1, 1]);
    const state = langevinInit(objective, { masses: [5], velocities: [1, 1, 1], fixed });
    expect(state.dof).toBe(2);
    langevinStep(objective, state, { timestep: 0.001, temperature: 300, friction: 5, seed: 1n });
    expect([objective.x[0], state.velocities[0]]).toEqual([0.1, 0]);
    const bad = { timestep: 0.001, temperature: 300, friction: -5, seed: 1n };
    expect(() => langevinStep(objective, state, bad)).toThrow(InputError);
  });
});
