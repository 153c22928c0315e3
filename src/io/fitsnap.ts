/**
 * FitSNAP's JSON training data: an optional comment line, then {"Dataset": {styles, "Data": [configurations]}}. Energies,
 * forces and stresses come out as extended XYZ has them (info.energy, arrays.forces, info.stress), tension positive.
 */
import { type Atoms, createAtoms } from '../data/atoms.ts';
import { numberOf } from '../data/elements.ts';
import { InputError } from '../data/errors.ts';
import { gpaPerPressure } from '../data/units.ts';
import { quote } from './lines.ts';
import { validateAtoms } from './validate.ts';

/** bar per eV/Å³ as the LAMMPS behind FitSNAP's fits has it: stresses and weights per bar are to be read with it. */
export const fitsnapBar = 1.6021765e6;

/** eV/Å³ per unit of a StressStyle. */
const STRESS = new Map([
  ['bar', 1 / fitsnapBar],
  ['kbar', 1000 / fitsnapBar],
  ['kb', 1000 / fitsnapBar],
  ['kilobar', 1000 / fitsnapBar],
  ['gpa', 1 / gpaPerPressure],
  ['evpa3', 1],
  ['electronvoltperangstromcubed', 1],
]);
const STYLES = new Map([
  ['EnergyStyle', 'electronvolt'],
  ['ForcesStyle', 'electronvoltperangstrom'],
  ['LatticeStyle', 'angstrom'],
  ['PositionsStyle', 'angstrom'],
]);

type Plain = Record<string, unknown>;

const isObject = (value: unknown): value is Plain =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** For a message. */
const shown = (value: unknown) => (typeof value === 'object' ? 'a list or an object' : quote(String(value)));

/** The configurations of a file, periodic in all directions. Throws InputError with file and configuration. */
export function parseFitsnap(text: string, options: { file?: string } = {}): Atoms[] {
  const { file } = options;
  const fail = (message: string) => new InputError(message, { file });
  let parsed: unknown;
  try {
    parsed = JSON.parse(text.replace(/^\s*#[^\n]*\n/, ''));
  } catch (error) {
    throw fail(`is no valid JSON: ${(error as Error).message}`);
  }
  const dataset = isObject(parsed) ? parsed.Dataset : undefined;
  if (!isObject(dataset) || !Array.isArray(dataset.Data))
    throw fail('expected {"Dataset": {"Data": [configurations]}} of FitSNAP, found other JSON');
  for (const [key, expected] of STYLES) {
    const found = dataset[key];
    if (found !== undefined && !(typeof found === 'string' && found.toLowerCase() === expected))
      throw fail(`expected ${key} ${expected}, found ${shown(found)}`);
  }
  const style = dataset.StressStyle ?? 'bar';
  const stress = typeof style === 'string' ? STRESS.get(style.toLowerCase()) : undefined;
  if (stress === undefined)
    throw fail(`expected StressStyle one of ${[...STRESS.keys()].join(', ')}, found ${shown(style)}`);
  const { Data } = dataset;
  return Data.map((data: unknown, k) => {
    const where = Data.length > 1 ? `configuration ${k}: ` : '';
    return readConfiguration(data, stress, (message) => fail(`${where}${message}`), file);
  });
}

function readConfiguration(data: unknown, stress: number, fail: (text: string) => InputError, file?: string): Atoms {
  if (!isObject(data)) throw fail('expected an object with Positions, AtomTypes and Lattice');
  const types = data.AtomTypes;
  if (!Array.isArray(types) || types.length === 0) throw fail('expected AtomTypes, a list of symbols');
  const numbers = Uint8Array.from(types, (symbol: unknown) => {
    const number = typeof symbol === 'string' ? numberOf(symbol) : undefined;
    if (number === undefined) throw fail(`expected the symbol of an element, found ${shown(symbol)}`);
    return number;
  });
  const n = numbers.length;
  if (data.NumAtoms !== undefined && data.NumAtoms !== n)
    throw fail(`expected as many AtomTypes as NumAtoms (${shown(data.NumAtoms)}), found ${n}`);
  const table = (key: string, rows: number): Float64Array => {
    const value = data[key];
    const flat = Array.isArray(value) && value.length === rows ? (value as unknown[]).flat() : [];
    const right = flat.length === 3 * rows && flat.every((x) => typeof x === 'number' && Number.isFinite(x));
    if (!right) throw fail(`expected ${key}, ${rows} rows of three finite numbers`);
    return Float64Array.from(flat as number[]);
  };
  const atoms = createAtoms({ numbers, positions: table('Positions', n), cell: table('Lattice', 3) });
  if (data.Energy !== undefined) {
    if (typeof data.Energy !== 'number' || !Number.isFinite(data.Energy))
      throw fail('expected Energy, a finite number');
    atoms.info.energy = data.Energy;
  }
  if (data.Forces !== undefined) atoms.arrays.forces = table('Forces', n);
  if (data.Stress !== undefined) {
    const s = table('Stress', 3);
    atoms.info.stress = [0, 3, 6].map((i) => [0, 1, 2].map((c) => -s[i + c] * stress));
  }
  return validateAtoms(atoms, { file });
}
