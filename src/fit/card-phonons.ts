/**
 * Phonons of a property card at points where the zone of a cubic crystal ends. They are waves of an even supercell of
 * unit cells, so that their frequencies do not depend on its size.
 */
import { forceConstants } from '../analysis/force-constants.ts';
import { frequencies, phonons } from '../analysis/phonons.ts';
import type { Atoms } from '../data/atoms.ts';
import type { Potential } from '../data/potential.ts';
import type { Engine } from '../engine/engine.ts';

export type Crystal = 'bcc' | 'fcc';
type Vector = readonly [number, number, number];

/** In 1/a. */
const POINTS: Record<Crystal, ReadonlyMap<string, Vector>> = {
  bcc: new Map([
    ['H', [1, 0, 0]],
    ['N', [0.5, 0.5, 0]],
    ['P', [0.5, 0.5, 0.5]],
  ]),
  fcc: new Map([
    ['X', [1, 0, 0]],
    ['L', [0.5, 0.5, 0.5]],
    ['W', [1, 0.5, 0]],
  ]),
};
const EVEN = 4;

export interface PhononName {
  /** In 1/a. */
  point: Vector;
  /** 0, 1, 2 in ascending order. */
  branch: number;
}

/** 'phonon N 2': the second lowest frequency at N. Undefined for what is no such name. */
export function phononOf(name: string, crystal: Crystal): PhononName | undefined {
  const [, letter, branch] = /^phonon (\w+) ([123])$/.exec(name) ?? [];
  const point = letter === undefined ? undefined : POINTS[crystal].get(letter);
  return point && { point, branch: Number(branch) - 1 };
}

/** THz, imaginary ones negative; the force constants of the unit cell at rest are made once. */
export function phononMeter(engine: Engine, unit: Atoms, potential: Potential): (name: PhononName) => number {
  const [a] = unit.cell;
  let crystal: ReturnType<typeof phonons> | undefined;
  return ({ point, branch }) => {
    crystal ??= phonons(forceConstants(engine, unit, potential, { supercell: [EVEN, EVEN, EVEN] }));
    return frequencies(
      engine,
      crystal,
      point.map((c) => c / a),
    )[branch];
  };
}
