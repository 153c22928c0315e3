/**
 * Writes assembly/generated/: the straight-line functions of the SO(4) kernel, which V8 runs well only without
 * short loops. A vector is two atoms. A neighbour is (alpha, beta, t) = (a*, -b*, |b|²) of its Cayley-Klein parameters;
 * every matrix element of every U^j, j <= J = 2 jmax, is a combination of the real monomials
 *
 *     X_P Y_Q t^k,   X_P = Re or Im alpha^P,  Y_Q = Re or Im beta^Q,  P + Q + 2k <= J,
 *
 * (J+1)(J+2)(2J+3)/6 of them: 140 for J = 6, 285 for J = 8. They stand in slots of four, [Re Re, Re Im, Im Re, Im Im], for
 * P, then Q, then k ascending (src/data/so4/transform.ts has the same order); an Im of power 0 is a hole that stays 0.
 * For J = 8, in multiplications and as many additions:
 *
 *   moments<J>   M += sum over neighbours of w X_P Y_Q t^k                                      285 a neighbour, and powers
 *   gradient<J>  F = sum c X_P Y_Q t^k of each neighbour and its derivatives by alpha, beta, t    670 a neighbour, and powers
 *   cubic        g += dE/du of E = Re sum k x y w (src/data/so4/cubic.ts), a function for each shape of block    90,000
 *
 * Loads of straight-line code wander to its beginning and are spilled, unless stores stand between them that need what was
 * computed so far: `moments` and `cubic` have their own, `gradient` stores its sums every FENCE coefficients to a place
 * that nobody reads. Loads and stores bypass assembly/memory.ts because their offsets must be constants; in the debug
 * target every function checks before them that all that it is going to touch lies in memory (`checks`).
 *
 * `cubic` is written twice, for two atoms in f64 (generated/so4.ts) and for four in f32 (generated/so4-single.ts, only
 * in the fast target). A complex number is 32 bytes in both, so they share their tables but for the coefficients.
 */
import { mkdirSync, writeFileSync } from 'node:fs';

const SIZES = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10];
const FENCE = 8;
/** Blocks with at most this many coefficients have no loop. */
const UNROLLED = 24;
/** Where the stores go, in vectors of `powers` behind all else. */
const FENCE_AT = 104;
/** Vectors of a neighbour's record; the names are those of assembly/so4/neighbors.ts. */
const RECORD = { ALPHA_RE: 0, ALPHA_IM: 1, BETA_RE: 2, BETA_IM: 3, T: 4, WEIGHT: 5, SIZE: 20 };
const OUT = { F: 14, BY_T: 15, BY_ALPHA_RE: 16, BY_ALPHA_IM: 17, BY_BETA_RE: 18, BY_BETA_IM: 19 };

const add = (x, y) => `f64x2.add(${x}, ${y})`;
const mul = (x, y) => `f64x2.mul(${x}, ${y})`;
/** x y + z and z - x y (assembly/fma.ts). */
const madd = (x, y, z) => `madd(${x}, ${y}, ${z})`;
const nmadd = (x, y, z) => `nmadd(${x}, ${y}, ${z})`;

/** Vectors that the function being written touches of each array, from its address on. */
const touched = new Map();
const touch = (array, i) => touched.set(array, Math.max(touched.get(array) ?? 0, i + 1));

function get(array, i) {
  touch(array, i);
  return `v128.load(${array}, ${16 * i})`;
}

function set(array, i, value) {
  touch(array, i);
  return `v128.store(${array}, ${value}, ${16 * i});`;
}

/** For what was written since the last call: that each of its loads and stores lies in memory. */
function checks(arrays = [...touched.keys()]) {
  const lines = arrays.map((array) => `checkRange(${array}, ${16 * touched.get(array)});`);
  for (const array of arrays) touched.delete(array);
  return lines;
}

/** Slots of the monomials: start of (P, Q) and the highest power K of t. */
function monomials(J) {
  const list = [];
  let start = 0;
  for (let P = 0; P <= J; P++) {
    for (let Q = 0; P + Q <= J; Q++) {
      const K = (J - P - Q) >> 1;
      list.push({ P, Q, K, start });
      start += 4 * (K + 1);
    }
  }
  return list;
}

/** z^2…z^J from z, in vectors at, at + 1 (z^1), at + 2, at + 3 (z^2) … of `powers`. */
function powers(J, at, re, im) {
  const lines = [set('powers', at, re), set('powers', at + 1, im)];
  if (J > 1) lines.push(`x = ${re};`, `y = ${im};`);
  for (let n = 2; n <= J; n++) {
    lines.push(`z = ${nmadd('y', im, mul('x', re))};`, `y = ${madd('y', re, mul('x', im))};`, 'x = z;');
    lines.push(set('powers', at + 2 * n - 2, 'x'), set('powers', at + 2 * n - 1, 'y'));
  }
  return lines;
}

/** Re and Im; of power 0 there is only the 1. */
const parts = (power) => (power === 0 ? [0] : [0, 1]);

/** Two neighbours at a time, so that every M is loaded and stored half as often. */
function moments(J) {
  const S = RECORD.SIZE;
  // powers: alpha of both neighbours, then w and w beta^Q of both.
  const alpha = (which, P, part) => get('powers', which * 2 * J + 2 * P - 2 + part);
  const beta = (which, Q, part) => get('powers', 4 * J + which * (2 * J + 1) + (Q === 0 ? 0 : 2 * Q - 1 + part));
  const lines = [];
  for (const which of [0, 1]) {
    const from = which * S;
    lines.push(`ar = ${get('record', from + RECORD.ALPHA_RE)};`, `ai = ${get('record', from + RECORD.ALPHA_IM)};`);
    lines.push(...powers(J, which * 2 * J, 'ar', 'ai'));
    const at = 4 * J + which * (2 * J + 1);
    lines.push(`w = ${get('record', from + RECORD.WEIGHT)};`, set('powers', at, 'w'));
    lines.push(`ar = ${get('record', from + RECORD.BETA_RE)};`, `ai = ${get('record', from + RECORD.BETA_IM)};`);
    // x + i y runs through w beta^Q.
    lines.push(`x = ${mul('w', 'ar')};`, `y = ${mul('w', 'ai')};`);
    for (let Q = 1; Q <= J; Q++) {
      lines.push(set('powers', at + 2 * Q - 1, 'x'), set('powers', at + 2 * Q, 'y'));
      if (Q === J) break;
      lines.push(`z = ${nmadd('y', 'ai', mul('x', 'ar'))};`, `y = ${madd('y', 'ar', mul('x', 'ai'))};`, 'x = z;');
    }
  }
  lines.push(`const t = ${get('record', RECORD.T)};`, `const s = ${get('record', S + RECORD.T)};`);
  for (const { P, Q, K, start } of monomials(J)) {
    for (const p of parts(P)) {
      for (const q of parts(Q)) {
        const term = (which) => (P === 0 ? beta(which, Q, q) : mul(alpha(which, P, p), beta(which, Q, q)));
        lines.push(`x = ${term(0)};`, `y = ${term(1)};`);
        for (let k = 0; k <= K; k++) {
          const slot = start + 4 * k + 2 * p + q;
          lines.push(set('m', slot, add(get('m', slot), add('x', 'y'))));
          if (k < K) lines.push(`x = ${mul('x', 't')};`, `y = ${mul('y', 's')};`);
        }
      }
    }
  }
  return `
/** m += monomials of ${((J + 1) * (J + 2) * (2 * J + 3)) / 6} kinds of the neighbours at \`record\`, two at a time. */
export function moments${J}(record: usize, pairs: i32, m: usize, powers: usize): void {
  for (; pairs > 0; pairs--, record += ${32 * S}) {
    let ar: v128, ai: v128, w: v128, x: v128, y: v128, z: v128;
    ${[...checks(), ...lines].join('\n    ')}
  }
}
`;
}

/** Horner's rule in t: h = sum c_k t^k and, for K > 0, d = dh/dt. */
function horner({ start, K }, part) {
  const c = (k) => get('c', start + 4 * k + part);
  const lines = [`h = ${c(K)};`];
  for (let k = K - 1; k >= 0; k--) {
    if (k === K - 1) lines.push('d = h;');
    else lines.push(`d = ${madd('d', 't', 'h')};`);
    lines.push(`h = ${madd('h', 't', c(k))};`);
  }
  return lines;
}

/** Where `gradient` keeps, in `powers`: z^n and n z^(n-1) for alpha and beta, n from 1; then g of every X_P. */
const powerAt = (J, name, n, part) => 2 * J * ['alpha', 'alphaBy', 'beta', 'betaBy'].indexOf(name) + 2 * n - 2 + part;
const gAt = (J, P, part) => 8 * J + (P === 0 ? 0 : 2 * P - 1 + part);

function powersAndDerivatives(J, name) {
  const field = name.toUpperCase();
  const lines = [`ar = ${get('record', RECORD[`${field}_RE`])};`, `ai = ${get('record', RECORD[`${field}_IM`])};`];
  lines.push(...powers(J, powerAt(J, name, 1, 0), 'ar', 'ai'));
  const to = (n, part) => powerAt(J, `${name}By`, n, part);
  lines.push(set('powers', to(1, 0), 'f64x2.splat(1)'), set('powers', to(1, 1), 'zero'));
  for (let n = 2; n <= J; n++) {
    for (const part of [0, 1]) {
      const value = mul(`f64x2.splat(${n})`, get('powers', powerAt(J, name, n - 1, part)));
      lines.push(set('powers', to(n, part), value));
    }
  }
  return lines;
}

/** dF = Re(F' dz) for z = alpha, beta: what Re z^n (part 0) or Im z^n (part 1), times `value`, adds to F' = re + i im. */
function complexDerivative(J, name, n, part, value, [re, im]) {
  const [r, i] = [0, 1].map((which) => get('powers', powerAt(J, `${name}By`, n, which)));
  return [
    `${re} = ${madd(part === 0 ? r : i, value, re)};`,
    `${im} = ${part === 0 ? madd(i, value, im) : nmadd(r, value, im)};`,
  ];
}

/** One Y_Q: w = sum_P X_P h and its derivative by t, h = sum_k c t^k, into F and its derivatives; g of every X_P += Y_Q h. */
function gradientTerm(J, Q, q, all) {
  const lines = ['w = zero;', 'wt = zero;'];
  let loads = 0;
  if (Q > 0) lines.push(`y = ${get('powers', powerAt(J, 'beta', Q, q))};`);
  for (const monomial of all.filter((one) => one.Q === Q)) {
    const { P, K } = monomial;
    for (const p of parts(P)) {
      lines.push(...horner(monomial, 2 * p + q));
      if (P > 0) lines.push(`x = ${get('powers', powerAt(J, 'alpha', P, p))};`);
      lines.push(`w = ${P > 0 ? madd('x', 'h', 'w') : add('w', 'h')};`);
      if (K > 0) lines.push(`wt = ${P > 0 ? madd('x', 'd', 'wt') : add('wt', 'd')};`);
      const g = gAt(J, P, p);
      if (P > 0) lines.push(set('powers', g, Q > 0 ? madd('y', 'h', get('powers', g)) : 'h'));
      loads += K + 1;
      if (loads >= FENCE) {
        loads = 0;
        lines.push(set('powers', FENCE_AT, 'w'), set('powers', FENCE_AT + 1, 'wt'));
      }
    }
  }
  lines.push(`f = ${Q > 0 ? madd('y', 'w', 'f') : add('f', 'w')};`);
  if (Q < J) lines.push(`ft = ${Q > 0 ? madd('y', 'wt', 'ft') : add('ft', 'wt')};`);
  if (Q > 0) lines.push(...complexDerivative(J, 'beta', Q, q, 'w', ['fbr', 'fbi']));
  return [...lines, ...['f', 'ft', 'fbr', 'fbi'].map((value, i) => set('powers', FENCE_AT + i, value))];
}

function gradient(J) {
  const all = monomials(J);
  const lines = [`const t = ${get('record', RECORD.T)};`];
  lines.push(...powersAndDerivatives(J, 'alpha'), ...powersAndDerivatives(J, 'beta'));
  for (let Q = 0; Q <= J; Q++) for (const q of parts(Q)) lines.push(...gradientTerm(J, Q, q, all));
  for (let P = 1; P <= J; P++) {
    for (const p of parts(P)) {
      lines.push(...complexDerivative(J, 'alpha', P, p, get('powers', gAt(J, P, p)), ['far', 'fai']));
    }
    lines.push(set('powers', FENCE_AT, 'far'), set('powers', FENCE_AT + 1, 'fai'));
  }
  const results = { F: 'f', BY_T: 'ft', BY_ALPHA_RE: 'far', BY_ALPHA_IM: 'fai', BY_BETA_RE: 'fbr', BY_BETA_IM: 'fbi' };
  for (const [name, value] of Object.entries(results)) lines.push(set('record', OUT[name], value));
  return `
/** Value and derivatives of sum c X_P Y_Q t^k for \`count\` neighbours, to their records. */
export function gradient${J}(record: usize, count: i32, c: usize, powers: usize): void {
  const zero = f64x2.splat(0);
  for (; count > 0; count--, record += ${16 * RECORD.SIZE}) {
    let ar: v128, ai: v128, x: v128, y: v128, z: v128, h: v128, d: v128 = zero, w: v128, wt: v128;
    let f = zero, ft = zero, far = zero, fai = zero, fbr = zero, fbi = zero;
    ${[...checks(), ...lines].join('\n    ')}
  }
}
`;
}

/** Shapes p <= q <= r of the blocks of src/data/so4/cubic.ts for all J; large ones have a loop over p, here 0. */
function shapes() {
  const found = new Map();
  for (const J of SIZES) {
    const pairs = [];
    for (let m = -J; m <= J; m++) for (let n = -J; n <= J; n++) if ((m - n) % 2 === 0) pairs.push([m, n]);
    const count = (m, n) => ((J - Math.max(Math.abs(m), Math.abs(n))) >> 1) + 1;
    for (const [a, b] of pairs) {
      for (const [c, d] of pairs) {
        if (Math.max(Math.abs(a + c), Math.abs(b + d)) > J) continue;
        const [p, q, r] = [count(a, b), count(c, d), count(a + c, b + d)].sort((x, y) => x - y);
        const shape = [p * q * r <= UNROLLED ? p : 0, q, r];
        found.set(shape.join('_'), shape);
      }
    }
  }
  return [...found.values()].sort((a, b) => a[0] - b[0] || a[1] - b[1] || a[2] - b[2]);
}

/** How `cubic` computes: names of functions, bytes of a coefficient. */
const DOUBLE = { name: 'cubic', add, mul, madd, nmadd, splat: 'v128.load64_splat', bytes: 8 };
const SINGLE = {
  name: 'cubicSingle',
  add: (x, y) => `f32x4.add(${x}, ${y})`,
  mul: (x, y) => `f32x4.mul(${x}, ${y})`,
  madd: (x, y, z) => `madd4(${x}, ${y}, ${z})`,
  nmadd: (x, y, z) => `nmadd4(${x}, ${y}, ${z})`,
  splat: 'v128.load32_splat',
  bytes: 4,
};

/**
 * What element x (0 where that is a loop) of a block does with all y and w; `first` where sums begin. With p = x y:
 * A = sum_w k w (ar, ai), gw += k p (r0, i0, r1, …), gx += A y (sr, si), gy += A x. 8 q r + 22 q operations.
 */
function cubicRow({ add, mul, madd, nmadd, splat, bytes }, x, q, r, first) {
  const sum = (name, a, b, begins) => `${name} = ${begins ? mul(a, b) : madd(a, b, name)};`;
  const lines = [`xr = ${get('x', 2 * x)};`, `xi = ${get('x', 2 * x + 1)};`];
  for (let y = 0; y < q; y++) {
    lines.push(`yr = ${get('y', 2 * y)};`, `yi = ${get('y', 2 * y + 1)};`);
    lines.push(`pr = ${nmadd('xi', 'yi', mul('xr', 'yr'))};`, `pi = ${madd('xi', 'yr', mul('xr', 'yi'))};`);
    for (let w = 0; w < r; w++) {
      lines.push(`c = ${splat}(k, ${bytes * ((x * q + y) * r + w)});`);
      lines.push(sum('ar', 'c', get('w', 2 * w), w === 0), sum('ai', 'c', get('w', 2 * w + 1), w === 0));
      lines.push(sum(`r${w}`, 'c', 'pr', first && y === 0), sum(`i${w}`, 'c', 'pi', first && y === 0));
    }
    const begins = y === 0;
    lines.push(`sr = ${nmadd('ai', 'yi', begins ? mul('ar', 'yr') : madd('ar', 'yr', 'sr'))};`);
    lines.push(`si = ${madd('ai', 'yr', begins ? mul('ar', 'yi') : madd('ar', 'yi', 'si'))};`);
    lines.push(set('gy', 2 * y, nmadd('ai', 'xi', madd('ar', 'xr', get('gy', 2 * y)))));
    lines.push(set('gy', 2 * y + 1, madd('ai', 'xr', madd('ar', 'xi', get('gy', 2 * y + 1)))));
  }
  // Sums go to memory one by one: x, y and w may be the same elements.
  return [...lines, ...['sr', 'si'].map((sum, i) => set('gx', 2 * x + i, add(get('gx', 2 * x + i), sum)))];
}

/** All blocks of one shape: with A = sum_w k w, gx += sum_y A y, gy += sum_x A x, gw += sum_xy k (x y). */
function cubicShape(lanes, [p, q, r]) {
  const { name, add, bytes } = lanes;
  const rows = p > 0 ? Array.from({ length: p }, (_, x) => cubicRow(lanes, x, q, r, x === 0)).flat() : [];
  const loop = p > 0 ? [] : cubicRow(lanes, 0, q, r, false);
  const k = bytes * (p || 1) * q * r;
  const inLoop = p > 0 ? [] : [...checks(['x', 'gx']), `checkNumbers(k, ${k});`];
  const sums = Array.from({ length: r }, (_, w) => [`r${w}`, `i${w}`]).flat();
  const results = sums.map((sum, i) => set('gw', i, add(get('gw', i), sum)));
  const before = [...checks(), ...(p > 0 ? [`checkNumbers(k, ${k});`] : [])];
  const next = `k += ${k}; x += 32; gx += 32;`;
  const body = p > 0 ? rows : ['for (let n = p; n > 0; n--) {', ...inLoop, ...loop, next, '}'];
  return `
/** Blocks of ${p || 'p'} x ${q} x ${r} coefficients. */
function ${name}${p}_${q}_${r}(block: usize, count: i32, ${p > 0 ? '' : 'p: i32, '}k: usize, u: usize, g: usize): void {
  const zero = f64x2.splat(0);
  for (; count > 0; count--, block += 8${p > 0 ? `, k += ${k}` : ''}) {
    checkNumbers(block, 8);
    let x = u + <usize>load<u16>(block), gx = g + <usize>load<u16>(block);
    const y = u + <usize>load<u16>(block, 2), gy = g + <usize>load<u16>(block, 2);
    const w = u + <usize>load<u16>(block, 4), gw = g + <usize>load<u16>(block, 4);
    let xr: v128, xi: v128, yr: v128, yi: v128, pr: v128, pi: v128, ar: v128, ai: v128, sr: v128, si: v128, c: v128;
    let ${sums.map((sum) => `${sum} = zero`).join(', ')};
    ${[...before, ...body, ...results].join('\n    ')}
  }
}
`;
}

/** Groups of blocks of one shape: p, q, r, number of blocks. */
function cubicDispatch({ name, bytes }, list) {
  const cases = list.map(([p, q, r]) => {
    const call = `${name}${p}_${q}_${r}(block, count, ${p > 0 ? '' : 'p, '}k, u, g)`;
    return `      case ${64 * p + 8 * q + r}: ${call}; break;`;
  });
  return `
/** g += dE/du of E = Re sum k x y w over all blocks. */
export function ${name}(group: usize, groups: i32, block: usize, k: usize, u: usize, g: usize): void {
  for (; groups > 0; groups--, group += 16) {
    const p = load<i32>(group);
    const q = load<i32>(group, 4);
    const r = load<i32>(group, 8);
    const count = load<i32>(group, 12);
    const size = p * q * r;
    switch ((size <= ${UNROLLED} ? 64 * p : 0) + 8 * q + r) {
${cases.join('\n')}
    }
    block += (<usize>count) << 3;
    k += ${bytes} * <usize>(count * size);
  }
}
`;
}

/** Calls the function of J. */
function dispatch(name, signature, args) {
  const cases = SIZES.map((J) => `    case ${J}: return ${name}${J}(${args});`);
  return `
export function ${name}(J: i32, ${signature}): void {
  switch (J) {
${cases.join('\n')}
  }
}
`;
}

const folder = new URL('../assembly/generated/', import.meta.url);
mkdirSync(folder, { recursive: true });

function write(name, fma, parts) {
  const header = `// Generated by scripts/generate-so4.mjs; do not edit.
import { ${fma} } from '../fma';
import { checkNumbers, checkRange } from '../memory';
`;
  writeFileSync(new URL(`${name}.ts`, folder), header + parts.join(''));
}

const cubicForms = (lanes) => [...shapes().map((shape) => cubicShape(lanes, shape)), cubicDispatch(lanes, shapes())];
write('so4', 'madd, nmadd', [
  ...SIZES.map(moments),
  ...SIZES.map(gradient),
  ...cubicForms(DOUBLE),
  dispatch('moments', 'record: usize, pairs: i32, m: usize, powers: usize', 'record, pairs, m, powers'),
  dispatch('gradient', 'record: usize, count: i32, c: usize, powers: usize', 'record, count, c, powers'),
]);
write('so4-single', 'madd4, nmadd4', cubicForms(SINGLE));
