/**
 * What descriptors cost: µs per atom for the values alone and for energy with forces, without building neighbour lists,
 * which are timed apart. Cases alternate in rounds, so that a busy machine disturbs their ratios least.
 *
 * A. M. Goryaeva, J.-B. Maillet, M.-C. Marinica, Comput. Mater. Sci. 166, 200 (2019), doi:10.1016/j.commatsci.2019.04.043.
 */
import type { Atoms } from '../data/atoms.ts';
import type { Potential } from '../data/potential.ts';
import { descriptorPotential } from '../data/potentials/descriptor.ts';
import { fillGauss } from '../data/rng.ts';
import { createDescriber } from '../engine/describe.ts';
import type { Engine } from '../engine/engine.ts';
import { createSystem } from '../engine/system.ts';
import { type Basis, basisSize, basisWidth, isDescriptor, potentialOf, withCoefficients } from './basis.ts';

export interface CostCase {
  name: string;
  basis: Basis;
  /** All parts in one pass by the kernels of descriptors (SNAP, b-SO(4): the recurrence), none by a faster one of its own. */
  reference?: boolean;
}

export interface CostOptions {
  /** Default 7. */
  rounds?: number;
  /** µs since some start: of the processor, where there is such a clock. */
  clock: () => number;
  /** Called after each case of each round, with the share that is done. */
  progress?: (share: number) => void;
}

export interface Cost {
  name: string;
  /** Components per atom. */
  size: number;
  /** Å. */
  cutoff: number;
  /** µs per atom, medians over the rounds: the components, energy with forces, and building one neighbour list. */
  values: number;
  forces: number;
  list: number;
}

/** µs that one sample takes at least, so that the clock's grain does not count. */
const SAMPLE = 20_000;
/** Å: no atom moves, so no list is built while a kernel is timed. */
const SKIN = 0.3;

const KINDS = ['values', 'forces', 'list'] as const;
type Calls = Record<(typeof KINDS)[number], () => void>;

interface Timed {
  about: Pick<Cost, 'name' | 'size' | 'cutoff'>;
  calls: Calls;
  /** µs of all atoms, one a round. */
  samples: Record<(typeof KINDS)[number], number[]>;
}

const median = (values: number[]) => values.toSorted((a, b) => a - b)[values.length >> 1];

/** Coefficients matter to no cost but zero: random ones, small. */
function coefficients(basis: Basis): Float64Array {
  const all = new Float64Array(basis.elements.length * basisWidth(basis));
  fillGauss(all, 1n, 'trials', 0);
  return all.map((value) => 1e-3 * value);
}

function timedPotential(basis: Basis, reference: boolean): Potential {
  if (!reference || !isDescriptor(basis)) return potentialOf(basis, coefficients(basis));
  const { descriptor, quadraticflag: quadratic, elements } = withCoefficients(basis, coefficients(basis));
  return descriptorPotential({ descriptor, elements, quadratic });
}

function callsOf(engine: Engine, atoms: Atoms, basis: Basis, reference: boolean): Calls {
  const potential = timedPotential(basis, reference);
  const describe = createDescriber(engine, potential, reference).follow(atoms, SKIN);
  const system = createSystem(engine, atoms, potential, { skin: SKIN, reference });
  const list = () => {
    const mark = engine.mark();
    try {
      createSystem(engine, atoms, potential, { skin: SKIN, reference }).evaluate();
    } finally {
      engine.release(mark);
    }
  };
  return { values: () => describe(atoms.positions), forces: () => system.evaluate(), list };
}

function timed(engine: Engine, atoms: Atoms, { name, basis, reference = false }: CostCase): Timed {
  const { cutoff } = timedPotential(basis, reference);
  return {
    about: { name, size: basisSize(basis), cutoff },
    calls: callsOf(engine, atoms, basis, reference),
    samples: { values: [], forces: [], list: [] },
  };
}

/** µs of one call, from as many as fill a sample. */
function sample(call: () => void, clock: () => number): number {
  call();
  for (let count = 1; ; count *= 2) {
    const start = clock();
    for (let k = 0; k < count; k++) call();
    const spent = clock() - start;
    if (spent >= SAMPLE) return spent / count;
  }
}

/** One row per case, in their order; `atoms` has the elements of every basis. */
export function descriptorCosts(
  engine: Engine,
  atoms: Atoms,
  cases: readonly CostCase[],
  { rounds = 7, clock, progress }: CostOptions,
): Cost[] {
  const mark = engine.mark();
  try {
    const all = cases.map((one) => timed(engine, atoms, one));
    for (let round = 0; round < rounds; round++) {
      all.forEach(({ calls, samples }, k) => {
        for (const kind of KINDS) samples[kind].push(sample(calls[kind], clock));
        progress?.((round * all.length + k + 1) / (rounds * all.length));
      });
    }
    return all.map(({ about, samples }) => {
      const [values, forces, fresh] = KINDS.map((kind) => median(samples[kind]) / atoms.numbers.length);
      return { ...about, values, forces, list: Math.max(0, fresh - forces) };
    });
  } finally {
    engine.release(mark);
  }
}
