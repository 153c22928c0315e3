/**
 * The Hessian from forces: central differences, one coordinate after the other. Atoms so far apart that no third atom
 * feels both are displaced together; in a perfect crystal one atom of each set of translations is enough. Result: rows
 * of 3×3 blocks, symmetric, without force on a rigid translation.
 */
import type { Atoms } from '../data/atoms.ts';
import { InputError } from '../data/errors.ts';
import type { Potential } from '../data/potential.ts';
import type { SparseHessian } from '../data/potentials/harmonic.ts';
import { requireExact } from '../engine/exact.ts';
import { formOf } from '../engine/registry.ts';
import { type System, termsOf } from '../engine/system.ts';
import { atomsWithin, type Within } from './bins.ts';
import { clearHeld, distance, placeOf, sumRule, symmetrise } from './hessian-blocks.ts';
import { type Displacement, differenced, displacementsOf } from './hessian-columns.ts';
import { translations } from './translations.ts';

export interface HessianOptions {
  /** Å, half the distance of the two differenced positions; default 1e-3. */
  step?: number;
  /** Compute again with half the step and report the difference; doubles the time. */
  check?: boolean;
  /** Use the translations of a perfect crystal; default true. */
  symmetry?: boolean;
  /** Bytes: more than that is refused before anything is computed. */
  memory?: number;
  /** Called before the first evaluation (done 0) and after each pair of them. */
  progress?: (done: number, total: number) => void;
}

export interface Hessian extends SparseHessian {
  /** Atoms. */
  n: number;
  start: Int32Array;
  column: Int32Array;
  /** eV/Å²; blocks of held components are 0. */
  blocks: Float64Array;
  /** Coordinates 3i + c that are free, ascending: rows and columns of `dense`. */
  free: Int32Array;
  /** Whether a rigid translation leaves the energy as it is: no held atoms, no fixed sites. */
  invariant: boolean;
  /** Atoms that were displaced, and force evaluations. */
  displaced: number;
  evaluations: number;
  /** eV/Å², largest, before they were removed: of an element and its mirror, and of a sum over all atoms. */
  residual: { asymmetry: number; translation: number };
  /** eV/Å²: largest change of an element with half the step, where it was asked for. */
  error?: number;
  /** eV/Å: largest force on a free component where the Hessian was taken. */
  force: number;
}

/** How far, in cutoffs, the force on an atom depends on others. Two: through the surroundings of a common neighbour. */
const reach = new Map([
  ['lj', 1],
  ['zbl', 1],
  ['einstein', 0],
  ['hessian', Number.POSITIVE_INFINITY],
]);
const MANY_BODY = 2;
/** Å beyond that, for the displacements themselves. */
const MARGIN = 0.01;

/** Å: an atom moved changes no force beyond this. */
export function forceRange(potential: Potential): number {
  return Math.max(
    ...termsOf(potential).map(({ kernel, cutoff }) => {
      const times = reach.get(kernel) ?? MANY_BODY;
      return times === 0 ? 0 : times === Number.POSITIVE_INFINITY ? times : times * cutoff + MARGIN;
    }),
  );
}

/** Bytes of a Hessian with so many blocks, and of its dense form with `dense` rows. */
export const hessianBytes = (blocks: number, dense = 0): number => 80 * blocks + 8 * dense * dense;

function checkStep(step: number): void {
  if (!(step >= 1e-6 && step <= 0.1)) throw new InputError(`a step of ${step} Å; expected 1e-6 to 0.1`);
}

/** What a Hessian is made of before anything is displaced. */
interface Setting {
  system: System;
  atoms: Atoms;
  free: Int32Array;
  invariant: boolean;
  within: Within;
  crystal: ReturnType<typeof translations> | undefined;
  displaced: number;
  displacements: Displacement[];
  force: number;
}

function prepare(system: System, { memory = Number.POSITIVE_INFINITY, symmetry }: HessianOptions): Setting {
  requireExact(system.engine, 'a Hessian');
  const atoms: Atoms = { ...system.atoms, positions: system.x.slice(), cell: system.cell.slice() };
  const { fixed } = atoms;
  const n = atoms.numbers.length;
  const free = Int32Array.from(Array.from({ length: 3 * n }, (_, k) => k).filter((k) => !fixed?.[k]));
  if (free.length === 0) throw new InputError('every component of every atom is held: there is no Hessian');
  const symmetric = termsOf(system.potential).every(({ kernel }) => formOf(kernel).symmetric);
  const invariant = symmetric && free.length === 3 * n;
  const within = atomsWithin(atoms, forceRange(system.potential));
  const needed = hessianBytes(within.index.length);
  if (needed > memory) throw new InputError(tooLarge(needed, memory));
  const crystal = invariant && symmetry !== false ? translations(atoms) : undefined;
  const movable = Array.from({ length: n }, (_, i) => i).filter(
    (i) => !(fixed?.[3 * i] && fixed[3 * i + 1] && fixed[3 * i + 2]),
  );
  const displaced = crystal ? movable.filter((i) => crystal.representative[i] === i) : movable;
  const displacements = displacementsOf(independent(displaced, within, n));
  const force = largestForce(system);
  return { system, atoms, free, invariant, within, crystal, displaced: displaced.length, displacements, force };
}

function complete(setting: Setting, blocks: Float64Array, evaluations: number, error?: number): Hessian {
  const { atoms, free, invariant, within, displaced, force } = setting;
  if (atoms.fixed) clearHeld(blocks, within, atoms.fixed);
  const asymmetry = symmetrise(blocks, within);
  const translation = invariant ? sumRule(blocks, within) : 0;
  return {
    n: atoms.numbers.length,
    start: within.start,
    column: within.index,
    blocks,
    free,
    invariant,
    displaced,
    evaluations,
    residual: { asymmetry, translation },
    ...(error === undefined ? {} : { error }),
    force,
  };
}

/**
 * The Hessian at the system's present positions, which are put back. Throws InputError for a step that is not sensible,
 * a structure without free components, an engine with the fast kernels, and more memory than allowed; PhysicsError from
 * the potential.
 */
export function hessian(system: System, options: HessianOptions = {}): Hessian {
  const { step = 1e-3, check = false } = options;
  checkStep(step);
  const setting = prepare(system, options);
  const { atoms, within, crystal, displacements } = setting;
  const total = displacements.length * (check ? 2 : 1);
  let done = 0;
  const tick = () => options.progress?.(done++, total);
  tick();
  const differences = (h: number) => {
    const blocks = new Float64Array(9 * within.index.length);
    differenced(system, atoms, displacements, within, { h, blocks, tick });
    if (crystal) fill(blocks, within, crystal);
    return blocks;
  };
  const blocks = differences(step);
  const error = check ? distance(blocks, differences(step / 2)) : undefined;
  return complete(setting, blocks, 2 * total + 1, error);
}

/** A Hessian in parts: what it needs to go on elsewhere is `blocks` and how many of its displacements are done. */
export interface HessianParts {
  /** Displacements, two evaluations each. */
  total: number;
  blocks: Float64Array;
  /** Displacements `from` to `to`, exclusive. */
  advance(from: number, to: number): void;
  /** Once all are done. */
  result(): Hessian;
}

/**
 * hessian() some displacements at a time, from the `blocks` of an earlier part if there was one. The numbers do not depend on how it is parted as long as every system begins at these positions.
 */
export function hessianInParts(
  system: System,
  blocks?: Float64Array,
  { step = 1e-3 }: Pick<HessianOptions, 'step'> = {},
): HessianParts {
  checkStep(step);
  const setting = prepare(system, {});
  const { atoms, within, crystal, displacements } = setting;
  const total = displacements.length;
  const own = blocks?.slice() ?? new Float64Array(9 * within.index.length);
  if (own.length !== 9 * within.index.length) throw new InputError('the blocks are those of another Hessian');
  return {
    total,
    blocks: own,
    advance(from, to) {
      differenced(system, atoms, displacements.slice(from, to), within, { h: step, blocks: own, tick: () => {} });
    },
    result() {
      const whole = own.slice();
      if (crystal) fill(whole, within, crystal);
      return complete(setting, whole, 2 * total + 1);
    },
  };
}

export function tooLarge(needed: number, memory: number): string {
  const gib = (bytes: number) => `${(bytes / 2 ** 30).toFixed(2)} GiB`;
  return `the Hessian needs ${gib(needed)}, and ${gib(memory)} are left: use a smaller cell or hold atoms that matter less`;
}

function largestForce(system: System): number {
  system.evaluate();
  const { fixed } = system.atoms;
  return system.f.reduce((most, f, k) => (fixed?.[k] ? most : Math.max(most, Math.abs(f))), 0);
}

/** Sets of atoms no two of which change the force on a common one, greedily. */
function independent(atoms: readonly number[], { start, index }: Within, n: number): number[][] {
  const groups: number[][] = [];
  const touched = new Int32Array(n).fill(-1);
  let left = [...atoms];
  while (left.length > 0) {
    const group: number[] = [];
    const mark = groups.length;
    left = left.filter((atom) => {
      for (let at = start[atom]; at < start[atom + 1]; at++) if (touched[index[at]] === mark) return true;
      for (let at = start[atom]; at < start[atom + 1]; at++) touched[index[at]] = mark;
      group.push(atom);
      return false;
    });
    groups.push(group);
  }
  return groups;
}

/** Copies the row of each representative to the atoms that translations carry it to. */
function fill(
  blocks: Float64Array,
  { start, index }: Within,
  { representative, carry }: ReturnType<typeof translations>,
): void {
  representative.forEach((r, i) => {
    if (r === i) return;
    for (let at = start[i]; at < start[i + 1]; at++) {
      // an atom at the very rim of the range may be missing from the other row: it feels nothing
      const from = placeOf(index, start[r], start[r + 1], carry(index[at], i, r));
      if (from >= 0) blocks.copyWithin(9 * at, 9 * from, 9 * from + 9);
    }
  });
}

/** The free rows and columns as a dense, symmetric, row-major matrix in `out` (m,m), m = free.length; default a new one. */
export function denseHessian(h: Hessian, out?: Float64Array): Float64Array {
  const m = h.free.length;
  const matrix = out ?? new Float64Array(m * m);
  if (matrix.length !== m * m) throw new InputError(`${m}×${m} numbers were expected, found ${matrix.length}`);
  const place = new Int32Array(3 * h.n).fill(-1);
  h.free.forEach((k, row) => {
    place[k] = row;
  });
  for (let i = 0; i < h.n; i++) {
    for (let at = h.start[i]; at < h.start[i + 1]; at++) {
      for (let k = 0; k < 9; k++) {
        const row = place[3 * i + Math.floor(k / 3)];
        const column = place[3 * h.column[at] + (k % 3)];
        if (row >= 0 && column >= 0) matrix[row * m + column] = h.blocks[9 * at + k];
      }
    }
  }
  return matrix;
}
