/**
 * What a fitted potential says of its crystal, against what is known: lattice constant (Å), elastic constants (GPa), vacancy
 * and dumbbells (eV, in 4×4×4 unit cells at the relaxed constant), surfaces (J/m²), phonons (THz).
 */
import { defectEnergy, measureBulk, relaxedConstant } from '../analysis/defect-energy.ts';
import { elasticConstants } from '../analysis/elastic.ts';
import { joulePerSquareMetre, surfaceEnergy } from '../analysis/surface.ts';
import type { Atoms } from '../data/atoms.ts';
import { dumbbell, vacancy } from '../data/defects.ts';
import { symbolOf } from '../data/elements.ts';
import { InputError, PhysicsError } from '../data/errors.ts';
import { lattice } from '../data/lattice.ts';
import type { Potential } from '../data/potential.ts';
import { repeat } from '../data/supercell.ts';
import { gpaPerPressure } from '../data/units.ts';
import type { Engine } from '../engine/engine.ts';
import { createSystem } from '../engine/system.ts';
import { type Crystal, phononMeter, phononOf } from './card-phonons.ts';

export interface CardOptions {
  crystal: Crystal;
  /** Atomic number. */
  number: number;
  /** Å: where the relaxation begins. */
  a: number;
  /** 'a0', 'C11', 'C12', 'C44', 'bulk', 'vacancy', 'dumbbell 110', 'surface 100', 'phonon H 1' … */
  properties: readonly string[];
}

const CELLS = 4;
/** Of looking for the lattice constant: its share in one, and how many. */
const STRIDE = 0.02;
const STRIDES = 12;
const ELASTIC = ['C11', 'C12', 'C44', 'bulk'];

/** Throws InputError for a property that there is not. */
export function checkProperties(names: readonly string[], crystal: Crystal = 'bcc'): void {
  for (const name of names) {
    if (name === 'a0' || name === 'vacancy' || ELASTIC.includes(name) || directionOf(name)) continue;
    if (phononOf(name, crystal)) continue;
    throw new InputError(
      `card: no property is called ${name}; there are a0, ${ELASTIC.join(', ')}, vacancy, dumbbell 110, surface 100, ` +
        `${crystal === 'bcc' ? 'phonon H 1 (N, P; 1 to 3)' : 'phonon X 1 (L, W; 1 to 3)'} …`,
    );
  }
}

function directionOf(name: string): { what: string; indices: [number, number, number] } | undefined {
  const [, what, digits] = /^(dumbbell|surface) (\d\d\d)$/.exec(name) ?? [];
  if (what === undefined || digits === '000') return undefined;
  const [h, k, l] = [...digits].map(Number);
  return { what, indices: [h, k, l] };
}

/** The properties by name; NaN for what could not be found (nothing relaxes, atoms fly apart). */
export function measureCard(engine: Engine, potential: Potential, options: CardOptions): Map<string, number> {
  checkProperties(options.properties, options.crystal);
  const { crystal, number, a, properties } = options;
  const unitOf = (edge: number) => lattice({ kind: crystal, elements: [symbolOf(number)], a: edge });
  const found = new Map<string, number>(properties.map((name) => [name, Number.NaN]));
  attempt(() => {
    const near = valley((edge) => energyOf(engine, unitOf(edge), potential), a);
    if (near === undefined) return;
    const a0 = relaxedConstant(engine, unitOf(near), potential);
    if (Math.abs(a0 / near - 1) > 2 * STRIDE) return;
    const unit = unitOf(a0);
    const elastic = new Map<string, number>();
    attempt(() => elasticOf(engine, unit, potential, elastic));
    const defects = defectMeter(engine, unit, potential);
    const vibrations = phononMeter(engine, unit, potential);
    for (const name of properties) {
      attempt(() => {
        const along = directionOf(name);
        const phonon = phononOf(name, crystal);
        if (phonon) found.set(name, vibrations(phonon));
        else if (name === 'a0') found.set(name, a0);
        else if (along?.what === 'surface')
          found.set(name, surfaceEnergy(engine, unit, potential, along.indices).relaxed * joulePerSquareMetre);
        else if (along)
          found.set(
            name,
            defects((cell) => dumbbell(cell, 0, split(along.indices, a0))),
          );
        else if (name === 'vacancy')
          found.set(
            name,
            defects((cell) => vacancy(cell, 0)),
          );
        else found.set(name, elastic.get(name) ?? Number.NaN);
      });
    }
  });
  return found;
}

/**
 * Downhill from a, in strides: near which length the energy is least. Undefined where it is not within a quarter of a: what
 * a search tries may let crystals collapse, and then every neighbour list is a day's work; or where atoms do not feel each other.
 */
function valley(energy: (edge: number) => number, a: number): number | undefined {
  const known = new Map<number, number>();
  const at = (k: number) => {
    const found = known.get(k) ?? energy(a * (1 + k * STRIDE));
    known.set(k, found);
    return found;
  };
  for (let k = 0, strides = 0; Math.abs(k) <= STRIDES && strides <= STRIDES; strides++) {
    const [less, here, more] = [at(k - 1), at(k), at(k + 1)];
    if (less > here && more > here) return a * (1 + k * STRIDE);
    if (less === here && more === here) return undefined;
    k += less < more ? -1 : 1;
  }
  return undefined;
}

const split = (direction: [number, number, number], a0: number) => ({ direction, separation: 0.7 * a0 });

function attempt(measure: () => void): void {
  try {
    measure();
  } catch (error) {
    if (!(error instanceof PhysicsError) && !(error instanceof InputError)) throw error;
  }
}

function energyOf(engine: Engine, atoms: Atoms, potential: Potential): number {
  const mark = engine.mark();
  try {
    return createSystem(engine, atoms, potential, { skin: 0 }).evaluate();
  } finally {
    engine.release(mark);
  }
}

function elasticOf(engine: Engine, unit: Atoms, potential: Potential, to: Map<string, number>): void {
  const mark = engine.mark();
  try {
    const { C } = elasticConstants(createSystem(engine, unit, potential));
    const [C11, C12, C44] = [C[0], C[1], C[21]].map((c) => c * gpaPerPressure);
    for (const [name, value] of Object.entries({ C11, C12, C44, bulk: (C11 + 2 * C12) / 3 })) to.set(name, value);
  } finally {
    engine.release(mark);
  }
}

/** Formation energies in one supercell, eV; its bulk is measured once. */
function defectMeter(engine: Engine, unit: Atoms, potential: Potential): (make: (cell: Atoms) => Atoms) => number {
  const cell = repeat(unit, [CELLS, CELLS, CELLS]);
  let bulk: ReturnType<typeof measureBulk> | undefined;
  return (make) => {
    bulk ??= measureBulk(engine, cell, potential);
    const { energy, converged } = defectEnergy(engine, make(cell), potential, bulk, { fmax: 1e-3 });
    return converged ? energy : Number.NaN;
  };
}
