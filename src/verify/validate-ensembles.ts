/** Whether thermostats and barostat give the ensembles they are named after: no number of ours goes in but T and P. */
import { determinant } from '../data/cell.ts';
import { lattice } from '../data/lattice.ts';
import { repeat } from '../data/supercell.ts';
import { boltzmann, forceToAcceleration, gpaPerPressure } from '../data/units.ts';
import type { Engine } from '../engine/engine.ts';
import { createSystem } from '../engine/system.ts';
import { incompleteGamma } from '../free-energy/statistics/distributions.ts';
import { combineReplicas } from '../free-energy/statistics/replicas.ts';
import { loadEmbedded } from '../io/embedded.ts';
import { dynamicsInit, dynamicsStep, type Ensemble } from '../methods/dynamics.ts';
import { kinetic } from '../methods/motion.ts';
import { maxwellBoltzmann } from '../methods/temperature.ts';
import { massesOf } from '../tasks/masses.ts';
import { independent, kolmogorovSmirnov, replicaSlope } from './distribution.ts';
import { type Figure, type Part, type Validated, validated } from './validation.ts';

interface Run {
  /** Every tenth step: kT, eV, Å^3; of every replica, the mean of parts of the kinetic energy over what it must be. */
  kinetics: number[];
  energies: number[];
  volumes: number[];
  shares: Map<string, number[]>;
  dof: number;
}

const COPIES = 2;
const EVERY = 10;
/**
 * Independent runs. A near-harmonic crystal hands energy from mode to mode within 100 ps and more when no noise helps (the
 * chains do not): only runs from velocities of their own show how far the shares really scatter.
 */
const REPLICAS = 16;
/** Steps before a replica counts. */
const SETTLE = 1000;

/** Components (3·atom + axis) that must have equal shares. */
const GROUPS: { name: string; belongs(component: number, size: number): boolean }[] = [
  ...['x', 'y', 'z'].map((name, c) => ({ name, belongs: (k: number) => k % 3 === c })),
  { name: 'first half', belongs: (k, size) => k < size / 2 },
  { name: 'second half', belongs: (k, size) => k >= size / 2 },
];

interface Setting {
  ensemble: Ensemble;
  coupling?: 'iso' | 'aniso';
  temperature: number;
  /** GPa. */
  pressure?: number;
}

/** 16 Fe atoms, 2 fs: REPLICAS runs from velocities of their own, which share `steps`. */
function sample(engine: Engine, setting: Setting, steps: number): Run {
  const run: Run = { kinetics: [], energies: [], volumes: [], shares: new Map(), dof: 0 };
  for (let replica = 1; replica <= REPLICAS; replica++) {
    const mark = engine.mark();
    sampleOnce(engine, setting, { run, steps: steps / REPLICAS, seed: BigInt(replica) });
    engine.release(mark);
  }
  return run;
}

function sampleOnce(
  engine: Engine,
  { ensemble, coupling, temperature, pressure = 0 }: Setting,
  { run, steps, seed }: { run: Run; steps: number; seed: bigint },
): void {
  const potential = loadEmbedded('Fe-Ackland-2004');
  const atoms = repeat(lattice({ kind: 'bcc', a: 2.8553, elements: ['Fe'] }), [COPIES, COPIES, COPIES]);
  const system = createSystem(engine, atoms, potential);
  const masses = massesOf(atoms, potential).values;
  const velocities = maxwellBoltzmann(masses, 2 * temperature, seed, { exact: false });
  const state = dynamicsInit(ensemble, system, { masses, velocities, coupling });
  const options = {
    timestep: 0.002,
    temperature,
    friction: 10,
    seed,
    pressure: pressure / gpaPerPressure,
    relaxation: 0.05,
    cellRelaxation: 0.3,
  };
  run.dof = state.dof;
  const shares = GROUPS.map(() => 0);
  const size = state.velocities.length;
  const mean = (boltzmann * temperature * state.dof) / size;
  let counted = 0;
  for (let i = 0; i < steps + SETTLE; i++) {
    dynamicsStep(system, state, options);
    if (i < SETTLE || i % EVERY !== 0) continue;
    counted++;
    run.kinetics.push(kinetic(state) / (boltzmann * temperature));
    run.energies.push(state.energy);
    run.volumes.push(Math.abs(determinant(system.cell)));
    GROUPS.forEach(({ belongs }, g) => {
      let [sum, count] = [0, 0];
      for (let k = 0; k < size; k++) {
        if (!belongs(k, size)) continue;
        sum += (masses[(k - (k % 3)) / 3] * state.velocities[k] ** 2) / forceToAcceleration;
        count++;
      }
      shares[g] += sum / (count * mean);
    });
  }
  GROUPS.forEach(({ name }, g) => {
    const list = run.shares.get(name) ?? [];
    list.push(shares[g] / counted);
    run.shares.set(name, list);
  });
}

const about = (label: string, steps: number) =>
  `${label}, Fe-Ackland-2004, 16 atoms, ${(steps * 0.002).toFixed(0)} ps in ${REPLICAS} runs`;

/** The Gamma distribution of the kinetic energy, and its equal shares. */
function kineticChecks(label: string, system: string, { kinetics, shares, dof }: Run): Validated[] {
  const picked = independent(kinetics);
  const worst = [...shares].map(([name, list]) => {
    const { value, error, interval } = combineReplicas(Float64Array.from(list), { confidence: 0.9999 });
    return { name, value, error, off: Math.abs(value - 1) / (interval[1] - value) };
  });
  const most = worst.reduce((a, b) => (b.off > a.off ? b : a));
  return [
    validated({
      name: `kinetic energy, ${label}`,
      what: `has the Gamma(dof/2) distribution: p of Kolmogorov and Smirnov, ${picked.length} samples`,
      system,
      value: kolmogorovSmirnov(picked, (k) => incompleteGamma(dof / 2, Math.max(0, k))),
      limit: 0.01,
      least: true,
      unit: '',
    }),
    validated({
      name: `equipartition, ${label}`,
      what: `x, y, z and both halves of the atoms have their share, in 99.99 % intervals of ${REPLICAS} replicas`,
      system,
      value: most.off,
      limit: 1,
      unit: '',
      detail: `${most.name}: ${most.value.toFixed(4)} ± ${most.error.toFixed(4)}`,
    }),
  ];
}

/** The numbers of each replica. */
const apart = (list: number[]): number[][] => {
  const each = list.length / REPLICAS;
  return Array.from({ length: REPLICAS }, (_, k) => list.slice(k * each, (k + 1) * each));
};

/** The ratio of two ensembles' distributions is known whatever the potential is. */
function ratio(label: string, system: string, what: string, expected: number, lists: [number[], number[]]): Validated {
  const slope = replicaSlope(apart(lists[0]), apart(lists[1]));
  return validated({
    name: `ensemble, ${label}`,
    what,
    system,
    value: Math.abs(slope.value - expected) / slope.error,
    limit: 4,
    unit: 'σ',
    detail: `${slope.value.toPrecision(4)} ± ${slope.error.toPrecision(2)}, exact ${expected.toPrecision(4)}`,
  });
}

/** Counts of samples in 24 bins, for a figure. */
function histogram(name: string, values: number[], low: number, high: number): Figure['series'][number] {
  const bins = 24;
  const counts = new Array<number>(bins).fill(0);
  for (const value of values)
    counts[Math.max(0, Math.min(bins - 1, Math.floor(((value - low) / (high - low)) * bins)))]++;
  const width = (high - low) / bins;
  return {
    name,
    x: counts.map((_, b) => low + (b + 0.5) * width),
    y: counts.map((count) => count / (values.length * width)),
  };
}

function figureOf(name: string, title: string, label: string, lists: [string, number[]][]): Figure {
  const all = lists.flatMap(([, list]) => list);
  const [low, high] = [all.reduce((a, b) => Math.min(a, b)), all.reduce((a, b) => Math.max(a, b))];
  return {
    name,
    title,
    x: { label },
    y: { label: 'probability density' },
    series: lists.map(([what, list]) => histogram(what, list, low, high)),
  };
}

export const ensemblesPart: Part = {
  name: 'ensembles',
  run(engine, long) {
    const steps = long ? 400_000 : 40_000;
    const checks: Validated[] = [];
    const figures: Figure[] = [];
    const take = (setting: Setting) => sample(engine, setting, steps);
    const [cold, hot] = [500, 700];
    const difference = 1 / (boltzmann * cold) - 1 / (boltzmann * hot);
    for (const ensemble of ['langevin', 'nhc'] as const) {
      const runs = [cold, hot].map((temperature) => take({ ensemble, temperature }));
      const system = about(`${cold} and ${hot} K`, steps);
      checks.push(...kineticChecks(ensemble, system, runs[0]));
      const what = 'ln P(U at 700 K)/P(U at 500 K) has the slope β₁ − β₂ (1/eV)';
      checks.push(ratio(ensemble, system, what, difference, [runs[0].energies, runs[1].energies]));
      if (ensemble === 'nhc')
        figures.push(
          figureOf('ensemble-nvt', 'Potential energy of 16 atoms, Nosé–Hoover chain', 'U (eV)', [
            ['500 K', runs[0].energies],
            ['700 K', runs[1].energies],
          ]),
        );
    }
    for (const coupling of ['iso', 'aniso'] as const) {
      const pressures = [-2.5, 2.5];
      const runs = pressures.map((pressure) => take({ ensemble: 'npt', coupling, temperature: 600, pressure }));
      const system = about('600 K, −2.5 and 2.5 GPa', steps);
      checks.push(...kineticChecks(`npt ${coupling}`, system, runs[0]));
      const slope = -(pressures[1] - pressures[0]) / gpaPerPressure / (boltzmann * 600);
      const what = 'ln P(V at 2.5 GPa)/P(V at −2.5 GPa) has the slope −βΔP (1/Å³)';
      checks.push(ratio(`npt ${coupling}`, system, what, slope, [runs[0].volumes, runs[1].volumes]));
      if (coupling === 'iso')
        figures.push(
          figureOf('ensemble-npt', 'Volume of 16 atoms at 600 K', 'V (Å³)', [
            ['−2.5 GPa', runs[0].volumes],
            ['2.5 GPa', runs[1].volumes],
          ]),
        );
    }
    return { checks, figures };
  },
};
