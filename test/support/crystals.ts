/** Cubic crystals and their point defects by the engine and the minimizers: numbers that others have computed too. */
import { elasticConstants } from '../../src/analysis/elastic.ts';
import type { Atoms } from '../../src/data/atoms.ts';
import { symbolOf } from '../../src/data/elements.ts';
import { lattice } from '../../src/data/lattice.ts';
import type { Potential } from '../../src/data/potential.ts';
import { repeat } from '../../src/data/supercell.ts';
import { gpaPerPressure } from '../../src/data/units.ts';
import type { Engine } from '../../src/engine/engine.ts';
import { type Minimizer, minimize } from '../../src/methods/minimize.ts';
import { strained } from '../../src/methods/strain.ts';
import { withSystem } from '../../src/verify/evaluate.ts';

/** bcc of the potential's first element, `cells` conventional cells each way. */
export function bcc(potential: Potential, a: number, cells = 1): Atoms {
  const cell = lattice({ kind: 'bcc', a, elements: [symbolOf(potential.species[0])] });
  return repeat(cell, [cells, cells, cells]);
}

export interface Crystal {
  /** Å, at zero pressure. */
  a0: number;
  /** eV per atom there. */
  energy: number;
}

/** The cell relaxed from lattice parameter `guess` until no stress is left. */
export function relaxedCrystal(engine: Engine, potential: Potential, guess: number): Crystal {
  return withSystem(engine, bcc(potential, guess), potential, (system) => {
    const { status, reason } = minimize(strained(system, { mode: 'iso' }), 'cg', { fmax: 1e-7, steps: 100 });
    if (status !== 'converged') throw new Error(`cell relaxation: ${reason}`);
    return { a0: system.cell[0], energy: system.energy() / 2 };
  });
}

/** C11, C12, C44, GPa: stress differences of the cubic cell at strains ±`strain`. */
export function cubicConstants(engine: Engine, potential: Potential, a0: number, strain = 1e-4): number[] {
  const { C } = withSystem(engine, bcc(potential, a0), potential, (system) => elasticConstants(system, { strain }));
  return [C[0], C[1], C[21]].map((c) => c * gpaPerPressure);
}

export interface Formation {
  /** eV, before the relaxation. */
  unrelaxed: number;
  /** eV, relaxed in the fixed cell. */
  relaxed: number;
}

/** E(defect) − N·(energy per atom of the crystal), relaxed until fmax, eV/Å. */
export function formation(
  engine: Engine,
  potential: Potential,
  { energy }: Crystal,
  defect: Atoms,
  { method = 'cg', fmax = 1e-4 }: { method?: Minimizer; fmax?: number } = {},
): Formation {
  return withSystem(engine, defect, potential, (system) => {
    const perfect = defect.numbers.length * energy;
    const unrelaxed = system.evaluate() - perfect;
    const end = minimize(system, method, { fmax, steps: 1000 });
    if (end.status !== 'converged') throw new Error(`relaxation of the defect: ${end.reason}`);
    return { unrelaxed, relaxed: end.energy - perfect };
  });
}
