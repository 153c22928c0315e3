/** Energy over long runs of NVE, 1 fs: how far it drifts and scatters at 300 and 1000 K, and in LAMMPS from the same start. */
import { resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { lammpsHas } from '../bench/lammps.ts';
import { type Drift, drift } from '../src/analysis/drift.ts';
import type { Atoms } from '../src/data/atoms.ts';
import { boltzmann } from '../src/data/units.ts';
import { createEngine, type Engine } from '../src/engine/engine.ts';
import { loadEmbedded } from '../src/io/embedded.ts';
import { verletInvariant, verletStep } from '../src/methods/verlet.ts';
import { startNve, type Warm, warm } from '../src/verify/conservation.ts';
import { bcc } from './support/crystals.ts';
import { lammpsEnergies } from './support/lammps-nve.ts';
import { long } from './support/long.ts';
import { record } from './support/trust/record.ts';

let engine: Engine;
beforeAll(async () => {
  engine = await createEngine({ threads: 1 });
});
afterAll(() => engine.close());

const TIMESTEP = 0.001;
/** Steps between energies. */
const EVERY = 5;
const BLOCKS = 10;

/** Of the energy, by temperature: slope, eV per atom and ns, its standard error, and scatter, eV per atom. */
const LIMITS: Record<number, { slope: number; error: number; rms: number }> = {
  300: { slope: 1e-5, error: 3e-6, rms: 2e-6 },
  1000: { slope: 1e-4, error: 5e-5, rms: 2e-5 },
};

const file = (name: string) => resolve('potentials', name);
const iron = {
  name: 'Fe-Ackland-2004',
  ...{ a: 2.8553, cells: 5, style: 'eam/fs' },
  pair: `pair_style eam/fs\npair_coeff * * ${file('Fe_Ackland_2004.eam.fs')} Fe`,
};
const tungsten = {
  name: 'W-Wood-2017',
  ...{ a: 3.1805, cells: 3, style: 'snap' },
  pair: [
    'pair_style hybrid/overlay zbl 4.0 4.8 snap',
    'pair_coeff 1 1 zbl 74 74',
    `pair_coeff * * snap ${file('W_Wood_2017.snapcoeff')} ${file('W_Wood_2017.snapparam')} W`,
  ].join('\n'),
};
type Subject = typeof iron;

/** ps. */
const cases = [
  { subject: iron, temperature: 300, time: 50 },
  { subject: iron, temperature: 1000, time: long ? 50 : 20 },
  ...(long ? [300, 1000].map((temperature) => ({ subject: tungsten, temperature, time: 30 })) : []),
];
/** What LAMMPS computes, too: it takes five times as long. */
const compared = long ? cases : [{ subject: iron, temperature: 1000, time: 4 }];

const crystal = ({ name, a, cells }: Subject): Atoms => bcc(loadEmbedded(name), a, cells);

const begin = (subject: Subject, temperature: number): Warm =>
  warm(engine, crystal(subject), loadEmbedded(subject.name), temperature);

/** Energies of steps 0, EVERY … eV per atom; `friction`, 1/ps, is a fault on purpose. */
function energies(start: Warm, time: number, friction = 0): Float64Array {
  const state = startNve(start);
  const n = start.masses.length;
  const found = [verletInvariant(start.system, state) / n];
  while (state.step < time / TIMESTEP) {
    verletStep(start.system, state, { timestep: TIMESTEP });
    if (friction > 0) for (let i = 0; i < state.velocities.length; i++) state.velocities[i] *= 1 - friction * TIMESTEP;
    if (state.step % EVERY === 0) found.push(verletInvariant(start.system, state) / n);
  }
  return Float64Array.from(found);
}

const runs = new Map<string, { start: Warm; series: Float64Array }>();
/** The run of a case, once: the engine keeps its system. */
function ran(subject: Subject, temperature: number, time: number) {
  const key = `${subject.name} ${temperature}`;
  const known = runs.get(key);
  const length = 1 + Math.round(time / TIMESTEP / EVERY);
  if (known && known.series.length >= length) return { ...known, series: known.series.subarray(0, length) };
  const start = begin(subject, temperature);
  const found = { start, series: energies(start, time) };
  runs.set(key, found);
  return found;
}

/** Slope and scatter, and the slope's standard error by the scatter of the means of blocks about their line; ns. */
function driftOf(series: Float64Array): Drift & { error: number } {
  const step = (EVERY * TIMESTEP) / 1000;
  const whole = drift(
    series.map((_, k) => k * step),
    series,
  );
  const size = Math.floor(series.length / BLOCKS);
  const times = Array.from({ length: BLOCKS }, (_, b) => b * size * step);
  const means = times.map((_, b) =>
    series.subarray(b * size, (b + 1) * size).reduce((sum, e) => sum + (e - series[0]) / size, 0),
  );
  const { slope, rms } = drift(times, means);
  const middle = (step * size * (BLOCKS - 1)) / 2;
  const spread = times.reduce((sum, t) => sum + (t - middle) ** 2, 0);
  return { ...whole, slope, error: Math.sqrt((BLOCKS * rms * rms) / (BLOCKS - 2) / spread) };
}

type Found = ReturnType<typeof driftOf>;
const text = ({ rms, slope, error }: Found) =>
  `RMS ${rms.toExponential(2)}, slope ${slope.toExponential(1)} ± ${error.toExponential(1)}`;

describe('the energy of a run', () => {
  const found: { figure: string; met: boolean }[] = [];

  it.each(cases)(
    '$subject.name at $temperature K, $time ps: drift and scatter',
    ({ subject, temperature, time }) => {
      const own = driftOf(ran(subject, temperature, time).series);
      const most = LIMITS[temperature];
      const met = Math.abs(own.slope) <= most.slope && own.error <= most.error && own.rms <= most.rms;
      found.push({ figure: `${subject.name} at ${temperature} K, ${time} ps: ${text(own)}`, met });
      const whole = found.length === cases.length && found.every((one) => one.met);
      record('R4.energy', found.map(({ figure }) => figure).join('; '), whole);
      expect(Math.abs(own.slope)).toBeLessThanOrEqual(most.slope);
      expect(own.error).toBeLessThanOrEqual(most.error);
      expect(own.rms).toBeLessThanOrEqual(most.rms);
    },
    3_600_000,
  );

  it('that a friction of 1e-5 /ps takes from is noticed', () => {
    const friction = 1e-5;
    const { slope, error } = driftOf(energies(begin(iron, 1000), 5, friction));
    expect(slope).toBeLessThan(-LIMITS[1000].slope - 4 * error);
    // twice the kinetic energy times the friction; the temperature of 250 atoms is known to 5 %
    expect(slope / (-2 * friction * 1.5 * boltzmann * 1000 * 1000)).toBeCloseTo(1, 0);
  });
});

describe.skipIf(!lammpsHas('lmp', 'eam/fs'))('LAMMPS (needs lmp)', () => {
  const found: { figure: string; met: boolean }[] = [];
  const possible = compared.filter(({ subject }) => lammpsHas('lmp', subject.style));

  it.each(possible)(
    'does not conserve the energy of $subject.name at $temperature K better, $time ps from the same start',
    ({ subject, temperature, time }) => {
      const { start, series: own } = ran(subject, temperature, time);
      const { x: positions, velocities, masses } = start;
      const atoms = { ...crystal(subject), positions, velocities, masses };
      const steps = Math.round(time / TIMESTEP);
      const all = lammpsEnergies({ atoms, pair: subject.pair, timestep: TIMESTEP, steps, every: EVERY });
      const theirs = all.map((energy) => energy / masses.length);
      // the same start indeed: LAMMPS has other digits of the units
      expect(Math.abs(theirs[0] - own[0])).toBeLessThan(1e-7);
      const [a, b] = [driftOf(own), driftOf(theirs)];
      const allowed = 2 * Math.abs(b.slope) + 2 * Math.sqrt(a.error ** 2 + 4 * b.error ** 2);
      const met = a.rms <= 2 * b.rms && Math.abs(a.slope) <= allowed;
      found.push({ figure: `${subject.name} at ${temperature} K, ${time} ps: ${text(a)}; LAMMPS ${text(b)}`, met });
      const whole = found.length === possible.length && found.every((one) => one.met);
      record('R4.lammps', found.map(({ figure }) => figure).join('; '), whole);
      expect(a.rms).toBeLessThanOrEqual(2 * b.rms);
      expect(Math.abs(a.slope)).toBeLessThanOrEqual(allowed);
    },
    3_600_000,
  );
});
