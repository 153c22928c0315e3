/**
 * Writes assembly/generated/so4.ts: for every J = 2 jmax the straight-line functions of the SO(4) kernel that V8 runs
 * well only without loops. A neighbour is (alpha, beta, t) = (a*, -b*, |b|²) of its Cayley-Klein parameters; every matrix
 * element of every U^j, j <= J, is a combination of the real monomials
 *
 *     X_P Y_Q t^k,   X_P = Re or Im alpha^P,  Y_Q = Re or Im beta^Q,  P + Q + 2k <= J,
 *
 * (J+1)(J+2)(2J+3)/6 of them: 140 for J = 6, 285 for J = 8. They stand in slots of four, [Re Re, Re Im, Im Re, Im Im], for
 * P, then Q, then k ascending (src/data/so4/transform.ts has the same order); an Im of power 0 is a hole that stays 0.
 *
 *   moments<J>   M += sum over neighbours of w X_P Y_Q t^k        one multiply, one add for each monomial and neighbour
 *   gradient<J>  F = sum c X_P Y_Q t^k of each neighbour and its derivatives by alpha, beta and t    ~850 of each for J = 8
 *
 * A vector is two atoms. Loads and stores bypass assembly/memory.ts because their offsets must be constants. Loads of straight-line code wander to its beginning and spill unless stores stand between
 * them: `moments` has its own, `gradient` stores a sum to `fence` every FENCE coefficients.
 */
import { mkdirSync, writeFileSync } from 'node:fs';

const SIZES = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10];
const FENCE = 12;
/** Vectors of a neighbour's record; the names are those of assembly/so4/neighbors.ts. */
const RECORD = { ALPHA_RE: 0, ALPHA_IM: 1, BETA_RE: 2, BETA_IM: 3, T: 4, WEIGHT: 5, SIZE: 20 };
const OUT = { F: 14, BY_T: 15, BY_ALPHA_RE: 16, BY_ALPHA_IM: 17, BY_BETA_RE: 18, BY_BETA_IM: 19 };

const add = (x, y) => `f64x2.add(${x}, ${y})`;
const sub = (x, y) => `f64x2.sub(${x}, ${y})`;
const mul = (x, y) => `f64x2.mul(${x}, ${y})`;
const get = (array, i) => `v128.load(${array}, ${16 * i})`;
const set = (array, i, value) => `v128.store(${array}, ${value}, ${16 * i});`;

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
    lines.push(`z = ${sub(mul('x', re), mul('y', im))};`, `y = ${add(mul('x', im), mul('y', re))};`, 'x = z;');
    lines.push(set('powers', at + 2 * n - 2, 'x'), set('powers', at + 2 * n - 1, 'y'));
  }
  return lines;
}

/** Re and Im; of power 0 there is only the 1. */
const parts = (power) => (power === 0 ? [0] : [0, 1]);

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
      lines.push(
        `z = ${sub(mul('x', 'ar'), mul('y', 'ai'))};`,
        `y = ${add(mul('x', 'ai'), mul('y', 'ar'))};`,
        'x = z;',
      );
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
    ${lines.join('\n    ')}
  }
}
`;
}

/** Horner's rule in t: h = sum c_k t^k and, for K > 0, d = dh/dt. */
function horner({ start, K }, part, load) {
  const c = (k) => load(start + 4 * k + part);
  const lines = [`h = ${c(K)};`];
  for (let k = K - 1; k >= 0; k--) {
    if (k === K - 1) lines.push('d = h;');
    else lines.push(`d = ${add(mul('d', 't'), 'h')};`);
    lines.push(`h = ${add(mul('h', 't'), c(k))};`);
  }
  return lines;
}

function gradient(J) {
  // powers: alpha^P, P alpha^(P-1), beta^Q, Q beta^(Q-1), each from power 1.
  const at = { alpha: 0, alphaBy: 2 * J, beta: 4 * J, betaBy: 6 * J };
  const power = (name, n, part) => get('powers', at[name] + 2 * n - 2 + part);
  const lines = [];
  let loads = 0;
  const load = (slot) => {
    loads++;
    return get('c', slot);
  };
  const derivatives = (name, z) => {
    lines.push(set('powers', at[`${name}By`], 'f64x2.splat(1)'), set('powers', at[`${name}By`] + 1, 'zero'));
    for (let n = 2; n <= J; n++) {
      for (const part of [0, 1]) {
        lines.push(
          set('powers', at[`${name}By`] + 2 * n - 2 + part, mul(`f64x2.splat(${n})`, power(name, n - 1, part))),
        );
      }
    }
    return z;
  };
  lines.push(`x = ${get('record', RECORD.ALPHA_RE)};`, `y = ${get('record', RECORD.ALPHA_IM)};`);
  lines.push('const ar = x;', 'const ai = y;', ...powers(J, at.alpha, 'ar', 'ai'));
  derivatives('alpha');
  lines.push(`const br = ${get('record', RECORD.BETA_RE)};`, `const bi = ${get('record', RECORD.BETA_IM)};`);
  lines.push(...powers(J, at.beta, 'br', 'bi'));
  derivatives('beta');
  const all = monomials(J);
  for (let P = 0; P <= J; P++) {
    for (const p of parts(P)) {
      // g = sum_Q Y_Q h, its derivative by t, and gr - i gi = its derivative by beta as a complex number.
      lines.push('g = zero; gt = zero; gr = zero; gi = zero;');
      for (const monomial of all.filter((one) => one.P === P)) {
        const { Q, K } = monomial;
        for (const q of parts(Q)) {
          lines.push(...horner(monomial, 2 * p + q, load));
          const Y = Q === 0 ? undefined : power('beta', Q, q);
          lines.push(`g = ${add('g', Y ? mul(Y, 'h') : 'h')};`);
          if (K > 0) lines.push(`gt = ${add('gt', Y ? mul(Y, 'd') : 'd')};`);
          if (Q > 1) {
            const [r, i] = [power('betaBy', Q, 0), power('betaBy', Q, 1)];
            lines.push(`gr = ${add('gr', mul(q === 0 ? r : i, 'h'))};`);
            lines.push(`gi = ${q === 0 ? add('gi', mul(i, 'h')) : sub('gi', mul(r, 'h'))};`);
          } else if (Q === 1) {
            lines.push(q === 0 ? `gr = ${add('gr', 'h')};` : `gi = ${sub('gi', 'h')};`);
          }
          if (loads >= FENCE) {
            loads = 0;
            lines.push(set('fence', 0, 'gr'));
          }
        }
      }
      const X = P === 0 ? undefined : power('alpha', P, p);
      for (const [sum, term] of [
        ['f', 'g'],
        ['ft', 'gt'],
        ['fbr', 'gr'],
        ['fbi', 'gi'],
      ]) {
        lines.push(`${sum} = ${add(sum, X ? mul(X, term) : term)};`);
      }
      if (P > 0) {
        const [r, i] = [power('alphaBy', P, 0), power('alphaBy', P, 1)];
        lines.push(`far = ${add('far', mul(p === 0 ? r : i, 'g'))};`);
        lines.push(`fai = ${p === 0 ? add('fai', mul(i, 'g')) : sub('fai', mul(r, 'g'))};`);
      }
    }
  }
  const results = { F: 'f', BY_T: 'ft', BY_ALPHA_RE: 'far', BY_ALPHA_IM: 'fai', BY_BETA_RE: 'fbr', BY_BETA_IM: 'fbi' };
  for (const [name, value] of Object.entries(results)) lines.push(set('record', OUT[name], value));
  return `
/** Value and derivatives of sum c X_P Y_Q t^k for \`count\` neighbours, to their records. */
export function gradient${J}(record: usize, count: i32, c: usize, powers: usize, fence: usize): void {
  const zero = f64x2.splat(0);
  for (; count > 0; count--, record += ${16 * RECORD.SIZE}) {
    let x: v128, y: v128, z: v128, h: v128, d: v128 = zero, g: v128, gt: v128, gr: v128, gi: v128;
    let f = zero, ft = zero, far = zero, fai = zero, fbr = zero, fbi = zero;
    const t = ${get('record', RECORD.T)};
    ${lines.join('\n    ')}
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

const code = [
  '// Generated by scripts/generate-so4.mjs; do not edit.\n',
  ...SIZES.map(moments),
  ...SIZES.map(gradient),
  dispatch('moments', 'record: usize, pairs: i32, m: usize, powers: usize', 'record, pairs, m, powers'),
  dispatch(
    'gradient',
    'record: usize, count: i32, c: usize, powers: usize, fence: usize',
    'record, count, c, powers, fence',
  ),
];
const folder = new URL('../assembly/generated/', import.meta.url);
mkdirSync(folder, { recursive: true });
writeFileSync(new URL('so4.ts', folder), code.join(''));
