/** Small clusters of every combination of elements, as OpenKIM's check of species has them. */
import { type Atoms, createAtoms } from '../data/atoms.ts';
import { InputError, PhysicsError } from '../data/errors.ts';
import type { Engine } from '../engine/engine.ts';
import { evaluate } from './evaluate.ts';
import { noise, type Subject } from './subject.ts';

const SAMPLES = 10;
const MOST_ATOMS = 4;
const MOST_COMBINATIONS = 1000;
/** Å. */
const BALL = 1.5;
const CLOSEST = 1;

/** Combinations with repetition of 1…4 elements, not more than MOST_COMBINATIONS. */
function combinations(elements: number[]): number[][] {
  let last: number[][] = [[]];
  const all: number[][] = [];
  for (let n = 1; n <= MOST_ATOMS; n++) {
    last = last.flatMap((one) => elements.filter((z) => z >= (one.at(-1) ?? 0)).map((z) => [...one, z]));
    all.push(...last);
    if (all.length >= MOST_COMBINATIONS) break;
  }
  return all.slice(0, MOST_COMBINATIONS);
}

/** Points of a ball of 1.5 Å, none closer than 1 Å to another. */
function cluster(elements: number[], seed: number): Atoms {
  const positions: number[] = [];
  const draws = noise(3 * 4096, seed);
  for (let at = 0; at < draws.length && positions.length < 3 * elements.length; at += 3) {
    const point = [...draws.subarray(at, at + 3)].map((u) => BALL * u);
    const far = (k: number) => point.reduce((sum, x, c) => sum + (x - positions[k + c]) ** 2, 0) >= CLOSEST ** 2;
    const starts = Array.from({ length: positions.length / 3 }, (_, k) => 3 * k);
    if (point.reduce((sum, x) => sum + x * x, 0) <= BALL ** 2 && starts.every(far)) positions.push(...point);
  }
  return createAtoms({
    numbers: Uint8Array.from(elements.slice(0, positions.length / 3)),
    positions: Float64Array.from(positions),
    cell: new Float64Array(9),
    pbc: [false, false, false],
  });
}

export interface SpeciesFound {
  clusters: number;
  /** Clusters whose energy and forces are finite. */
  computed: number;
  /** Elements that occur in none of those. */
  missing: number[];
  /** An element that the potential does not know is refused by name. */
  refusesOthers: boolean;
}

export function speciesFound(engine: Engine, subject: Subject): SpeciesFound {
  const { elements } = subject;
  const seen = new Set<number>();
  let [clusters, computed] = [0, 0];
  const sorted = [...elements].sort((a, b) => a - b);
  for (const [c, combination] of combinations(sorted).entries()) {
    for (let sample = 0; sample < SAMPLES; sample++) {
      clusters++;
      const atoms = cluster(combination, 1000 + SAMPLES * c + sample);
      if (!isComputed(engine, subject, atoms)) continue;
      computed++;
      for (const z of combination) seen.add(z);
    }
  }
  return {
    clusters,
    computed,
    missing: elements.filter((z) => !seen.has(z)),
    refusesOthers: refuses(engine, subject),
  };
}

function isComputed(engine: Engine, subject: Subject, atoms: Atoms): boolean {
  try {
    return evaluate(engine, atoms, subject.potential(atoms)).forces.every(Number.isFinite);
  } catch (error) {
    if (error instanceof PhysicsError) return false;
    throw error;
  }
}

function refuses(engine: Engine, subject: Subject): boolean {
  const other = Array.from({ length: 118 }, (_, k) => k + 1).find((z) => !subject.elements.includes(z));
  if (other === undefined) return true;
  const atoms = cluster([other], 1);
  try {
    evaluate(engine, atoms, subject.potential(atoms));
    return false;
  } catch (error) {
    return error instanceof InputError;
  }
}
