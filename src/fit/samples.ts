/**
 * What a fit learns from: configurations with their energies, forces and stresses, found under the names that codes give
 * them, and with the group that decides their weights.
 */
import type { Atoms, Json } from '../data/atoms.ts';
import { determinant } from '../data/cell.ts';
import { InputError } from '../data/errors.ts';

/** A configuration with what is known of it. */
export interface Sample {
  atoms: Atoms;
  group: string;
  /** Where it came from: file, and the number of the frame. */
  name: string;
  /** eV. */
  energy?: number;
  /** (3n) eV/Å. */
  forces?: Float64Array;
  /** xx yy zz yz xz xy, eV/Å³, tension positive. */
  stress?: Float64Array;
}

/** Names of the labels where they are not among the known ones. */
export interface LabelKeys {
  energy?: string;
  forces?: string;
  stress?: string;
  virial?: string;
  group?: string;
}

/** In order of preference within a line; of two lines that are both there the user must choose. */
const ENERGY = [['energy', 'free_energy'], ['Energy'], ['dft_energy'], ['DFT_energy'], ['REF_energy'], ['ref_energy']];
const FORCES = [
  ['forces', 'force'],
  ['Forces'],
  ['dft_force', 'dft_forces'],
  ['DFT_forces'],
  ['REF_forces'],
  ['ref_forces'],
];
const STRESS = [['stress'], ['dft_stress'], ['DFT_stress'], ['REF_stress'], ['ref_stress']];
const VIRIAL = [['virial', 'virials'], ['dft_virial'], ['DFT_virial'], ['REF_virial'], ['ref_virial']];
const GROUP = ['config_type', 'group'];

type Has = (name: string) => boolean;

function choose(what: string, names: string[][], has: Has, name: string, key?: string): string | undefined {
  if (key !== undefined) return has(key) ? key : undefined;
  const found = names.flatMap((line) => line.find(has) ?? []);
  if (found.length <= 1) return found[0];
  throw new InputError(`${name}: has ${found.join(' and ')}; say which is the ${what} (keys: {${what}: ${found[0]}})`);
}

/** Numbers of a 3×3 table, 9 or 6 (xx yy zz yz xz xy) numbers, as six. */
function voigt(value: Json, what: string): Float64Array {
  const flat = (Array.isArray(value) ? value : []).flat() as Json[];
  const v = flat.filter((x): x is number => typeof x === 'number' && Number.isFinite(x));
  if (v.length === flat.length && v.length === 6) return Float64Array.from(v);
  if (v.length !== flat.length || v.length !== 9) throw new InputError(`${what}: expected 9 or 6 finite numbers`);
  return Float64Array.of(v[0], v[4], v[8], (v[5] + v[7]) / 2, (v[2] + v[6]) / 2, (v[1] + v[3]) / 2);
}

/**
 * The labels of a configuration. `group`: used where it names none. Throws InputError that names the configuration: for
 * numbers that are not finite, names that are ambiguous, and where there is nothing to learn from.
 */
export function sampleOf(atoms: Atoms, name: string, group: string, keys: LabelKeys = {}): Sample {
  const { info, arrays } = atoms;
  const hasInfo: Has = (key) => Object.hasOwn(info, key);
  const sample: Sample = { atoms, name, group: groupOf(info, group, keys) };
  const energy = choose('energy', ENERGY, hasInfo, name, keys.energy);
  if (energy !== undefined) {
    const value = info[energy];
    if (typeof value !== 'number' || !Number.isFinite(value))
      throw new InputError(`${name}: ${energy}: expected a finite number, eV`);
    sample.energy = value;
  }
  const forces = choose('forces', FORCES, (key) => Object.hasOwn(arrays, key), name, keys.forces);
  if (forces !== undefined) sample.forces = checkForces(arrays[forces], atoms, `${name}: ${forces}`);
  const stress = choose('stress', STRESS, hasInfo, name, keys.stress);
  const virial = choose('virial', VIRIAL, hasInfo, name, keys.virial);
  if (stress !== undefined) sample.stress = voigt(info[stress], `${name}: ${stress}`);
  else if (virial !== undefined) {
    const volume = Math.abs(determinant(atoms.cell));
    if (!(volume > 0)) throw new InputError(`${name}: has a virial, but no cell of three dimensions to divide it by`);
    sample.stress = voigt(info[virial], `${name}: ${virial}`).map((w) => -w / volume);
  }
  if (sample.energy === undefined && !sample.forces && !sample.stress)
    throw new InputError(
      `${name}: has neither energy nor forces nor stress; found ${[...Object.keys(info), ...Object.keys(arrays)].join(', ') || 'nothing'} (give keys: {energy: …, forces: …})`,
    );
  return sample;
}

function groupOf(info: Atoms['info'], fallback: string, keys: LabelKeys): string {
  const key = (keys.group === undefined ? GROUP : [keys.group]).find((one) => Object.hasOwn(info, one));
  return key === undefined ? fallback : String(info[key]);
}

function checkForces(forces: Float64Array, atoms: Atoms, what: string): Float64Array {
  const n = atoms.numbers.length;
  if (forces.length !== 3 * n) throw new InputError(`${what}: expected three numbers for each of ${n} atoms`);
  const bad = forces.findIndex((f) => !Number.isFinite(f));
  if (bad >= 0) throw new InputError(`${what}: that of atom ${Math.floor(bad / 3)} is ${forces[bad]}`);
  return forces;
}
