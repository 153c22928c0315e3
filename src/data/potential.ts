/** A potential is data: which kernel, how far, which numbers, from where. */
import type { Descriptor } from './descriptors/descriptor.ts';

export interface Potential {
  /** Name in the registry of forms: 'eam', 'snap', 'zbl', 'lj', 'overlay' … */
  kernel: string;
  /** Largest distance at which two atoms interact, Å. */
  cutoff: number;
  /** Atomic numbers; a kernel's element index is the index in this list. */
  species: number[];
  /** The kernel's numbers, laid out as the header of its assembly file says. */
  params: Float64Array;
  /** Citation with DOI, or the file it came from. */
  reference: string;
  /** What users call it. */
  name?: string;
  /** One per species, amu, where the file gives them. */
  masses?: number[];
  /** What the energy is a function of (kernels 'descriptor' and 'descriptor-quadratic'). */
  descriptor?: Descriptor;
  /** The terms of an overlay (kernel 'overlay', no params of its own). */
  parts?: Potential[];
  /** Sentences that a user should read once. */
  warnings?: string[];
}
