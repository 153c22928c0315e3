/** A form: how a potential's kernel name becomes kernel calls, and what the contract test may hold it to. */
import type { Potential } from '../data/potential.ts';

export type Continuity = 'C1' | 'C0' | 'none';

export interface Form {
  /** Name in Potential.kernel. */
  kernel: string;
  /**
   * Exported kernels, called in this order over all locals with a barrier between; each has the signature of
   * assembly/frame.ts.
   */
  stages: string[];
  /** True where the kernels write Frame.gradient; the engine then appends the gather of forces and virial. */
  pairGradients: boolean;
  /** Bytes of Frame-wide work array that the stages share, for n locals. */
  work(potential: Potential, n: number): number;
  /** Bytes of scratch for one thread. */
  scratch(potential: Potential): number;
  /** Atoms per thread from which splitting a stage pays; default 256. */
  grain?: number;
  /** What the energy does at the cutoff. */
  continuity(potential: Potential): Continuity;
  /** False for references to fixed sites (Einstein, Hessian), which know where and who their atoms are. */
  symmetric: boolean;
  /** Throws InputError where the potential cannot serve n atoms (references to fixed sites). */
  checkAtoms?(potential: Potential, n: number): void;
}
