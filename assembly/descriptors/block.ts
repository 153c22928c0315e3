/**
 * The framework in which a descriptor becomes a potential. A descriptor is a file here with two functions,
 *
 *     values(b: Block, out: usize)       out[0 … size) = its components for the atom of b
 *     reverse(b: Block, adjoint: usize)  to every neighbour's gx, gy, gz ADD  sum_k adjoint[k] dD_k/dd,  d = x_n - x_i
 *
 * one line in the dispatch (index.ts) and one record on the host (src/data/descriptors: name, parameters, how they are
 * packed into `numbers`). The framework (assembly/potentials/descriptor.ts) gathers the neighbours within the largest
 * cutoff once per atom, calls `values` of every block (a hybrid has several), forms the adjoint dE/dD (beta, or beta + A D)
 * once, calls `reverse` with each block's part of it, and hands the pair gradients to the engine, which makes forces and
 * virial of them. For the rows of a fit it calls `reverse` with unit adjoints, unless index.ts names a faster way (blockJacobian).
 *
 * What a descriptor may rely on:
 * - neighbours are in the order of the list, images of the atom itself included, r > 0; those with r >= b.cutoff must be
 *   skipped (another block may reach further). Their number has no bound: loop, never copy to arrays of fixed length.
 * - b.scratch (as many bytes as the record asks, multiple of 16) and the own numbers of each neighbour (record: `own` f64,
 *   ownOf() below) keep what `values` leaves there until `reverse`, which may be called several times. They stand one after
 *   the other and there is room for a multiple of four of them, so a kernel may also use them as `own` arrays over all
 *   neighbours.
 * - reverse follows values of the same atom, and must not change what the next reverse needs.
 * - results of an atom must not depend on which other atom is done beside it.
 *
 * A kernel that does two atoms at a time (a SIMD lane each) takes two Blocks instead: see bso4.ts.
 */
import { checkNumbers, getF64 } from '../memory';

/** A descriptor for one atom. */
// @ts-ignore: decorator
@unmanaged
export class Block {
  /** f64: the descriptor's numbers as its record packs them. */
  numbers: usize;
  /** Bytes of its own, for this atom. */
  scratch: usize;
  /** The first neighbour's record. */
  neighbours: usize;
  /** This descriptor's own numbers of the neighbours, and bytes from one's to the next's. */
  own: usize;
  stride: usize;
  /** Neighbours within the largest cutoff of all blocks. */
  count: i32;
  /** The atom's element, and how many elements there are. */
  type: i32;
  types: i32;
  /** Components. */
  size: i32;
  /** Å. */
  cutoff: f64;
  /** For kernels with a loop of their own: Frame, and the local that the atom is. */
  frame: usize;
  atom: i32;
  unused: i32;
}
export const BLOCK = 64;

/** A neighbour. */
// @ts-ignore: decorator
@unmanaged
export class Neighbour {
  /** d = x_n - x_i, Å, and its length. */
  dx: f64;
  dy: f64;
  dz: f64;
  r: f64;
  /** d/r, and 1/r. */
  nx: f64;
  ny: f64;
  nz: f64;
  perR: f64;
  /** Gradient by d, to be added to. */
  gx: f64;
  gy: f64;
  gz: f64;
  /** Element; place in the neighbour list. */
  type: i32;
  pair: i32;
}
export const NEIGHBOUR = 96;

/** The block's number i as an integer. */
// @ts-ignore: decorator
@inline
export function word(b: Block, i: i32): i32 {
  return <i32>getF64(b.numbers, i);
}

/** The array whose position stands at i: of the block's numbers, of scratch or of a neighbour's own. */
// @ts-ignore: decorator
@inline
export function at(base: usize, b: Block, i: i32): usize {
  return base + ((<usize>word(b, i)) << 3);
}

/** The same array from a later f64 on. */
// @ts-ignore: decorator
@inline
export function skip(array: usize, numbers: i32): usize {
  return array + ((<usize>numbers) << 3);
}

// @ts-ignore: decorator
@inline
export function neighbourAt(b: Block, k: i32): Neighbour {
  const at = b.neighbours + <usize>(k * NEIGHBOUR);
  checkNumbers(at, NEIGHBOUR);
  return changetype<Neighbour>(at);
}

/** The block's own numbers of neighbour k, 16-byte aligned. */
// @ts-ignore: decorator
@inline
export function ownOf(b: Block, k: i32): usize {
  return b.own + <usize>k * b.stride;
}

/** Adds to the gradient what depends on the distance alone: slope = dE/dr. */
// @ts-ignore: decorator
@inline
export function addRadial(n: Neighbour, slope: f64): void {
  n.gx += slope * n.nx;
  n.gy += slope * n.ny;
  n.gz += slope * n.nz;
}
