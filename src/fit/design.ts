/**
 * Rows of a design matrix: what energy, virial and forces of a configuration are per unit of every coefficient of a
 * potential. A kernel makes the components B and dB/dd of every pair (assembly/potentials/snap-gradients.ts in forward mode,
 * descriptor.ts in reverse mode), others turn them into rows (assembly/design.ts); atoms go through in batches, so that memory does not grow with the cell.
 */
import type { Atoms } from '../data/atoms.ts';
import { symbolOf } from '../data/elements.ts';
import { InputError } from '../data/errors.ts';
import type { Potential } from '../data/potential.ts';
import { descriptorPotential, descriptorScratch, neighbourBytes } from '../data/potentials/descriptor.ts';
import { snapScratch } from '../data/potentials/snap.ts';
import type { Engine } from '../engine/engine.ts';
import { createList, FRAME_WORDS, refresh } from '../engine/list.ts';
import { createScratch, fitScratch, type Scratch } from '../engine/scratch.ts';
import {
  type Basis,
  basisSize,
  basisWidth,
  coefficientNames,
  isDescriptor,
  potentialOf,
  withCoefficients,
} from './basis.ts';
import { type Divided, divideColumns } from './noise.ts';

/** Rows of one configuration, row-major, `columns` numbers each. */
export interface DesignRows {
  columns: number;
  /** (1, columns), eV: the sum over the atoms. */
  energy: Float64Array;
  /** (6, columns), eV: virial xx yy zz yz xz xy. */
  virial: Float64Array;
  /** (3n, columns), eV/Å. */
  forces: Float64Array;
}

export interface Designer {
  readonly basis: Basis;
  /** Coefficients of all elements: per element β₀, the components', for quadratic the upper triangle. */
  readonly columns: number;
  /** Coefficients of one element. */
  readonly width: number;
  /** Names of the coefficients: 'W B_3' is the third component of W, 'W B_3 B_7' a product. */
  readonly names: string[];
  readonly divided: Divided;
  /** Atomic numbers. */
  readonly species: readonly number[];
  /** Throws InputError for atoms of an element that the basis does not have. */
  rows(atoms: Atoms): DesignRows;
  potential(coefficients: ArrayLike<number>, name?: string): Potential;
}

const FRAME_TYPES = 4;
/** Bytes of dB/dd at a time. */
const BATCH = 16 * 1024 * 1024;
const ROWS = 7;

/** Keeps the descriptor's tables in the engine until its owner releases them. `batch`: bytes of derivatives at a time. */
export function createDesigner(engine: Engine, basis: Basis, batch = BATCH): Designer {
  const width = basisWidth(basis);
  const D = basisSize(basis);
  const T = basis.elements.length;
  const potential = bare(basis, width);
  const params = engine.f64(potential.params.length);
  params.set(potential.params);
  const table = engine.i32(256);
  potential.species.forEach((z, t) => {
    table[z] = t;
  });
  const parts = isDescriptor(basis);
  const bytes = Math.max(parts ? descriptorScratch(potential) : bispectrumScratch(potential), 72 * D);
  const resident = {
    engine,
    kernel: parts ? ('descriptorGradients' as const) : ('snapGradients' as const),
    D,
    width,
    columns: T * width,
    cutoff: potential.cutoff,
    params,
    table,
    scratch: createScratch(engine, bytes, parts ? neighbourBytes(potential) : 0),
    batch,
  };
  return {
    basis,
    columns: T * width,
    width,
    names: coefficientNames(basis),
    divided: divideColumns(T, width, D),
    species: potential.species,
    potential: (coefficients, name) => potentialOf(basis, coefficients, name),
    rows: (atoms) => {
      checkElements(atoms, potential.species);
      const mark = engine.mark();
      try {
        return rowsOf({ ...resident, scratch: { ...resident.scratch } }, atoms, basis.quadraticflag ?? false);
      } finally {
        engine.release(mark);
      }
    },
  };
}

/** The potential of no coefficients whose kernel makes rows: that of the descriptor, whichever is the fastest for energies. */
function bare(basis: Basis, width: number): Potential {
  const none = new Float64Array(basis.elements.length * width);
  if (!isDescriptor(basis)) return potentialOf(basis, none);
  const { elements } = withCoefficients(basis, none);
  return descriptorPotential({ descriptor: basis.descriptor, elements, quadratic: basis.quadraticflag ?? false });
}

/** Bytes of snapGradients: the potential's own and the tangents of one pair. */
function bispectrumScratch(potential: Potential): number {
  const [half, tower] = [potential.params[32], potential.params[34]];
  return snapScratch(potential) + 16 * (12 + 6 * tower + 6 * half);
}

function checkElements(atoms: Atoms, species: number[]): void {
  if (atoms.numbers.length === 0) throw new InputError('the configuration has no atoms');
  const unknown = atoms.numbers.find((z) => !species.includes(z));
  if (unknown === undefined) return;
  const known = species.map(symbolOf).join(', ');
  throw new InputError(`the configuration contains ${symbolOf(unknown)}; the fit knows ${known}`);
}

interface Resident {
  engine: Engine;
  kernel: 'snapGradients' | 'descriptorGradients';
  D: number;
  width: number;
  columns: number;
  cutoff: number;
  params: Float64Array;
  table: Int32Array;
  scratch: Scratch;
  batch: number;
}

function rowsOf(resident: Resident, atoms: Atoms, quadratic: boolean): DesignRows {
  const { engine, D, width, columns, scratch } = resident;
  const n = atoms.numbers.length;
  const x = engine.f64(3 * n);
  x.set(atoms.positions);
  const numbers = engine.u8(n);
  numbers.set(atoms.numbers);
  const cell = Float64Array.from(atoms.cell);
  const options = { cutoff: resident.cutoff, skin: 0, pairGradients: false };
  const list = createList(engine, x, cell, atoms.pbc, options);
  refresh(list, cell);
  fitScratch(engine, scratch, list);
  const types = engine.i32(list.blocks.siteCapacity);
  const { sites, origin } = list.blocks;
  engine.kernels.updateTypes(sites, types.byteOffset, origin, numbers.byteOffset, resident.table.byteOffset);
  new Int32Array(engine.memory.buffer, list.frame, FRAME_WORDS)[FRAME_TYPES] = types.byteOffset;
  // β₀ is a column of its own: the kernels' columns are the others.
  const inner = columns - resident.columns / width;
  const values = engine.f64(n * D);
  const rows = engine.f64((ROWS + 3 * n) * inner);
  const batches = divide(list.first, n, resident.batch / (24 * D));
  const most = Math.max(...batches.map(([begin, end]) => list.first[end] - list.first[begin]));
  const gradients = engine.f64(3 * D * most);
  const outputs = engine.i32(3);
  const design = engine.i32(8);
  for (const [begin, end] of batches) {
    outputs.set([values.byteOffset, gradients.byteOffset, list.first[begin]]);
    describe(resident, list.frame, begin, end, outputs.byteOffset);
    design.set([values.byteOffset, gradients.byteOffset, begin, end, D, rows.byteOffset, inner, width - 1]);
    const args = [list.frame, design.byteOffset, 0, scratch.at] as [number, number, number, number];
    const { stride } = scratch;
    engine.run('designLinear', D, args, { stride, grain: 8 });
    if (quadratic) engine.run('designQuadratic', D, args, { stride, grain: 1 });
  }
  return unpack(rows, atoms, resident, inner);
}

/** The gradients kernel on locals [begin, end): a range that does not begin at 0 is one call, by this thread. */
function describe(
  { engine, kernel, params, scratch }: Resident,
  frame: number,
  begin: number,
  end: number,
  to: number,
) {
  const args = [frame, params.byteOffset, to, scratch.at] as [number, number, number, number];
  if (begin === 0) engine.run(kernel, end, args, { stride: scratch.stride, grain: 4 });
  else engine.kernels[kernel](begin, end, ...args);
}

/** Ranges of locals with at most so many pairs, or of one. */
function divide(first: Int32Array, n: number, most: number): [number, number][] {
  const ranges: [number, number][] = [];
  let begin = 0;
  for (let i = 1; i <= n; i++) {
    if (i < n && first[i + 1] - first[begin] <= most) continue;
    ranges.push([begin, i]);
    begin = i;
  }
  return ranges;
}

/** Puts β₀'s columns between: its energy is the number of the element's atoms. */
function unpack(rows: Float64Array, atoms: Atoms, { columns, width, table }: Resident, inner: number): DesignRows {
  const n = atoms.numbers.length;
  const out = new Float64Array((ROWS + 3 * n) * columns);
  for (let row = 0; row < ROWS + 3 * n; row++) {
    for (let t = 0; t < columns / width; t++) {
      const from = row * inner + t * (width - 1);
      out.set(rows.subarray(from, from + width - 1), row * columns + t * width + 1);
    }
  }
  for (const z of atoms.numbers) out[table[z] * width]++;
  return {
    columns,
    energy: out.subarray(0, columns),
    virial: out.subarray(columns, ROWS * columns),
    forces: out.subarray(ROWS * columns),
  };
}
