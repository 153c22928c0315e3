import { describe, expect, it } from 'vitest';
import { InputError, PhysicsError } from '../src/data/errors.ts';
import type { Objective } from '../src/data/objective.ts';
import { fillGauss } from '../src/data/rng.ts';
import { fmax } from '../src/methods/fmax.ts';
import { hold } from '../src/methods/hold.ts';
import {
  type MinimizerState,
  minimize,
  minimizerInit,
  minimizerStep,
  minimizers,
  minimizing,
} from '../src/methods/minimize.ts';
import { strained } from '../src/methods/strain.ts';
import { argon, lennardJones, oscillators, pairSystem } from './support/objectives.ts';

function noise(size: number, seed: bigint): Float64Array {
  const g = new Float64Array(size);
  fillGauss(g, seed, 'trials', 0);
  return g;
}

/** ½ (x−c)ᵀ A (x−c), A = B Bᵀ + diagonal from 1 to 50, fully coupled; minimum at c. */
function quadratic(x: Float64Array, seed: bigint): Objective & { center: Float64Array } {
  const n = x.length;
  const b = noise(n * n, seed);
  const center = noise(n, seed + 1000n);
  const f = new Float64Array(n);
  const a = Array.from({ length: n }, (_, i) =>
    Array.from({ length: n }, (_, j) => {
      let sum = i === j ? 50 ** (i / (n - 1)) : 0;
      for (let k = 0; k < n; k++) sum += b[i * n + k] * b[j * n + k];
      return sum;
    }),
  );
  const evaluate = () => {
    for (let i = 0; i < n; i++) f[i] = -a[i].reduce((sum, aij, j) => sum + aij * (x[j] - center[j]), 0);
    return -0.5 * f.reduce((sum, fi, i) => sum + fi * (x[i] - center[i]), 0);
  };
  return { x, f, evaluate, center };
}

function rosenbrock(x: Float64Array): Objective {
  const f = new Float64Array(2);
  const evaluate = () => {
    const a = 1 - x[0];
    const b = x[1] - x[0] * x[0];
    f[0] = 2 * a + 400 * b * x[0];
    f[1] = -200 * b;
    return a * a + 100 * b * b;
  };
  return { x, f, evaluate };
}

const unit = [1, 0, 0, 0, 1, 0, 0, 0, 1];

function rattledArgon() {
  const objective = argon(2, 0.05);
  noise(96, 4n).forEach((g, i) => {
    objective.x[i] += 0.25 * g;
  });
  return objective;
}

describe('fmax', () => {
  it('is the largest length of a force', () => {
    expect(fmax([3, 4, 0, 0, 0, -4.5])).toBe(5);
    expect(fmax([0, 0, 0, 0, 3, 4, 6])).toBe(6);
    expect(fmax([])).toBe(0);
    expect(fmax([1, Number.NaN, 0])).toBeNaN();
  });
});

describe.each(minimizers)('%s', (method) => {
  it('finds the minimum of a coupled quadratic form from 100 starts', () => {
    for (let seed = 1n; seed <= 100n; seed++) {
      const objective = quadratic(noise(12, seed + 5000n), seed % 10n);
      const end = minimize(objective, method, { fmax: 1e-8 });
      expect(end).toMatchObject({ status: 'converged', criterion: 'fmax' });
      expect(Math.max(...objective.x.map((x, i) => Math.abs(x - objective.center[i])))).toBeLessThan(1e-7);
    }
  });

  it('finds the minimum of the Rosenbrock valley', () => {
    for (let seed = 1n; seed <= (method === 'fire' ? 3n : 100n); seed++) {
      const objective = rosenbrock(noise(2, seed));
      const end = minimize(objective, method, { fmax: 1e-8, steps: 30000 });
      expect(end.criterion).toBe('fmax');
      for (const x of objective.x) expect(x).toBeCloseTo(1, 6);
    }
  });

  it('finds the regular tetrahedron of four atoms from rough starts', () => {
    const pair = lennardJones(0.4, 2.3, 8);
    // the pair's own minimum by bisection of its derivative
    let [a, b] = [2.3, 3.2];
    while (b - a > 1e-13) {
      const m = 0.5 * (a + b);
      if (pair.at(m * m)[1] < 0) a = m;
      else b = m;
    }
    for (let seed = 1n; seed <= 10n; seed++) {
      const x = noise(12, seed).map((g, i) => 0.4 * g + [0, 0, 0, 2, 2, 0, 2, 0, 2, 0, 2, 2][i]);
      const objective = pairSystem(x, unit, pair, 0);
      const end = minimize(objective, method, { fmax: 1e-9 });
      expect(end.criterion).toBe('fmax');
      expect(end.energy).toBeCloseTo(6 * pair.at(a * a)[0], 12);
    }
  });

  it('brings a rattled crystal back, to 1e-8 and to rounding', () => {
    const objective = rattledArgon();
    const end = minimize(objective, method, { fmax: 1e-8 });
    expect(end).toMatchObject({ status: 'converged', criterion: 'fmax' });
    const perfect = argon(2, 0.05);
    expect(end.energy).toBeCloseTo(perfect.evaluate(), 12);
    expect(fmax(objective.f)).toBe(end.fmax);
    expect(minimize(objective, method, { fmax: 1e-14 }).fmax).toBeLessThan(1e-14);
  });

  it('stops with "stalled" where rounding hides the minimum, and with "steps" at the limit', () => {
    const inner = rattledArgon();
    const f = new Float64Array(96);
    const coarse: Objective = {
      x: inner.x,
      f,
      evaluate() {
        const energy = inner.evaluate();
        // a force known to 1e-5 only: the rest is a hash of the last bits of x
        const bits = new Int32Array(inner.x.slice().buffer);
        for (let i = 0; i < 96; i++) {
          const hash = Math.imul(bits[2 * i] ^ Math.imul(bits[2 * i + 1], 0x9e3779b1), 0x85ebca6b);
          f[i] = inner.f[i] + (1e-5 * (hash ^ (hash >>> 13))) / 2 ** 31;
        }
        return Math.round(energy * 1e9) / 1e9;
      },
    };
    const end = minimize(coarse, method, { fmax: 1e-8, steps: 100000 });
    expect(end).toMatchObject({ status: 'limit', criterion: 'stalled' });
    expect(end.reason).toMatch(/double precision/);
    expect(end.fmax).toBeLessThan(1e-3);
    expect(end.evaluations).toBeLessThan(4000);
    const short = minimize(rattledArgon(), method, { fmax: 1e-8, steps: 3 });
    expect(short).toMatchObject({ status: 'limit', criterion: 'steps', steps: 3 });
  });

  it('counts evaluations, never steps too far, and needs no step at a minimum', () => {
    const inner = rattledArgon();
    let calls = 0;
    const counted: Objective = {
      x: inner.x,
      f: inner.f,
      evaluate: () => {
        calls++;
        return inner.evaluate();
      },
    };
    let last = inner.x.slice();
    const end = minimize(counted, method, {
      fmax: 1e-6,
      maxStep: 0.05,
      onStep: () => {
        expect(fmax(inner.x.map((x, i) => x - last[i]))).toBeLessThan(0.05 * (method === 'fire' ? 1.5 : 1 + 1e-9));
        last = inner.x.slice();
      },
    });
    expect(end.evaluations).toBe(calls);
    expect(minimize(counted, method, { fmax: 1e-6 })).toMatchObject({ steps: 0, evaluations: 1 });
  });

  it('leaves held components alone', () => {
    const objective = rattledArgon();
    const fixed = new Uint8Array(96);
    for (const i of [0, 1, 2, 7, 95]) fixed[i] = 1;
    const start = objective.x.slice();
    const end = minimize(hold(objective, fixed), method, { fmax: 1e-7 });
    expect(end.criterion).toBe('fmax');
    for (let i = 0; i < 96; i++) expect(objective.x[i] === start[i]).toBe(fixed[i] === 1);
    for (let i = 0; i < 96; i++) if (!fixed[i]) expect(Math.abs(objective.f[i])).toBeLessThan(1e-7);
    expect(fmax(objective.f)).toBeGreaterThan(1e-3);
  });

  it.each(['fixed cell', 'full cell'])('goes on with the same bits after any stop, %s', (kind) => {
    const begin = () => {
      const inner = rattledArgon();
      return kind === 'fixed cell' ? inner : strained(inner, { mode: 'full', pressure: 0.002 });
    };
    const objective = begin();
    const saved: { x: Float64Array; state: MinimizerState }[] = [];
    let state = minimizerInit(objective, method);
    for (let i = 0; i < 40; i++) {
      if ([0, 1, 5, 22, 39].includes(i)) saved.push({ x: objective.x.slice(), state: structuredClone(state) });
      state = minimizerStep(objective, state);
    }
    for (const stop of saved) {
      const fresh = begin();
      fresh.x.set(stop.x);
      fresh.evaluate();
      while (stop.state.step < 40) minimizerStep(fresh, stop.state);
      expect(stop.state).toEqual(state);
      expect([...fresh.x, ...fresh.f]).toEqual([...objective.x, ...objective.f]);
    }
  });

  it('stays put where there is no force at all', () => {
    const flat = oscillators([1, 2, 3], [0, 0, 0]);
    expect(minimize(flat, method, { fmax: 1e-8 })).toMatchObject({ criterion: 'fmax', steps: 0 });
    const held = hold(oscillators([1, 2, 3], [1, 1, 1]), [1, 1, 1]);
    expect(minimize(held, method, { fmax: 0 })).toMatchObject({ criterion: 'fmax', steps: 0 });
    minimizerStep(flat, minimizerInit(flat, method));
    expect([...flat.x]).toEqual([1, 2, 3]);
  });
});

describe('line search', () => {
  it.each(['cg', 'lbfgs'] as const)('%s backs off where the energy cannot be computed', (method) => {
    // E = −ln x + x: not defined for x <= 0; the first steps of 0.2 Å leave the domain
    const x = Float64Array.of(0.02, 0, 0);
    const f = new Float64Array(3);
    const domain: Objective = {
      x,
      f,
      evaluate() {
        if (x[0] <= 0) throw new PhysicsError('outside');
        f[0] = 1 / x[0] - 1;
        return x[0] - Math.log(x[0]);
      },
    };
    expect(minimize(domain, method, { fmax: 1e-8 }).criterion).toBe('fmax');
    expect(x[0]).toBeCloseTo(1, 7);
    x[0] = 3;
    expect(minimize(domain, method, { fmax: 1e-8, maxStep: 5 }).criterion).toBe('fmax');
    expect(x[0]).toBeCloseTo(1, 7);
  });
});

describe('rounding of an energy that is the small sum of large terms', () => {
  it.each(minimizers)('%s still reaches the minimum', (method) => {
    const x = Float64Array.of(1, -2, 3, 2, 1, -1).map((u) => 1e-8 * u);
    const f = new Float64Array(6);
    const stiff = [1, 2, 5, 9, 14, 20];
    const noisy: Objective = {
      x,
      f,
      evaluate() {
        let [energy, noise] = [0, 0];
        for (let i = 0; i < 6; i++) {
          f[i] = -stiff[i] * x[i];
          energy -= 0.5 * f[i] * x[i];
          noise += Math.sin(1e12 * x[i]);
        }
        return energy + 1e-13 * noise;
      },
    };
    expect(minimize(noisy, method, { fmax: 1e-10 }).criterion).toBe('fmax');
  });
});

describe('minimizing', () => {
  it('yields every state, can be left and taken up again', () => {
    const objective = rattledArgon();
    const steps: number[] = [];
    let kept: MinimizerState | undefined;
    for (const state of minimizing(objective, 'cg', { fmax: 1e-8 })) {
      steps.push(state.step);
      if (state.step === 5) {
        kept = structuredClone(state);
        break;
      }
    }
    expect(steps).toEqual([0, 1, 2, 3, 4, 5]);
    const end = minimize(objective, 'cg', { fmax: 1e-8, state: kept });
    const whole = minimize(rattledArgon(), 'cg', { fmax: 1e-8 });
    expect(end).toEqual(whole);
  });

  it('refuses a negative fmax, wrong steps and lengths', () => {
    for (const bad of [{ fmax: -1 }, { fmax: Number.NaN }, { fmax: 1, steps: 1.5 }, { fmax: 1, maxStep: 0 }]) {
      expect(() => minimize(rattledArgon(), 'cg', bad)).toThrow(InputError);
    }
  });
});
