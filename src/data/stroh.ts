/**
 * The elastic field of a straight dislocation in an anisotropic medium: the sextic theory of Stroh in the integral form of
 * Barnett and Lothe (Hirth, Lothe, Theory of Dislocations, 2nd ed., 1982, ch. 13; Bacon, Barnett, Scattergood 1980), which
 * needs no eigenvalues and so has no degenerate cases. With m = (cos ω, sin ω, 0), n = ∂m/∂ω, (ab)_ik = a_j C_ijkl b_l:
 *
 *   S = −1/2π ∮ (nn)⁻¹(nm) dω                       B = 1/8π² ∮ [(mm) − (mn)(nn)⁻¹(nm)] dω
 *   u(r, ω) = 1/2π { −S ln r + ∫ [(nn)⁻¹(nm) S + 4π (nn)⁻¹ B] dω } b
 *
 * The integrand has the period π; its Fourier series, which converges like a power, is integrated term by term.
 */
import { angle } from './angle.ts';
import { inverse, multiply } from './cell.ts';
import { InputError } from './errors.ts';
import { cos, log, sin } from './math.ts';

/** Places of the pairs xx xy xz yx … in Voigt order xx yy zz yz xz xy. */
const place = [0, 5, 4, 5, 1, 3, 4, 3, 2];

/** (81) C_ijkl from the (6,6) matrix in Voigt order. */
export function elasticTensor(C: ArrayLike<number>): Float64Array {
  if (C.length !== 36) throw new InputError(`elastic constants: ${C.length} numbers; 36 were expected`);
  const tensor = new Float64Array(81);
  for (let ij = 0; ij < 9; ij++) {
    for (let kl = 0; kl < 9; kl++)
      tensor[9 * ij + kl] = (C[6 * place[ij] + place[kl]] + C[6 * place[kl] + place[ij]]) / 2;
  }
  return tensor;
}

/** (81) the tensor in a frame whose orthonormal axes are the rows of `axes` (3,3) in the old one. */
export function rotateTensor(tensor: ArrayLike<number>, axes: ArrayLike<number>): Float64Array {
  let now = Float64Array.from(tensor);
  // one index at a time; four turns of "contract the first, append it last" bring all back to their places
  for (let turn = 0; turn < 4; turn++) {
    const next = new Float64Array(81);
    for (let rest = 0; rest < 27; rest++) {
      for (let a = 0; a < 3; a++) {
        let sum = 0;
        for (let i = 0; i < 3; i++) sum += axes[3 * a + i] * now[27 * i + rest];
        next[3 * rest + a] = sum;
      }
    }
    now = next;
  }
  return now;
}

/** (36) of a cubic crystal in its own axes. */
export function cubicVoigt(c11: number, c12: number, c44: number): Float64Array {
  const C = new Float64Array(36);
  for (let i = 0; i < 3; i++) {
    for (let j = 0; j < 3; j++) C[6 * i + j] = i === j ? c11 : c12;
    C[7 * (i + 3)] = c44;
  }
  return C;
}

/** A dislocation along z through the origin. */
export interface DislocationField {
  /** (3) Å. */
  burgers: Float64Array;
  /** Adds `times` the displacement, Å, at (x, y) for an angle `omega` of that point (any branch) to `out` (3). */
  add(x: number, y: number, omega: number, times: number, out: Float64Array): void;
  /** eV/Å: the energy of a length L between radii r and R is L · energyFactor · ln(R/r); b·B·b. */
  energyFactor: number;
}

/** Samples of one period, and the most harmonics that come from them. */
const SAMPLES = 256;
const HARMONICS = 100;
/** Harmonics below this part of b are rounding. */
const NEGLIGIBLE = 1e-14;

/** (3,3) matrix (ab)_ik = a_j C_ijkl b_l. */
function contract(tensor: ArrayLike<number>, a: ArrayLike<number>, b: ArrayLike<number>): Float64Array {
  const out = new Float64Array(9);
  for (let i = 0; i < 3; i++) {
    for (let k = 0; k < 3; k++) {
      let sum = 0;
      for (let j = 0; j < 3; j++) for (let l = 0; l < 3; l++) sum += a[j] * tensor[27 * i + 9 * j + 3 * k + l] * b[l];
      out[3 * i + k] = sum;
    }
  }
  return out;
}

const apply = (matrix: ArrayLike<number>, v: ArrayLike<number>): number[] =>
  [0, 1, 2].map((i) => matrix[3 * i] * v[0] + matrix[3 * i + 1] * v[1] + matrix[3 * i + 2] * v[2]);

interface Integrals {
  S: Float64Array;
  B: Float64Array;
  /** (nn)⁻¹ and (nn)⁻¹(nm) at the samples. */
  inverses: Float64Array[];
  products: Float64Array[];
}

/** The trapezoidal rule over a period is exact to rounding for these functions. */
function integrals(tensor: ArrayLike<number>): Integrals {
  const [S, B] = [new Float64Array(9), new Float64Array(9)];
  const [inverses, products]: [Float64Array[], Float64Array[]] = [[], []];
  for (let k = 0; k < SAMPLES; k++) {
    const w = (Math.PI * k) / SAMPLES;
    const [m, n] = [
      [cos(w), sin(w), 0],
      [-sin(w), cos(w), 0],
    ];
    const nn = inverse(contract(tensor, n, n));
    const nm = contract(tensor, n, m);
    const product = multiply(nn, nm);
    const rest = multiply(contract(tensor, m, n), product);
    const mm = contract(tensor, m, m);
    for (let i = 0; i < 9; i++) {
      S[i] -= product[i] / SAMPLES;
      B[i] += (mm[i] - rest[i]) / (4 * Math.PI * SAMPLES);
    }
    inverses.push(nn);
    products.push(product);
  }
  return { S, B, inverses, products };
}

/**
 * The field of a dislocation with Burgers vector `burgers` (3, Å) along z in a medium `tensor` (81, any unit of pressure;
 * eV/Å³ for the energy factor), both in the frame of the line. Throws InputError for a medium that is not stable.
 */
export function dislocationField(tensor: ArrayLike<number>, burgers: ArrayLike<number>): DislocationField {
  const { S, B, inverses, products } = integrals(tensor);
  const b = Float64Array.from(burgers);
  const force = apply(B, b);
  const energyFactor = b[0] * force[0] + b[1] * force[1] + b[2] * force[2];
  if (!(energyFactor > 0))
    throw new InputError('elastic constants of an unstable crystal: no dislocation has a field there');
  const radial = apply(S, b);
  const turning = inverses.map((nn, k) => {
    const [first, second] = [apply(products[k], radial), apply(nn, force)];
    return first.map((value, c) => value + 4 * Math.PI * second[c]);
  });
  const { even, odd } = harmonics(turning, Math.sqrt(b[0] * b[0] + b[1] * b[1] + b[2] * b[2]));
  return {
    burgers: b,
    energyFactor,
    add: (x, y, omega, times, out) => {
      const square = x * x + y * y;
      const part = times / (2 * Math.PI);
      const spread = square > 0 ? log(square) / 2 : 0;
      for (let c = 0; c < 3; c++) out[c] += part * (b[c] * omega - radial[c] * spread);
      if (square === 0) return;
      // cos 2ω and sin 2ω, and their multiples by recurrence
      const [c2, s2] = [(x * x - y * y) / square, (2 * x * y) / square];
      let [ck, sk] = [1, 0];
      for (let k = 0; k < even.length; k++) {
        [ck, sk] = [ck * c2 - sk * s2, sk * c2 + ck * s2];
        for (let c = 0; c < 3; c++) out[c] += part * (even[k][c] * sk - odd[k][c] * ck);
      }
    },
  };
}

/** Coefficients of cos 2kω and sin 2kω, k = 1 …, already divided by 2k. */
function harmonics(samples: number[][], size: number): { even: number[][]; odd: number[][] } {
  const [even, odd]: [number[][], number[][]] = [[], []];
  for (let k = 1; k <= HARMONICS; k++) {
    const [a, b] = [
      [0, 0, 0],
      [0, 0, 0],
    ];
    samples.forEach((value, s) => {
      const phase = (2 * Math.PI * ((k * s) % SAMPLES)) / SAMPLES;
      const [c, sn] = [cos(phase), sin(phase)];
      for (let i = 0; i < 3; i++) {
        a[i] += (value[i] * c) / (SAMPLES * k);
        b[i] += (value[i] * sn) / (SAMPLES * k);
      }
    });
    even.push(a);
    odd.push(b);
  }
  const matters = (k: number) => [...even[k], ...odd[k]].some((value) => Math.abs(value) > NEGLIGIBLE * size);
  let last = HARMONICS;
  while (last > 0 && !matters(last - 1)) last--;
  return { even: even.slice(0, last), odd: odd.slice(0, last) };
}

/** Displacement (3) Å of one dislocation at (x, y); its cut is the negative x axis. */
export function displacementAt(field: DislocationField, x: number, y: number): Float64Array {
  const out = new Float64Array(3);
  field.add(x, y, angle(x, y), 1, out);
  return out;
}
