/** Everything around the potentials' kernels: clearing, pair gradients → forces, and back to the user's order. */
import { Frame } from './frame';
import { addF64, getF64, getI32, getPair, getV128, setF64, setPair, setV128 } from './memory';

/** Zeroes energy, force and virial of the locals [begin, end). */
export function clearLocals(begin: i32, end: i32, frame: usize, _params: usize, _work: usize, _scratch: usize): void {
  const f = changetype<Frame>(frame);
  const count = usize(end - begin);
  memory.fill(f.energy + (usize(begin) << 3), 0, count << 3);
  memory.fill(f.force + (usize(begin) << 5), 0, count << 5);
  memory.fill(f.virial + usize(begin) * 48, 0, count * 48);
}

/** f_i += Σ (g_p − g_reverse(p)), W_i −= Σ d⊗g (symmetric part), for the locals [begin, end). */
export function gatherPairs(begin: i32, end: i32, frame: usize, _params: usize, _work: usize, _scratch: usize): void {
  const f = changetype<Frame>(frame);
  for (let i = begin; i < end; i++) {
    const x = getF64(f.x, 4 * i);
    const y = getF64(f.x, 4 * i + 1);
    const z = getF64(f.x, 4 * i + 2);
    let fx = 0.0;
    let fy = 0.0;
    let fz = 0.0;
    let xx = 0.0;
    let yy = 0.0;
    let zz = 0.0;
    let yz = 0.0;
    let xz = 0.0;
    let xy = 0.0;
    const last = getI32(f.first, i + 1);
    for (let p = getI32(f.first, i); p < last; p++) {
      const k = getI32(f.neighbors, p);
      const gx = getF64(f.gradient, 4 * p);
      const gy = getF64(f.gradient, 4 * p + 1);
      const gz = getF64(f.gradient, 4 * p + 2);
      const dx = getF64(f.x, 4 * k) - x;
      const dy = getF64(f.x, 4 * k + 1) - y;
      const dz = getF64(f.x, 4 * k + 2) - z;
      xx += dx * gx;
      yy += dy * gy;
      zz += dz * gz;
      yz += dy * gz + dz * gy;
      xz += dx * gz + dz * gx;
      xy += dx * gy + dy * gx;
      fx += gx;
      fy += gy;
      fz += gz;
      const q = getI32(f.reverse, p);
      if (q < 0) continue;
      fx -= getF64(f.gradient, 4 * q);
      fy -= getF64(f.gradient, 4 * q + 1);
      fz -= getF64(f.gradient, 4 * q + 2);
    }
    addF64(f.force, 4 * i, fx);
    addF64(f.force, 4 * i + 1, fy);
    addF64(f.force, 4 * i + 2, fz);
    addF64(f.virial, 6 * i, -xx);
    addF64(f.virial, 6 * i + 1, -yy);
    addF64(f.virial, 6 * i + 2, -zz);
    addF64(f.virial, 6 * i + 3, -0.5 * yz);
    addF64(f.virial, 6 * i + 4, -0.5 * xz);
    addF64(f.virial, 6 * i + 5, -0.5 * xy);
  }
}

/** Energies (n) and forces (n,3) of the locals [begin, end) into the user's order. */
export function scatterLocals(begin: i32, end: i32, frame: usize, energies: usize, forces: usize, _scratch: usize): void {
  const f = changetype<Frame>(frame);
  for (let i = begin; i < end; i++) {
    const o = getI32(f.order, i);
    setF64(energies, o, getF64(f.energy, i));
    for (let j = 0; j < 3; j++) setF64(forces, 3 * o + j, getF64(f.force, 4 * i + j));
  }
}

/** Bytes of a block's record: energy and what its sum has lost, xx yy zz yz xz xy. */
const RECORD: usize = 64;

/**
 * Energy and virial of the blocks [begin, end) of the locals, `blocks` equal parts in all, into records. Energies are
 * summed in the user's order, in two lanes with the rounding errors of the additions carried along (Knuth's two-sum, so
 * no branch; Ogita, Rump, Oishi 2005, 10.1137/030601818).
 */
export function reduceBlocks(begin: i32, end: i32, frame: usize, energies: usize, records: usize, blocks: usize): void {
  const f = changetype<Frame>(frame);
  for (let b = begin; b < end; b++) {
    const first = i32((i64(f.n) * i64(b)) / i64(blocks));
    const last = i32((i64(f.n) * i64(b + 1)) / i64(blocks));
    const record = records + usize(b) * RECORD;
    sumEnergies(first, last, energies, record);
    let w0 = f64x2.splat(0);
    let w1 = f64x2.splat(0);
    let w2 = f64x2.splat(0);
    for (let i = first; i < last; i++) {
      w0 = f64x2.add(w0, getV128(f.virial, 3 * i));
      w1 = f64x2.add(w1, getV128(f.virial, 3 * i + 1));
      w2 = f64x2.add(w2, getV128(f.virial, 3 * i + 2));
    }
    setV128(record, 1, w0);
    setV128(record, 2, w1);
    setV128(record, 3, w2);
  }
}

function sumEnergies(first: i32, last: i32, energies: usize, record: usize): void {
  let sum = f64x2.splat(0);
  let lost = f64x2.splat(0);
  for (let i = first; i < last; i += 2) {
    const e = i + 1 < last ? getPair(energies, i) : f64x2(getF64(energies, i), 0);
    const t = f64x2.add(sum, e);
    const added = f64x2.sub(t, sum);
    lost = f64x2.add(lost, f64x2.add(f64x2.sub(sum, f64x2.sub(t, added)), f64x2.sub(e, added)));
    sum = t;
  }
  const a = f64x2.extract_lane(sum, 0);
  const b = f64x2.extract_lane(sum, 1);
  const t = a + b;
  setF64(record, 0, t);
  setF64(record, 1, f64x2.extract_lane(lost, 0) + f64x2.extract_lane(lost, 1) + (a - (t - (t - a)) + (b - (t - a))));
}

/** Total energy and total virial from the records of all blocks, one after the other, into out f64[7]; returns 0. */
export function reduceTotals(_begin: i32, blocks: i32, records: usize, out: usize, _work: usize, _scratch: usize): i32 {
  let sum = 0.0;
  let lost = 0.0;
  let w0 = f64x2.splat(0);
  let w1 = f64x2.splat(0);
  let w2 = f64x2.splat(0);
  for (let b = 0; b < blocks; b++) {
    const record = records + usize(b) * RECORD;
    const e = getF64(record, 0);
    const t = sum + e;
    const added = t - sum;
    lost += sum - (t - added) + (e - added) + getF64(record, 1);
    sum = t;
    w0 = f64x2.add(w0, getV128(record, 1));
    w1 = f64x2.add(w1, getV128(record, 2));
    w2 = f64x2.add(w2, getV128(record, 3));
  }
  setF64(out, 0, sum + lost);
  setPair(out, 1, w0);
  setPair(out, 3, w1);
  setPair(out, 5, w2);
  return 0;
}

/** Where the bump arena may begin. */
export function heapBase(): usize {
  return __heap_base;
}
