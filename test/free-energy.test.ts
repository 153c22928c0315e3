/** References, walls, checks and the whole of a free energy, against closed forms and independent numbers. */
import { beforeAll, describe, expect, it } from 'vitest';
import { vacancy } from '../src/data/defects.ts';
import { lattice } from '../src/data/lattice.ts';
import { fillGauss, uniform } from '../src/data/rng.ts';
import { repeat } from '../src/data/supercell.ts';
import { boltzmann, forceToAcceleration, hbar } from '../src/data/units.ts';
import { createEngine, type Engine } from '../src/engine/engine.ts';
import { drawReference } from '../src/free-energy/draws.ts';
import { einsteinReference } from '../src/free-energy/einstein.ts';
import { estimate } from '../src/free-energy/estimate.ts';
import { harmonicReference } from '../src/free-energy/harmonic.ts';
import { type PrepareOptions, prepare } from '../src/free-energy/prepare.ts';
import type { Reference } from '../src/free-energy/reference.ts';
import {
  restoreSampling,
  type SamplingOptions,
  samplingDefaults,
  saveSampling,
  startSampling,
  stepSampling,
  takeRecords,
} from '../src/free-energy/sampling.ts';
import { modelTarget } from '../src/free-energy/target.ts';
import { centreOfMass, totalFreeEnergy } from '../src/free-energy/total.ts';
import { violated, violationBound, wallsOf } from '../src/free-energy/walls.ts';
import { loadEmbedded } from '../src/io/embedded.ts';
import { symmetricOperator } from '../src/linalg/symmetric.ts';
import { long, needsLong } from './support/long.ts';

let engine: Engine;
beforeAll(async () => {
  engine = await createEngine();
});

const a0 = 2.85531274900052;
const iron = (cells: number) => repeat(lattice({ kind: 'bcc', a: a0, elements: ['Fe'] }), [cells, cells, cells]);
const potential = () => loadEmbedded('Fe-Ackland-2004');
const kT = 300 * boltzmann;

function optionsOf(steps: number, temperature: number, more: Partial<SamplingOptions> = {}): SamplingOptions {
  return {
    ...samplingDefaults,
    temperature,
    steps,
    seed: 7n,
    blockSteps: Math.min(500, steps / 100),
    equilibration: steps / 10,
    ...more,
  };
}

/** Random symmetric positive matrix of atoms, invariant under translations. */
function springs(n: number, seed: bigint): Float64Array {
  const m = 3 * n;
  const h = new Float64Array(m * m);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < i; j++) {
      for (let c = 0; c < 3; c++) {
        const k = 0.5 + uniform(seed, 'trials', 0, (i * n + j) * 3 + c);
        for (const [a, b] of [
          [i, j],
          [j, i],
        ]) {
          h[(3 * a + c) * m + 3 * b + c] -= k;
          h[(3 * a + c) * m + 3 * a + c] += k;
        }
      }
    }
  }
  return h;
}

describe('symmetric operator', () => {
  it.each([1, 2, 3, 4, 7, 12, 31])('n = %i: the product written out', (n) => {
    const a = new Float64Array(n * n);
    for (let i = 0; i < n; i++) {
      for (let j = 0; j <= i; j++) {
        a[i * n + j] = uniform(1n, 'trials', n, i * n + j) - 0.5;
        a[j * n + i] = a[i * n + j];
      }
    }
    const operator = symmetricOperator(engine, a);
    fillGauss(operator.input, 2n, 'trials', n);
    operator.multiply();
    operator.multiply();
    for (let i = 0; i < n; i++) {
      let sum = 0;
      for (let j = 0; j < n; j++) sum += a[i * n + j] * operator.input[j];
      expect(Math.abs(operator.output[i] - sum)).toBeLessThan(1e-14 * n);
    }
  });
});

describe('einstein reference', () => {
  const n = 16;
  const x0 = Float64Array.from({ length: 3 * n }, (_, k) => k / 7);
  const masses = new Float64Array(n).fill(55.845);
  const make = (k: number) => einsteinReference({ x0, energy: -3, stiffness: new Float64Array(n).fill(k), masses });

  it('Fe with k = 5 eV/Å²: ħω = 19.34591 meV, −7.494668 meV for each of 3N − 3 modes at 300 K', () => {
    expect(Math.abs(1000 * hbar * Math.sqrt((5 * forceToAcceleration) / 55.845) - 19.34591)).toBeLessThan(2e-5);
    const reference = make(5);
    expect(reference.modes).toBe(3 * n - 3);
    expect(Math.abs((1000 * (reference.freeEnergy(300) + 3)) / reference.modes - -7.494668)).toBeLessThan(2e-6);
  });

  it('k → 2k: (3N − 3)/2 k_B T ln 2', () => {
    const difference = make(10).freeEnergy(300) - make(5).freeEnergy(300);
    expect(Math.abs(difference / (0.5 * (3 * n - 3) * kT * Math.log(2)) - 1)).toBeLessThan(1e-12);
  });

  it('any stiffnesses and masses: free energy, energy, forces and variance of the dense harmonic form', () => {
    const stiffness = Float64Array.from({ length: n }, (_, i) => 2 + i / 3);
    const different = Float64Array.from({ length: n }, (_, i) => 10 + 5 * i);
    const total = different.reduce((sum, m) => sum + m, 0);
    const einstein = einsteinReference({ x0, energy: 1, stiffness, masses: different });
    const hessian = new Float64Array(9 * n * n);
    // ½ Σ k (u − ū)², ū = Σ m u/M, written out
    for (let i = 0; i < n; i++) {
      for (let j = 0; j < n; j++) {
        let value = 0;
        for (let a = 0; a < n; a++) {
          const left = (a === i ? 1 : 0) - different[i] / total;
          const right = (a === j ? 1 : 0) - different[j] / total;
          value += stiffness[a] * left * right;
        }
        for (let c = 0; c < 3; c++) hessian[(3 * i + c) * 3 * n + 3 * j + c] = value;
      }
    }
    const each = Float64Array.from({ length: 3 * n }, (_, k) => different[Math.floor(k / 3)]);
    const dense = harmonicReference(engine, { x0, energy: 1, hessian, masses: each, invariant: true });
    expect(dense.freeEnergy(300)).toBeCloseTo(einstein.freeEnergy(300), 10);
    const x = new Float64Array(3 * n);
    einstein.sample?.(1n, 5, 300, x);
    const [f, g] = [new Float64Array(3 * n), new Float64Array(3 * n)];
    expect(einstein.evaluate(x, f)).toBeCloseTo(dense.evaluate(x, g), 10);
    f.forEach((value, k) => {
      expect(value).toBeCloseTo(g[k], 10);
    });
    expect(einstein.variance?.(3, [0, 0, 1])).toBeCloseTo(dense.variance?.(3, [0, 0, 1]) ?? 0, 12);
  });
});

describe('harmonic reference', () => {
  const n = 5;
  const m = 3 * n;
  const x0 = Float64Array.from({ length: m }, (_, k) => k);
  const masses = Float64Array.from({ length: m }, (_, k) => 10 + Math.floor(k / 3));
  const make = (hessian: Float64Array) =>
    harmonicReference(engine, { x0, energy: 0.5, hessian, masses, invariant: true });

  it('forces are minus the gradient; a translation costs nothing', () => {
    const reference = make(springs(n, 1n));
    const x = x0.slice();
    reference.sample?.(1n, 0, 300, x);
    const f = new Float64Array(m);
    const rest = new Float64Array(m);
    const energy = reference.evaluate(x, f);
    for (let k = 0; k < m; k++) {
      const side = (h: number) =>
        reference.evaluate(
          x.map((value, i) => (i === k ? value + h : value)),
          rest,
        );
      expect(Math.abs((side(-1e-4) - side(1e-4)) / 2e-4 - f[k])).toBeLessThan(1e-8);
    }
    expect(
      reference.evaluate(
        x.map((value) => value + 0.7),
        rest,
      ),
    ).toBeCloseTo(energy, 10);
  });

  it('draws: the centre of mass stays, ⟨U⟩ = U0 + (3N − 3)/2 k_B T, and the variance along a direction', () => {
    const reference = make(springs(n, 1n));
    const x = new Float64Array(m);
    const f = new Float64Array(m);
    const count = 4000;
    let [sum, square] = [0, 0];
    for (let index = 0; index < count; index++) {
      reference.sample?.(3n, index, 300, x);
      for (let c = 0; c < 3; c++) {
        let centre = 0;
        for (let k = c; k < m; k += 3) centre += masses[k] * (x[k] - x0[k]);
        expect(Math.abs(centre)).toBeLessThan(1e-12);
      }
      sum += reference.evaluate(x, f);
      square += (x[4] - x0[4]) ** 2;
    }
    const modes = m - 3;
    const expected = 0.5 + 0.5 * modes * kT;
    expect(Math.abs(sum / count - expected)).toBeLessThan(4 * kT * Math.sqrt(modes / 2 / count));
    const variance = kT * (reference.variance?.(1, [0, 1, 0]) ?? 0);
    expect(Math.abs(square / count / variance - 1)).toBeLessThan(4 * Math.sqrt(2 / count));
  });

  it('→ another Hessian: ½ k_B T Σ ln(λ′/λ); → itself: 0 exactly', () => {
    const soft = make(springs(n, 1n));
    const stiff = make(springs(n, 1n).map((h) => 1.3 * h));
    const exact = stiff.freeEnergy(300) - soft.freeEnergy(300);
    expect(exact).toBeCloseTo(0.5 * (m - 3) * kT * Math.log(1.3), 12);
    const found = run(soft, stiff, optionsOf(40_000, 300, { timestep: 0.004 }));
    expect(found.passed).toBe(true);
    expect(Math.abs(found.deltaA - exact)).toBeLessThan(3 * found.error);
    const same = run(soft, soft, optionsOf(2000, 300));
    expect([same.deltaA, same.error]).toEqual([0, 0]);
  });

  it('refuses a saddle and names the mode', () => {
    const hessian = springs(n, 1n);
    for (let c = 0; c < 3; c++) {
      for (const [i, j] of [
        [0, 1],
        [1, 0],
      ]) {
        hessian[(3 * i + c) * m + 3 * j + c] += 4;
        hessian[(3 * i + c) * m + 3 * i + c] -= 4;
      }
    }
    expect(() => make(hessian)).toThrow(/not a minimum: a mode has ω² = -/);
  });

  /** Samples from `reference` to `end` as the target. */
  function run(reference: Reference, end: Reference, options: SamplingOptions) {
    const x = x0.slice();
    const f = new Float64Array(m);
    const target = modelTarget({ x, f, evaluate: () => end.evaluate(x, f) }, masses, true);
    const state = startSampling(target, reference, options);
    for (let i = 0; i < options.steps; i++) stepSampling(target, reference, state, options);
    return estimate(takeRecords(state), { ...options, modes: reference.modes });
  }
});

describe('walls', () => {
  it('of a vacancy: two shells around every atom, the empty site among them', () => {
    const cell = iron(4);
    const empty = Array.from(cell.positions.subarray(0, 3));
    const walls = wallsOf(vacancy(cell, 0));
    expect(walls.atom).toHaveLength(14 * 127);
    expect(walls.nearest).toBeCloseTo((a0 * Math.sqrt(3)) / 4, 10);
    // eight neighbours of the first shell have a plane towards the empty site
    const x0 = vacancy(cell, 0).positions;
    const towards = Array.from(walls.atom, (i, p) => {
      const reach = 2 * walls.limit[p];
      const at = [0, 1, 2].map((c) => x0[3 * i + c] + reach * walls.normal[3 * p + c] - empty[c]);
      return at.every((d) => Math.abs(d - 4 * a0 * Math.round(d / (4 * a0))) < 1e-9);
    });
    expect(towards.filter(Boolean)).toHaveLength(8 + 6);
    const x = x0.slice();
    expect(violated(walls, x, x0)).toBe(-1);
    const p = towards.indexOf(true);
    for (let c = 0; c < 3; c++) x[3 * walls.atom[p] + c] += (walls.limit[p] + 0.01) * walls.normal[3 * p + c];
    expect(walls.atom[violated(walls, x, x0)]).toBe(walls.atom[p]);
  });

  it('the bound on their effect is above what draws find, and of its order', () => {
    const n = 4;
    const reference = einsteinReference({
      x0: new Float64Array(3 * n),
      energy: 0,
      stiffness: new Float64Array(n).fill(2),
      masses: new Float64Array(n).fill(50),
    });
    const sigma = Math.sqrt(kT * (reference.variance?.(0, [1, 0, 0]) ?? 0));
    const walls = {
      atom: Int32Array.of(0),
      normal: Float64Array.of(1, 0, 0),
      limit: Float64Array.of(2 * sigma),
      nearest: 0,
    };
    const bound = violationBound(walls, reference, 300);
    const x = new Float64Array(3 * n);
    let beyond = 0;
    for (let index = 0; index < 20_000; index++) {
      reference.sample?.(1n, index, 300, x);
      if (violated(walls, x, reference.x0) >= 0) beyond++;
    }
    expect(beyond / 20_000).toBeLessThan(bound);
    expect(beyond / 20_000).toBeGreaterThan(0.7 * bound);
    // Φ(−2)
    expect(Math.abs(beyond / 20_000 - 0.02275)).toBeLessThan(4 * Math.sqrt(0.02275 / 20_000));
  });

  it('restrict the motion to their side, are counted and leave the centre of mass alone', () => {
    const n = 3;
    const masses = new Float64Array(3 * n).fill(50);
    const reference = einsteinReference({
      x0: new Float64Array(3 * n),
      energy: 0,
      stiffness: new Float64Array(n).fill(2),
      masses: new Float64Array(n).fill(50),
    });
    const limit = Math.sqrt(kT / 2);
    const walls = {
      atom: Int32Array.of(1),
      normal: Float64Array.of(0, 1, 0),
      limit: Float64Array.of(limit),
      nearest: 0,
    };
    const x = new Float64Array(3 * n);
    const f = new Float64Array(3 * n);
    const target = { ...modelTarget({ x, f, evaluate: () => reference.evaluate(x, f) }, masses, true), walls };
    const options = optionsOf(3000, 300, { timestep: 0.005 });
    const state = startSampling(target, reference, options);
    for (let i = 0; i < options.steps; i++) {
      stepSampling(target, reference, state, options);
      expect(x[4]).toBeLessThanOrEqual(limit);
      expect(Math.abs(x[1] + x[4] + x[7])).toBeLessThan(1e-10);
    }
    const found = estimate(takeRecords(state), { ...options, modes: reference.modes });
    const check = found.checks.find(({ name }) => name === 'reflections');
    expect(check?.passed).toBe(false);
    expect(check?.advice).toMatch(/first at step \d+ of replica 0, atom 1/);
  });
});

function sample(
  cells: number,
  steps: number,
  temperature: number,
  options: Partial<PrepareOptions> & { empty?: boolean },
) {
  const atoms = options.empty ? vacancy(iron(cells), 0) : iron(cells);
  const prepared = prepare(engine, atoms, potential(), {
    reference: { kind: 'harmonic' },
    relax: true,
    temperature,
    ...options,
  });
  const { target, reference } = prepared;
  const choice = optionsOf(steps, temperature);
  const drawn = drawReference(target, reference, { seed: 7n, temperature, draws: 300 });
  const state = startSampling(target, reference, choice);
  for (let i = 0; i < steps; i++) stepSampling(target, reference, state, choice);
  const records = [...(drawn ? [drawn] : []), ...takeRecords(state)];
  const found = estimate(records, { ...choice, modes: reference.modes });
  return { prepared, found, total: totalFreeEnergy(found, prepared, { temperature, atoms: atoms.numbers.length }) };
}

describe('bcc iron', () => {
  it('same bits after restoring into a fresh system, reflections and neighbour lists included', async () => {
    const atoms = vacancy(iron(3), 0);
    const choice = { reference: { kind: 'harmonic' as const }, relax: true, skin: 0.3 };
    const options = optionsOf(300, 900, { blockSteps: 40, equilibration: 0 });
    const whole = prepare(engine, atoms, potential(), choice);
    const state = startSampling(whole.target, whole.reference, options);
    const checkpoints = new Map<number, ReturnType<typeof saveSampling>>();
    while (state.step < options.steps) {
      stepSampling(whole.target, whole.reference, state, options);
      if ([1, 79, 80, 201].includes(state.step))
        checkpoints.set(state.step, saveSampling(whole.target, whole.reference, state));
    }
    const records = takeRecords(state);
    const other = await createEngine();
    for (const saved of checkpoints.values()) {
      const { target, reference } = prepare(other, atoms, potential(), choice);
      const again = restoreSampling(target, reference, structuredClone(saved));
      while (again.step < options.steps) stepSampling(target, reference, again, options);
      expect(takeRecords(again)).toEqual(records);
      expect(target.objective.x).toEqual(whole.target.objective.x);
    }
  });

  it('an Einstein reference that is too soft is caught', () => {
    const { found } = sample(3, 3000, 300, { reference: { kind: 'einstein', k: 2 } });
    expect(found.passed).toBe(false);
    expect(found.checks.filter(({ passed }) => !passed).map(({ name }) => name)).toContain('coverage');
  });

  it('another potential as the reference: itself costs nothing, and needs its own free energy', () => {
    const known = { temperature: 300, value: -200, error: 0.01 };
    const reference = { kind: 'potential' as const, potential: potential(), known };
    const { prepared, found, total } = sample(3, 200, 300, { reference });
    expect(Math.abs(found.deltaA)).toBeLessThan(1e-9);
    expect([total.F, total.error]).toEqual([-200 + found.deltaA, Math.sqrt(found.error ** 2 + 0.01 ** 2)]);
    expect(() => prepared.reference.freeEnergy(310)).toThrow(/give the result of an earlier run/);
  });

  it('the term of the centre of mass: a free particle in the cell', () => {
    // λ of 1 amu at 300 K: 1.00775 Å
    const lambda = Math.sqrt((2 * Math.PI * hbar * hbar * forceToAcceleration) / kT);
    expect(Math.abs(lambda - 1.0075)).toBeLessThan(1e-3);
    const cell = Float64Array.of(2, 0, 0, 0, 3, 0, 0, 0, 4);
    expect(centreOfMass(Float64Array.of(0.5, 0.5), cell, 300)).toBeCloseTo(-kT * Math.log(24 / lambda ** 3), 12);
  });

  it('refuses a start that is no minimum', () => {
    const atoms = iron(2);
    atoms.positions[0] += 0.1;
    const choose: PrepareOptions = { reference: { kind: 'harmonic' } };
    expect(() => prepare(engine, atoms, potential(), choose)).toThrow(/not at a minimum: forces up to/);
  });
});

describe.skipIf(!long)(`bcc iron, 128 sites ${needsLong}`, () => {
  // spec/free-energy.md, 4.5: mean and standard error, eV; F_f harmonic and whole, mode matched
  const targets = [
    {
      T: 300,
      bulk: [-1.7709e-3 * 128, 0.009e-3 * 128],
      empty: [-0.24095, 0.0016],
      harmonic: 1.6558,
      whole: [1.6397, 0.002],
    },
    {
      T: 600,
      bulk: [-6.22e-3 * 128, 0.03e-3 * 128],
      empty: [-0.8295, 0.0046],
      harmonic: 1.5892,
      whole: [1.5496, 0.006],
    },
  ];

  it.each(targets)(
    '$T K: ΔA of both cells and F_f within three standard errors',
    ({ T, ...target }) => {
      const bulk = sample(4, 200_000, T, {});
      const empty = sample(4, 200_000, T, { empty: true });
      for (const [{ found }, [value, error]] of [
        [bulk, target.bulk],
        [empty, target.empty],
      ] as const) {
        expect(found.checks.filter(({ passed }) => !passed)).toEqual([]);
        expect(Math.abs(found.deltaA - value)).toBeLessThan(3 * Math.sqrt(found.error ** 2 + error ** 2));
      }
      const energy = empty.prepared.energy - (127 / 128) * bulk.prepared.energy;
      const vibrations = (one: typeof bulk) => one.total.harmonic - one.prepared.energy;
      const harmonic = energy + vibrations(empty) - (378 / 381) * vibrations(bulk);
      expect(Math.abs(harmonic - target.harmonic)).toBeLessThan(1.5e-3);
      const whole = harmonic + empty.found.deltaA - (127 / 128) * bulk.found.deltaA;
      const error = Math.sqrt(empty.found.error ** 2 + bulk.found.error ** 2 + target.whole[1] ** 2);
      expect(Math.abs(whole - target.whole[0])).toBeLessThan(3 * error);
      process.stdout.write(
        `${T} K: F_f harmonic ${harmonic.toFixed(4)} eV, whole ${whole.toFixed(4)} ± ${error.toFixed(4)} eV\n`,
      );
    },
    600_000,
  );
});
