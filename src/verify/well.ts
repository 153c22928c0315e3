/** Where atoms like to be: the bcc crystal of lowest energy, for a potential of which nothing is known but its cutoff. */
import { type Atoms, createAtoms } from '../data/atoms.ts';
import { lattice } from '../data/lattice.ts';
import type { Potential } from '../data/potential.ts';
import { repeat } from '../data/supercell.ts';
import type { Engine } from '../engine/engine.ts';
import { withSystem } from './evaluate.ts';

export interface Well {
  /** Nearest neighbours, Å. */
  distance: number;
  /** eV per atom there, beside atoms that are alone. */
  energy: number;
  /** Bulk modulus, eV/Å^3. */
  modulus: number;
}

/** Å: what nearest neighbours in crystals are like, and the spacing of the search. */
const NEAREST = 1.6;
const FARTHEST = 5;
const SPACING = 0.05;

function perfect(elements: readonly number[]): Atoms {
  const copies = elements.length > 2 ? 2 : 1;
  const cell = repeat(lattice({ kind: 'bcc', a: 2 / Math.sqrt(3), elements: ['Fe'] }), [copies, copies, copies]);
  const numbers = Uint8Array.from(cell.numbers, (_, i) => elements[(i + (i >> 2)) % elements.length]);
  return createAtoms({ ...cell, numbers });
}

/** The deepest minimum of the energy over all sizes of a bcc crystal of the elements; undefined where there is none. */
export function wellOf(engine: Engine, potential: Potential, elements: readonly number[]): Well | undefined {
  const atoms = perfect(elements);
  return withSystem(
    engine,
    atoms,
    potential,
    (system) => {
      const n = atoms.numbers.length;
      const energy = (distance: number) => {
        system.setCell(atoms.cell.map((c) => c * distance));
        system.x.set(atoms.positions.map((c) => c * distance));
        return system.evaluate() / n;
      };
      const count = Math.round((Math.min(FARTHEST, potential.cutoff) - NEAREST) / SPACING);
      const distances = Array.from({ length: Math.max(0, count) }, (_, k) => NEAREST + k * SPACING);
      const energies = distances.map(energy);
      let best = -1;
      for (let k = 1; k + 1 < energies.length; k++) {
        const low = energies[k] < energies[k - 1] && energies[k] <= energies[k + 1];
        if (low && (best < 0 || energies[k] < energies[best])) best = k;
      }
      if (best < 0) return undefined;
      const alone = energy(1.1 * potential.cutoff);
      return refined((distance) => energy(distance) - alone, distances[best]);
    },
    { skin: 0 },
  );
}

/** The bottom of the parabola through three points, again and again nearer. */
function refined(energy: (distance: number) => number, start: number): Well {
  let at = start;
  let second = 0;
  for (let h = SPACING; h > 1e-4; h /= 4) {
    const [low, mid, high] = [at - h, at, at + h].map(energy);
    second = (low - 2 * mid + high) / (h * h);
    if (second > 0) at -= Math.max(-h, Math.min(h, (high - low) / (2 * h * second)));
  }
  // V = 4 d³ / (3 √3) an atom of bcc; B = V E''(V) = d² E''(d) / 9V at the minimum
  const volume = (4 * at ** 3) / (3 * Math.sqrt(3));
  return { distance: at, energy: energy(at), modulus: (at * at * second) / (9 * volume) };
}
