/** What a fit finds the coefficients of: a potential without them, over a bispectrum (SNAP, b-SO(4)) or any descriptor. */
import type { Descriptor } from '../data/descriptors/descriptor.ts';
import { symbolOf } from '../data/elements.ts';
import type { Potential } from '../data/potential.ts';
import { fastestPotential, labelsOf } from '../data/potentials/descriptor.ts';
import { type SnapOptions, snapPotential, snapSize } from '../data/potentials/snap.ts';

/** A SNAP potential without coefficients. */
export interface SnapBasis extends Omit<SnapOptions, 'elements' | 'reference' | 'name'> {
  elements: { number: number; radius: number; weight: number; sinner?: number; dinner?: number; mass?: number }[];
}

/** A potential over a descriptor of the registry. */
export interface DescriptorBasis {
  descriptor: Descriptor;
  quadraticflag?: boolean;
  elements: { number: number; mass?: number }[];
}

export type Basis = SnapBasis | DescriptorBasis;

export const isDescriptor = (basis: Basis): basis is DescriptorBasis => 'descriptor' in basis;

const speciesOf = ({ elements }: Basis) => elements.map(({ number }) => number);

/** Components per atom. */
export function basisSize(basis: Basis): number {
  if (isDescriptor(basis)) return labelsOf(basis.descriptor, speciesOf(basis)).length;
  const { twojmax, diagonal, chemflag, elements } = basis;
  return snapSize(twojmax, diagonal ?? false, chemflag ? elements.length : 1);
}

/** Coefficients per element, β₀ included. */
export function basisWidth(basis: Basis): number {
  const size = basisSize(basis);
  return 1 + size + (basis.quadraticflag ? (size * (size + 1)) / 2 : 0);
}

/** The basis with coefficients: all elements' one after the other, β₀, the components', the upper triangle of products. */
export function withCoefficients<B extends Basis>(
  basis: B,
  coefficients: ArrayLike<number>,
): B & { elements: (B['elements'][number] & { coefficients: Float64Array })[] } {
  const width = basisWidth(basis);
  const elements = basis.elements.map((element, t) => ({
    ...element,
    coefficients: Float64Array.from({ length: width }, (_, k) => coefficients[t * width + k]),
  }));
  return { ...basis, elements };
}

/** The potential of coefficients. */
export function potentialOf(basis: Basis, coefficients: ArrayLike<number>, name?: string): Potential {
  if (!isDescriptor(basis)) return snapPotential({ ...withCoefficients(basis, coefficients), name });
  const { quadraticflag, descriptor } = basis;
  const { elements } = withCoefficients(basis, coefficients);
  return fastestPotential({ descriptor, elements, quadratic: quadraticflag ?? false, name });
}

/** Names of coefficients: 'W B_3' is the third component of W, 'W B_3 B_7' a product; of descriptors by their labels. */
export function coefficientNames(basis: Basis): string[] {
  const size = basisSize(basis);
  const labels = isDescriptor(basis)
    ? labelsOf(basis.descriptor, speciesOf(basis))
    : Array.from({ length: size }, (_, k) => `B_${k + 1}`);
  const products = basis.quadraticflag ? labels.flatMap((a, k) => labels.slice(k).map((b) => `${a} ${b}`)) : [];
  return basis.elements.flatMap(({ number }) =>
    ['B_0', ...labels, ...products].map((label) => `${symbolOf(number)} ${label}`),
  );
}

/**
 * What the energy of an atom is per unit of each coefficient: a row of `columns` numbers for an atom of element `type`
 * with components `values` from `at` on.
 */
export function environmentRow(basis: Basis, type: number, values: ArrayLike<number>, at: number): Float64Array {
  const width = basisWidth(basis);
  const size = basisSize(basis);
  const row = new Float64Array(basis.elements.length * width);
  let to = type * width;
  row[to++] = 1;
  for (let k = 0; k < size; k++) row[to++] = values[at + k];
  if (!basis.quadraticflag) return row;
  for (let k = 0; k < size; k++) {
    row[to++] = 0.5 * values[at + k] * values[at + k];
    for (let l = k + 1; l < size; l++) row[to++] = values[at + k] * values[at + l];
  }
  return row;
}
