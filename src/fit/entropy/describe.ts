/**
 * What the entropy of a defect is linear in: Σ_i (D_i − D̄), the descriptors of its atoms less those of as many atoms of the
 * perfect crystal, Σ_defect D − (N_d/N_b) Σ_bulk D (Lapointe 2020, 10.1103/PhysRevMaterials.4.063802). Slab by slab, so
 * that memory does not grow with the cell.
 */
import { slabsOf } from '../../analysis/slabs.ts';
import type { Atoms } from '../../data/atoms.ts';
import { InputError } from '../../data/errors.ts';
import { bareDescriptor, labelsOf } from '../../data/potentials/descriptor.ts';
import { createDescriber } from '../../engine/describe.ts';
import type { Engine } from '../../engine/engine.ts';
import { scattering, scatteringLabels } from '../../engine/scattering.ts';
import { parseDescriptor } from '../../io/descriptor.ts';
import { isScattering, parseScattering } from '../../io/scattering.ts';

export interface Environment {
  /** Components per atom. */
  readonly size: number;
  readonly labels: readonly string[];
  /** (size): the mean over the atoms. */
  mean(bulk: Atoms): Float64Array;
  /** (size): Σ_i (D_i − D̄); `each` sees D_i − D̄ of every atom, in an array that the next one overwrites. */
  row(atoms: Atoms, bulk: Float64Array, each?: (atom: number, difference: Float64Array) => void): Float64Array;
}

/** Numbers of a slab's descriptors, and its atoms: thin slabs would describe their surroundings more often than themselves. */
const [SLAB, SLAB_ATOMS] = [1 << 25, 1 << 19];

/**
 * `text` as for `frenkel describe --descriptor`: 'afs n=20 l=10 rcut=5A', 'g2(…) + afs(…)', 'scattering sigma=0.5A'. Throws
 * InputError.
 */
export function createEnvironment(engine: Engine, text: string, species: readonly number[]): Environment {
  if (isScattering(text)) return ofStructures(engine, text);
  const descriptor = parseDescriptor(text);
  const potential = bareDescriptor(descriptor, species);
  const describer = createDescriber(engine, potential);
  const { size } = describer;
  const most = Math.max(1000, Math.min(SLAB_ATOMS, Math.floor(SLAB / size)));
  const row: Environment['row'] = (atoms, bulk, each) => {
    const sum = new Float64Array(size);
    const difference = new Float64Array(size);
    for (const { atoms: slab, own } of slabsOf(atoms, potential.cutoff, most)) {
      describer.visit(slab, (atom, all, at) => {
        if (atom >= own.length) return;
        for (let k = 0; k < size; k++) sum[k] += all[at + k] - bulk[k];
        if (!each) return;
        for (let k = 0; k < size; k++) difference[k] = all[at + k] - bulk[k];
        each(own[atom], difference);
      });
    }
    return sum;
  };
  const nothing = new Float64Array(size);
  return {
    size,
    labels: labelsOf(descriptor, species),
    mean: (bulk) => row(bulk, nothing).map((sum) => sum / bulk.numbers.length),
    row,
  };
}

/** Relative: less than this is what rounding leaves of two numbers that are equal. */
const ROUNDING = 1e-11;

/**
 * Scattering is a structure's: S − N S̄, and atoms have no shares. What its grid leaves cancels where the perfect crystal has
 * the cell of the defect. S of l = 0 is proportional to N: its rounding must not become a column that tells cells apart.
 */
function ofStructures(engine: Engine, text: string): Environment {
  const settings = parseScattering(text);
  const labels = scatteringLabels(settings.scales);
  const total = (atoms: Atoms) => scattering(engine, atoms, settings).values;
  return {
    size: labels.length,
    labels,
    mean: (bulk) => total(bulk).map((value) => value / bulk.numbers.length),
    row: (atoms, bulk, each) => {
      if (each) throw new InputError("scattering's numbers are those of a structure: its atoms have no shares");
      return total(atoms).map((value, k) => {
        const perfect = atoms.numbers.length * bulk[k];
        return Math.abs(value - perfect) <= ROUNDING * Math.abs(perfect) ? 0 : value - perfect;
      });
    },
  };
}
