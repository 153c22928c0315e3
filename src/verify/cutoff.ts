/**
 * What the energy does where a formula changes: a dimer, alone or with a third atom in reach of both, is pulled across
 * the radius; value and slope are extrapolated from either side, from energies alone.
 */
import { type Atoms, createAtoms } from '../data/atoms.ts';
import type { Potential } from '../data/potential.ts';
import type { Engine } from '../engine/engine.ts';
import { withSystem } from './evaluate.ts';
import type { Subject } from './subject.ts';

export interface Jumps {
  /** eV, and eV/Å. */
  value: number;
  slope: number;
}

/** Å; the cubic through four points at its multiples errs by STEP⁴ in value, STEP³ in slope. */
const STEP = 1e-4;
const DIRECTION = [0.6, 0.48, 0.64];
const ACROSS = [0.8, -0.36, -0.48];

/** The dimer of elements a and b at `radius`; a spectator c as far from both as neighbours are, or as it must be. */
function arrangement(elements: number[], radius: number, distance: number): Atoms {
  const half = radius / 2;
  const aside = Math.max(distance, 1.1 * half);
  const height = Math.sqrt(aside * aside - half * half);
  const positions = [0, 0, 0, ...DIRECTION.map((c) => c * radius)];
  if (elements.length === 3) positions.push(...DIRECTION.map((c, k) => c * half + ACROSS[k] * height));
  return createAtoms({
    numbers: Uint8Array.from(elements),
    positions: Float64Array.from(positions),
    cell: new Float64Array(9),
    pbc: [false, false, false],
  });
}

/** Jumps at a radius; `elements` are those of the two atoms that part and of the spectator, if there is one. */
function jumpsAt(engine: Engine, potential: Potential, elements: number[], radius: number, distance: number): Jumps {
  return withSystem(engine, arrangement(elements, radius, distance), potential, (system) => {
    const energy = (r: number) => {
      for (let c = 0; c < 3; c++) system.x[3 + c] = DIRECTION[c] * r;
      return system.evaluate();
    };
    const side = (sign: number) => {
      const e = [1, 2, 3, 4].map((k) => energy(radius + sign * k * STEP));
      return {
        value: 4 * e[0] - 6 * e[1] + 4 * e[2] - e[3],
        slope: (sign * ((-13 / 3) * e[0] + 9.5 * e[1] - 7 * e[2] + (11 / 6) * e[3])) / STEP,
      };
    };
    const inside = side(-1);
    const outside = side(1);
    return { value: Math.abs(inside.value - outside.value), slope: Math.abs(inside.slope - outside.slope) };
  });
}

/** The largest jumps of all pairs of elements, bare or with a spectator. */
export function worstJumps(
  engine: Engine,
  potential: Potential,
  { elements, distance }: Pick<Subject, 'elements' | 'distance'>,
  radius: number,
  spectator: boolean,
): Jumps {
  const worst = { value: 0, slope: 0 };
  for (const a of elements) {
    for (const b of elements) {
      const { value, slope } = jumpsAt(engine, potential, spectator ? [a, b, a] : [a, b], radius, distance);
      worst.value = Math.max(worst.value, value);
      worst.slope = Math.max(worst.slope, slope);
    }
  }
  return worst;
}
