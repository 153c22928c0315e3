/** Every form of potential that the engine knows: one record a form. */
import { InputError } from '../data/errors.ts';
import { nearest } from '../data/nearest.ts';
import type { Form } from './form.ts';
import { descriptor, descriptorQuadratic } from './forms/descriptor.ts';
import { eam } from './forms/eam.ts';
import { finnisSinclair } from './forms/finnis-sinclair.ts';
import { einstein, hessian } from './forms/harmonic.ts';
import { lj } from './forms/lj.ts';
import { snap, snapQuadratic } from './forms/snap.ts';
import { zbl } from './forms/zbl.ts';

export const forms: readonly Form[] = [
  eam,
  finnisSinclair,
  zbl,
  lj,
  einstein,
  hessian,
  snap,
  snapQuadratic,
  descriptor,
  descriptorQuadratic,
];

const byKernel = new Map(forms.map((form) => [form.kernel, form]));

/** The form of a kernel name; throws InputError with the nearest name. */
export function formOf(kernel: string): Form {
  const form = byKernel.get(kernel);
  if (form) return form;
  const guess = nearest(kernel, [...byKernel.keys()]);
  throw new InputError(`unknown potential form '${kernel}'${guess ? `; did you mean '${guess}'?` : ''}`);
}
