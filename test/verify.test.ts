/** `frenkel verify` finds what is wrong with a potential, and nothing wrong with those that come with the package. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ljPotential } from '../src/data/potentials/lj.ts';
import type { Engine } from '../src/engine/engine.ts';
import { embeddedPotentials, loadEmbedded } from '../src/io/embedded.ts';
import { createEngine } from '../src/node/threads.ts';
import { dimerJumps } from '../src/verify/dimers.ts';
import { errorOf, letterOf } from '../src/verify/grade.ts';
import { memoryGrowth } from '../src/verify/memory.ts';
import { type Verification, verifyPotential } from '../src/verify/potential.ts';
import { wellOf } from '../src/verify/well.ts';
import { frenkel, scratch } from './support/cli.ts';
import { finelySplit } from './support/split.ts';

let engine: Engine;
let fast: Engine;
let others: Engine[];
beforeAll(async () => {
  engine = await createEngine({ threads: 1 });
  fast = await createEngine({ threads: 1, fast: true });
  others = await Promise.all([2, 3].map(finelySplit));
});
afterAll(() => {
  for (const one of [engine, fast, ...others]) one.close();
});

const failed = ({ checks }: Verification) => checks.filter((check) => !check.passed).map(({ name }) => name);
const lj = (shift: 'none' | 'energy' | 'force') =>
  ljPotential({ species: [18], epsilon: 0.0104, sigma: 3.4, cutoff: 8.5, shift });

describe('letters', () => {
  it("are OpenKIM's: score log10(error / eps) up to 7.5, 10, 12.5, 15", () => {
    for (const [letter, score] of [
      ['A', 7.5],
      ['B', 10],
      ['C', 12.5],
      ['D', 15],
    ] as const) {
      expect(Math.log10(errorOf(letter) / Number.EPSILON)).toBeCloseTo(score, 12);
      expect(letterOf(0.99 * errorOf(letter))).toBe(letter);
      expect(letterOf(1.01 * errorOf(letter))).not.toBe(letter);
    }
    expect(letterOf(Number.NaN)).toBe('F');
  });
});

describe('verifyPotential', () => {
  it.each(embeddedPotentials.map(({ name }) => name))('%s passes, forces and virial with A', (name) => {
    const report = verifyPotential(engine, loadEmbedded(name), { others, evaluations: 200 });
    // a lone pair of Finnis and Sinclair's has a corner where its density vanishes: a square root
    expect(failed(report)).toEqual(/FS|AT/.test(name) ? ['dimer continuity'] : []);
    expect(report.passed).toBe(true);
    for (const { name: check, grade } of report.checks.slice(0, 2)) expect(grade, check).toBe('A');
  });

  it('a cut potential is not continuous, a shifted one has a corner; nothing else is wrong with them', () => {
    for (const [shift, kind] of [
      ['none', /not continuous.*8\.5000/],
      ['energy', /^C0.*8\.5000/],
    ] as const) {
      const report = verifyPotential(engine, lj(shift), { evaluations: 50 });
      expect(failed(report)).toEqual(['continuity', 'dimer continuity']);
      expect(report.passed).toBe(false);
      expect(report.checks.find(({ name }) => name === 'continuity')?.detail).toMatch(kind);
    }
  });

  it('kernels that round otherwise are found: other bits, and a letter less', () => {
    const potential = loadEmbedded('W-Wood-2017');
    const bits = verifyPotential(engine, potential, { others: [fast], evaluations: 20 });
    expect(failed(bits)).toEqual(['threads']);
    const single = verifyPotential(fast, potential, { evaluations: 20 });
    expect(single.checks[0].value).toBeGreaterThan(10 * bits.checks[0].value);
  });

  it('the distance of neighbours is that of the crystal of lowest energy', () => {
    // bcc Fe of Ackland 2004: a0 2.8553 Å, 4.013 eV
    const well = wellOf(engine, loadEmbedded('Fe-Ackland-2004'), [26]);
    expect(well?.distance).toBeCloseTo((2.8553 * Math.sqrt(3)) / 2, 3);
    expect(well?.energy).toBeCloseTo(-4.0129, 3);
  });
});

describe('what the checks look at', () => {
  it('a jump anywhere is found, at its place', () => {
    // the scan is told of a jump by energies and forces alone: no radius of a formula is given to it
    const subject = { distance: 3.8, potential: () => lj('energy') };
    const { value, slope, radius } = dimerJumps(engine, subject, [18, 18]);
    const [s6, r] = [(3.4 / 8.5) ** 6, 8.5];
    expect(radius).toBeCloseTo(8.5, 9);
    expect(slope).toBeCloseTo((4 * 0.0104 * (6 * s6 - 12 * s6 * s6)) / r, 9);
    expect(value).toBeLessThan(1e-12);
  });

  it('memory that is not given back is found', () => {
    const subject = { elements: [18], distance: 3.8, potential: () => lj('force') };
    expect(memoryGrowth(engine, subject, 100)).toBe(0);
    const leaking: Engine = { ...engine, release: () => engine.f64(8) };
    expect(memoryGrowth(leaking, subject, 10)).toBeGreaterThan(0);
  });
});

describe('frenkel verify', () => {
  it('ends with 0 or 4, prints a table or one JSON object', async () => {
    const folder = scratch();
    const cut = ['verify', '-p', 'lj epsilon=0.0104eV sigma=3.4A cutoff=8.5A', '--elements', 'Ar'];
    const [good, bad, none] = await Promise.all([
      frenkel(folder, ['verify', '-p', 'W-Wood-2017', '--evaluations', '50']),
      frenkel(folder, [...cut, '--json', '--evaluations', '50']),
      frenkel(folder, cut.slice(0, 3)),
    ]);
    expect(good.code, good.stderr).toBe(0);
    expect(good.stdout).toMatch(/^forces +A /m);
    expect(good.stdout.endsWith('\nverified\n')).toBe(true);
    expect(bad.code).toBe(4);
    const report = JSON.parse(bad.stdout) as Verification;
    expect(report.passed).toBe(false);
    expect(failed(report)).toContain('continuity');
    expect(none.code).toBe(2);
    expect(none.stderr).toMatch(/--elements/);
  });
});
