/**
 * Forces and virial against numerical derivatives of the energy. Differences are taken atom by atom before they are
 * summed, so that the rounding of the total does not limit them.
 */
import type { Atoms } from '../data/atoms.ts';
import { multiply, transformRows } from '../data/cell.ts';
import type { Potential } from '../data/potential.ts';
import { voigt } from '../data/voigt.ts';
import type { Engine } from '../engine/engine.ts';
import type { System } from '../engine/system.ts';
import { distanceOf, largest, withSystem } from './evaluate.ts';
import { directPairs } from './pairs.ts';
import { declaredContinuity, noise, radiiOf } from './subject.ts';

/** Steps h, h/2, h/4 …, relative to the first. */
const HALVINGS = 10;
const FORCE_STEP = 4e-3;
const STRAIN_STEP = 1e-3;
/** Pairs this close to a cutoff that is not C1 spoil a component, Å. */
const MARGIN = 0.01;
/** Atoms whose forces are differentiated. */
const ATOMS = 3;

/** Central differences D of steps h/2^k → R of h/2^k: R_k = (4 D(h/2^(k+1)) − D(h/2^k)) / 3, R = (16 R_1 − R_0) / 15. */
function richardson(derivative: (h: number) => number, first: number, count = HALVINGS): number[] {
  const d = Array.from({ length: count }, (_, k) => derivative(first / 2 ** k));
  const r = d.slice(1).map((finer, k) => (4 * finer - d[k]) / 3);
  return r.slice(1).map((finer, k) => (16 * finer - r[k]) / 15);
}

/** Σ (E_i(h) − E_i(−h)) / 2h, the system moved by `move`. */
function derivativeOf(system: System, move: (h: number) => void): (h: number) => number {
  return (h) => {
    move(h);
    system.evaluate();
    const up = system.energies.slice();
    move(-h);
    system.evaluate();
    let sum = 0;
    for (let i = 0; i < up.length; i++) sum += up[i] - system.energies[i];
    return sum / (2 * h);
  };
}

/** How near each atom's nearest pair is to a radius where the potential is cut hard, Å. */
function clearance(atoms: Atoms, potential: Potential): Float64Array {
  const room = new Float64Array(atoms.numbers.length).fill(Number.POSITIVE_INFINITY);
  if (declaredContinuity(potential) === 'C1') return room;
  const radii = radiiOf(potential);
  for (const { i, r } of directPairs(atoms, potential.cutoff + 2 * MARGIN)) {
    for (const radius of radii) room[i] = Math.min(room[i], Math.abs(r - radius));
  }
  return room;
}

/** max |F − F_num| / F_rms for the best step, over the components of a few atoms. */
export function forceError(engine: Engine, atoms: Atoms, potential: Potential): number {
  return withSystem(engine, atoms, potential, (system) => {
    system.evaluate();
    const forces = system.f.slice();
    const rms = Math.sqrt(forces.reduce((sum, f) => sum + f * f, 0) / forces.length);
    const room = clearance(atoms, potential);
    const free = [...room.keys()].filter((i) => room[i] > MARGIN);
    if (free.length < ATOMS) throw new Error('every atom has a pair at a cutoff that is not C1: choose another seed');
    const chosen = Array.from({ length: ATOMS }, (_, k) => free[Math.floor((k * free.length) / ATOMS)]);
    const errors = chosen.flatMap((i) =>
      [3 * i, 3 * i + 1, 3 * i + 2].map((c) => {
        const x = system.x[c];
        const slopes = richardson(
          derivativeOf(system, (h) => {
            system.x[c] = x + h;
          }),
          FORCE_STEP,
        );
        system.x[c] = x;
        return slopes.map((slope) => Math.abs(forces[c] + slope));
      }),
    );
    return Math.min(...errors[0].map((_, k) => Math.max(...errors.map((e) => e[k])))) / rms;
  });
}

/** max |W − W_num| / max(1, |W|max) for the best step. */
export function virialError(engine: Engine, atoms: Atoms, potential: Potential): number {
  return withSystem(engine, atoms, potential, (system) => {
    system.evaluate();
    const virial = system.virial.slice();
    // A strain h moves a pair at r by h·r at most (shear too); none may cross a hard cutoff.
    const nearest = Math.min(...clearance(atoms, potential));
    const first = Math.min(STRAIN_STEP, nearest / (2 * Math.max(1, potential.cutoff)));
    const errors = voigt.map(([a, b], c) => {
      const strain = (h: number) => {
        const m = [1, 0, 0, 0, 1, 0, 0, 0, 1];
        m[3 * a + b] += h;
        if (a !== b) m[3 * b + a] += h;
        system.setCell(multiply(atoms.cell, m));
        system.x.set(transformRows(atoms.positions, m));
      };
      const slopes = richardson(derivativeOf(system, strain), first, HALVINGS - 2);
      return slopes.map((slope) => Math.abs(virial[c] + slope / (a === b ? 1 : 2)));
    });
    return Math.min(...errors[0].map((_, k) => Math.max(...errors.map((e) => e[k])))) / Math.max(1, largest(virial));
  });
}

/** |Σ energies − E| and the largest change that another evaluation at the same place makes. */
export function sumError(engine: Engine, atoms: Atoms, potential: Potential): { sum: number; repeat: number } {
  return withSystem(engine, atoms, potential, (system) => {
    const energy = system.evaluate();
    const forces = system.f.slice();
    const total = system.energies.reduce((sum, e) => sum + e, 0);
    const away = noise(system.x.length, 5);
    const x = system.x.slice();
    system.x.set(x.map((c, i) => c + 0.01 * away[i]));
    system.evaluate();
    system.x.set(x);
    const repeat = Math.abs(system.evaluate() - energy) + distanceOf(system.f, forces);
    return { sum: Math.abs(total - energy), repeat };
  });
}
