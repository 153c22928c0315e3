/** Records of sampling: sums over a block of steps, plain JSON numbers. The estimate is computed from them alone. */

export interface SampleRecord {
  kind: 'sampling';
  replica: number;
  /** 0, 1, 2 … within the replica. */
  sequence: number;
  /** Steps, both included, counted from 1. */
  first: number;
  last: number;
  /** (nodes) Σ π ΔU (eV), Σ π, Σ π ΔU² (eV²). */
  num: number[];
  den: number[];
  square: number[];
  /** Σ ζ̄ over the steps. */
  zeta: number;
  /** Σ of twice the kinetic energy, eV, over the steps. */
  kinetic: number;
  /** How often an atom met its wall; the first such step and atom of the block (counted from 0), −1 for none. */
  reflections: number;
  reflectedStep: number;
  reflectedAtom: number;
  /** Å, at the end of the block: the largest displacement, and of which atom (counted from 0). */
  displacement: number;
  displacedAtom: number;
  /** A method's own numbers, in the order of the steps. */
  series?: number[];
}

/** Draws of the reference itself, without dynamics: what sampling must agree with at ζ = 0. */
export interface ReferenceRecord {
  kind: 'reference';
  draws: number;
  /** Σ ΔU and Σ ΔU² over the draws, eV. */
  sum: number;
  square: number;
  /** Draws where the potential has no finite energy: atoms on top of each other. Not among `draws`. */
  refused: number;
  /** Bound of the probability that a configuration of the reference is beyond a wall. */
  violation: number;
}

/** Sums of an unfinished block; typed, so that a checkpoint keeps their bits. */
export interface OpenBlock {
  first: number;
  num: Float64Array;
  den: Float64Array;
  square: Float64Array;
  zeta: number;
  kinetic: number;
  reflections: number;
  reflectedStep: number;
  reflectedAtom: number;
  series?: number[];
}
