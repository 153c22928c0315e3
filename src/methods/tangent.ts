/**
 * Tangents of a chain of images: the improved one, which looks towards the higher neighbour and so forms no kinks
 * (Henkelman, Jónsson 2000, 10.1063/1.1323224, eqs. 8-11), and the derivative of the curve through the images.
 */

/** Three consecutive images, each (size), and their energies, eV. */
export interface Triple {
  before: Float64Array;
  here: Float64Array;
  after: Float64Array;
  energies: readonly [number, number, number];
}

/** Writes the unit tangent of the middle image to `out`; zeros where the images coincide. */
export function improvedTangent({ before, here, after, energies }: Triple, out: Float64Array): void {
  const [ahead, back] = shares(energies);
  let square = 0;
  for (let i = 0; i < out.length; i++) {
    out[i] = ahead * (after[i] - here[i]) + back * (here[i] - before[i]);
    square += out[i] * out[i];
  }
  const scale = square > 0 ? 1 / Math.sqrt(square) : 0;
  for (let i = 0; i < out.length; i++) out[i] *= scale;
}

/** Weights of the steps to the next and from the previous image. */
function shares([before, here, after]: Triple['energies']): [number, number] {
  if (after > here && here > before) return [1, 0];
  if (after < here && here < before) return [0, 1];
  const [up, down] = [Math.abs(after - here), Math.abs(before - here)];
  const [most, least] = [Math.max(up, down), Math.min(up, down)];
  if (most === 0) return [1, 1];
  // both sides count at an extremum, so that nothing jumps when the higher neighbour changes
  return after > before ? [most, least] : [least, most];
}

export function distance(a: Float64Array, b: Float64Array): number {
  let square = 0;
  for (let i = 0; i < a.length; i++) square += (a[i] - b[i]) ** 2;
  return Math.sqrt(square);
}
