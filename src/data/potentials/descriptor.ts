/**
 * Linear and quadratic potentials over any descriptor: E_i = β₀ + β·D + Σ_k ½ α_kk D_k² + Σ_{k<l} α_kl D_k D_l; params as in
 * assembly/potentials/descriptor.ts.
 */

import { bispectrumOf } from '../descriptors/bso4.ts';
import type { Block, Descriptor } from '../descriptors/descriptor.ts';
import { blocksOf } from '../descriptors/registry.ts';
import { symbolOf } from '../elements.ts';
import { InputError } from '../errors.ts';
import type { Potential } from '../potential.ts';
import { snapPotential } from './snap.ts';

export interface DescriptorElement {
  /** Atomic number. */
  number: number;
  /** β₀, β, and for a quadratic potential α, the upper triangle row by row; of centres of this element, eV. */
  coefficients: ArrayLike<number>;
  /** amu. */
  mass?: number;
}

export interface DescriptorOptions {
  descriptor: Descriptor;
  elements: DescriptorElement[];
  quadratic?: boolean;
  reference?: string;
  name?: string;
  warnings?: string[];
}

const HEADER = 12;
const ROW = 9;
/** Bytes of assembly/descriptors/block.ts's Block and Neighbour. */
const BLOCK = 64;
const NEIGHBOUR = 96;
const HEADER_RECORDS = 11;
const HEADER_STRIDE = 4;

/** Components per atom. */
export function descriptorSize(descriptor: Descriptor, species: readonly number[]): number {
  return labelsOf(descriptor, species).length;
}

/** Names of the components. */
export function labelsOf(descriptor: Descriptor, species: readonly number[]): string[] {
  return blocksOf(descriptor, species).flatMap((block) => block.labels);
}

/** Throws InputError for a wrong count of coefficients, or numbers that are not finite. */
export function descriptorPotential(options: DescriptorOptions): Potential {
  const { descriptor, elements, quadratic = false } = options;
  const species = elements.map((element) => element.number);
  if (species.length === 0) throw new InputError('expected one element or more in a potential');
  if (new Set(species).size !== species.length) throw new InputError('expected every element of a potential once');
  const blocks = blocksOf(descriptor, species);
  const size = blocks.reduce((sum, { labels }) => sum + labels.length, 0);
  const count = 1 + size + (quadratic ? (size * (size + 1)) / 2 : 0);
  for (const { number, coefficients } of elements) {
    if (coefficients.length !== count) {
      throw new InputError(
        `expected ${count} coefficients for ${symbolOf(number)} (${size} components${quadratic ? ', quadratic' : ''}), found ${coefficients.length}`,
      );
    }
    const bad = Array.from(coefficients).findIndex((c) => !Number.isFinite(c));
    if (bad >= 0) throw new InputError(`coefficient ${bad + 1} of ${symbolOf(number)} is ${coefficients[bad]}`);
  }
  const masses = elements.flatMap(({ mass }) => (mass === undefined ? [] : [mass]));
  return {
    kernel: quadratic ? 'descriptor-quadratic' : 'descriptor',
    cutoff: Math.max(...blocks.map(({ cutoff }) => cutoff)),
    species,
    params: pack(blocks, elements, size, quadratic),
    descriptor,
    reference: options.reference ?? 'linear combination of descriptors',
    ...(options.name === undefined ? {} : { name: options.name }),
    ...(masses.length === elements.length ? { masses } : {}),
    ...(options.warnings?.length ? { warnings: options.warnings } : {}),
  };
}

/** The same, but a bispectrum alone becomes the form 'snap', whose kernels are faster than its block. */
export function fastestPotential(options: DescriptorOptions): Potential {
  const [part, ...others] = options.descriptor;
  const species = options.elements.map((element) => element.number);
  const alone = part !== undefined && others.length === 0;
  const bispectrum = alone ? bispectrumOf(part.name, part.settings, species) : undefined;
  if (bispectrum === undefined) return descriptorPotential(options);
  const { quadratic = false, reference, name, warnings = [] } = options;
  const potential = snapPotential({
    ...bispectrum,
    quadraticflag: quadratic,
    elements: bispectrum.elements.map((element, t) => ({ ...element, ...options.elements[t] })),
    ...(reference === undefined ? {} : { reference }),
    ...(name === undefined ? {} : { name }),
  });
  const all = [...(potential.warnings ?? []), ...warnings];
  return { ...potential, descriptor: options.descriptor, ...(all.length > 0 ? { warnings: all } : {}) };
}

const split = new WeakMap<Float64Array, Potential[]>();

/**
 * A linear potential over a hybrid is the sum of potentials over its parts: those over a bispectrum with the faster kernels
 * of the form 'snap', and one over the rest, with β₀. Any other potential stays as it is.
 */
export function splitHybrid(potential: Potential): Potential[] {
  const { kernel, descriptor = [], species, params } = potential;
  if (kernel !== 'descriptor' || !descriptor.some((part) => bispectrumOf(part.name, part.settings, species)))
    return [potential];
  const known = split.get(params);
  if (known) return known;
  const coefficients = coefficientsOf(potential);
  const terms: Potential[] = [];
  const rest: { parts: Descriptor[number][]; columns: number[] } = { parts: [], columns: [] };
  let first = 1;
  for (const part of descriptor) {
    const size = descriptorSize([part], species);
    const columns = Array.from({ length: size }, (_, k) => first + k);
    first += size;
    if (bispectrumOf(part.name, part.settings, species)) {
      const elements = species.map((number, t) => ({
        number,
        coefficients: [0, ...columns.map((k) => coefficients[t][k])],
      }));
      terms.push(fastestPotential({ descriptor: [part], elements }));
    } else {
      rest.parts.push(part);
      rest.columns.push(...columns);
    }
  }
  if (rest.parts.length === 0) addConstants(terms[0], coefficients);
  else {
    const elements = species.map((number, t) => ({
      number,
      coefficients: [0, ...rest.columns].map((k) => coefficients[t][k]),
    }));
    terms.push(descriptorPotential({ descriptor: rest.parts, elements }));
  }
  split.set(params, terms);
  return terms;
}

/** β₀ of every element, to the first of the terms where all are over a bispectrum. */
function addConstants({ params }: Potential, coefficients: readonly Float64Array[]): void {
  coefficients.forEach(([constant], t) => {
    params[params[SNAP_COEFFICIENTS] + t * (1 + params[3])] = constant;
  });
}

/** Where params of the form 'snap' have coefficients and matrix (assembly/potentials/snap.ts). */
const SNAP_COEFFICIENTS = 18;

/** Of every element: β₀, β, and for a quadratic potential the upper triangle of α, as they were given. */
export function coefficientsOf({ kernel, params, species }: Potential): Float64Array[] {
  const snap = kernel.startsWith('snap');
  const [at, matrix] = snap ? params.subarray(SNAP_COEFFICIENTS, SNAP_COEFFICIENTS + 2) : params.subarray(5, 7);
  const size = snap ? params[3] : params[2];
  return species.map((_, t) => {
    const start = at + t * (1 + size);
    const linear = Array.from(params.subarray(start, start + 1 + size));
    if (!kernel.endsWith('-quadratic')) return Float64Array.from(linear);
    const A = params.subarray(matrix + t * size * size, matrix + (t + 1) * size * size);
    const upper = Array.from({ length: size }, (__, k) => Array.from(A.subarray(k * size + k, (k + 1) * size)));
    return Float64Array.from([...linear, ...upper.flat()]);
  });
}

/** The descriptor alone: all coefficients are zero. */
export function bareDescriptor(descriptor: Descriptor, species: readonly number[]): Potential {
  const coefficients = new Float64Array(1 + descriptorSize(descriptor, species));
  return fastestPotential({ descriptor, elements: species.map((number) => ({ number, coefficients })) });
}

function pack(blocks: Block[], elements: DescriptorElement[], size: number, quadratic: boolean): Float64Array {
  const header = new Array<number>(HEADER).fill(0);
  const sections: ArrayLike<number>[] = [];
  let at = HEADER + ROW * blocks.length;
  const add = (numbers: ArrayLike<number>): number => {
    const start = at;
    sections.push(numbers);
    at += numbers.length;
    return start;
  };
  header.splice(0, 4, elements.length, blocks.length, size, Math.max(...blocks.map(({ cutoff }) => cutoff)));
  header[5] = add(elements.flatMap(({ coefficients }) => Array.from(coefficients).slice(0, 1 + size)));
  header[6] = quadratic ? at : 0;
  if (quadratic) for (const { coefficients } of elements) add(matrixOf(coefficients, size));
  header[7] = HEADER;
  const rows = scratchPlan(header, blocks, size, add);
  const params = new Float64Array(at);
  params.set([...header, ...rows]);
  let to = HEADER + rows.length;
  for (const numbers of sections) {
    params.set(numbers, to);
    to += numbers.length;
  }
  return params;
}

/** Bytes of all arrays in scratch, and the table of blocks. */
function scratchPlan(header: number[], blocks: Block[], size: number, add: (numbers: ArrayLike<number>) => number) {
  let bytes = 0;
  const take = (count: number) => {
    const start = bytes;
    bytes += 16 * Math.ceil(count / 16);
    return start;
  };
  header[8] = take(2 * blocks.length * BLOCK);
  header[9] = take(2 * 8 * size);
  header[10] = take(2 * 8 * size);
  let first = 0;
  let own = NEIGHBOUR;
  const rows = blocks.flatMap((block) => {
    const [numbers, scratch, other] = [add(block.numbers), take(block.scratch), take(block.scratch)];
    const ownBytes = 16 * Math.ceil(block.own / 2);
    const row = [block.kind, first, block.labels.length, numbers, block.cutoff, scratch, other, own, ownBytes];
    first += block.labels.length;
    own += ownBytes;
    return row;
  });
  header[HEADER_STRIDE] = own;
  header[HEADER_RECORDS] = bytes;
  return rows;
}

/** α to the symmetric A of ½ D·A·D. */
function matrixOf(coefficients: ArrayLike<number>, size: number): Float64Array {
  const A = new Float64Array(size * size);
  let at = 1 + size;
  for (let k = 0; k < size; k++) {
    for (let l = k; l < size; l++) A[k * size + l] = A[l * size + k] = coefficients[at++];
  }
  return A;
}

/** Neighbours that there is room for beyond those of two atoms, whose numbers are rounded up to multiples of four. */
const ROUNDED = 6;

/** Bytes of scratch per thread without neighbours; each neighbour of the atom with most adds neighbourBytes. */
export function descriptorScratch({ params }: Potential): number {
  return params[HEADER_RECORDS] + ROUNDED * params[HEADER_STRIDE];
}

/** Bytes of scratch per thread and neighbour: those of two atoms. */
export function neighbourBytes({ params }: Potential): number {
  return 2 * params[HEADER_STRIDE];
}
