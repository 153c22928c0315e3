import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { harmonicRate, vineyardPrefactor, vineyardRate } from '../src/analysis/harmonic-rate.ts';
import { vacancy } from '../src/data/defects.ts';
import { lattice } from '../src/data/lattice.ts';
import { repeat } from '../src/data/supercell.ts';
import { boltzmann, forceToAcceleration } from '../src/data/units.ts';
import { createEngine, type Engine } from '../src/engine/engine.ts';
import { loadEmbedded } from '../src/io/embedded.ts';
import { formatExtxyz } from '../src/io/extxyz-write.ts';
import { startNeb, stepNeb } from '../src/tasks/neb.ts';
import { frames, highestImage } from '../src/tasks/neb-result.ts';
import { frenkel, scratch } from './support/cli.ts';

const iron = loadEmbedded('Fe-Ackland-2004');
const crystal = repeat(lattice({ kind: 'bcc', a: 2.8553, elements: ['Fe'] }), [4, 4, 4]);

let engine: Engine;
beforeAll(async () => {
  engine = await createEngine();
});
afterAll(() => engine.close());

/** The vacancy, half-way images included, and the highest of them. */
function path() {
  const input = {
    atoms: vacancy(crystal, [0, 0, 0]),
    last: vacancy(crystal, [1.42765, 1.42765, 1.42765]),
    potential: iron,
    skin: 0.5,
    options: {
      images: 7,
      maxImages: 7,
      method: 'lbfgs' as const,
      fmax: 1e-2,
      steps: 300,
      spring: 5,
      interpolate: 'idpp' as const,
      climb: 'highest' as const,
      climbBelow: 0.1,
      relaxEnds: true,
      keepOrder: false,
    },
  };
  const neb = startNeb(engine, input);
  while (neb.state.stage !== 'done') stepNeb(neb);
  const images = frames(neb);
  const found = { minimum: images[0], last: images[images.length - 1], saddle: images[highestImage(neb)] };
  engine.release(neb.mark);
  return found;
}

describe('harmonic transition-state theory', () => {
  it('is the low-temperature limit of the exact rate over a wall of a double well in two dimensions', () => {
    // V = h (x² − 1)² + ½ (k + c x²) y², mass m: the saddle at 0 is softer across than the minima
    const [h, k, c, m] = [0.5, 3, 2, 50];
    const prefactor = vineyardPrefactor([(k + c) / m, (8 * h) / m].sort(), [(-4 * h) / m, k / m]);
    const exact = (T: number) => {
      const kT = boltzmann * T;
      // transition-state theory: flux through x = 0 over the population of x < 0; y is integrated exactly
      const dx = 1e-4;
      let population = 0;
      for (let x = -3; x < 0; x += dx) {
        population += dx * Math.exp((-h * (x * x - 1) ** 2) / kT) * Math.sqrt((2 * Math.PI * kT) / (k + c * x * x));
      }
      const speed = Math.sqrt((kT * forceToAcceleration) / (2 * Math.PI * m));
      return (speed * Math.exp(-h / kT) * Math.sqrt((2 * Math.PI * kT) / k)) / population;
    };
    const ratio = (T: number) => exact(T) / harmonicRate(prefactor, h, T);
    expect(ratio(60)).toBeCloseTo(1, 2);
    expect(Math.abs(ratio(15) - 1)).toBeLessThan(Math.abs(ratio(60) - 1) / 3);
  });

  it('refuses what is no minimum and no saddle', () => {
    expect(() => vineyardPrefactor([-1, 2], [-1, 2])).toThrow(/no minimum/);
    expect(() => vineyardPrefactor([1, 2], [1, 2])).toThrow(/it is a minimum/);
    expect(() => vineyardPrefactor([1, 2], [-2, -1])).toThrow(/no saddle/);
    expect(() => vineyardPrefactor([1, 2], [-2, 1, 1])).toThrow(/not the same atoms/);
    expect(() => harmonicRate(1, 1, 0)).toThrow(/above 0/);
  });

  it('of the vacancy in iron has one prefactor from either side', () => {
    const { minimum, last, saddle } = path();
    const there = vineyardRate(engine, { minimum, saddle, potential: iron });
    const back = vineyardRate(engine, { minimum: last, saddle, potential: iron });
    expect(there.barrier).toBeCloseTo(0.64, 1);
    // high, for the saddle next to the split vacancy; with MILADY potentials it is 10 THz (Fe_QNML) and 4 THz (W_QNML)
    expect(there.prefactor).toBeGreaterThan(110);
    expect(there.prefactor).toBeLessThan(122);
    expect(back.prefactor / there.prefactor).toBeCloseTo(1, 2);
    expect(there.saddle.squares.filter((square) => square < 0)).toHaveLength(1);
    expect(there.minimum.squares).toHaveLength(3 * 127 - 3);
    expect(() => vineyardRate(engine, { minimum, saddle: minimum, potential: iron, relax: false })).toThrow(/minimum/);
  });

  it('frenkel rate reads two structures and prints what its help says', async () => {
    const where = scratch();
    const { minimum, saddle } = path();
    writeFileSync(join(where, 'minimum.xyz'), formatExtxyz(minimum));
    writeFileSync(join(where, 'saddle.xyz'), formatExtxyz(saddle));
    const line = ['rate', 'minimum.xyz', 'saddle.xyz', '-p', 'Fe-Ackland-2004', '-T', '500 K, 1000', '--json'];
    const { code, stdout, stderr } = await frenkel(where, line);
    expect([code, stderr]).toEqual([0, '']);
    const found = JSON.parse(stdout);
    expect(found.rates.map((r: { temperature: number }) => r.temperature)).toEqual([500, 1000]);
    expect(found.rates[0].rate).toBeCloseTo(
      1e12 * found.prefactor * Math.exp(-found.barrier / (boltzmann * 500)),
      found.rates[0].rate > 1e6 ? -3 : 3,
    );
    const wrong = await frenkel(where, ['rate', 'minimum.xyz', '-p', 'Fe-Ackland-2004']);
    expect([wrong.code, wrong.stderr]).toEqual([2, expect.stringContaining('the saddle is missing')]);
  });
});
