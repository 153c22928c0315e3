/** What Newton's equations promise: the error of the energy is of second order, nothing drifts, time can be turned round. */
import { lattice } from '../data/lattice.ts';
import type { Objective } from '../data/objective.ts';
import { repeat } from '../data/supercell.ts';
import { forceToAcceleration } from '../data/units.ts';
import type { Engine } from '../engine/engine.ts';
import { loadEmbedded } from '../io/embedded.ts';
import { verletInit, verletStep } from '../methods/verlet.ts';
import { conservation, momentum, startNve, type Warm, warm } from './conservation.ts';
import { type Figure, type Part, type Validated, validated } from './validation.ts';

/** 54 atoms; ps. W only where there is time: a step costs fifty times as much. */
const SYSTEMS = [
  { name: 'Fe-Ackland-2004', element: 'Fe', a: 2.8553, time: 4, drift: 3e-5, long: false },
  { name: 'Fe-FS-1984', element: 'Fe', a: 2.8665, time: 4, drift: 1e-6, long: false },
  { name: 'W-Wood-2017', element: 'W', a: 3.1805, time: 2, drift: 2e-6, long: true },
] as const;

const STEPS = [0.001, 0.002, 0.004];

function start(engine: Engine, { name, element, a }: (typeof SYSTEMS)[number]): Warm {
  const atoms = repeat(lattice({ kind: 'bcc', a, elements: [element] }), [3, 3, 3]);
  return warm(engine, atoms, loadEmbedded(name), 300);
}

function conserving(
  engine: Engine,
  system: (typeof SYSTEMS)[number],
  long: boolean,
): { checks: Validated[]; rms: number[] } {
  const begin = start(engine, system);
  const time = long ? 10 * system.time : system.time;
  const runs = STEPS.map((timestep) => conservation(begin, timestep, time));
  const rms = runs.map(({ energy }) => energy.rms);
  const ratios = [rms[1] / rms[0] / 4, rms[2] / rms[1] / 4];
  const about = { system: `${system.name}, 54 atoms at 300 K, ${time} ps` };
  const { shadow, state } = runs[0];
  return {
    rms,
    checks: [
      validated({
        ...about,
        name: 'order',
        what: 'the scatter of the energy falls as dt² (1, 2, 4 fs): max |ratio/4 − 1|',
        value: Math.max(...ratios.map((ratio) => Math.abs(ratio - 1))),
        limit: 0.25,
        unit: '',
        detail: `RMS ${rms.map((x) => x.toExponential(2)).join(', ')} eV/atom`,
      }),
      validated({
        ...about,
        name: 'drift',
        what: 'slope of the energy that velocity Verlet conserves, 1 fs',
        value: Math.abs(shadow.slope),
        limit: system.drift,
        unit: 'eV/atom/ns',
        detail: `RMS about the line ${shadow.rms.toExponential(1)} eV/atom`,
      }),
      validated({
        ...about,
        name: 'momentum',
        what: 'total momentum stays zero',
        value: momentum(state),
        limit: 1e-9,
        unit: 'amu Å/ps',
      }),
      reversal(begin, system.name),
    ],
  };
}

/** 1000 steps forth, the velocities turned round, 1000 back. */
function reversal(begin: Warm, name: string): Validated {
  const { system, x } = begin;
  const state = startNve(begin);
  const run = () => {
    for (let i = 0; i < 1000; i++) verletStep(system, state, { timestep: 0.001 });
  };
  run();
  for (let i = 0; i < x.length; i++) state.velocities[i] *= -1;
  run();
  return validated({
    name: 'reversal',
    what: '1000 steps forth and 1000 back end where they began',
    system: `${name}, 54 atoms at 300 K, 1 fs`,
    value: system.x.reduce((most, value, i) => Math.max(most, Math.abs(value - x[i])), 0),
    limit: 1e-10,
    unit: 'Å',
  });
}

/** ½ m v² + ½ k x² (1 − (ω dt)²/4) is conserved exactly by velocity Verlet for one oscillator. */
function oscillator(): Validated {
  const [k, mass, timestep] = [4, 50, 0.005];
  const x = Float64Array.of(0.1, 0, 0);
  const f = new Float64Array(3);
  const objective: Objective = {
    x,
    f,
    evaluate() {
      f[0] = -k * x[0];
      return 0.5 * k * x[0] * x[0];
    },
  };
  const state = verletInit(objective, { masses: [mass], velocities: [0, 0, 0] });
  const omega2 = (k / mass) * forceToAcceleration;
  const invariant = () => state.velocities[0] ** 2 + omega2 * x[0] ** 2 * (1 - (omega2 * timestep * timestep) / 4);
  const first = invariant();
  let worst = 0;
  for (let i = 0; i < 100_000; i++) {
    verletStep(objective, state, { timestep });
    worst = Math.max(worst, Math.abs(invariant() / first - 1));
  }
  return validated({
    name: 'oscillator',
    what: "velocity Verlet's own invariant of one oscillator, relative change over 1e5 steps",
    system: 'ω dt = 0.14',
    value: worst,
    limit: 1e-11,
    unit: '',
  });
}

export const motionPart: Part = {
  name: 'motion',
  run(engine, long) {
    const checks: Validated[] = [oscillator()];
    const figure: Figure = {
      name: 'order',
      title: 'Scatter of the energy by time step, NVE at 300 K',
      x: { label: 'time step (fs)', log: true },
      y: { label: 'RMS of the energy (eV/atom)', log: true },
      series: [],
    };
    for (const system of SYSTEMS) {
      if (system.long && !long) continue;
      const mark = engine.mark();
      const found = conserving(engine, system, long);
      engine.release(mark);
      checks.push(...found.checks);
      figure.series.push({ name: system.name, x: STEPS.map((dt) => 1000 * dt), y: found.rms });
    }
    const [first] = figure.series;
    figure.series.push({ name: 'dt²', x: first.x, y: first.x.map((x) => first.y[0] * x * x) });
    return { checks, figures: [figure] };
  },
};
