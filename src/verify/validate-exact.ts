/** Cases with closed forms: oscillators, the perfect gas, an Einstein crystal, free energies between them. */
import { determinant } from '../data/cell.ts';
import { lattice } from '../data/lattice.ts';
import { log, pow } from '../data/math.ts';
import type { CellObjective, Objective } from '../data/objective.ts';
import { einsteinPotential } from '../data/potentials/harmonic.ts';
import { repeat } from '../data/supercell.ts';
import { boltzmann, forceToAcceleration } from '../data/units.ts';
import type { Engine } from '../engine/engine.ts';
import { createSystem } from '../engine/system.ts';
import { einsteinReference } from '../free-energy/einstein.ts';
import { estimate } from '../free-energy/estimate.ts';
import type { Estimate } from '../free-energy/result.ts';
import {
  type SamplingOptions,
  samplingDefaults,
  startSampling,
  stepSampling,
  takeRecords,
} from '../free-energy/sampling.ts';
import { incompleteGamma } from '../free-energy/statistics/distributions.ts';
import { seriesMean } from '../free-energy/statistics/inefficiency.ts';
import { modelTarget } from '../free-energy/target.ts';
import { langevinInit, langevinStep } from '../methods/langevin.ts';
import { nptInit, nptStep } from '../methods/npt.ts';
import { maxwellBoltzmann } from '../methods/temperature.ts';
import { independent, kolmogorovSmirnov } from './distribution.ts';
import { type Figure, type Part, type Validated, validated } from './validation.ts';

const T = 300;
const kT = boltzmann * T;
const MASS = 50;

function off(name: string, what: string, system: string, series: number[], expected: number): Validated {
  const { value, error } = seriesMean(Float64Array.from(series));
  return validated({
    name,
    what,
    system,
    value: Math.abs(value - expected) / error,
    limit: 4,
    unit: 'σ',
    detail: `${value.toFixed(5)} ± ${error.toFixed(5)}, exact ${expected.toFixed(5)}`,
  });
}

function springs(n: number, k: number): Objective {
  const x = new Float64Array(3 * n);
  const f = new Float64Array(3 * n);
  return {
    x,
    f,
    evaluate() {
      let energy = 0;
      for (let i = 0; i < x.length; i++) {
        energy += 0.5 * k * x[i] * x[i];
        f[i] = -k * x[i];
      }
      return energy;
    },
  };
}

/** BAOAB has ⟨x²⟩ = kT/k at any stable step, and m⟨v²⟩ = kT (1 − (ω dt)²/4): 10.1093/amrx/abs010. */
function langevinExact(phase: number, steps: number): Validated[] {
  const [n, k] = [50, 4];
  const omega = Math.sqrt((k / MASS) * forceToAcceleration);
  const objective = springs(n, k);
  const masses = new Float64Array(n).fill(MASS);
  const state = langevinInit(objective, { masses, velocities: maxwellBoltzmann(masses, T, 3n) });
  const options = { timestep: phase / omega, temperature: T, friction: 0.3 * omega, seed: 3n };
  const [places, speeds]: number[][] = [[], []];
  for (let i = 0; i < steps; i++) {
    langevinStep(objective, state, options);
    if (i < steps / 10) continue;
    const square = (values: Float64Array) => values.reduce((sum, v) => sum + v * v, 0) / (3 * n);
    places.push((k * square(objective.x)) / kT);
    speeds.push((MASS * square(state.velocities)) / forceToAcceleration / kT);
  }
  const system = `150 oscillators, ω dt = ${phase}, ${steps} steps`;
  return [
    off('Langevin, positions', 'k⟨x²⟩/kT is 1 whatever the step', system, places, 1),
    off('Langevin, velocities', 'm⟨v²⟩/kT is 1 − (ω dt)²/4', system, speeds, 1 - (phase * phase) / 4),
  ];
}

/** Without forces, P(V) ∝ V^(N−1) exp(−PV/kT), the centre of mass at rest. */
function perfectGas(steps: number): Validated {
  const n = 12;
  const pressure = 1e-4;
  const edge = pow((n * kT) / pressure, 1 / 3);
  const cell = Float64Array.of(edge, 0, 0, 0, edge, 0, 0, 0, edge);
  const objective: CellObjective = {
    x: new Float64Array(3 * n),
    f: new Float64Array(3 * n),
    virial: new Float64Array(6),
    cell,
    setCell: (next) => cell.set(Array.from(next)),
    evaluate: () => 0,
  };
  const masses = new Float64Array(n).fill(20);
  const state = nptInit(objective, { masses, velocities: maxwellBoltzmann(masses, T, 2n), coupling: 'iso' });
  const options = { timestep: 0.02, temperature: T, pressure, relaxation: 0.3, cellRelaxation: 0.5 };
  const volumes: number[] = [];
  for (let i = 0; i < steps; i++) {
    nptStep(objective, state, options);
    if (i > steps / 20 && i % 20 === 0) volumes.push((pressure * Math.abs(determinant(objective.cell))) / kT);
  }
  const picked = independent(volumes);
  return validated({
    name: 'perfect gas',
    what: `NPT: V has the Gamma(N) distribution: p of Kolmogorov and Smirnov, ${picked.length} samples`,
    system: `12 atoms without forces, ${steps} steps`,
    value: kolmogorovSmirnov(picked, (v) => incompleteGamma(n, Math.max(0, v))),
    limit: 0.01,
    least: true,
    unit: '',
  });
}

/** An Einstein crystal in the engine: ⟨U⟩ = 3N kT/2. */
function harmonicSolid(engine: Engine, steps: number): Validated {
  const atoms = repeat(lattice({ kind: 'bcc', a: 2.8553, elements: ['Fe'] }), [3, 3, 3]);
  const n = atoms.numbers.length;
  const stiffness = Float64Array.from({ length: n }, (_, i) => 2 + (i % 5));
  const system = createSystem(engine, atoms, einsteinPotential(atoms, stiffness));
  const masses = new Float64Array(n).fill(MASS);
  const state = langevinInit(system, { masses, velocities: maxwellBoltzmann(masses, T, 4n) });
  const options = { timestep: 0.01, temperature: T, friction: 5, seed: 4n };
  const energies: number[] = [];
  for (let i = 0; i < steps; i++) {
    langevinStep(system, state, options);
    if (i >= steps / 10) energies.push(state.energy / (1.5 * n * kT));
  }
  return off('harmonic solid', '⟨U⟩/(3N kT/2) is 1', `Einstein crystal, 54 atoms, ${steps} steps`, energies, 1);
}

/** ΔA of 8 atoms whose springs grow by half: ½ (3N − 3) kT ln 1.5, the centre of mass at rest. */
function freeEnergyRun(replica: number, steps: number): Estimate {
  const n = 8;
  const masses = new Float64Array(n).fill(MASS);
  const x0 = Float64Array.from({ length: 3 * n }, (_, i) => i);
  const make = (k: number) => einsteinReference({ x0, energy: 0, stiffness: new Float64Array(n).fill(k), masses });
  const [soft, stiff] = [make(2), make(3)];
  const [x, f] = [x0.slice(), new Float64Array(3 * n)];
  const each = new Float64Array(3 * n).fill(MASS);
  const target = modelTarget({ x, f, evaluate: () => stiff.evaluate(x, f) }, each, true);
  const options: SamplingOptions = {
    ...samplingDefaults,
    temperature: T,
    timestep: 0.01,
    steps,
    seed: BigInt(100 + replica),
    blockSteps: Math.min(500, steps / 100),
    equilibration: steps / 10,
  };
  const state = startSampling(target, soft, options);
  for (let i = 0; i < steps; i++) stepSampling(target, soft, state, options);
  return estimate(takeRecords(state), { ...options, modes: soft.modes });
}

function freeEnergies(replicas: number, steps: number): { checks: Validated[]; figure: Figure } {
  const exact = 0.5 * 21 * kT * log(1.5);
  const found = Array.from({ length: replicas }, (_, k) => freeEnergyRun(k, steps));
  const covered = found.filter(({ interval: [low, high] }) => low <= exact && exact <= high).length;
  const mean = found.reduce((sum, { deltaA }) => sum + deltaA / replicas, 0);
  const error = Math.sqrt(found.reduce((sum, one) => sum + one.error ** 2, 0)) / replicas;
  const system = `springs of 8 atoms × 1.5, ABF, ${replicas} replicas of ${steps} steps`;
  // a fifth of a million sets of so many intervals that are right 95 times of 100 have fewer
  const least = Math.floor(replicas * 0.95 - 4 * Math.sqrt(replicas * 0.95 * 0.05));
  return {
    checks: [
      validated({
        name: 'free energy',
        what: 'the mean of the replicas is ½ (3N − 3) kT ln 1.5',
        system,
        value: Math.abs(mean - exact) / error,
        limit: 4,
        unit: 'σ',
        detail: `${(1000 * mean).toFixed(3)} ± ${(1000 * error).toFixed(3)} meV, exact ${(1000 * exact).toFixed(3)}`,
      }),
      validated({
        name: 'coverage',
        what: '95 % intervals that contain the exact free energy',
        system,
        value: covered,
        limit: least,
        least: true,
        unit: `of ${replicas}`,
      }),
    ],
    figure: {
      name: 'free-energies',
      title: 'Free energies of replicas with their 95 % intervals',
      x: { label: 'replica' },
      y: { label: 'ΔA (meV)' },
      series: [
        { name: 'estimate', x: found.map((_, k) => k + 1), y: found.map(({ deltaA }) => 1000 * deltaA) },
        { name: '95 %, below', x: found.map((_, k) => k + 1), y: found.map(({ interval }) => 1000 * interval[0]) },
        { name: '95 %, above', x: found.map((_, k) => k + 1), y: found.map(({ interval }) => 1000 * interval[1]) },
        { name: 'exact', x: [1, replicas], y: [1000 * exact, 1000 * exact] },
      ],
    },
  };
}

export const exactPart: Part = {
  name: 'closed forms',
  run(engine, long) {
    const times = long ? 10 : 1;
    const mark = engine.mark();
    const { checks, figure } = freeEnergies(long ? 200 : 24, 5000);
    const all = [
      ...langevinExact(0.2, 10_000 * times),
      ...langevinExact(1, 10_000 * times),
      perfectGas(100_000 * times),
      harmonicSolid(engine, 10_000 * times),
      ...checks,
    ];
    engine.release(mark);
    return { checks: all, figures: [figure] };
  },
};
