/**
 * SNAP potentials (linear, quadratic, with or without chemistry, LAMMPS's flags) and MILADY's b-SO(4) from their
 * numbers; params as in assembly/potentials/snap.ts. Every flag ends here as a number in a table.
 *
 * A. P. Thompson et al., J. Comput. Phys. 285, 316 (2015), doi:10.1016/j.jcp.2014.12.018;
 * quadratic: M. A. Wood, A. P. Thompson, J. Chem. Phys. 148, 241721 (2018), doi:10.1063/1.5017641;
 * chemistry: M. A. Cusentino et al., J. Phys. Chem. A 124, 5456 (2020), doi:10.1021/acs.jpca.0c02450.
 */
import { halfSize, levelSize, type Plan, planBispectrum, startOf, type Triple, triples } from '../bispectrum-plan.ts';
import { InputError } from '../errors.ts';
import type { Potential } from '../potential.ts';

export interface SnapElement {
  /** Atomic number. */
  number: number;
  /** In units of rcutfac: the cutoff of a pair is rcutfac (R_i + R_j). */
  radius: number;
  /** Of a neighbour of this element in the density. */
  weight: number;
  /**
   * beta_0, the components', and for quadraticflag the upper triangle row by row as LAMMPS stores it:
   * E = beta_0 + beta.B + Σ_k ½ α_kk B_k² + Σ_{k<l} α_kl B_k B_l.
   */
  coefficients: ArrayLike<number>;
  /** Centre and half width of the inner switching, Å. */
  sinner?: number;
  dinner?: number;
  /** amu, where the file gives it. */
  mass?: number;
}

export interface SnapOptions {
  twojmax: number;
  rcutfac: number;
  elements: SnapElement[];
  /** Default 0.99363. */
  rfac0?: number;
  /** Å; default 0. */
  rmin0?: number;
  /** Smooth cutoff; default true. */
  switchflag?: boolean;
  /** Subtract the values of the isolated atom; default true. */
  bzeroflag?: boolean;
  /** Divide components by l+1; default false. */
  bnormflag?: boolean;
  /** One density per element of the neighbours; default false. */
  chemflag?: boolean;
  /** The centre's own term in the densities of all elements; default false. */
  wselfallflag?: boolean;
  quadraticflag?: boolean;
  switchinnerflag?: boolean;
  /** MILADY's diagonal set l1 = l2 instead of the full one; default false. */
  diagonal?: boolean;
  reference?: string;
  name?: string;
}

export const MAX_TWOJMAX = 20;
const DEFAULT_RFAC0 = 0.99363;
/** Numbers in the header of params. */
const HEADER = 36;

/** Components of a potential with these options. */
export function snapSize(twojmax: number, diagonal: boolean, channels: number): number {
  return triples(twojmax, diagonal).length * channels ** 3;
}

/** Coefficients per element, beta_0 included. */
export function snapCoefficients(size: number, quadratic: boolean): number {
  return 1 + size + (quadratic ? (size * (size + 1)) / 2 : 0);
}

/** Throws InputError for numbers out of range or a wrong count of coefficients. */
export function snapPotential(options: SnapOptions): Potential {
  checkOptions(options);
  const { elements } = options;
  const channels = options.chemflag ? elements.length : 1;
  const plan = planBispectrum(options.twojmax, triples(options.twojmax, options.diagonal ?? false), channels);
  const cutoff = 2 * options.rcutfac * Math.max(...elements.map((e) => e.radius));
  const warnings = options.chemflag ? unequalPermutations(options, plan) : [];
  const masses = elements.flatMap((e) => (e.mass === undefined ? [] : [e.mass]));
  const params = pack(options, plan, channels);
  if (!params.every(Number.isFinite))
    throw new InputError('snap: expected numbers that a double can combine, found some near 1e308');
  return {
    kernel: options.quadraticflag ? 'snap-quadratic' : 'snap',
    cutoff,
    species: elements.map((e) => e.number),
    params,
    reference: options.reference ?? 'SNAP, doi:10.1016/j.jcp.2014.12.018',
    ...(options.name === undefined ? {} : { name: options.name }),
    ...(masses.length === elements.length ? { masses } : {}),
    ...(warnings.length > 0 ? { warnings } : {}),
  };
}

function checkOptions(options: SnapOptions): void {
  const { twojmax, rcutfac, elements, rmin0 = 0, rfac0 = DEFAULT_RFAC0 } = options;
  if (!Number.isInteger(twojmax) || twojmax < 0 || twojmax > MAX_TWOJMAX) {
    throw new InputError(`expected twojmax (an integer from 0 to ${MAX_TWOJMAX}), found ${twojmax}`);
  }
  if (elements.length === 0) throw new InputError('expected one element or more in a SNAP potential');
  if (new Set(elements.map((e) => e.number)).size !== elements.length) {
    throw new InputError('expected every element of a SNAP potential once');
  }
  if (!(rcutfac > 0 && rcutfac < 1e4)) throw new InputError(`expected rcutfac > 0, found ${rcutfac}`);
  if (!(rmin0 >= 0)) throw new InputError(`expected rmin0 >= 0, found ${rmin0}`);
  if (!(rfac0 > 0 && rfac0 < 10)) throw new InputError(`expected rfac0 > 0, found ${rfac0}`);
  const size = snapSize(twojmax, options.diagonal ?? false, options.chemflag ? elements.length : 1);
  const count = snapCoefficients(size, options.quadraticflag ?? false);
  elements.forEach((element, i) => {
    checkElement(element, `element ${i + 1}`, options);
    if (element.coefficients.length === count) return;
    throw new InputError(
      `expected ${count} coefficients for element ${i + 1} (twojmax ${twojmax}: ${size} components` +
        `${options.quadraticflag ? ', quadratic' : ''}), found ${element.coefficients.length}`,
    );
  });
}

function checkElement(element: SnapElement, what: string, { rcutfac, rmin0 = 0, switchinnerflag }: SnapOptions): void {
  const { radius, weight, sinner, dinner } = element;
  if (!(radius > 0 && radius < 1e4)) throw new InputError(`expected a radius > 0 for ${what}, found ${radius}`);
  if (!Number.isFinite(weight)) throw new InputError(`expected a finite weight for ${what}, found ${weight}`);
  if (!(2 * rcutfac * radius > rmin0)) {
    throw new InputError(`expected rmin0 below the cutoff of ${what} (${2 * rcutfac * radius} Å), found ${rmin0} Å`);
  }
  for (let k = 0; k < element.coefficients.length; k++) {
    if (!Number.isFinite(element.coefficients[k])) {
      throw new InputError(`expected finite coefficients for ${what}, found ${element.coefficients[k]}`);
    }
  }
  if (!switchinnerflag) return;
  if (sinner !== undefined && dinner !== undefined && Number.isFinite(sinner) && dinner > 0 && dinner < 1e4) return;
  throw new InputError(
    `expected sinner and dinner > 0 for ${what} (switchinnerflag 1), found ${sinner ?? 'no sinner'} and ${dinner ?? 'no dinner'}`,
  );
}

/** Sections one after the other, their starts in the header. */
function pack(options: SnapOptions, plan: Plan, channels: number): Float64Array {
  const { elements, twojmax: J } = options;
  const T = elements.length;
  const D = plan.momenta.length;
  const header = new Array<number>(HEADER).fill(0);
  const sections: ArrayLike<number>[] = [];
  let at = HEADER;
  const add = (slot: number | undefined, numbers: ArrayLike<number>) => {
    if (slot !== undefined) header[slot] = at;
    sections.push(numbers);
    at += numbers.length;
  };
  header.splice(0, 7, J, T, channels, D, plan.jobs, plan.items, plan.ints.length);
  add(7, pairTable(options));
  add(
    8,
    elements.flatMap((e, i) => [e.weight, channels > 1 ? i : 0]),
  );
  add(9, selfTable(options, channels));
  add(10, norms(J));
  add(11, plan.ints);
  add(12, plan.blocks);
  const scale = plan.momenta.map(([, , l]) => (options.bnormflag ? 1 / (l + 1) : 1));
  add(13, scale);
  add(14, shifts(options, plan));
  add(15, plan.factors);
  header[16] = plan.componentsAt;
  header[17] = plan.itemsAt;
  add(
    18,
    elements.flatMap((e) => Array.from({ length: 1 + D }, (_, k) => e.coefficients[k])),
  );
  header[19] = at;
  if (options.quadraticflag) for (const e of elements) add(undefined, symmetric(e.coefficients, D));
  scratchPlan(header, J, channels, plan);
  const params = new Float64Array(at);
  params.set(header);
  let to = HEADER;
  for (const numbers of sections) {
    params.set(numbers, to);
    to += numbers.length;
  }
  return params;
}

/** Where the kernel's arrays begin in scratch, in units of 16 bytes; header[35] is the total. */
function scratchPlan(header: number[], J: number, channels: number, plan: Plan): void {
  const half = startOf(halfSize, J + 1);
  const whole = startOf((j) => (j + 1) * (j + 1), J + 1);
  const tower = startOf(levelSize, J + 1);
  const D = plan.momenta.length;
  const sizes = [
    Math.ceil(plan.ints.length / 4),
    2 * tower,
    2 * tower,
    0,
    2 * channels * half,
    2 * channels * whole,
    D,
    2 * plan.length,
    D,
    2 * channels * half,
    2 * tower,
    20,
  ];
  let at = 0;
  sizes.forEach((size, i) => {
    header[20 + i] = at;
    at += size;
  });
  header.splice(32, 4, half, whole, tower, at);
}

/** Bytes of scratch per thread. */
export function snapScratch(potential: Potential): number {
  return 16 * potential.params[35];
}

/** [i][j]: cutoff, inner, angle, rate, f0, f1, S, D. */
function pairTable(options: SnapOptions): number[] {
  const { elements, rcutfac, rmin0 = 0, rfac0 = DEFAULT_RFAC0, switchflag = true } = options;
  const f0 = switchflag ? 0.5 : 1;
  const f1 = switchflag ? 0.5 : 0;
  return elements.flatMap((a) =>
    elements.flatMap((b) => {
      const cutoff = rcutfac * (a.radius + b.radius);
      const rate = Math.PI / (cutoff - rmin0);
      const inner = options.switchinnerflag
        ? [((a.sinner ?? 0) + (b.sinner ?? 0)) / 2, ((a.dinner ?? 0) + (b.dinner ?? 0)) / 2]
        : [0, 0];
      return [cutoff, rmin0, rfac0 * rate, rate, f0, f1, ...inner];
    }),
  );
}

function selfTable({ elements, wselfallflag }: SnapOptions, channels: number): number[] {
  if (channels === 1) return elements.map(() => 1);
  return elements.flatMap((_, i) => elements.map((_, e) => (wselfallflag || i === e ? 1 : 0)));
}

/** √(s!(j−s)!/(k!(j−k)!)) in half-plane order, as a chain of quotients that are exact or nearly so. */
function norms(J: number): number[] {
  const values: number[] = [];
  const binomial = (j: number, k: number) => {
    let value = 1;
    for (let i = 1; i <= k; i++) value = (value * (j - k + i)) / i;
    return value;
  };
  for (let j = 0; j <= J; j++) {
    for (let i = 0; i < halfSize(j); i++) {
      values.push(Math.sqrt(binomial(j, Math.floor(i / (j + 1))) / binomial(j, i % (j + 1))));
    }
  }
  return values;
}

/** The components of an isolated atom of each element where they are to be subtracted. */
function shifts({ elements, bzeroflag = true, bnormflag, chemflag, wselfallflag }: SnapOptions, plan: Plan): number[] {
  return elements.flatMap((_, i) =>
    plan.momenta.map(([, , l], k) => {
      const own = !chemflag || wselfallflag || plan.channels[k].every((e) => e === i);
      return bzeroflag && own ? (bnormflag ? 1 : l + 1) : 0;
    }),
  );
}

/** LAMMPS's upper triangle as the matrix A of E = ½ B.A.B. */
function symmetric(coefficients: ArrayLike<number>, D: number): Float64Array {
  const A = new Float64Array(D * D);
  let at = 1 + D;
  for (let k = 0; k < D; k++) {
    for (let l = k; l < D; l++) {
      A[k * D + l] = A[l * D + k] = coefficients[at++];
    }
  }
  return A;
}

/** Coefficients within this part of the largest one are equal: files round. */
const EQUAL = 1e-8;

/** Components that differ by exchanging the elements of equal momenta are equal; LAMMPS's forces need equal coefficients. */
function unequalPermutations({ elements, quadraticflag }: SnapOptions, plan: Plan): string[] {
  const groups = new Map<string, number[]>();
  plan.momenta.forEach((momenta, k) => {
    const key = sameComponent(momenta, plan.channels[k]);
    groups.set(key, [...(groups.get(key) ?? []), k]);
  });
  const D = plan.momenta.length;
  const unequal = elements.some(({ coefficients }) => {
    const c = Array.from(coefficients);
    const tolerance = EQUAL * c.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
    const differ = (x: number, y: number) => Math.abs(x - y) > tolerance;
    const A = quadraticflag ? symmetric(c, D) : undefined;
    return [...groups.values()].some(([first, ...others]) =>
      others.some((k) => {
        if (differ(c[1 + k], c[1 + first])) return true;
        for (let l = 0; A && l < D; l++) {
          if (l !== k && l !== first && differ(A[k * D + l], A[first * D + l])) return true;
        }
        return false;
      }),
    );
  });
  if (!unequal) return [];
  return [
    'components that differ only by exchanging the elements of equal momenta have unequal coefficients: ' +
      "forces here are the gradient of the energy; LAMMPS's are not for this file",
  ];
}

/** Equal for equal components: the elements of equal momenta sorted. */
function sameComponent([l1, l2, l]: Triple, [e1, e2, e3]: Triple): string {
  return [
    [l1, e1],
    [l2, e2],
    [l, e3],
  ]
    .sort((a, b) => a[0] - b[0] || a[1] - b[1])
    .join(' ');
}
