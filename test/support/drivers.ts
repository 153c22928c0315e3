/** Everything that goes step by step, behind one face: so that one test can stop, move and repeat all of it. Runs in a browser, too. */
import { vacancy } from '../../src/data/defects.ts';
import type { Engine } from '../../src/engine/engine.ts';
import { createSystem, type System } from '../../src/engine/system.ts';
import { prepare } from '../../src/free-energy/prepare.ts';
import {
  type Method,
  restoreSampling,
  type SamplingOptions,
  samplingDefaults,
  saveSampling,
  startSampling,
  stepSampling,
} from '../../src/free-energy/sampling.ts';
import { loadEmbedded } from '../../src/io/embedded.ts';
import { ensembles } from '../../src/methods/dynamics.ts';
import { type Minimizer, minimizerInit, minimizerStep } from '../../src/methods/minimize.ts';
import { type MdOptions, restoreMd, saveMd, startMd, stepMd } from '../../src/tasks/dynamics.ts';
import { massesOf } from '../../src/tasks/masses.ts';
import { restoreNeb, saveNeb, startNeb, stepNeb } from '../../src/tasks/neb.ts';
import type { NebInput } from '../../src/tasks/neb-input.ts';
import { bcc } from './crystals.ts';

export interface Running {
  step(): void;
  save(): unknown;
  /** All that there is to compare. */
  bits(): unknown;
}

export interface Driver {
  name: string;
  steps: number;
  begin(engine: Engine): Running;
  resume(engine: Engine, saved: unknown): Running;
}

const potential = loadEmbedded('Fe-Ackland-2004');
const atoms = vacancy(bcc(potential, 2.87, 3), 20);
const masses = massesOf(atoms, potential).values;

const bitsOf = (system: System) => ({
  x: system.x.slice(),
  f: system.f.slice(),
  cell: system.cell.slice(),
  virial: system.virial.slice(),
  energies: system.energies.slice(),
  energy: system.energy(),
});

function dynamics(ensemble: MdOptions['ensemble'], coupling: 'iso' | 'aniso'): Driver {
  const options: MdOptions = {
    ensemble,
    coupling,
    steps: 1000,
    timestep: 0.002,
    temperature: [600, 900],
    pressure: [0, 0.01],
    friction: 5,
    relaxation: 0.05,
    cellRelaxation: 0.3,
    seed: 9n,
  };
  const run = (system: System, state: ReturnType<typeof startMd>): Running => ({
    step: () => stepMd(system, state, options),
    save: () => saveMd(system, state),
    bits: () => ({ ...bitsOf(system), state: structuredClone(state) }),
  });
  return {
    name: `${ensemble} ${coupling}`,
    steps: options.steps,
    begin(engine) {
      const system = createSystem(engine, atoms, potential);
      return run(system, startMd(system, masses, options));
    },
    resume(engine, saved) {
      const system = createSystem(engine, atoms, potential);
      return run(system, restoreMd(system, saved as ReturnType<typeof saveMd>));
    },
  };
}

interface Relaxing {
  state: ReturnType<typeof minimizerInit>;
  x: Float64Array;
  f: Float64Array;
  list: ReturnType<System['listState']>;
}

function minimizer(method: Minimizer): Driver {
  const run = (system: System, state: Relaxing['state']): Running => ({
    step: () => {
      minimizerStep(system, state);
    },
    save: (): Relaxing => ({
      state: structuredClone(state),
      x: system.x.slice(),
      f: system.f.slice(),
      list: system.listState(),
    }),
    bits: () => ({ ...bitsOf(system), state: structuredClone(state) }),
  });
  return {
    name: method,
    steps: 60,
    begin(engine) {
      const system = createSystem(engine, atoms, potential);
      return run(system, minimizerInit(system, method));
    },
    resume(engine, saved) {
      const { state, x, f, list } = saved as Relaxing;
      const system = createSystem(engine, atoms, potential);
      system.x.set(x);
      system.restoreList(list);
      system.evaluate();
      system.f.set(f);
      return run(system, structuredClone(state));
    },
  };
}

function sampler(method: Method): Driver {
  const options: SamplingOptions = {
    ...samplingDefaults,
    method,
    temperature: 600,
    steps: 1000,
    seed: 7n,
    blockSteps: 50,
    equilibration: 0,
    ...(method === 'switching' ? { switches: 2 } : {}),
  };
  const ready = (engine: Engine) =>
    prepare(engine, atoms, potential, { reference: { kind: 'einstein', k: 5 }, relax: true });
  const run = ({ target, reference }: ReturnType<typeof ready>, state: ReturnType<typeof startSampling>): Running => ({
    step: () => {
      stepSampling(target, reference, state, options);
    },
    save: () => saveSampling(target, reference, state),
    bits: () => ({ x: target.objective.x.slice(), f: target.objective.f.slice(), state: structuredClone(state) }),
  });
  return {
    name: `sampling ${method}`,
    steps: options.steps,
    begin(engine) {
      const all = ready(engine);
      return run(all, startSampling(all.target, all.reference, options));
    },
    resume(engine, saved) {
      const all = ready(engine);
      const checkpoint = saved as ReturnType<typeof saveSampling>;
      return run(all, restoreSampling(all.target, all.reference, checkpoint));
    },
  };
}

function neb(method: 'lbfgs' | 'fire'): Driver {
  const crystal = bcc(potential, 2.8553, 3);
  const d = 2.8553 / 2;
  const given: NebInput = {
    atoms: vacancy(crystal, [0, 0, 0]),
    last: vacancy(crystal, [d, d, d]),
    potential,
    skin: 0.5,
    options: {
      images: 5,
      maxImages: 7,
      method,
      fmax: 3e-3,
      steps: 500,
      climb: 'all',
      climbBelow: 0.1,
      spring: 5,
      interpolate: 'idpp',
      relaxEnds: true,
      keepOrder: false,
    },
  };
  const run = (band: ReturnType<typeof startNeb>): Running => ({
    step: () => {
      if (band.state.stage !== 'done') stepNeb(band);
    },
    save: () => saveNeb(band),
    bits: () => ({ state: structuredClone(band.state), x: band.objective.x.slice(), f: band.objective.f.slice() }),
  });
  return {
    name: `neb ${method}`,
    steps: 25,
    begin: (engine) => run(startNeb(engine, given)),
    resume: (engine, saved) => run(restoreNeb(engine, given, saved as ReturnType<typeof saveNeb>)),
  };
}

export const drivers: Driver[] = [
  ...ensembles.map((ensemble) => dynamics(ensemble, 'iso')),
  dynamics('npt', 'aniso'),
  ...(['cg', 'fire', 'lbfgs'] as const).map(minimizer),
  ...(['abf', 'extended', 'expanded', 'quadrature', 'switching'] as const).map(sampler),
  ...(['lbfgs', 'fire'] as const).map(neb),
];
