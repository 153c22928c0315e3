/**
 * Point defects of cubic metals by name, one word each: vacancy, V4, V2-2nn, V9-shells, dumbbell-110, crowdion,
 * octahedral, tetrahedral, I3-110, I2-gao, I4-C15. The table says what each is; parsing a name gives its shape.
 */
import { c15Cluster, gaoTriangle } from './c15.ts';
import type { DefectShape, Vector } from './defect-shape.ts';
import { InputError } from './errors.ts';
import { dumbbellShape, holes, parallelCluster } from './interstitial-clusters.ts';
import { didYouMean } from './nearest.ts';
import { type CubicLattice, compactSites, pairOfSites, shellSites } from './vacancy-clusters.ts';

/** Most vacancies or interstitials of one cluster. */
const LARGEST = 1000;

const axes = new Map<string, Vector>([
  ['100', [1, 0, 0]],
  ['110', [1, 1, 0]],
  ['111', [1, 1, 1]],
]);

/** A kind of names: how it is written, for which lattices, what it is. */
interface Kind {
  /** For help and error messages. */
  written: string;
  about: string;
  lattices: readonly CubicLattice[];
  pattern: RegExp;
  shape(lattice: CubicLattice, groups: readonly string[]): DefectShape;
}

const both = ['bcc', 'fcc'] as const;

const empty = (remove: readonly Vector[]): DefectShape => ({ remove, add: [] });

const axisOf = (name: string): Vector => axes.get(name) ?? [1, 0, 0];

const hole = (name: 'crowdion' | 'octahedral' | 'tetrahedral', about: string): Kind => ({
  written: name,
  about,
  lattices: both,
  pattern: new RegExp(`^${name}$`),
  shape: (lattice) => ({ remove: [], add: [holes[lattice][name]] }),
});

/** All kinds of names, for help texts. */
export const defectKinds: readonly Kind[] = [
  {
    written: 'vacancy',
    about: 'one atom missing',
    lattices: both,
    pattern: /^vacancy$/,
    shape: () => empty([[0, 0, 0]]),
  },
  {
    written: 'V<n>',
    about: 'n vacancies, compact: grown where most first and second neighbours are empty',
    lattices: both,
    pattern: /^V(\d+)$/,
    shape: (lattice, [n]) => empty(compactSites(lattice, count(n))),
  },
  {
    written: 'V2-<k>nn',
    about: 'two vacancies that are neighbours number k (1 to 9)',
    lattices: both,
    pattern: /^V2-([1-9])nn$/,
    shape: (lattice, [k]) => empty(pairOfSites(lattice, Number(k))),
  },
  {
    written: 'V<n>-shells',
    about: 'n vacancies, one site and its shells one after the other',
    lattices: both,
    pattern: /^V(\d+)-shells$/,
    shape: (lattice, [n]) => empty(shellSites(lattice, count(n))),
  },
  {
    written: 'dumbbell-<hkl>',
    about: 'two atoms on one site along ⟨100⟩, ⟨110⟩ or ⟨111⟩',
    lattices: both,
    pattern: /^dumbbell-(100|110|111)$/,
    shape: (lattice, [axis]) => dumbbellShape(lattice, axisOf(axis)),
  },
  hole('crowdion', 'an atom half-way between two neighbours of a close-packed row'),
  hole('octahedral', 'an atom in an octahedral site'),
  hole('tetrahedral', 'an atom in a tetrahedral site'),
  {
    written: 'I<n>-<hkl>',
    about: 'n parallel dumbbells in a platelet: 100, 110, 111',
    lattices: both,
    pattern: /^I(\d+)-(100|110|111)$/,
    shape: (lattice, [n, axis]) => parallelCluster(lattice, axisOf(axis), count(n)),
  },
  {
    written: 'I2-gao',
    about: 'two interstitials as a triangle of three atoms on one site',
    lattices: ['bcc'],
    pattern: /^I2-gao$/,
    shape: () => gaoTriangle,
  },
  {
    written: 'I<n>-C15',
    about: 'n interstitials of Z16 polyhedra of the C15 Laves phase: 2, 4, 6, 8, 10, 11, …',
    lattices: ['bcc'],
    pattern: /^I(\d+)-C15$/,
    shape: (_, [n]) => c15Cluster(count(n)),
  },
];

/** Throws InputError for a name that is of no kind, or of none for this lattice. */
export function defectShape(name: string, lattice: CubicLattice): DefectShape {
  for (const kind of defectKinds) {
    const found = kind.pattern.exec(name);
    if (!found) continue;
    if (!kind.lattices.includes(lattice))
      throw new InputError(`${name}: this defect is known of bcc, not of ${lattice}`);
    return kind.shape(lattice, found.slice(1));
  }
  const known = defectKinds.filter((kind) => kind.lattices.includes(lattice)).map((kind) => kind.written);
  const hint = didYouMean(name, exampleNames);
  throw new InputError(`unknown defect ${JSON.stringify(name.slice(0, 60))}${hint}; there are ${known.join(', ')}`);
}

/** What a mistyped name may have meant. */
const exampleNames = [
  'vacancy',
  'V2',
  'V2-1nn',
  'V2-2nn',
  'dumbbell-100',
  'dumbbell-110',
  'dumbbell-111',
  'crowdion',
  'octahedral',
  'tetrahedral',
  'I2-110',
  'I2-111',
  'I2-gao',
  'I2-C15',
  'I4-C15',
];

/** Whether a word has the form of a defect's name; it may still be refused. */
export const isDefectName = (name: string): boolean => defectKinds.some((kind) => kind.pattern.test(name));

function count(text: string): number {
  const n = Number(text);
  if (!(n >= 1 && n <= LARGEST)) throw new InputError(`a cluster of ${text}; 1 to ${LARGEST} was expected`);
  return n;
}
