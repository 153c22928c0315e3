/** Elements as structure files name them: symbols in any case, atomic numbers, masses. */
import { numberOf, parseElement, standardMass, symbols } from '../data/elements.ts';
import { InputError, type Place } from '../data/errors.ts';
import { parseInteger, quote } from './lines.ts';

/**
 * Reads 'Fe', 'FE', 'fe' or '26'; remembers what it has seen, as files repeat a few words very often. Throws
 * InputError at `place` for anything else.
 */
export function createSpeciesReader(): (word: string, place: () => Place) => number {
  const known = new Map<string, number>();
  return (word, place) => {
    const seen = known.get(word);
    if (seen !== undefined) return seen;
    const z = elementOf(word);
    if (z === undefined) throw unknownElement(word, place());
    known.set(word, z);
    return z;
  };
}

/** Atomic number of a symbol in any case or of a number in digits, else undefined. */
export function elementOf(word: string): number | undefined {
  const z = parseInteger(word);
  if (z !== undefined) return z >= 1 && z <= symbols.length ? z : undefined;
  if (word.length > 2) return undefined;
  return numberOf(word) ?? numberOf(word.charAt(0).toUpperCase() + word.slice(1).toLowerCase());
}

/** Atomic numbers of a list of symbols given by the user (`--types W,Be`). */
export function elementsOf(types: readonly string[]): number[] {
  return types.map((symbol) => elementOf(symbol) ?? parseElement(symbol, 'types'));
}

/** The error for a word that is no element. */
export function unknownElement(word: string, place: Place): InputError {
  if (/^[A-Za-z]{1,3}$/.test(word)) {
    try {
      parseElement(word);
    } catch (error) {
      if (error instanceof InputError) return new InputError(error.message, place);
    }
  }
  return new InputError(`expected a chemical symbol such as Fe, found ${quote(word)}`, place);
}

/**
 * The element that a mass (amu) means: the nearest standard mass, at most 0.5 amu away and at least three times nearer
 * than the next one (58.7 is Ni; 58.8 could be Co), else undefined.
 */
export function elementByMass(mass: number): number | undefined {
  let best: number | undefined;
  let least = Number.POSITIVE_INFINITY;
  let second = Number.POSITIVE_INFINITY;
  for (let z = 1; z <= symbols.length; z++) {
    const off = Math.abs(standardMass(z) - mass);
    if (off < least) {
      second = least;
      least = off;
      best = z;
    } else if (off < second) second = off;
  }
  return least <= 0.5 && second > 3 * least ? best : undefined;
}
