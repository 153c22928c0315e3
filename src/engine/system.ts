/**
 * Atoms resident in an engine with a potential and a list: a CellObjective. One evaluate() refreshes the list if it must,
 * runs the stages of each term of the potential over all atoms, and brings energies and forces back to the user's order.
 */
import { type Atoms, cloneAtoms } from '../data/atoms.ts';
import { symbolOf } from '../data/elements.ts';
import { InputError, PhysicsError } from '../data/errors.ts';
import type { CellObjective } from '../data/objective.ts';
import type { Potential } from '../data/potential.ts';
import { splitHybrid } from '../data/potentials/descriptor.ts';
import type { Engine, Stage } from './engine.ts';
import { bindForm, type Form, type HalfStages } from './form.ts';
import {
  build,
  checkStages,
  createList,
  FRAME_WORDS,
  type ListState,
  mayGiveUp,
  type NeighborList,
  outrun,
  prepare,
  rebuildAs,
  served,
} from './list.ts';
import { createMoves, type Moves } from './moves.ts';
import { formOf } from './registry.ts';
import { createScratch, fitScratch, type Scratch } from './scratch.ts';

export interface System extends CellObjective {
  readonly engine: Engine;
  readonly atoms: Atoms;
  readonly potential: Potential;
  /** (n) eV, in the user's order. */
  readonly energies: Float64Array;
  /** eV, at the last evaluate(); NaN before. */
  readonly energy: () => number;
  /** Whether evaluate() is split among the engine's threads. */
  readonly splits: boolean;
  /** One evaluate() as stages that one thread may run beside those of other systems; collect() ends it. */
  calls(): Stage[];
  /** The energy, eV, once the calls are done; throws as evaluate() does. */
  collect(): number;
  /** How often the list was built. */
  readonly builds: () => number;
  /** Å: of the present list. */
  readonly skin: () => number;
  /** What a checkpoint must hold beside x and the cell for the same bits after a restart. */
  listState(): ListState;
  /** Rebuilds the list of `state`, then returns to the present x and cell. */
  restoreList(state: ListState): void;
  /** The system as it is now: a copy, with energy, stress and forces where they are known. */
  snapshot(): Atoms;
}

export interface SystemOptions {
  /** Å added to the cutoff so that the list lasts for several steps. Default: chosen from how many steps lists last. */
  skin?: number;
  /** By the readable kernels that faster ones of a form are compared with (SNAP, also in a hybrid: the recurrence). */
  reference?: boolean;
}

/** One term of the potential, bound to memory. */
interface Term {
  form: Form;
  stages: string[];
  /** What to call on a half list. */
  half: HalfStages | undefined;
  frame: number;
  params: number;
  work: number;
  scratch: Scratch;
  table: number;
  types: number;
  typeCapacity: number;
}

/** Where results go. */
interface Sums {
  energies: Float64Array;
  f: Float64Array;
  totals: Float64Array;
  /** 8 numbers a block (assembly/gather.ts). */
  records: Float64Array;
}

const FRAME_TYPES = 4;
/** Tests of a listed pair that finding one costs. */
const BUILD_COST = 10;
/** Atoms per thread from which a dispatch of a cheap form pays. */
const GRAIN = 256;

/** The terms that a potential is the sum of. */
export function termsOf(potential: Potential): Potential[] {
  return potential.kernel === 'overlay' ? (potential.parts ?? []).flatMap(termsOf) : [potential];
}

/** Throws InputError where the structure has an element that a term does not know. */
export function checkSpecies(atoms: Atoms, potential: Potential, terms: Potential[] = termsOf(potential)): void {
  const present = new Set(atoms.numbers);
  for (const term of terms) {
    for (const z of present) {
      if (term.species.includes(z)) continue;
      const known = potential.species.map(symbolOf).join(', ');
      throw new InputError(
        `the structure contains ${symbolOf(z)}, but ${potential.name ?? `the ${term.kernel} potential`} knows only ${known}`,
      );
    }
  }
}

function bindTerm(engine: Engine, potential: Potential, n: number, onHalf: boolean, reference = false): Term {
  const form = formOf(potential.kernel);
  const own = bindForm(reference ? { ...form, specialize: undefined } : form, potential, engine.fast);
  const binding = onHalf ? { ...own, params: form.halfParams?.(potential) ?? potential.params } : own;
  const table = engine.i32(256);
  potential.species.forEach((z, t) => {
    table[z] = t;
  });
  return {
    form,
    stages: binding.stages,
    half: onHalf ? form.halfStages?.(potential) : undefined,
    frame: engine.i32(FRAME_WORDS).byteOffset,
    params: engine.constant(binding.params),
    work: engine.bytes(form.work(potential, n)),
    scratch: createScratch(engine, binding.scratch, form.perNeighbor?.(potential)),
    table: table.byteOffset,
    types: 0,
    typeCapacity: 0,
  };
}

/**
 * Copies the atoms into the engine and binds the potential to them. The first evaluate() builds the list.
 * Throws InputError for an element that the potential lacks, a singular cell, too many atoms for 4 GiB.
 */
export function createSystem(engine: Engine, atoms: Atoms, potential: Potential, options: SystemOptions = {}): System {
  const n = atoms.numbers.length;
  if (n === 0) throw new InputError('the structure has no atoms');
  const terms = options.reference ? termsOf(potential) : termsOf(potential).flatMap(splitHybrid);
  checkSpecies(atoms, potential, terms);
  for (const term of terms) formOf(term.kernel).checkAtoms?.(term, n);
  const x = engine.f64(3 * n);
  x.set(atoms.positions);
  const f = engine.f64(3 * n);
  const energies = engine.f64(n);
  const numbers = engine.u8(n);
  numbers.set(atoms.numbers);
  const totals = engine.f64(7);
  const locals = { energy: engine.f64(n), force: engine.f64(4 * n), virial: engine.f64(6 * n) };
  const cell = Float64Array.from(atoms.cell);
  const half = terms.every((term) => formOf(term.kernel).halfStages?.(term));
  const bound = terms.map((term) => bindTerm(engine, term, n, half, options.reference));
  const list = createList(engine, x, cell, atoms.pbc, {
    cutoff: Math.max(...terms.map((t) => t.cutoff)),
    skin: options.skin,
    buildCost: Math.min(...bound.map(({ form }) => form.buildCost ?? BUILD_COST)),
    pairGradients: bound.some((t) => t.form.pairGradients),
    half,
  });
  const main = new Int32Array(engine.memory.buffer, list.frame, FRAME_WORDS);
  main.set([locals.energy.byteOffset, locals.force.byteOffset, locals.virial.byteOffset], 8);
  const virial = totals.subarray(1);
  const sums = { energies, f, totals, records: engine.f64(8 * blockCount(n)) };
  const grain = Math.min(...bound.map(({ form }) => form.grain ?? GRAIN));
  let energy = Number.NaN;
  let check: Stage[] = [];
  let stages: Stage[] = [];
  const sum = engine.stage('reduceTotals', blockCount(n), [sums.records.byteOffset, totals.byteOffset, 0, 0]);
  const bind = () => {
    for (const term of bound) bindList(engine, list, term, main, numbers);
    const evaluation = evaluationStages(engine, list, bound, sums);
    stages = [engine.stage('clearLocals', n, [list.frame, 0, 0, 0]), ...evaluation];
    // cleared first: the wait for the sites' coordinates does for both
    check = [
      engine.stage('clearLocals', n, [list.frame, 0, 0, 0], { wait: false }),
      ...checkStages(list),
      ...evaluation,
    ];
  };
  const rebuild = () => {
    build(list, cell);
    bind();
  };
  const afresh = (after: readonly Stage[] = []) => {
    rebuild();
    engine.runAll([...stages, ...after], n, grain);
  };
  const finish = (): number => {
    energy = totals[0];
    if (!Number.isFinite(energy)) throw new PhysicsError(notFinite(energies, x));
    return energy;
  };
  /** Energies and forces, with stages before and after them: in one dispatch as long as the list lasts. */
  const update = (before: readonly Stage[], after: readonly Stage[]): number => {
    guarded(() => {
      if (!prepare(list, cell)) {
        engine.runAll(before, n, grain);
        afresh(after);
      } else if (mayGiveUp(list)) {
        if (engine.runAll([...before, ...check], n, grain) || served(list)) afresh(after);
        else engine.runAll(after, n, grain);
      } else if (engine.runAll([...before, ...check, ...after], n, grain)) afresh(after);
      else served(list);
      sum.call(0, sum.count, ...sum.args);
    });
    return finish();
  };
  let moves: Moves | undefined;
  const move = (velocities: Float64Array, mobility: Float64Array, timestep: number): number => {
    moves ??= createMoves(engine, n, x, f);
    moves.load(velocities, mobility, timestep);
    update([moves.first], [moves.second]);
    moves.store(velocities);
    return energy;
  };
  const calls = (): Stage[] => {
    if (prepare(list, cell)) return [...check, sum];
    rebuild();
    return [...stages, sum];
  };
  const collect = (): number => {
    if (outrun(list) || served(list))
      guarded(() => {
        afresh();
        sum.call(0, sum.count, ...sum.args);
      });
    return finish();
  };
  return {
    engine,
    splits: engine.threads > 1 && n >= engine.threads * grain,
    atoms: cloneAtoms(atoms),
    potential,
    x,
    f,
    energies,
    virial,
    cell,
    evaluate: () => update([], []),
    move,
    calls,
    collect,
    energy: () => energy,
    builds: () => list.builds,
    setCell: (rows) => cell.set(rows),
    skin: () => list.skin,
    listState: () => ({
      positions: list.reference.slice(),
      cell: list.referenceCell.slice(),
      ...(list.choice ? { skin: structuredClone(list.choice) } : {}),
    }),
    restoreList: (state) => {
      const now = [x.slice(), cell.slice()];
      x.set(state.positions);
      cell.set(state.cell);
      rebuildAs(list, cell, state);
      bind();
      x.set(now[0]);
      cell.set(now[1]);
    },
    snapshot: () => ({ ...cloneAtoms(atoms), positions: x.slice(), cell: cell.slice() }),
  };
}

/** After a build: the term's frame and its element index of every site. */
function bindList(engine: Engine, list: NeighborList, term: Term, main: Int32Array, numbers: Uint8Array): void {
  const { blocks } = list;
  if (blocks.siteCapacity > term.typeCapacity) {
    term.typeCapacity = blocks.siteCapacity;
    term.types = engine.bytes(4 * term.typeCapacity);
  }
  fitScratch(engine, term.scratch, list);
  engine.kernels.updateTypes(blocks.sites, term.types, blocks.origin, numbers.byteOffset, term.table);
  const frame = new Int32Array(engine.memory.buffer, term.frame, FRAME_WORDS);
  frame.set(main);
  frame[FRAME_TYPES] = term.types;
}

/** Blocks of locals whose energies and virials are summed side by side: their number follows from that of the atoms. */
const blockCount = (n: number) => Math.max(1, Math.min(64, n >> 9));

/** From up-to-date sites and cleared sums to energies and forces in the user's order and the blocks' sums. */
function evaluationStages(engine: Engine, list: NeighborList, terms: Term[], sums: Sums): Stage[] {
  const { n, frame } = list;
  const { energies, f, records } = sums;
  const blocks = blockCount(n);
  return [
    ...terms.flatMap((term, k) => (list.half ? halfStages : fullStages)(engine, list, term, terms[k + 1])),
    engine.stage('scatterLocals', n, [frame, energies.byteOffset, f.byteOffset, 0]),
    engine.stage('reduceBlocks', blocks, [frame, energies.byteOffset, records.byteOffset, blocks], { wait: false }),
  ];
}

function fullStages(engine: Engine, list: NeighborList, term: Term, next?: Term): Stage[] {
  const { form, stages, frame, params, work, scratch } = term;
  const { stride } = scratch;
  const passes = stages.map((kernel) => engine.stage(kernel, list.n, [frame, params, work, scratch.at], { stride }));
  // What comes next touches the same locals of the same thread, unless it writes pair gradients, which others still read.
  const wait = next?.form.pairGradients ?? false;
  if (form.pairGradients) passes.push(engine.stage('gatherPairs', list.n, [frame, 0, 0, 0], { wait }));
  return passes;
}

function halfStages(engine: Engine, { n, chunks, blocks }: NeighborList, term: Term, next?: Term): Stage[] {
  const { half, frame, params, work, scratch } = term;
  const { stride } = scratch;
  const passes = (half ?? []).map(({ kernel, over }) => {
    const args: Stage['args'] = [frame, params, work, scratch.at];
    if (over === 'chunks') return engine.stage(kernel, chunks.count, args, { stride, single: true });
    return engine.stage(kernel, over === 'images' ? blocks.sites - n : n, args, { stride });
  });
  // the same locals of the same thread go to the user's order next, unless another term needs the windows
  return [...passes, engine.stage('gatherChunks', n, [frame, 0, 0, 0], { wait: next !== undefined })];
}

/** A kernel that traps has met numbers that it cannot convert or address. */
export function guarded<T>(run: () => T): T {
  try {
    return run();
  } catch (error) {
    if (!(error instanceof WebAssembly.RuntimeError)) throw error;
    throw new PhysicsError(`a kernel stopped (${error.message}): positions or potential have numbers out of all range`);
  }
}

function notFinite(energies: Float64Array, x: Float64Array): string {
  const i = energies.findIndex((e) => !Number.isFinite(e));
  const where =
    i < 0
      ? ''
      : ` of atom ${i} (counted from 0) at ${[...x.subarray(3 * i, 3 * i + 3)].map((c) => c.toFixed(3)).join(' ')} Å`;
  return `the energy${where} is not finite: atoms came too close, or the time step is too long`;
}
