import { describe, expect, it } from 'vitest';
import { determinant } from '../src/data/cell.ts';
import { InputError, PhysicsError } from '../src/data/errors.ts';
import { boltzmann, forceToAcceleration } from '../src/data/units.ts';
import { dynamicsInit, dynamicsInvariant, dynamicsStep, retarget } from '../src/methods/dynamics.ts';
import { kinetic } from '../src/methods/motion.ts';
import { noseHooverInit, noseHooverInvariant, noseHooverStep } from '../src/methods/nose-hoover.ts';
import { nptInit, nptInvariant, nptStep, pressureOf } from '../src/methods/npt.ts';
import { maxwellBoltzmann } from '../src/methods/temperature.ts';
import { kolmogorovSmirnov } from '../src/verify/distribution.ts';
import { argon, fractional, oscillators, perfectGas, volumeOf } from './support/objectives.ts';
import { blockError, gammaP, mean, normalP } from './support/statistics.ts';

const mass = 39.948;

function argonStart(skew = 0.05, temperature = 40) {
  const objective = argon(2, skew);
  const masses = new Float64Array(32).fill(mass);
  return { objective, particles: { masses, velocities: maxwellBoltzmann(masses, temperature, 11n) } };
}

/** RMS of the deviation of `invariant` over `time` ps. */
function drift(time: number, timestep: number, invariant: () => number, step: () => void): number {
  const start = invariant();
  const squares: number[] = [];
  for (let i = 0; i < Math.round(time / timestep); i++) {
    step();
    squares.push((invariant() - start) ** 2);
  }
  return Math.sqrt(mean(squares));
}

function expectSecondOrder(errors: number[]): void {
  for (let i = 1; i < errors.length; i++) {
    expect(errors[i - 1] / errors[i], errors.join(' ')).toBeGreaterThan(3);
    expect(errors[i - 1] / errors[i], errors.join(' ')).toBeLessThan(5);
  }
}

describe('Nosé–Hoover chains', () => {
  const options = { temperature: 60, relaxation: 0.1 };

  it('conserve their invariant to second order, and the momentum', () => {
    const errors = [0.008, 0.004, 0.002].map((timestep) => {
      const { objective, particles } = argonStart();
      const state = noseHooverInit(objective, particles);
      const all = { ...options, timestep };
      const error = drift(
        0.8,
        timestep,
        () => noseHooverInvariant(objective, state, all),
        () => noseHooverStep(objective, state, all),
      );
      for (let k = 0; k < 3; k++) {
        expect(Math.abs(mean(state.velocities.filter((_, i) => i % 3 === k)))).toBeLessThan(1e-11);
      }
      return error;
    });
    expectSecondOrder(errors);
  });

  it('come back when all velocities turn round', () => {
    const { objective, particles } = argonStart();
    const start = objective.x.slice();
    const state = noseHooverInit(objective, particles);
    const all = { ...options, timestep: 0.004 };
    for (let i = 0; i < 100; i++) noseHooverStep(objective, state, all);
    for (const v of [state.velocities, state.chain.velocities]) for (let i = 0; i < v.length; i++) v[i] *= -1;
    for (let i = 0; i < 100; i++) noseHooverStep(objective, state, all);
    expect(Math.max(...objective.x.map((x, i) => Math.abs(x - start[i])))).toBeLessThan(1e-9);
    expect(Math.max(...state.chain.positions.map(Math.abs))).toBeLessThan(1e-9);
  });

  it('make one oscillator canonical in x and v', () => {
    const stiffness = 1;
    const objective = oscillators([0.1, 0, 0], [stiffness, 1, 1]);
    const state = noseHooverInit(objective, {
      masses: [50],
      velocities: [3, 0, 0],
      fixed: [0, 1, 1],
      dof: 1,
      chainLength: 4,
    });
    // ω = 13.9/ps: a period of 0.45 ps
    const all = { timestep: 0.01, temperature: 300, relaxation: 0.08 };
    const kT = boltzmann * 300;
    const x: number[] = [];
    const v: number[] = [];
    const squares: number[][] = [[], []];
    for (let i = 0; i < 600000; i++) {
      noseHooverStep(objective, state, all);
      squares[0].push((stiffness * objective.x[0] ** 2) / kT);
      squares[1].push((2 * kinetic(state)) / kT);
      if (i % 1500 === 0) {
        x.push(objective.x[0] * Math.sqrt(stiffness / kT));
        v.push(state.velocities[0] * Math.sqrt(50 / kT / forceToAcceleration));
      }
    }
    for (const s of squares) expect(Math.abs(mean(s) - 1), `${mean(s)}`).toBeLessThan(4 * blockError(s) + 0.005);
    expect(kolmogorovSmirnov(x, normalP)).toBeGreaterThan(0.01);
    expect(kolmogorovSmirnov(v, normalP)).toBeGreaterThan(0.01);
  });

  it('give an anharmonic crystal the Gamma(dof/2) kinetic energy', () => {
    const n = 4;
    const objective = oscillators(
      Float64Array.from({ length: 3 * n }, (_, i) => 0.05 * Math.cos(3 * i)),
      Float64Array.from({ length: 3 * n }, (_, i) => 0.4 + 0.1 * i),
      20,
    );
    const masses = new Float64Array(n).fill(50);
    const state = noseHooverInit(objective, { masses, velocities: new Float64Array(3 * n), dof: 3 * n });
    const samples: number[] = [];
    for (let i = 0; i < 200000; i++) {
      noseHooverStep(objective, state, { timestep: 0.005, temperature: 300, relaxation: 0.05 });
      if (i >= 2000 && i % 500 === 0) samples.push(kinetic(state) / (boltzmann * 300));
    }
    expect(kolmogorovSmirnov(samples, (k) => gammaP(1.5 * n, k))).toBeGreaterThan(0.01);
  });

  it('refuse zero temperature and nothing to move', () => {
    const { objective, particles } = argonStart();
    const state = noseHooverInit(objective, particles);
    expect(() => noseHooverStep(objective, state, { timestep: 0.001, temperature: 0 })).toThrow(InputError);
    expect(() => noseHooverInit(objective, { ...particles, fixed: new Uint8Array(96).fill(1) })).toThrow(InputError);
    expect(() => noseHooverInit(objective, { ...particles, chainLength: 0 })).toThrow(InputError);
  });
});

describe.each(['iso', 'aniso'] as const)('constant pressure, %s', (coupling) => {
  const options = { temperature: 40, pressure: 0.001, relaxation: 0.1, cellRelaxation: 0.4 };

  it('conserves its invariant to second order while the cell moves', () => {
    const errors = [0.008, 0.004, 0.002].map((timestep) => {
      const { objective, particles } = argonStart();
      const before = volumeOf(objective);
      let moved = 0;
      const state = nptInit(objective, { ...particles, coupling });
      const all = { ...options, timestep };
      const error = drift(
        0.8,
        timestep,
        () => nptInvariant(objective, state, all),
        () => {
          nptStep(objective, state, all);
          moved = Math.max(moved, Math.abs(volumeOf(objective) / before - 1));
        },
      );
      expect(moved).toBeGreaterThan(0.01);
      return error;
    });
    expectSecondOrder(errors);
  });

  it('comes back when all velocities turn round', () => {
    const { objective, particles } = argonStart();
    const start = [...objective.x, ...objective.cell];
    const state = nptInit(objective, { ...particles, coupling });
    const all = { ...options, timestep: 0.004 };
    for (let i = 0; i < 100; i++) nptStep(objective, state, all);
    const chains = [state.chain, ...state.cellChains].map(({ velocities }) => velocities);
    for (const v of [state.velocities, state.rates, ...chains]) {
      for (let i = 0; i < v.length; i++) v[i] *= -1;
    }
    for (let i = 0; i < 100; i++) nptStep(objective, state, all);
    const end = [...objective.x, ...objective.cell];
    expect(Math.max(...end.map((x, i) => Math.abs(x - start[i])))).toBeLessThan(1e-8);
  });

  it('a perfect gas has V ~ Gamma(N) kT/P (momentum zero), whatever the shape of the cell does', () => {
    const n = 12;
    const kT = boltzmann * 300;
    const pressure = 1e-4;
    const masses = new Float64Array(n).fill(20);
    const objective = perfectGas(n, (n * kT) / pressure);
    const state = nptInit(objective, { masses, velocities: maxwellBoltzmann(masses, 300, 2n), coupling });
    expect(state.dof).toBe(3 * n - 3);
    const all = { timestep: 0.02, temperature: 300, pressure, relaxation: 0.3, cellRelaxation: 0.5 };
    const volumes: number[] = [];
    const kinetics: number[] = [];
    const every: number[] = [];
    for (let i = 0; i < 200000; i++) {
      nptStep(objective, state, all);
      const v = (pressure * Math.abs(determinant(objective.cell))) / kT;
      every.push(v);
      if (i >= 5000 && i % 500 === 0) {
        volumes.push(v);
        kinetics.push(kinetic(state) / kT);
      }
    }
    expect(Math.abs(mean(every) - n), `${mean(every)} ± ${blockError(every)}`).toBeLessThan(4 * blockError(every));
    expect(blockError(every)).toBeLessThan(0.1);
    expect(kolmogorovSmirnov(volumes, (v) => gammaP(n, v))).toBeGreaterThan(0.01);
    expect(kolmogorovSmirnov(kinetics, (k) => gammaP((3 * n - 3) / 2, k))).toBeGreaterThan(0.01);
  });

  it('brings a crystal to the pressure asked for', () => {
    const { objective, particles } = argonStart(0, 80);
    const state = nptInit(objective, { ...particles, coupling });
    const all = { ...options, timestep: 0.005 };
    const pressures: number[] = [];
    for (let i = 0; i < 1600; i++) {
      nptStep(objective, state, all);
      if (i >= 300) pressures.push(pressureOf(objective, state));
    }
    expect(Math.abs(mean(pressures) - 0.001), `${mean(pressures)}`).toBeLessThan(4 * blockError(pressures, 10));
    expect(blockError(pressures, 10)).toBeLessThan(3e-4);
  });

  it('held atoms ride with the cell, and the tilt keeps its proportion', () => {
    const { objective, particles } = argonStart();
    const fixed = new Uint8Array(96).fill(1, 0, 6);
    const before = fractional(objective);
    const state = nptInit(objective, { ...particles, coupling, fixed });
    for (let i = 0; i < 50; i++) nptStep(objective, state, { ...options, timestep: 0.004 });
    const after = fractional(objective);
    for (let i = 0; i < 6; i++) expect(after[i]).toBeCloseTo(before[i], 12);
    expect(Math.abs(after[8] - before[8])).toBeGreaterThan(1e-5);
    expect(objective.cell[3] / objective.cell[0]).toBeCloseTo(0.05, 12);
  });
});

describe('a cell on springs, aniso', () => {
  it('samples its three lengths as Gaussians, though their motions have one frequency', () => {
    // gas and U = ½ Σ K ε², ε = ln(L/L0): at P = 0 the density of ε is exp(N Σε − U/kT), mean N kT/K, variance kT/K
    const [n, stiffness, temperature] = [12, 400, 300];
    const kT = boltzmann * temperature;
    const edge = 20;
    const strains = (cell: ArrayLike<number>) => [0, 4, 8].map((k) => Math.log(cell[k] / edge));
    const objective = perfectGas(n, edge ** 3);
    objective.evaluate = () => {
      const strain = strains(objective.cell);
      for (let k = 0; k < 3; k++) objective.virial[k] = -stiffness * kT * strain[k];
      return 0.5 * stiffness * kT * strain.reduce((sum, e) => sum + e * e, 0);
    };
    const masses = new Float64Array(n).fill(20);
    const state = nptInit(objective, { masses, velocities: new Float64Array(3 * n), coupling: 'aniso' });
    const options = { timestep: 0.01, temperature, pressure: 0, relaxation: 0.1, cellRelaxation: 0.5 };
    const series: number[][] = [[], [], []];
    for (let i = 0; i < 120_000; i++) {
      // a gas would keep the direction of its velocities for ever
      if (i % 100 === 0) state.velocities.set(maxwellBoltzmann(masses, temperature, BigInt(i), { exact: false }));
      nptStep(objective, state, options);
      if (i > 2000) strains(objective.cell).forEach((e, k) => void series[k].push(e));
    }
    for (const values of series) {
      const centre = n / stiffness;
      const squares = values.map((e) => stiffness * (e - centre) ** 2);
      expect(Math.abs(mean(values) / centre - 1), 'mean').toBeLessThan(4 * (blockError(values) / centre));
      expect(Math.abs(mean(squares) - 1), `${mean(squares)} ± ${blockError(squares)}`).toBeLessThan(
        4 * blockError(squares),
      );
      expect(blockError(squares)).toBeLessThan(0.05);
    }
  });
});

describe.each(['nhc', 'npt'] as const)('along a ramp of temperature and pressure, %s', (ensemble) => {
  it('conserves its invariant to second order once the work of the targets is taken off', () => {
    let work = 0;
    const errors = [0.008, 0.004, 0.002].map((timestep) => {
      const { objective, particles } = argonStart();
      const state = dynamicsInit(ensemble, objective, particles);
      const steps = Math.round(0.8 / timestep);
      const at = (step: number) => ({
        timestep,
        temperature: 40 + (20 * step) / steps,
        pressure: 0.001 + (0.002 * step) / steps,
        relaxation: 0.1,
        cellRelaxation: 0.5,
        friction: 0,
        seed: 1n,
      });
      const error = drift(
        0.8,
        timestep,
        () => dynamicsInvariant(objective, state, at(state.step)),
        () => {
          retarget(objective, state, at(state.step), at(state.step + 1));
          dynamicsStep(objective, state, at(state.step + 1));
        },
      );
      work = 'work' in state ? state.work : 0;
      return error;
    });
    expectSecondOrder(errors);
    expect(Math.abs(work)).toBeGreaterThan(20 * errors[2]);
  });
});

describe('constant pressure refuses', () => {
  it('a cell without volume, and stops when the cell runs away', () => {
    const { objective, particles } = argonStart();
    const state = nptInit(objective, particles);
    const wild = { timestep: 0.004, temperature: 40, pressure: 1e6, cellRelaxation: 0.01 };
    expect(() => nptStep(objective, state, wild)).toThrow(PhysicsError);
    objective.setCell([1, 0, 0, 0, 1, 0, 0, 0, 0]);
    expect(() => nptInit(objective, particles)).toThrow(InputError);
  });
});
