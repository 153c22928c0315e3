/** Which element a numeric LAMMPS type means: the user's list, a label, a comment beside the mass, or the mass. */
import { standardMass } from '../data/elements.ts';
import type { Place } from '../data/errors.ts';
import { InputError } from '../data/errors.ts';
import { elementByMass, elementOf, elementsOf, unknownElement } from './species.ts';

export interface TypeRecord {
  label?: string;
  mass?: number;
  /** Behind the mass. */
  comment?: string;
  place: Place;
}

/** Atomic numbers of types 1…count as [0…count-1]. `types` is what the user gave. Throws InputError. */
export function elementsOfTypes(
  count: number,
  records: Map<number, TypeRecord>,
  types: readonly string[] | undefined,
  place: Place,
): Uint8Array {
  if (types) {
    const given = elementsOf(types);
    if (given.length < count) {
      throw new InputError(`expected elements for ${count} types, found ${given.length} in types ${types}`, place);
    }
    return Uint8Array.from(given.slice(0, count));
  }
  return Uint8Array.from({ length: count }, (_, i) => {
    const record = records.get(i + 1);
    if (record === undefined) {
      throw new InputError(`which element is type ${i + 1}? There is no mass for it: give types (--types W,…)`, place);
    }
    return elementOfRecord(i + 1, record);
  });
}

function elementOfRecord(type: number, record: TypeRecord): number {
  if (record.label !== undefined) {
    const z = elementOf(record.label);
    if (z === undefined) throw unknownElement(record.label, record.place);
    return z;
  }
  const word = firstWord(record.comment);
  const named = /^[A-Za-z]/.test(word) ? elementOf(word) : undefined;
  const z = named ?? (record.mass === undefined ? undefined : elementByMass(record.mass));
  if (z !== undefined) return z;
  throw new InputError(
    `which element is type ${type}? Its mass ${record.mass} is no element's: write its symbol behind the mass (# W) or give types (--types W,…)`,
    record.place,
  );
}

/** The masses of types 1…count when the file says them: those marked as standard are not the file's own. */
export function massesOfTypes(elements: Uint8Array, records: Map<number, TypeRecord>): Float64Array | undefined {
  const own = [...records.values()].some((r) => r.mass !== undefined && !isStandard(r));
  return own ? Float64Array.from(elements, (z, i) => records.get(i + 1)?.mass ?? standardMass(z)) : undefined;
}

/** What the writers put behind a mass that is not the structure's own. */
export const STANDARD = 'standard mass';

function isStandard(record: TypeRecord): boolean {
  return record.comment?.endsWith(STANDARD) ?? false;
}

function firstWord(comment = ''): string {
  return /^[A-Za-z0-9]*/.exec(comment.trim())?.[0] ?? '';
}
