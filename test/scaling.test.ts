/** Reversible scaling against closed forms, a numerical integral, and the samplers. */
import { beforeAll, describe, expect, it } from 'vitest';
import { lattice } from '../src/data/lattice.ts';
import { repeat } from '../src/data/supercell.ts';
import { boltzmann } from '../src/data/units.ts';
import { createEngine, type Engine } from '../src/engine/engine.ts';
import { prepare } from '../src/free-energy/prepare.ts';
import type { SampleRecord } from '../src/free-energy/records.ts';
import {
  restoreSampling,
  type SamplingOptions,
  samplingDefaults,
  saveSampling,
  startSampling,
  stepSampling,
  takeRecords,
} from '../src/free-energy/sampling.ts';
import { nothing, rampAt, scaledFreeEnergies } from '../src/free-energy/scaling.ts';
import type { Target } from '../src/free-energy/target.ts';
import { loadEmbedded } from '../src/io/embedded.ts';
import { long, needsLong } from './support/long.ts';
import { oscillator, temperature } from './support/quartic.ts';

const site = nothing([0], 1);

function choice(steps: number, more: Partial<SamplingOptions> = {}): SamplingOptions {
  return {
    ...samplingDefaults,
    method: 'scaling',
    temperature,
    scaleTo: 2 * temperature,
    steps,
    timestep: 0.03,
    friction: 5,
    nodes: 5,
    seed: 1n,
    blockSteps: Math.floor(steps / 50),
    equilibration: 0,
    ...more,
  };
}

function run(target: Target, options: SamplingOptions, reference = site): SampleRecord[] {
  const state = startSampling(target, reference, options);
  while (state.step < options.steps) stepSampling(target, reference, state, options);
  return takeRecords(state);
}

/** −kT ln ∫ exp(−U/kT) dx by a fine sum, and kT ln √kT for the momentum, so that ½x² has −kT ln kT and a constant. */
function exact(g: number, kT: number): number {
  let sum = 0;
  for (let x = -12; x <= 12; x += 1e-3) sum += 1e-3 * Math.exp(-(0.5 * x * x + g * x ** 4) / kT);
  return -kT * Math.log(sum * Math.sqrt(kT));
}

describe('reversible scaling', () => {
  it('½x²: F(T) = (T/T0) F(T0) − kT ln(T/T0), without error', () => {
    const options = choice(20_000);
    const found = scaledFreeEnergies(run(oscillator(0), options), { F: 0.7, error: 0 }, options, 1);
    expect(found.map((one) => Math.round((100 * one.temperature) / temperature))).toEqual([100, 125, 150, 175, 200]);
    expect(found[0].F).toBeCloseTo(0.7, 13);
    expect(found[0].error).toBeCloseTo(0, 13);
    for (const { temperature: t, F, error } of found) {
      const ratio = t / temperature;
      expect(Math.abs(F - (ratio * 0.7 - ratio * Math.log(ratio)))).toBeLessThan(4 * error + 1e-12);
      expect(error).toBeLessThan(1e-12);
    }
  });

  it.each([
    [0.1, 2],
    [0.5, 2],
    [0.3, 0.4],
  ])('½x² + %d x⁴ heated or cooled to %d T0: the integral of Boltzmann factors', (g, ratio) => {
    const options = choice(200_000, { scaleTo: ratio * temperature, seed: 8n });
    const found = scaledFreeEnergies(run(oscillator(g), options), { F: exact(g, 1), error: 0.001 }, options, 1);
    for (const { temperature: t, F, error } of found) {
      expect(Math.abs(F - exact(g, t * boltzmann))).toBeLessThan(4 * error);
      expect(error).toBeGreaterThan((0.000999 * t) / temperature);
    }
    expect(found[4].dissipation).toBeGreaterThan(-0.1);
  });

  it('95 % intervals cover in 180–198 of 200', () => {
    const truth = exact(0.2, 2);
    const covered = Array.from({ length: 200 }, (_, k) => {
      const options = choice(6000, { seed: 50n + BigInt(k), nodes: 2 });
      const found = scaledFreeEnergies(run(oscillator(0.2), options), { F: exact(0.2, 1), error: 0 }, options, 1);
      const [low, high] = found[1].interval;
      return low <= truth && truth <= high;
    }).filter(Boolean).length;
    expect(covered).toBeGreaterThanOrEqual(180);
    expect(covered).toBeLessThanOrEqual(198);
  });

  it('same bits after save and restore', () => {
    const options = choice(900, { switches: 3 });
    const whole = run(oscillator(0.3), options);
    for (const stop of [1, 149, 451, 899]) {
      const target = oscillator(0.3);
      const state = startSampling(target, site, options);
      while (state.step < stop) stepSampling(target, site, state, options);
      const other = oscillator(0.3);
      const again = restoreSampling(other, site, structuredClone(saveSampling(target, site, state)));
      while (again.step < options.steps) stepSampling(other, site, again, options);
      expect(takeRecords(again)).toEqual(whole);
    }
  });

  it('the ramp meets every temperature, both ways', () => {
    const options = choice(400, { switches: 2, nodes: 4 });
    const path = Array.from({ length: 400 }, (_, step) => rampAt(step, options));
    expect(path.filter(({ node }) => node >= 0).map(({ node }) => node)).toEqual([1, 2, 3, 2, 1, 0, 1, 2, 3, 2, 1, 0]);
    for (const { node, lambda } of path) if (node >= 0) expect(lambda).toBeCloseTo(1 / (1 + node / 3), 13);
    expect(path[0].lambda).toBe(1);
  });

  it('refuses a range that is none, and too few ramps', () => {
    const options = choice(100, { scaleTo: temperature });
    expect(() => startSampling(oscillator(0), site, options)).toThrow(/expected another one above 0/);
    expect(() => scaledFreeEnergies([], { F: 0, error: 0 }, choice(100), 1)).toThrow(/0 pairs of ramps/);
    expect(() => site.freeEnergy(300)).toThrow(/first temperature/);
  });
});

describe.runIf(long)(`bcc iron, 128 atoms ${needsLong}`, () => {
  let engine: Engine;
  beforeAll(async () => {
    engine = await createEngine();
  });

  it('from 300 K to 600 K: the anharmonic part of the published samplings', { timeout: 3_600_000 }, () => {
    const cell = repeat(lattice({ kind: 'bcc', a: 2.85531274900052, elements: ['Fe'] }), [4, 4, 4]);
    const prepared = prepare(engine, cell, loadEmbedded('Fe-Ackland-2004'), {
      reference: { kind: 'harmonic' },
      temperature: 600,
    });
    const { target, harmonic } = prepared;
    const options = choice(200_000, { temperature: 300, scaleTo: 600, timestep: 0.002, friction: 2 });
    const reference = nothing(harmonic.x0, harmonic.modes);
    // ΔA of spec/free-energy.md, 4.5: −1.7709(90) and −6.220(30) meV an atom
    const start = { F: harmonic.freeEnergy(300) - 128 * 1.7709e-3, error: 128 * 9e-6 };
    const found = scaledFreeEnergies(run(target, options, reference), start, options, harmonic.modes);
    for (const { temperature: t, F, error, dissipation } of found) {
      const anharmonic = (1e3 * (F - harmonic.freeEnergy(t))) / 128;
      process.stdout.write(
        `${t} K: anharmonic ${anharmonic.toFixed(3)} ± ${((1e3 * error) / 128).toFixed(3)} meV an atom, a ramp loses ${(1e3 * dissipation).toFixed(1)} meV\n`,
      );
    }
    const last = found[found.length - 1];
    const apart = last.F - harmonic.freeEnergy(600) + 128 * 6.22e-3;
    expect(Math.abs(apart)).toBeLessThan(3 * Math.sqrt(last.error ** 2 + (128 * 30e-6) ** 2));
  });
});
