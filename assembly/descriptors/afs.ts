/**
 * Angular Fourier series, both of MILADY's kinds: with g_p radial functions and T_l Chebyshev polynomials,
 *
 *     A_pql = w/2 sum_{i != k} w_i w_k g_p(r_i) g_q(r_k) T_l(cos),      kind 1: q = p alone
 *
 * by the density of the neighbours instead of pairs of them: T_l = sum t_lλ P_λ, and by the addition theorem
 *
 *     A_pql = w/2 [ sum_λ t_lλ 4π/(2λ+1) sum_m c_pλm c_qλm  −  sum_i w_i² g_p g_q ],   c_pλm = sum_i w_i g_p(r_i) Y_λm(n_i)
 *
 * (the second term takes i = k out: T_l(1) = 1). So the cost is that of N n (L+1)² products instead of N²/2 n (L+1) and as
 * many angles: less from N = 2 (L+1) neighbours on, and the inner loops are plain sums of two numbers at a time. What is
 * subtracted is of the size of one atom's share of the sum, so it costs no digits. In reverse: dE/dA -> dE/dc once per
 * atom, then for every neighbour sum_p g_p dE/dc_pλm and the same with slopes.
 *
 * A. P. Bartók, R. Kondor, G. Csányi, Phys. Rev. B 87, 184115 (2013), doi:10.1103/PhysRevB.87.184115.
 *
 * numbers (src/data/descriptors/afs.ts packs them): 0 functions n, even N   1 L   2 kind   3 S, (L+1)² made even   4 N
 *   positions: 5 factors of elements as neighbour and centre, T x 2   6 radial table   7 O, n x N   8 table of the harmonics
 *   9 t_lλ 4π/(2λ+1)/2, (L+1) x (L+1)   in scratch: 10 c, n x S   11 dE/dc, n x S   12 h, S   13 three   14 e, N
 *   15 slopes of e, N   16 diagonal, n x N   17 sums of the adjoint, n x N   in a neighbour's own: 18 w g, N
 *   19 slopes of it, N   20 Q   21 powers   22 Y, S
 *   for the rows of a fit in scratch: 23 derivatives of Y by x, y, z, 3 x S   24 what c_p makes of them, n x (L+1) x 4
 * Components: p, (q,) l, the last fastest.
 */
import { addF64, getF64, getPair, getSplat, setF64, setPair } from '../memory';
import { addRadial, at, Block, Neighbour, neighbourAt, ownOf, skip, word } from './block';
import { harmonics, harmonicsReverse, polynomials, powers } from './harmonics';
import { radialFunctions } from './radial';

// @ts-ignore: decorator
@inline
function clear(array: usize, numbers: i32): void {
  memory.fill(array, 0, (<usize>numbers) << 3);
}

export function values(b: Block, out: usize): void {
  const n = word(b, 0);
  const N = word(b, 4);
  const L = word(b, 1);
  const stride = word(b, 3);
  sumNeighbours(b);
  const pairs = word(b, 2) == 2;
  const c = at(b.scratch, b, 10);
  const own = at(b.scratch, b, 16);
  const centre = getF64(at(b.numbers, b, 5), 2 * b.type + 1);
  let k = 0;
  for (let p = 0; p < n; p++) {
    const last = pairs ? n : p + 1;
    for (let q = pairs ? 0 : p; q < last; q++) {
      const cp = skip(c, p * stride);
      const cq = skip(c, q * stride);
      const to = skip(out, k);
      const diagonal = -0.5 * getF64(own, p * N + q);
      for (let l = 0; l <= L; l++) setF64(to, l, diagonal);
      for (let l = 0; l <= L; l++) {
        const end = (l + 1) * (l + 1);
        let sum = 0.0;
        for (let lm = l * l; lm < end; lm++) sum += getF64(cp, lm) * getF64(cq, lm);
        // t_jl of j >= l and of the same parity
        for (let j = l; j <= L; j += 2) addF64(to, j, getF64(at(b.numbers, b, 9), j * (L + 1) + l) * sum);
      }
      for (let l = 0; l <= L; l++) setF64(to, l, centre * getF64(to, l));
      k += L + 1;
    }
  }
}

/** c and the diagonal; four neighbours at a time, so that c is read and written once for them. */
function sumNeighbours(b: Block): void {
  const n = word(b, 0);
  const c = at(b.scratch, b, 10);
  clear(c, n * word(b, 3));
  clear(at(b.scratch, b, 16), n * word(b, 4));
  let found = 0;
  let o0: usize = 0, o1: usize = 0, o2: usize = 0, o3: usize = 0;
  for (let i = 0; i < b.count; i++) {
    const neighbour = neighbourAt(b, i);
    if (neighbour.r >= b.cutoff) continue;
    o0 = o1;
    o1 = o2;
    o2 = o3;
    o3 = ownOf(b, neighbour);
    functions(b, neighbour, o3);
    if ((++found & 3) == 0) addFour(b, o0, o1, o2, o3, c);
  }
  const rest = found & 3;
  if (rest == 3) addTwo(b, o1, c);
  if (rest >= 2) addTwo(b, o2, c);
  if (rest >= 1) addTwo(b, o3, c);
}

/** w g, its slopes and Y of one neighbour to its own; adds to the diagonal. */
function functions(b: Block, neighbour: Neighbour, own: usize): void {
  const n = word(b, 0);
  const N = word(b, 4);
  const stride = word(b, 3);
  const e = at(b.scratch, b, 14);
  const de = at(b.scratch, b, 15);
  radialFunctions(at(b.numbers, b, 6), neighbour.r, e, de);
  if (N > n) setF64(e, n, 0), setF64(de, n, 0);
  const weight = getF64(at(b.numbers, b, 5), 2 * neighbour.type);
  const g = at(own, b, 18);
  const dg = at(own, b, 19);
  let row = at(b.numbers, b, 7);
  for (let p = 0; p < n; p++) {
    let value = f64x2.splat(0);
    let slope = f64x2.splat(0);
    for (let q = 0; q < N; q += 2) {
      const o = getPair(row, q);
      value = f64x2.add(value, f64x2.mul(o, getPair(e, q)));
      slope = f64x2.add(slope, f64x2.mul(o, getPair(de, q)));
    }
    setF64(g, p, weight * (f64x2.extract_lane(value, 0) + f64x2.extract_lane(value, 1)));
    setF64(dg, p, weight * (f64x2.extract_lane(slope, 0) + f64x2.extract_lane(slope, 1)));
    row = skip(row, N);
  }
  if (N > n) setF64(g, n, 0), setF64(dg, n, 0);
  addDiagonal(b, g);
  const y = at(own, b, 22);
  polynomials(at(b.numbers, b, 8), neighbour.nz, at(own, b, 20));
  powers(word(b, 1), neighbour.nx, neighbour.ny, at(own, b, 21));
  setF64(y, stride - 1, 0);
  harmonics(word(b, 1), at(own, b, 20), at(own, b, 21), y);
}

function addDiagonal(b: Block, g: usize): void {
  const n = word(b, 0);
  const N = word(b, 4);
  const diagonal = at(b.scratch, b, 16);
  const pairs = word(b, 2) == 2;
  for (let p = 0; p < n; p++) {
    if (!pairs) addF64(diagonal, p * N + p, getF64(g, p) * getF64(g, p));
    else for (let q = 0; q < n; q++) addF64(diagonal, p * N + q, getF64(g, p) * getF64(g, q));
  }
}

function addFour(b: Block, o0: usize, o1: usize, o2: usize, o3: usize, c: usize): void {
  const n = word(b, 0);
  const stride = word(b, 3);
  const g0 = at(o0, b, 18), g1 = at(o1, b, 18), g2 = at(o2, b, 18), g3 = at(o3, b, 18);
  const y0 = at(o0, b, 22), y1 = at(o1, b, 22), y2 = at(o2, b, 22), y3 = at(o3, b, 22);
  for (let p = 0; p < n; p++) {
    const f0 = getSplat(g0, p), f1 = getSplat(g1, p), f2 = getSplat(g2, p), f3 = getSplat(g3, p);
    for (let s = 0; s < stride; s += 2) {
      const low = f64x2.add(f64x2.mul(f0, getPair(y0, s)), f64x2.mul(f1, getPair(y1, s)));
      const high = f64x2.add(f64x2.mul(f2, getPair(y2, s)), f64x2.mul(f3, getPair(y3, s)));
      setPair(c, s, f64x2.add(getPair(c, s), f64x2.add(low, high)));
    }
    c = skip(c, stride);
  }
}

function addTwo(b: Block, own: usize, c: usize): void {
  const n = word(b, 0);
  const stride = word(b, 3);
  const g = at(own, b, 18);
  const y = at(own, b, 22);
  for (let p = 0; p < n; p++) {
    const factor = getSplat(g, p);
    for (let s = 0; s < stride; s += 2) setPair(c, s, f64x2.add(getPair(c, s), f64x2.mul(factor, getPair(y, s))));
    c = skip(c, stride);
  }
}

export function reverse(b: Block, adjoint: usize): void {
  coefficients(b, adjoint);
  for (let i = 0; i < b.count; i++) {
    const neighbour = neighbourAt(b, i);
    if (neighbour.r < b.cutoff) gradient(b, neighbour, ownOf(b, neighbour));
  }
}

/** dE/dc, and dE/d(g_p g_q) of the diagonal: minus half the sum of the adjoint over l. */
function coefficients(b: Block, adjoint: usize): void {
  const n = word(b, 0);
  const N = word(b, 4);
  const w = word(b, 1) + 1;
  const stride = word(b, 3);
  const centre = getF64(at(b.numbers, b, 5), 2 * b.type + 1);
  const pairs = word(b, 2) == 2;
  const c = at(b.scratch, b, 10);
  const bar = at(b.scratch, b, 11);
  const sums = at(b.scratch, b, 17);
  clear(bar, n * stride);
  clear(sums, n * N);
  for (let p = 0; p < n; p++) {
    const to = skip(bar, p * stride);
    const last = pairs ? n : p + 1;
    for (let q = pairs ? 0 : p; q < last; q++) {
      const forth = pairs ? skip(adjoint, (p * n + q) * w) : skip(adjoint, p * w);
      const back = pairs ? skip(adjoint, (q * n + p) * w) : forth;
      const from = skip(c, q * stride);
      let sum = 0.0;
      for (let l = 0; l < w; l++) {
        sum += getF64(forth, l) + getF64(back, l);
        let factor = 0.0;
        for (let j = l; j < w; j += 2) {
          factor += (getF64(forth, j) + getF64(back, j)) * getF64(at(b.numbers, b, 9), j * w + l);
        }
        factor *= centre;
        if (factor == 0.0) continue;
        const end = (l + 1) * (l + 1);
        for (let lm = l * l; lm < end; lm++) addF64(to, lm, factor * getF64(from, lm));
      }
      setF64(sums, p * N + q, -0.5 * centre * sum);
    }
  }
}

/** From dE/dc to the gradient by d of one neighbour. */
function gradient(b: Block, neighbour: Neighbour, own: usize): void {
  const n = word(b, 0);
  const stride = word(b, 3);
  const g = at(own, b, 18);
  const dg = at(own, b, 19);
  const y = at(own, b, 22);
  const h = at(b.scratch, b, 12);
  const bar = at(b.scratch, b, 11);
  let along = f64x2.splat(0);
  for (let s = 0; s < stride; s += 2) {
    let value = f64x2.splat(0);
    let slope = f64x2.splat(0);
    let from = skip(bar, s);
    for (let p = 0; p < n; p++) {
      const x = getPair(from, 0);
      value = f64x2.add(value, f64x2.mul(getSplat(g, p), x));
      slope = f64x2.add(slope, f64x2.mul(getSplat(dg, p), x));
      from = skip(from, stride);
    }
    setPair(h, s, value);
    along = f64x2.add(along, f64x2.mul(slope, getPair(y, s)));
  }
  const t = at(b.scratch, b, 13);
  harmonicsReverse(at(b.numbers, b, 8), at(own, b, 20), at(own, b, 21), h, t);
  const tx = getF64(t, 0), ty = getF64(t, 1), tz = getF64(t, 2);
  const inward = tx * neighbour.nx + ty * neighbour.ny + tz * neighbour.nz;
  neighbour.gx += neighbour.perR * tx;
  neighbour.gy += neighbour.perR * ty;
  neighbour.gz += neighbour.perR * tz;
  const radial = f64x2.extract_lane(along, 0) + f64x2.extract_lane(along, 1) + ofDiagonal(b, g, dg);
  addRadial(neighbour, radial - neighbour.perR * inward);
}

/**
 * dD/dd of every neighbour, D columns in all, those of this block from `first` on: by forward mode,
 * d(sum_m c_p c_q)/dd = c_q . d(g_p Y)/dd + c_p . d(g_q Y)/dd. `to`: f64[pairs][3][columns].
 */
export function jacobian(b: Block, to: usize, columns: i32, first: i32): void {
  for (let i = 0; i < b.count; i++) {
    const neighbour = neighbourAt(b, i);
    if (neighbour.r >= b.cutoff) continue;
    const own = ownOf(b, neighbour);
    slopes(b, own);
    contract(b, neighbour, own);
    const row = skip(to + ((<usize>neighbour.pair * <usize>(3 * columns)) << 3), first);
    for (let c = 0; c < 3; c++) {
      const n = c == 0 ? neighbour.nx : c == 1 ? neighbour.ny : neighbour.nz;
      direction(b, own, n, c, skip(row, c * columns));
    }
  }
}

/** Derivatives of all Y by x, y and z as if these were independent. */
function slopes(b: Block, own: usize): void {
  const L = word(b, 1);
  const w = L + 1;
  const table = at(b.numbers, b, 8) + ((<usize>(1 + w)) << 3);
  const q = at(own, b, 20);
  const cs = at(own, b, 21);
  const x = at(b.scratch, b, 23);
  const y = skip(x, word(b, 3));
  const z = skip(y, word(b, 3));
  for (let l = 0; l <= L; l++) {
    for (let m = 0; m <= l; m++) {
      const place = l * w + m;
      const slope = m < l ? getF64(table, 3 * place + 2) * getF64(q, place + 1) : 0.0;
      const plus = l * l + l + m;
      const minus = l * l + l - m;
      const value = <f64>m * getF64(q, place);
      const c = m > 0 ? value * getF64(cs, 2 * m - 2) : 0.0;
      const s = m > 0 ? value * getF64(cs, 2 * m - 1) : 0.0;
      setF64(x, minus, s);
      setF64(y, minus, c);
      setF64(z, minus, slope * getF64(cs, 2 * m + 1));
      setF64(x, plus, c);
      setF64(y, plus, -s);
      setF64(z, plus, slope * getF64(cs, 2 * m));
    }
  }
}

/** Of every p and l: sum_m c Y, and of the gradient of that on the sphere, by d, the three components. */
function contract(b: Block, neighbour: Neighbour, own: usize): void {
  const L = word(b, 1);
  const stride = word(b, 3);
  const y = at(own, b, 22);
  const dx = at(b.scratch, b, 23);
  const dy = skip(dx, stride);
  const dz = skip(dy, stride);
  let c = at(b.scratch, b, 10);
  let to = at(b.scratch, b, 24);
  for (let p = 0; p < word(b, 0); p++) {
    for (let l = 0; l <= L; l++) {
      const end = (l + 1) * (l + 1);
      let value = 0.0, vx = 0.0, vy = 0.0, vz = 0.0;
      for (let lm = l * l; lm < end; lm++) {
        const f = getF64(c, lm);
        value += f * getF64(y, lm);
        vx += f * getF64(dx, lm);
        vy += f * getF64(dy, lm);
        vz += f * getF64(dz, lm);
      }
      const along = vx * neighbour.nx + vy * neighbour.ny + vz * neighbour.nz;
      setF64(to, 0, value);
      setF64(to, 1, neighbour.perR * (vx - along * neighbour.nx));
      setF64(to, 2, neighbour.perR * (vy - along * neighbour.ny));
      setF64(to, 3, neighbour.perR * (vz - along * neighbour.nz));
      to += 32;
    }
    c = skip(c, stride);
  }
}

/** Derivatives of all components by one coordinate; n: that of the unit vector. */
function direction(b: Block, own: usize, n: f64, axis: i32, to: usize): void {
  const count = word(b, 0);
  const w = word(b, 1) + 1;
  const centre = getF64(at(b.numbers, b, 5), 2 * b.type + 1);
  const expansion = at(b.numbers, b, 9);
  const g = at(own, b, 18);
  const dg = at(own, b, 19);
  const sums = at(b.scratch, b, 24);
  const pairs = word(b, 2) == 2;
  for (let p = 0; p < count; p++) {
    const last = pairs ? count : p + 1;
    for (let q = pairs ? 0 : p; q < last; q++, to = skip(to, w)) {
      const gp = getF64(g, p), gq = getF64(g, q);
      const sp = n * getF64(dg, p), sq = n * getF64(dg, q);
      const diagonal = -0.5 * (gp * sq + gq * sp);
      for (let l = 0; l < w; l++) setF64(to, l, diagonal);
      for (let l = 0; l < w; l++) {
        const ofP = skip(sums, 4 * (p * w + l));
        const ofQ = skip(sums, 4 * (q * w + l));
        const change = sp * getF64(ofQ, 0) + gp * getF64(ofQ, 1 + axis) + sq * getF64(ofP, 0) + gq * getF64(ofP, 1 + axis);
        for (let j = l; j < w; j += 2) addF64(to, j, getF64(expansion, j * w + l) * change);
      }
      for (let l = 0; l < w; l++) setF64(to, l, centre * getF64(to, l));
    }
  }
}

function ofDiagonal(b: Block, g: usize, dg: usize): f64 {
  const n = word(b, 0);
  const N = word(b, 4);
  const sums = at(b.scratch, b, 17);
  const pairs = word(b, 2) == 2;
  let slope = 0.0;
  for (let p = 0; p < n; p++) {
    let sum = 0.0;
    const last = pairs ? n : p + 1;
    for (let q = pairs ? 0 : p; q < last; q++) sum += getF64(sums, p * N + q) * getF64(g, q);
    slope += sum * getF64(dg, p);
  }
  return slope;
}
