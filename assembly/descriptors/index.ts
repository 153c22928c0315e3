/**
 * The dispatch: the number of a descriptor's record (src/data/descriptors, `kind`) to its functions. Two atoms are done
 * side by side; `alone`: the second is the first again, and nobody wants its results.
 */
import * as afs from './afs';
import { jacobian as afsJacobian } from './afs-jacobian';
import { Block } from './block';
import * as bso4 from './bso4';
import * as g2 from './g2';
import * as g3 from './g3';
import * as powerSo4 from './power-so4';
import * as so3 from './so3';

const G2 = 1;
const G3 = 2;
const AFS = 4;
const SO3 = 6;
const POWER_SO4 = 8;
const BSO4 = 9;

/** Components of both atoms. */
export function blockValues(kind: i32, first: Block, second: Block, alone: bool, out: usize, otherOut: usize): void {
  if (kind == G2) {
    g2.values(first, out);
    if (!alone) g2.values(second, otherOut);
  } else if (kind == G3) {
    g3.values(first, out);
    if (!alone) g3.values(second, otherOut);
  } else if (kind == AFS) {
    afs.values(first, out);
    if (!alone) afs.values(second, otherOut);
  } else if (kind == BSO4) {
    bso4.values(first, second, alone, out, otherOut);
  } else if (kind == SO3) {
    so3.values(first, out);
    if (!alone) so3.values(second, otherOut);
  } else if (kind == POWER_SO4) {
    powerSo4.values(first, out);
    if (!alone) powerSo4.values(second, otherOut);
  }
}

/** Adds the gradients of both atoms' neighbours. */
export function blockReverse(
  kind: i32, first: Block, second: Block, alone: bool, adjoint: usize, otherAdjoint: usize,
): void {
  if (kind == G2) {
    g2.reverse(first, adjoint);
    if (!alone) g2.reverse(second, otherAdjoint);
  } else if (kind == G3) {
    g3.reverse(first, adjoint);
    if (!alone) g3.reverse(second, otherAdjoint);
  } else if (kind == AFS) {
    afs.reverse(first, adjoint);
    if (!alone) afs.reverse(second, otherAdjoint);
  } else if (kind == BSO4) {
    bso4.reverse(first, second, alone, adjoint, otherAdjoint);
  } else if (kind == SO3) {
    so3.reverse(first, adjoint);
    if (!alone) so3.reverse(second, otherAdjoint);
  } else if (kind == POWER_SO4) {
    powerSo4.reverse(first, adjoint);
    if (!alone) powerSo4.reverse(second, otherAdjoint);
  }
}

/** Once per thread and call, before any atom: for kernels that unpack tables to their scratch. */
export function blockPrepare(kind: i32, first: Block, second: Block): void {
  if (kind == BSO4) bso4.prepare(first);
  if (kind != G2) return;
  g2.prepare(first);
  g2.prepare(second);
}

/**
 * For the rows of a fit: dD/dd of all neighbours of one atom to f64[pairs][3][columns], this block's columns from `first` on,
 * where a descriptor has a way that is faster than reverse mode with unit adjoints; false where it has none.
 */
export function blockJacobian(kind: i32, b: Block, to: usize, columns: i32, first: i32): bool {
  if (kind != AFS) return false;
  afsJacobian(b, to, columns, first);
  return true;
}
