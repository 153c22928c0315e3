/** Every descriptor that the kernels know: one record each. */
import { InputError } from '../errors.ts';
import { didYouMean } from '../nearest.ts';
import { afs } from './afs.ts';
import { behler } from './behler.ts';
import { bso4, snap } from './bso4.ts';
import type { Block, Descriptor, DescriptorRecord } from './descriptor.ts';
import { g2 } from './g2.ts';
import { g3 } from './g3.ts';
import { pso4 } from './power-so4.ts';
import { pso3, pso3Pairs } from './so3.ts';

export const descriptorRecords: readonly DescriptorRecord[] = [g2, g3, behler, afs, bso4, snap, pso3, pso3Pairs, pso4];

const byName = new Map(descriptorRecords.map((record) => [record.name, record]));

/** Throws InputError with the nearest name. */
export function recordOf(name: string): DescriptorRecord {
  const record = byName.get(name);
  if (record) return record;
  const known = [...byName.keys()];
  throw new InputError(
    `unknown descriptor '${name}'${didYouMean(name, known)}; there are ${known.join(', ')} and hybrid`,
  );
}

/** The blocks of all parts, for these elements (atomic numbers). */
export function blocksOf(descriptor: Descriptor, species: readonly number[]): Block[] {
  if (descriptor.length === 0) throw new InputError('expected a descriptor of one part or more');
  return descriptor.flatMap(({ name, settings }) => recordOf(name).blocks(settings, species));
}
