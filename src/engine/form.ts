/** A form: how a potential's kernel name becomes kernel calls, and what the contract test may hold it to. */
import type { Potential } from '../data/potential.ts';

export type Continuity = 'C1' | 'C0' | 'none';

/** What a term's kernels are given, and which they are. */
export interface Binding {
  stages: string[];
  params: Float64Array;
  /** Bytes of scratch for one thread. */
  scratch: number;
}

/**
 * Kernels that see each pair once. Those over chunks leave what they have for the locals in windows; at the end the
 * engine gathers forces and energies from them (assembly/chunks.ts). All or none of a potential's terms work so.
 */
export type HalfStages = { kernel: string; over: 'locals' | 'images' | 'chunks' }[];

export interface Form {
  /** Name in Potential.kernel. */
  kernel: string;
  /**
   * Exported kernels, called in this order over all locals with a barrier between; each has the signature of
   * assembly/frame.ts.
   */
  stages: string[];
  /** The stages on a half list, where the form has them for this potential. */
  halfStages?(potential: Potential): HalfStages | undefined;
  /** The numbers that these stages are given; default Potential.params. */
  halfParams?(potential: Potential): Float64Array;
  /** True where the kernels write Frame.gradient; the engine then appends the gather of forces and virial. */
  pairGradients: boolean;
  /** Bytes of Frame-wide work array that the stages share, for n locals. */
  work(potential: Potential, n: number): number;
  /** Bytes of scratch for one thread. */
  scratch(potential: Potential): number;
  /** Bytes of scratch more for one thread, per neighbour of the atom that has most of them. */
  perNeighbor?(potential: Potential): number;
  /**
   * Faster stages with tables of their own in place of `stages`, params and scratch, where the potential's numbers allow;
   * `single`: partly in f32, where the form has such (only an engine with the fast kernels).
   */
  specialize?(potential: Potential, single: boolean): Binding | undefined;
  /** Atoms per thread from which splitting a stage pays; default 256. */
  grain?: number;
  /** Tests of a listed pair that finding one costs; default 10 (src/engine/skin.ts). */
  buildCost?: number;
  /** What the energy does at the cutoff. */
  continuity(potential: Potential): Continuity;
  /** False for references to fixed sites (Einstein, Hessian), which know where and who their atoms are. */
  symmetric: boolean;
  /** Throws InputError where the potential cannot serve n atoms (references to fixed sites). */
  checkAtoms?(potential: Potential, n: number): void;
}

/** The form's fastest kernels for this potential; `single`: of the fast kernels. */
export function bindForm(form: Form, potential: Potential, single = false): Binding {
  const { stages, scratch, specialize } = form;
  return specialize?.(potential, single) ?? { stages, params: potential.params, scratch: scratch(potential) };
}
