/**
 * Weighted rows of configurations. As FitSNAP's: energy per atom, forces and stresses by component, each row times its
 * weight (so the loss has its square). What a reference potential gives is subtracted first.
 */
import { symbolOf } from '../data/elements.ts';
import { InputError } from '../data/errors.ts';
import type { Potential } from '../data/potential.ts';
import type { Engine } from '../engine/engine.ts';
import type { Designer, DesignRows } from './design.ts';
import { named, predict, volumeOf } from './evaluate.ts';
import type { Sample } from './samples.ts';

/** Of rows: energy in 1/(eV per atom), force in Å/eV, stress in Å³/eV. 0 leaves out. */
export interface Weights {
  energy: number;
  force: number;
  stress: number;
}

export const defaultWeights: Weights = { energy: 100, force: 1, stress: 10 };
export const kinds = ['energy', 'force', 'stress'] as const;
export type Kind = (typeof kinds)[number];

/** Rows of a kind that a configuration has. */
export function countRows({ energy, forces, stress }: Sample, kind: Kind): number {
  if (kind === 'energy') return energy === undefined ? 0 : 1;
  return (kind === 'force' ? forces : stress)?.length ?? 0;
}

/** Takes a row at `at`: row·coefficients should be the target; weight 1 is that of unweighted errors. */
export type TakeRow = (row: Float64Array, at: number, target: number, weight: number) => void;

export interface Rows {
  columns: number;
  /** All rows of a kind, in order: energy per atom; forces; stresses xx yy zz yz xz xy. */
  each(kind: Kind, take: TakeRow): void;
}

/** The rows of one configuration. Errors name it. */
export function rowsOf(engine: Engine, sample: Sample, designer: Designer, reference: Potential | undefined): Rows {
  const { energy = 0, forces, stress, atoms } = sample;
  const rows = design(sample, designer);
  const before = reference ? predict(engine, sample, reference) : undefined;
  const { columns } = rows;
  return {
    columns,
    each: (kind, take) => {
      if (countRows(sample, kind) === 0) return;
      if (kind === 'energy') take(rows.energy, 0, energy - (before?.energy ?? 0), 1 / atoms.numbers.length);
      else if (kind === 'force')
        for (const [i, f] of forces?.entries() ?? []) take(rows.forces, i * columns, f - (before?.forces[i] ?? 0), 1);
      else {
        const volume = volumeOf(sample);
        for (const [i, s] of stress?.entries() ?? [])
          take(rows.virial, i * columns, -s * volume - (before?.virial[i] ?? 0), 1 / volume);
      }
    },
  };
}

function design(sample: Sample, designer: Designer): DesignRows {
  try {
    return designer.rows(sample.atoms);
  } catch (error) {
    throw named(error, sample.name);
  }
}

/** Throws InputError that names the first configuration with an element that is not among those of the fit. */
export function checkElements(samples: readonly Sample[], species: readonly number[]): void {
  for (const { atoms, name } of samples) {
    const unknown = atoms.numbers.find((z) => !species.includes(z));
    if (unknown === undefined) continue;
    throw new InputError(
      `${name}: the configuration contains ${symbolOf(unknown)}; the fit knows ${species.map(symbolOf).join(', ')}`,
    );
  }
}
