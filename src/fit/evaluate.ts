/** What a potential says of configurations, against what is known of them: errors by group, unweighted. */
import { determinant } from '../data/cell.ts';
import { InputError, PhysicsError } from '../data/errors.ts';
import type { Potential } from '../data/potential.ts';
import type { Engine } from '../engine/engine.ts';
import { createSystem } from '../engine/system.ts';
import type { Sample } from './samples.ts';

export interface Prediction {
  /** eV. */
  energy: number;
  /** (3n) eV/Å. */
  forces: Float64Array;
  /** xx yy zz yz xz xy, eV. */
  virial: Float64Array;
}

/** Energy, forces and virial of one configuration. Errors name it. */
export function predict(engine: Engine, sample: Pick<Sample, 'atoms' | 'name'>, potential: Potential): Prediction {
  const mark = engine.mark();
  try {
    const system = createSystem(engine, sample.atoms, potential, { skin: 0 });
    const energy = system.evaluate();
    return { energy, forces: Float64Array.from(system.f), virial: Float64Array.from(system.virial) };
  } catch (error) {
    throw named(error, sample.name);
  } finally {
    engine.release(mark);
  }
}

/** The same error with the name of the configuration. */
export function named(error: unknown, name: string): unknown {
  if (error instanceof InputError) return new InputError(`${name}: ${error.message}`);
  if (error instanceof PhysicsError) return new PhysicsError(`${name}: ${error.message}`);
  return error;
}

/** Å³; a fit of stresses needs a cell. */
export function volumeOf({ atoms, name }: Sample): number {
  const volume = Math.abs(determinant(atoms.cell));
  if (volume > 0) return volume;
  throw new InputError(`${name}: has a stress, but its cell has no volume`);
}

export interface Errors {
  count: number;
  mae: number;
  rmse: number;
  largest: number;
}

/** Errors of one group: eV per atom, eV/Å, eV/Å³; absent where there is no data. */
export interface Metrics {
  configurations: number;
  atoms: number;
  energy?: Errors;
  force?: Errors;
  stress?: Errors;
}

interface Sums {
  count: number;
  absolute: number;
  square: number;
  largest: number;
}

interface Tally {
  configurations: number;
  atoms: number;
  energy: Sums;
  force: Sums;
  stress: Sums;
}

const none = (): Sums => ({ count: 0, absolute: 0, square: 0, largest: 0 });

function note(sums: Sums, error: number): void {
  const size = Math.abs(error);
  sums.count++;
  sums.absolute += size;
  sums.square += size * size;
  sums.largest = Math.max(sums.largest, size);
}

const errorsOf = ({ count, absolute, square, largest }: Sums): Errors | undefined =>
  count === 0 ? undefined : { count, mae: absolute / count, rmse: Math.sqrt(square / count), largest };

/** Collects errors by group and of all. */
export function createTally(): {
  add(sample: Sample, prediction: Prediction): void;
  /** 'all' first, then the groups in the order of their first configuration. */
  metrics(): Map<string, Metrics>;
} {
  const groups = new Map<string, Tally>();
  const tallyOf = (group: string): Tally => {
    const known = groups.get(group) ?? { configurations: 0, atoms: 0, energy: none(), force: none(), stress: none() };
    groups.set(group, known);
    return known;
  };
  return {
    add: (sample, prediction) => {
      const { energy, forces, stress, atoms } = sample;
      const n = atoms.numbers.length;
      const volume = stress ? volumeOf(sample) : 1;
      for (const tally of [tallyOf('all'), tallyOf(sample.group)]) {
        tally.configurations++;
        tally.atoms += n;
        if (energy !== undefined) note(tally.energy, (prediction.energy - energy) / n);
        for (const [i, f] of forces?.entries() ?? []) note(tally.force, prediction.forces[i] - f);
        for (const [i, s] of stress?.entries() ?? []) note(tally.stress, -prediction.virial[i] / volume - s);
      }
    },
    metrics: () =>
      new Map(
        [...groups].map(([group, { configurations, atoms, energy, force, stress }]): [string, Metrics] => [
          group,
          {
            configurations,
            atoms,
            energy: errorsOf(energy),
            force: errorsOf(force),
            stress: errorsOf(stress),
          },
        ]),
      ),
  };
}

/** Errors of a potential on configurations. `onEach`: with every prediction, in order. */
export function evaluateSamples(
  engine: Engine,
  samples: readonly Sample[],
  potential: Potential,
  onEach: (sample: Sample, prediction: Prediction, k: number) => void = () => {},
): Map<string, Metrics> {
  const tally = createTally();
  samples.forEach((sample, k) => {
    const prediction = predict(engine, sample, potential);
    tally.add(sample, prediction);
    onEach(sample, prediction, k);
  });
  return tally.metrics();
}
