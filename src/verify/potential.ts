/**
 * Is this potential what a simulation takes it for? OpenKIM's verification checks, and those of the contract test, on
 * atoms made up for any potential: forces and virial are derivatives, what must not matter does not, nothing jumps.
 */
import type { Atoms } from '../data/atoms.ts';
import { symbolOf } from '../data/elements.ts';
import type { Potential } from '../data/potential.ts';
import { gpaPerPressure } from '../data/units.ts';
import type { Engine } from '../engine/engine.ts';
import { speciesFound } from './clusters.ts';
import { cluster, crystal, primitive, slab } from './configurations.ts';
import { worstJumps } from './cutoff.ts';
import { forceError, sumError, virialError } from './differences.ts';
import { type DimerJump, dimerJumps, JUMP_LIMITS } from './dimers.ts';
import { type Category, type Check, errorOf, letterOf } from './grade.ts';
import { type Image, latticeImages, supercells, symmetryImages } from './images.ts';
import { memoryGrowth } from './memory.ts';
import { radiiOf, type Subject } from './subject.ts';
import { balanceExcess, imageExcess } from './symmetry.ts';
import { numbersOf } from './threads.ts';
import { type Well, wellOf } from './well.ts';

export interface VerifyOptions {
  /** Engines with other numbers of threads, finely split: they must give the first one's bits. */
  others?: readonly Engine[];
  /** Nearest neighbours of the atoms that are made up, Å. Default: those of the bcc crystal of lowest energy. */
  distance?: number;
  /** Evaluations of the check of memory. Default 1000. */
  evaluations?: number;
  /** Told the name of each check as it begins. */
  progress?: (name: string) => void;
}

export interface Verification {
  name: string;
  elements: string[];
  cutoff: number;
  reference: string;
  /** Å: see VerifyOptions. */
  distance: number;
  /** The crystal that the distance is of; absent where there is none. */
  well?: Well;
  checks: Check[];
  /** All that is mandatory or of consistency; what is informational does not count. */
  passed: boolean;
}

/** What a check found: Check without what is known of it before. */
interface Found {
  value: number;
  detail?: string;
  grade?: Check['grade'];
}

interface Plan {
  name: string;
  category: Category;
  what: string;
  limit: number;
  unit: string;
  run(): Found;
}

/** Å; where no crystal holds together, atoms are put as far apart as in metals, and within reach. */
const USUAL = 2.6;

/** Runs every check on a potential of any elements. References to fixed sites are no potentials for it. */
export function verifyPotential(engine: Engine, potential: Potential, options: VerifyOptions = {}): Verification {
  const elements = potential.species;
  const well = wellOf(engine, potential, elements);
  const distance = options.distance ?? well?.distance ?? Math.min(USUAL, 0.7 * potential.cutoff);
  const subject: Subject = { elements, distance, potential: () => potential };
  const checks = plans(engine, subject, well, options).map((plan) => {
    options.progress?.(plan.name);
    return carryOut(plan);
  });
  return {
    name: potential.name ?? potential.kernel,
    elements: elements.map(symbolOf),
    cutoff: potential.cutoff,
    reference: potential.reference,
    distance,
    ...(well ? { well } : {}),
    checks,
    passed: checks.every((check) => check.passed || check.category === 'informational'),
  };
}

function carryOut({ run, ...plan }: Plan): Check {
  try {
    const { grade, ...found } = run();
    const passed = found.value <= plan.limit;
    return { ...plan, ...found, grade: grade ?? (passed ? 'P' : 'F'), passed };
  } catch (error) {
    const detail = error instanceof Error ? error.message : String(error);
    return { ...plan, value: Number.NaN, grade: 'N/A', passed: false, detail };
  }
}

function plans(engine: Engine, subject: Subject, well: Well | undefined, options: VerifyOptions): Plan[] {
  return [
    ...derivatives(engine, subject),
    ...equalities(engine, subject),
    ...continuity(engine, subject),
    ...meaning(engine, subject, well),
    ...machine(engine, subject, options),
  ];
}

/** Every element by itself, as OpenKIM has them, and all together. */
const mixtures = ({ elements }: Subject): number[][] =>
  elements.length > 1 ? [...elements.map((z) => [z]), elements] : [elements];

function derivatives(engine: Engine, subject: Subject): Plan[] {
  const worst = (atoms: Atoms[], measure: typeof forceError) =>
    Math.max(...atoms.map((one) => measure(engine, one, subject.potential(one))));
  const all = mixtures(subject).map((elements) => ({ ...subject, elements }));
  const graded = (value: number): Found => ({ value, grade: letterOf(value) });
  const { elements } = subject;
  return [
    {
      name: 'forces',
      category: 'consistency',
      what: 'forces are minus the numerical derivative of the energy, max |ΔF| / F_rms (passes with A or B)',
      limit: errorOf('B'),
      unit: '',
      run: () => graded(worst([...all.map((one) => cluster(one)), crystal(subject)], forceError)),
    },
    {
      name: 'virial',
      category: 'consistency',
      what: 'the virial is minus the derivative by strain, max |ΔW| / max(1 eV, |W|)',
      limit: 1e-7,
      unit: '',
      run: () => {
        const atoms = [cluster(subject), crystal(subject), slab(subject)];
        return graded(worst([...atoms, ...elements.map((z) => primitive(subject, z))], virialError));
      },
    },
    {
      name: 'energies add up',
      category: 'consistency',
      what: 'energies of atoms sum to the energy',
      limit: 1e-12 * crystal(subject).numbers.length,
      unit: 'eV',
      run: () => ({ value: sumError(engine, crystal(subject), subject.potential(crystal(subject))).sum }),
    },
  ];
}

/** Equal descriptions of the same atoms; deviations in units of what rounding explains. */
function equalities(engine: Engine, subject: Subject): Plan[] {
  const both = [cluster(subject), crystal(subject)];
  const worst = (pairs: { atoms: Atoms; image: Image }[]): Found => {
    let found: Found = { value: 0 };
    for (const { atoms, image } of pairs) {
      const value = Math.max(...Object.values(imageExcess(engine, subject, atoms, image)));
      if (!(value <= found.value)) found = { value, detail: image.name };
    }
    return found;
  };
  const named = (names: string[]) => () =>
    worst(
      both.flatMap((atoms) =>
        symmetryImages(atoms)
          .filter(({ name }) => names.includes(name))
          .map((image) => ({ atoms, image })),
      ),
    );
  const plan = (name: string, category: Category, what: string, run: () => Found): Plan => ({
    name,
    category,
    what: `${what}, in units of 1e-12 eV/atom + 1e-12 |E| and of 1e-10 (SNAP 1e-9) |F|max`,
    limit: 1,
    unit: '',
    run,
  });
  return [
    plan('permutation', 'mandatory', 'the order of atoms does not matter', named(['permutation'])),
    plan(
      'objectivity',
      'informational',
      'turned and moved, atoms have the same energy',
      named(['rotation', 'translation']),
    ),
    plan('inversion', 'informational', 'mirrored through a point, atoms have the same energy', named(['inversion'])),
    plan('balance', 'consistency', 'forces and torques of free atoms sum to nothing', () => ({
      value: balanceExcess(engine, subject, both[0]),
    })),
    plan(
      'periodicity',
      'mandatory',
      'twice the cell has twice the energy, for all seven pbc; other cells the same',
      () => {
        const cells = [both[1], ...subject.elements.map((z) => primitive(subject, z))];
        const doubled = cells.flatMap((cell) =>
          supercells(cell).flatMap(({ original, images }) => images.map((image) => ({ atoms: original, image }))),
        );
        const others = cells.flatMap((atoms) => latticeImages(atoms).map((image) => ({ atoms, image })));
        return worst([...doubled, ...others]);
      },
    ),
  ];
}

/** Energy and force of dimers; `third`: beside an atom in reach of both. */
function jumps(engine: Engine, subject: Subject, third: boolean): Found {
  const { elements } = subject;
  const { cutoff } = subject.potential(crystal(subject));
  const worst: DimerJump = { value: 0, slope: 0, radius: cutoff };
  const take = ({ value, slope, radius }: DimerJump) => {
    if (value > worst.value || slope > worst.slope) worst.radius = radius;
    worst.value = Math.max(worst.value, value);
    worst.slope = Math.max(worst.slope, slope);
  };
  for (const [i, a] of elements.entries()) {
    for (const b of elements.slice(i)) take(dimerJumps(engine, subject, third ? [a, b, a] : [a, b]));
  }
  for (const radius of radiiOf(subject.potential(crystal(subject)))) {
    take({ ...worstJumps(engine, subject.potential(crystal(subject)), subject, radius, third), radius });
  }
  const value = Math.max(worst.value / JUMP_LIMITS.value, worst.slope / JUMP_LIMITS.slope);
  const kind = worst.value > JUMP_LIMITS.value ? 'not continuous' : worst.slope > JUMP_LIMITS.slope ? 'C0' : 'C1';
  const seen = `${worst.value.toExponential(1)} eV, ${worst.slope.toExponential(1)} eV/Å`;
  return { value, detail: value > 1 ? `${kind}: ${seen} at ${worst.radius.toFixed(4)} Å` : `${kind}: ${seen}` };
}

function continuity(engine: Engine, subject: Subject): Plan[] {
  const units = 'in units of 1e-10 eV and 1e-7 eV/Å';
  return [
    {
      name: 'continuity',
      category: 'consistency',
      what: `energy and force of a pair beside a third atom jump nowhere up to the cutoff, ${units}`,
      limit: 1,
      unit: '',
      run: () => jumps(engine, subject, true),
    },
    {
      name: 'dimer continuity',
      category: 'informational',
      what: `the same of a pair alone, ${units}`,
      limit: 1,
      unit: '',
      run: () => jumps(engine, subject, false),
    },
  ];
}

function meaning(engine: Engine, subject: Subject, well: Well | undefined): Plan[] {
  return [
    {
      name: 'species',
      category: 'mandatory',
      what: 'clusters of every combination of its elements are computed; other elements are refused',
      limit: 0,
      unit: 'elements',
      run: () => {
        const { clusters, computed, missing, refusesOthers } = speciesFound(engine, subject);
        const refused = refusesOthers ? '' : '; an unknown element is not refused';
        const detail = `${computed} of ${clusters} clusters computed${refused}`;
        return { value: missing.length + (refusesOthers ? 0 : 1), detail };
      },
    },
    {
      name: 'units',
      category: 'informational',
      what: 'a bcc crystal is of 1.6 to 5 Å, is bound by 0.01 to 15 eV/atom, and has a bulk modulus of 0.1 to 2000 GPa',
      limit: 0,
      unit: 'out of range',
      run: () => unitsFound(well),
    },
  ];
}

function unitsFound(well: Well | undefined): Found {
  if (well === undefined) return { value: 1, detail: 'no crystal holds together: repulsive, or of other units' };
  const { distance, energy, modulus } = well;
  const gpa = modulus * gpaPerPressure;
  const odd = [energy > -0.01 || energy < -15, gpa < 0.1 || gpa > 2000].filter(Boolean).length;
  const detail = `neighbours at ${distance.toFixed(3)} Å, ${energy.toFixed(3)} eV/atom, ${gpa.toFixed(1)} GPa`;
  return { value: odd, detail };
}

function machine(engine: Engine, subject: Subject, { others = [], evaluations }: VerifyOptions): Plan[] {
  return [
    {
      name: 'threads',
      category: 'mandatory',
      what: 'other numbers of threads, and the same place again, give the same bits',
      limit: 0,
      unit: 'numbers that differ',
      run: () => {
        let value = 0;
        for (const atoms of [crystal(subject, 3), slab(subject), primitive(subject, subject.elements[0])]) {
          const one = numbersOf(engine, atoms, subject.potential(atoms));
          for (const other of [engine, ...others]) {
            const found = numbersOf(other, atoms, subject.potential(atoms));
            value += one.reduce((count, x, i) => count + (Object.is(x, found[i]) ? 0 : 1), 0);
          }
        }
        return { value, detail: `${[engine, ...others].map((one) => one.threads).join(', ')} threads` };
      },
    },
    {
      name: 'memory',
      category: 'informational',
      what: 'evaluations leave no memory behind',
      limit: 0,
      unit: 'bytes',
      run: () => ({ value: memoryGrowth(engine, subject, evaluations) }),
    },
  ];
}
