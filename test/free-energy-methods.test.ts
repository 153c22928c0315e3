import { describe, expect, it } from 'vitest';
import { uniform } from '../src/data/rng.ts';
import { methodNames, methods } from '../src/free-energy/estimators.ts';
import { lobatto } from '../src/free-energy/lobatto.ts';
import type { SampleRecord } from '../src/free-energy/records.ts';
import {
  restoreSampling,
  saveSampling,
  startSampling,
  stepSampling,
  takeRecords,
} from '../src/free-energy/sampling.ts';
import { scheduleAt, smooth } from '../src/free-energy/switching.ts';
import { switchingEstimate } from '../src/free-energy/switching-estimate.ts';
import { windowAt } from '../src/free-energy/windows.ts';
import { harmonic, options, oscillator, sampled } from './support/quartic.ts';

/** spec/free-energy.md, 4.2. */
const quartic = [
  { g: 0.1, deltaF: 0.153607478, slopes: [0.3, 0.13797049, 0.096118204] },
  { g: 0.5, deltaF: 0.359925953, slopes: [1.5, 0.266040042, 0.15851067] },
];

describe.each(methodNames)('method %s', (method) => {
  it.each(quartic)('½x² → ½x² + $g x⁴: exact within its error', ({ g, deltaF, slopes }) => {
    const { result } = sampled(oscillator(g), options(method, 80_000));
    expect(result.error).toBeLessThan(0.04);
    expect(Math.abs(result.deltaA - deltaF)).toBeLessThan(4 * result.error);
    for (const [zeta, slope] of [
      [0, slopes[0]],
      [1, slopes[2]],
    ]) {
      const point = result.gradient.find((one) => Math.abs(one.zeta - zeta) < 1e-9);
      expect(Math.abs((point?.value ?? Number.NaN) - slope)).toBeLessThan(4.5 * (point?.error ?? 0));
    }
  });

  it('harmonic → the same: 0; → twice as stiff: ½ ln 2', () => {
    expect(sampled(oscillator(0), options(method, 4000)).result.deltaA).toBeCloseTo(0, 12);
    const { deltaA, error } = sampled(oscillator(0, 2), options(method, 30_000, { seed: 3n })).result;
    expect(error).toBeLessThan(0.08);
    expect(Math.abs(deltaA - 0.5 * Math.log(2))).toBeLessThan(4 * error);
  });

  it('same bits after save and restore at any step', () => {
    const choice = options(method, 700, { blockSteps: 50, switches: 3 });
    const whole = sampled(oscillator(0.3), choice).records;
    for (const stop of [1, 137, 350, 699]) {
      const target = oscillator(0.3);
      const state = startSampling(target, harmonic, choice);
      while (state.step < stop) stepSampling(target, harmonic, state, choice);
      const saved = structuredClone(saveSampling(target, harmonic, state));
      const other = oscillator(0.3);
      const again = restoreSampling(other, harmonic, saved);
      while (again.step < choice.steps) stepSampling(other, harmonic, again, choice);
      expect(takeRecords(again)).toEqual(whole);
    }
  });

  it('too few steps: an infinite error and a failed check, never a number', () => {
    // of the longer ones some have come to every ζ, and some have not
    for (const steps of [8, 20, 60, 200, 400, 1000]) {
      for (let seed = 1n; seed <= 10n; seed++) {
        const { result } = sampled(oscillator(0.1), options(method, steps, { blockSteps: 8, equilibration: 0, seed }));
        expect(result.error).toBeGreaterThan(0);
        if (steps === 8) expect(result.error).toBe(Number.POSITIVE_INFINITY);
        if (result.error === Number.POSITIVE_INFINITY) expect(result.passed).toBe(false);
      }
    }
  });
});

describe('replicas', () => {
  it.each(methodNames)('%s: two replicas differ, and are combined', (method) => {
    const runs = [0, 1].map((replica) => sampled(oscillator(0.1), options(method, 25_000, { replica })));
    expect(runs[0].result.deltaA).not.toBe(runs[1].result.deltaA);
    const both = methods[method].estimate(
      runs.flatMap(({ records }) => records),
      { ...options(method, 25_000), modes: 1 },
    );
    expect(both.replicas).toBe(2);
    expect(Math.abs(both.deltaA - quartic[0].deltaF)).toBeLessThan(4.5 * both.error);
  });
});

describe('Lobatto', () => {
  it.each([2, 3, 4, 5, 7, 12])('%d nodes integrate powers up to 2n − 3', (n) => {
    const { nodes, weights } = lobatto(n);
    expect(nodes[0]).toBe(0);
    expect(nodes[n - 1]).toBe(1);
    for (let power = 0; power <= 2 * n - 3; power++) {
      const sum = nodes.reduce((total, x, k) => total + weights[k] * x ** power, 0);
      expect(sum).toBeCloseTo(1 / (power + 1), 13);
    }
  });

  it('windows fill the run, each with its equilibration', () => {
    const choice = options('quadrature', 100, { nodes: 3, equilibration: 12 });
    const plan = Array.from({ length: 100 }, (_, k) => windowAt(k + 1, choice));
    expect(plan.map(({ node }) => node).filter((node) => node === 1)).toHaveLength(33);
    expect(plan.slice(33, 38).map(({ counts }) => counts)).toEqual([false, false, false, false, true]);
    expect(plan[99]).toEqual({ node: 2, counts: true });
  });
});

describe('switching', () => {
  it('the path of ζ: 0 to 1 and back, flat at its ends', () => {
    expect(smooth(0)).toBe(0);
    expect(smooth(1)).toBe(1);
    expect(smooth(0.5)).toBe(0.5);
    for (const tau of [0.1, 0.3]) expect(smooth(tau) + smooth(1 - tau)).toBeCloseTo(1, 14);
    expect(1 - smooth(0.97)).toBeLessThan(1e-5);
    const path = Array.from({ length: 400 }, (_, step) => scheduleAt(step, { steps: 400, switches: 2 }).zeta);
    expect(path[0]).toBe(0);
    expect(path[99]).toBe(1);
    expect(path[199]).toBe(0);
    expect(path.every((zeta, k) => k === 0 || Math.abs(zeta - path[k - 1]) < 0.06)).toBe(true);
  });

  it.each([
    [100, 3, true],
    [20, 30, false],
    [400, 30, true],
  ])('%i steps of equilibrium, a memory of %i: long enough is %s', (steps, memory, enough) => {
    // stays at both ends in turn, the energies of each an autoregressive series
    const decay = Math.exp(-1 / memory);
    const expected = (2 * steps) / ((1 + decay) / (1 - decay));
    let [energy, draw] = [0, 0];
    const normal = () => [0, 1, 2].reduce((sum) => sum + 2 * uniform(7n, 'trials', steps, draw++), -3);
    const records = Array.from({ length: 160 }, (_, i): SampleRecord => {
      const end = i % 2;
      const sums = { num: [0, 0], den: [0, 0], square: [0, 0] };
      // forgets what was before, as the switch between does in part
      energy = normal();
      for (let k = 0; k < steps; k++) {
        energy = decay * energy + Math.sqrt(1 - decay * decay) * normal();
        sums.num[end] += 0.1 * energy - 0.2 * end;
        sums.den[end]++;
        sums.square[end] += (0.1 * energy - 0.2 * end) ** 2;
      }
      const work = (end === 0 ? 1 : -1) * -0.1 + 0.01 * normal();
      const at = { replica: 0, sequence: i, first: 1 + i * steps, last: (i + 1) * steps, zeta: 0, kinetic: 0 };
      const none = { reflections: 0, reflectedStep: -1, reflectedAtom: -1, displacement: 0, displacedAtom: -1 };
      return { kind: 'sampling', ...at, ...sums, ...none, series: [end === 0 ? 1 : -1, work] };
    });
    const how = { temperature: 300, timestep: 0.001, friction: 1, equilibration: 0, modes: 3 };
    const found = switchingEstimate(records, how).checks.find(({ name }) => name === 'equilibrium');
    expect(found?.passed).toBe(enough);
    // short stays do not show all of their memory
    if (steps > 5 * memory) expect((found?.value ?? 0) / expected).toBeCloseTo(1, 0);
  });
});
