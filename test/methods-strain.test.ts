import { describe, expect, it } from 'vitest';
import { multiply } from '../src/data/cell.ts';
import { InputError } from '../src/data/errors.ts';
import { fillGauss } from '../src/data/rng.ts';
import { fmax } from '../src/methods/fmax.ts';
import { minimize, minimizers } from '../src/methods/minimize.ts';
import { type StrainMode, strained } from '../src/methods/strain.ts';
import { argon, lennardJones, numericalForces, pairSystem, volumeOf } from './support/objectives.ts';

const modes: [StrainMode, number][] = [
  ['iso', 1],
  ['ortho', 3],
  ['full', 6],
];

/** Four atoms in a skewed cell, off their sites. */
function small() {
  const cell = [5.6, 0.2, -0.1, 0.4, 5.3, 0.3, -0.2, 0.5, 5.5];
  const s = [0.02, 0.01, 0.03, 0.05, 0.51, 0.47, 0.52, -0.02, 0.55, 0.46, 0.53, 0.04];
  const x = s.map((_, i) => {
    const b = i - (i % 3);
    return s[b] * cell[i % 3] + s[b + 1] * cell[3 + (i % 3)] + s[b + 2] * cell[6 + (i % 3)];
  });
  return pairSystem(x, cell, lennardJones(0.05, 3.4, 6.5), 2);
}

function noise(size: number, seed: bigint): Float64Array {
  const g = new Float64Array(size);
  fillGauss(g, seed, 'trials', 0);
  return g;
}

describe.each(modes)('strain as coordinates, %s', (mode, count) => {
  it('has forces that are minus the derivative of the enthalpy, in a deformed cell under pressure', () => {
    const inner = small();
    const objective = strained(inner, { mode, pressure: 0.03 });
    expect(objective.x.length).toBe(12 + Math.max(3, count));
    noise(objective.x.length, 9n).forEach((g, i) => {
      if (i < 12 + count) objective.x[i] += i < 12 ? 0.05 * g : 0.4 * g;
    });
    const energy = objective.evaluate();
    expect(energy - objective.work()).toBeCloseTo(inner.evaluate(), 12);
    expect(objective.work()).toBeCloseTo(0.03 * volumeOf(inner), 12);
    const exact = objective.f.slice();
    const numerical = numericalForces(objective);
    expect(fmax(exact.subarray(12))).toBeGreaterThan(0.05);
    for (let i = 0; i < exact.length; i++) expect(exact[i]).toBeCloseTo(numerical[i], 7);
  });

  it('is the plain objective at the start, and reads a cell back from its reference', () => {
    const inner = small();
    const energy = inner.evaluate();
    const plain = inner.f.slice();
    const objective = strained(inner, { mode });
    expect(objective.evaluate()).toBe(energy);
    expect([...objective.f.subarray(0, 12)]).toEqual([...plain]);
    noise(count, 3n).forEach((g, k) => {
      objective.x[12 + k] = 0.3 * g;
    });
    const deformed = objective.evaluate();
    const again = strained(inner, { mode, reference: objective.reference });
    again.x.forEach((x, i) => {
      expect(x).toBeCloseTo(objective.x[i], 12);
    });
    expect(again.evaluate()).toBeCloseTo(deformed, 12);
  });

  it('held components keep their place in the reference cell', () => {
    const inner = small();
    const fixed = new Uint8Array(12);
    fixed[4] = 1;
    fixed[9] = 1;
    const objective = strained(inner, { mode, fixed });
    const start = objective.x.slice();
    const end = minimize(objective, 'cg', { fmax: 1e-6 });
    expect(end.criterion).toBe('fmax');
    for (let i = 0; i < 12; i++) expect(objective.x[i] === start[i]).toBe(fixed[i] === 1);
    expect(objective.residual()).toBeLessThan(1e-6);
  });

  it.each(minimizers)('relaxes the cell of a crystal to the pressure, %s', (method) => {
    for (const pressure of [0, 0.005]) {
      const inner = small();
      const objective = strained(inner, { mode, pressure });
      const end = minimize(objective, method, { fmax: 1e-7 });
      expect(end).toMatchObject({ status: 'converged', criterion: 'fmax' });
      expect(fmax(inner.f)).toBeLessThan(1e-7);
      const stress = Array.from(inner.virial, (w) => w / volumeOf(inner));
      // residual: |σ + P| √n (V/n)^(2/3) <= fmax
      const bound = 1e-7 / (2 * (volumeOf(inner) / 4) ** (2 / 3));
      if (mode === 'iso') expect(Math.abs((stress[0] + stress[1] + stress[2]) / 3 - pressure)).toBeLessThan(bound);
      else for (let k = 0; k < 3; k++) expect(Math.abs(stress[k] - pressure)).toBeLessThan(bound);
      if (mode === 'full') for (let k = 3; k < 6; k++) expect(Math.abs(stress[k])).toBeLessThan(bound);
    }
  });
});

describe('relaxed cells', () => {
  it("an fcc crystal's lattice constant: the minimum of E(a) by golden section", () => {
    const energy = (a: number) => argon(1, 0, a * 2).evaluate();
    let [lo, hi] = [2.5, 2.9];
    for (let i = 0; i < 60; i++) {
      const [p, q] = [lo + 0.381966 * (hi - lo), lo + 0.618034 * (hi - lo)];
      if (energy(p) < energy(q)) hi = q;
      else lo = p;
    }
    const inner = argon(1, 0, 5.5);
    minimize(strained(inner, { mode: 'iso' }), 'cg', { fmax: 1e-9 });
    expect(inner.cell[0]).toBeCloseTo(lo + hi, 6);
    expect(inner.cell[1]).toBe(0);
  });

  it('full undoes a shear without turning the cell; ortho keeps angles of an upright one', () => {
    const inner = argon(1, 0.04);
    minimize(strained(inner, { mode: 'full' }), 'cg', { fmax: 1e-8 });
    const metric = multiply(
      inner.cell,
      [0, 3, 6, 1, 4, 7, 2, 5, 8].map((k) => inner.cell[k]),
    );
    for (const k of [1, 2, 5]) expect(Math.abs(metric[k])).toBeLessThan(1e-6);
    const upright = argon(1);
    minimize(strained(upright, { mode: 'ortho', pressure: 0.01 }), 'lbfgs', { fmax: 1e-8 });
    for (const k of [1, 2, 3, 5, 6, 7]) expect(upright.cell[k]).toBe(0);
  });

  it('refuses a cell without volume and a pressure that is no number', () => {
    const inner = small();
    expect(() => strained(inner, { mode: 'iso', pressure: Number.NaN })).toThrow(InputError);
    inner.setCell([5, 0, 0, 0, 5, 0, 0, 0, 0]);
    expect(() => strained(inner, { mode: 'iso' })).toThrow(InputError);
  });
});
