/**
 * Any descriptor, or several one after the other, as a potential: E_i = beta_0 + beta.D + 1/2 D.A.D with coefficients of
 * the centre's element. The descriptors are blocks (assembly/descriptors/block.ts has their contract). Two locals are done
 * side by side, for kernels that do an atom in each SIMD lane.
 *
 * params, f64 (src/data/potentials/descriptor.ts writes them); "at": index in params
 *    0 elements T   1 blocks B   2 components D   3 largest cutoff   4 bytes of a neighbour, record and own numbers
 *    5 coefficients at, T x (1+D): beta_0, beta   6 A at, T x D x D, symmetric   7 table of blocks at, B x 9:
 *      kind, first component, components, numbers at, cutoff, bytes to the scratch of the first atom, to the second's,
 *      of a neighbour: bytes of its record and of its own numbers for the blocks before, and for this one
 *   bytes in scratch: 8 Blocks, 2 x B   9 D of both atoms   10 dE/dD of both   11 the neighbours: of the first atom the
 *      records, then the own numbers for every block, all with room for a multiple of four; then those of the second
 * The host makes scratch large enough for the records of two atoms (form.perNeighbor).
 */
import { Block, BLOCK, Neighbour, NEIGHBOUR, neighbourAt } from '../descriptors/block';
import { blockJacobian, blockPrepare, blockReverse, blockValues } from '../descriptors/index';
import { Frame } from '../frame';
import { addF64, checkNumbers, getF64, getI32, setF64 } from '../memory';

// @ts-ignore: decorator
@inline
function header(params: usize, i: i32): i32 {
  return <i32>getF64(params, i);
}

// @ts-ignore: decorator
@inline
function section(params: usize, i: i32): usize {
  return params + ((<usize>header(params, i)) << 3);
}

/** Bytes of a row of the table of blocks. */
const ROW = 72;

// @ts-ignore: decorator
@inline
function rowOf(params: usize, block: i32): usize {
  return section(params, 7) + <usize>(block * ROW);
}

// @ts-ignore: decorator
@inline
function blockOf(params: usize, scratch: usize, block: i32, lane: i32): Block {
  const at = scratch + <usize>header(params, 8) + <usize>((lane * header(params, 1) + block) * BLOCK);
  checkNumbers(at, BLOCK);
  return changetype<Block>(at);
}

/** D (array 9) or dE/dD (10) of a lane. */
// @ts-ignore: decorator
@inline
function vectorOf(params: usize, scratch: usize, array: i32, lane: i32): usize {
  return scratch + <usize>header(params, array) + ((<usize>(lane * header(params, 2))) << 3);
}

/** Linear: E_i = beta_0 + beta.D. */
export function descriptorLinear(begin: i32, end: i32, frame: usize, params: usize, work: usize, scratch: usize): void {
  const fr = changetype<Frame>(frame);
  prepare(frame, params, scratch);
  for (let i = begin; i < end; i += 2) {
    const other = min(i + 1, end - 1);
    components(i, other, fr, params, scratch);
    addF64(fr.energy, i, linear(getI32(fr.types, i), 0, params, scratch));
    if (other != i) addF64(fr.energy, other, linear(getI32(fr.types, other), 1, params, scratch));
    gradients(i, other, fr, params, scratch);
  }
}

/** Quadratic: E_i = beta_0 + beta.D + 1/2 D.A.D. */
export function descriptorQuadratic(
  begin: i32, end: i32, frame: usize, params: usize, work: usize, scratch: usize,
): void {
  const fr = changetype<Frame>(frame);
  prepare(frame, params, scratch);
  for (let i = begin; i < end; i += 2) {
    const other = min(i + 1, end - 1);
    components(i, other, fr, params, scratch);
    addF64(fr.energy, i, quadratic(getI32(fr.types, i), 0, params, scratch));
    if (other != i) addF64(fr.energy, other, quadratic(getI32(fr.types, other), 1, params, scratch));
    gradients(i, other, fr, params, scratch);
  }
}

/** D of every local to work, f64[n][D]. */
export function descriptorValues(begin: i32, end: i32, frame: usize, params: usize, work: usize, scratch: usize): void {
  const fr = changetype<Frame>(frame);
  const bytes = (<usize>header(params, 2)) << 3;
  prepare(frame, params, scratch);
  for (let i = begin; i < end; i += 2) {
    const other = min(i + 1, end - 1);
    components(i, other, fr, params, scratch);
    copyValues(work + <usize>i * bytes, params, scratch, 0);
    if (other != i) copyValues(work + <usize>other * bytes, params, scratch, 1);
  }
}

/** Where results go. */
// @ts-ignore: decorator
@unmanaged
class Outputs {
  /** f64[n][D] */
  values: usize;
  /** f64[pairs][3][D], of the pairs from `first` on. */
  gradients: usize;
  first: i32;
}

/** D of the locals [begin, end) and dD/dd of their pairs, where a descriptor has no better way by unit adjoints. */
export function descriptorGradients(
  begin: i32, end: i32, frame: usize, params: usize, work: usize, scratch: usize,
): void {
  const fr = changetype<Frame>(frame);
  const out = changetype<Outputs>(work);
  const D = header(params, 2);
  prepare(frame, params, scratch);
  const row = (<usize>(3 * D)) << 3;
  for (let i = begin; i < end; i += 2) {
    const other = min(i + 1, end - 1);
    components(i, other, fr, params, scratch);
    copyValues(out.values + ((<usize>i * <usize>D) << 3), params, scratch, 0);
    if (other != i) copyValues(out.values + ((<usize>other * <usize>D) << 3), params, scratch, 1);
    const first = getI32(fr.first, i);
    const count = getI32(fr.first, other + 1) - first;
    memory.fill(out.gradients + <usize>(first - out.first) * row, 0, <usize>count * row);
    jacobian(i, other, out, params, scratch);
  }
}

function jacobian(i: i32, other: i32, out: Outputs, params: usize, scratch: usize): void {
  const D = header(params, 2);
  const alone = other == i;
  const adjoint = vectorOf(params, scratch, 10, 0);
  const otherAdjoint = vectorOf(params, scratch, 10, 1);
  memory.fill(adjoint, 0, (<usize>(2 * D)) << 3);
  for (let block = 0; block < header(params, 1); block++) {
    const row = rowOf(params, block);
    const kind = header(row, 0);
    const at = header(row, 1);
    const shift = (<usize>at) << 3;
    const first = blockOf(params, scratch, block, 0);
    const second = blockOf(params, scratch, block, 1);
    const base = out.gradients - ((<usize>out.first * <usize>(3 * D)) << 3);
    if (blockJacobian(kind, first, base, D, at)) {
      if (!alone) blockJacobian(kind, second, base, D, at);
      continue;
    }
    for (let k = at; k < at + header(row, 2); k++) {
      setF64(adjoint, k, 1);
      setF64(otherAdjoint, k, 1);
      clear(first);
      clear(second);
      blockReverse(kind, first, second, alone, adjoint + shift, otherAdjoint + shift);
      column(first, k, D, out);
      if (!alone) column(second, k, D, out);
      setF64(adjoint, k, 0);
      setF64(otherAdjoint, k, 0);
    }
  }
}

/** The neighbours' gradients to column k. */
function column(b: Block, k: i32, D: i32, out: Outputs): void {
  for (let i = 0; i < b.count; i++) {
    const n = neighbourAt(b, i);
    const row = out.gradients + ((<usize>(n.pair - out.first) * <usize>(3 * D)) << 3);
    setF64(row, k, n.gx);
    setF64(row, D + k, n.gy);
    setF64(row, 2 * D + k, n.gz);
  }
}

function clear(b: Block): void {
  for (let i = 0; i < b.count; i++) {
    const n = neighbourAt(b, i);
    n.gx = 0;
    n.gy = 0;
    n.gz = 0;
  }
}

function copyValues(to: usize, params: usize, scratch: usize, lane: i32): void {
  const bytes = (<usize>header(params, 2)) << 3;
  checkNumbers(to, bytes);
  memory.copy(to, vectorOf(params, scratch, 9, lane), bytes);
}

/** What does not change from atom to atom. */
function prepare(frame: usize, params: usize, scratch: usize): void {
  for (let block = 0; block < header(params, 1); block++) {
    const row = rowOf(params, block);
    for (let lane = 0; lane < 2; lane++) {
      const b = blockOf(params, scratch, block, lane);
      b.numbers = params + ((<usize>header(row, 3)) << 3);
      b.scratch = scratch + <usize>header(row, 5 + lane);
      b.stride = <usize>header(row, 8);
      b.types = header(params, 0);
      b.size = header(row, 2);
      b.cutoff = getF64(row, 4);
      b.frame = frame;
    }
    blockPrepare(header(row, 0), blockOf(params, scratch, block, 0), blockOf(params, scratch, block, 1));
  }
}

/** Neighbours and components of the locals i (lane 0) and other (lane 1). */
function components(i: i32, other: i32, fr: Frame, params: usize, scratch: usize): void {
  const alone = other == i;
  const records = scratch + <usize>header(params, 11);
  const count = gather(i, fr, params, records);
  const room = roomFor(count);
  const otherRecords = alone ? records : records + room * <usize>header(params, 4);
  const otherCount = alone ? count : gather(other, fr, params, otherRecords);
  const otherRoom = roomFor(otherCount);
  const d = vectorOf(params, scratch, 9, 0);
  const otherD = vectorOf(params, scratch, 9, 1);
  for (let block = 0; block < header(params, 1); block++) {
    const first = blockOf(params, scratch, block, 0);
    const second = blockOf(params, scratch, block, 1);
    first.neighbours = records;
    first.count = count;
    first.type = getI32(fr.types, i);
    first.atom = i;
    second.neighbours = otherRecords;
    second.count = otherCount;
    second.type = getI32(fr.types, other);
    second.atom = other;
    const row = rowOf(params, block);
    first.own = records + room * <usize>header(row, 7);
    second.own = otherRecords + otherRoom * <usize>header(row, 7);
    const at = (<usize>header(row, 1)) << 3;
    blockValues(header(row, 0), first, second, alone, d + at, otherD + at);
  }
}

/** Neighbours that there is room for. */
// @ts-ignore: decorator
@inline
function roomFor(count: i32): usize {
  return (<usize>count + 3) & ~(<usize>3);
}

/**
 * Records of the neighbours within the largest cutoff; returns their number. Whether a pair of the list is within it cannot
 * be foreseen, so nothing branches on it: one that is not is overwritten by the next. There is room for one more.
 */
function gather(i: i32, fr: Frame, params: usize, to: usize): i32 {
  const cutoff = getF64(params, 3);
  const cutoff2 = cutoff * cutoff;
  const x = getF64(fr.x, 4 * i);
  const y = getF64(fr.x, 4 * i + 1);
  const z = getF64(fr.x, 4 * i + 2);
  const last = getI32(fr.first, i + 1);
  const begin = to;
  for (let p = getI32(fr.first, i); p < last; p++) {
    const j = getI32(fr.neighbors, p);
    const dx = getF64(fr.x, 4 * j) - x;
    const dy = getF64(fr.x, 4 * j + 1) - y;
    const dz = getF64(fr.x, 4 * j + 2) - z;
    const r2 = dx * dx + dy * dy + dz * dz;
    checkNumbers(to, NEIGHBOUR);
    const n = changetype<Neighbour>(to);
    n.dx = dx;
    n.dy = dy;
    n.dz = dz;
    n.r = r2;
    n.type = getI32(fr.types, j);
    n.pair = p;
    to += r2 < cutoff2 ? <usize>NEIGHBOUR : 0;
  }
  for (let at = begin; at < to; at += <usize>NEIGHBOUR) {
    const n = changetype<Neighbour>(at);
    const r = Math.sqrt(n.r);
    const perR = 1.0 / r;
    n.r = r;
    n.nx = n.dx * perR;
    n.ny = n.dy * perR;
    n.nz = n.dz * perR;
    n.perR = perR;
    n.gx = 0;
    n.gy = 0;
    n.gz = 0;
  }
  return <i32>(to - begin) / NEIGHBOUR;
}

/** E_i of a lane; leaves dE/dD. */
function linear(type: i32, lane: i32, params: usize, scratch: usize): f64 {
  const size = header(params, 2);
  const beta = section(params, 5) + ((<usize>(type * (1 + size))) << 3);
  const d = vectorOf(params, scratch, 9, lane);
  const adjoint = vectorOf(params, scratch, 10, lane);
  let energy = 0.0;
  for (let k = 0; k < size; k++) {
    energy += getF64(beta, 1 + k) * getF64(d, k);
    setF64(adjoint, k, getF64(beta, 1 + k));
  }
  return energy + getF64(beta, 0);
}

function quadratic(type: i32, lane: i32, params: usize, scratch: usize): f64 {
  const size = header(params, 2);
  const beta = section(params, 5) + ((<usize>(type * (1 + size))) << 3);
  let row = section(params, 6) + ((<usize>(type * size * size)) << 3);
  const d = vectorOf(params, scratch, 9, lane);
  const adjoint = vectorOf(params, scratch, 10, lane);
  let energy = 0.0;
  for (let k = 0; k < size; k++) {
    let sum = 0.0;
    for (let l = 0; l < size; l++) sum += getF64(row, l) * getF64(d, l);
    row += (<usize>size) << 3;
    energy += (getF64(beta, 1 + k) + 0.5 * sum) * getF64(d, k);
    setF64(adjoint, k, getF64(beta, 1 + k) + sum);
  }
  return energy + getF64(beta, 0);
}

/** From dE/dD to the gradient of every pair of both locals. */
function gradients(i: i32, other: i32, fr: Frame, params: usize, scratch: usize): void {
  const alone = other == i;
  const adjoint = vectorOf(params, scratch, 10, 0);
  const otherAdjoint = vectorOf(params, scratch, 10, 1);
  for (let block = 0; block < header(params, 1); block++) {
    const row = rowOf(params, block);
    const at = (<usize>header(row, 1)) << 3;
    const first = blockOf(params, scratch, block, 0);
    blockReverse(header(row, 0), first, blockOf(params, scratch, block, 1), alone, adjoint + at, otherAdjoint + at);
  }
  store(blockOf(params, scratch, 0, 0), fr);
  if (!alone) store(blockOf(params, scratch, 0, 1), fr);
}

/** The records' gradients to the pairs; pairs beyond the cutoff have none. */
function store(b: Block, fr: Frame): void {
  const first = getI32(fr.first, b.atom);
  const length = getI32(fr.first, b.atom + 1) - first;
  memory.fill(fr.gradient + ((<usize>first) << 5), 0, (<usize>length) << 5);
  for (let i = 0; i < b.count; i++) {
    const n = neighbourAt(b, i);
    setF64(fr.gradient, 4 * n.pair, n.gx);
    setF64(fr.gradient, 4 * n.pair + 1, n.gy);
    setF64(fr.gradient, 4 * n.pair + 2, n.gz);
  }
}
