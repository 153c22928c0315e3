/**
 * Internal units: eV, Å, ps, amu, K; pressure eV/Å^3. This file has the constants that lead there and reads quantities
 * with a unit ("2 fs", "10 kbar", "300 K -> 1500 K").
 *
 * Constants: CODATA 2018, Tiesinga et al., Rev. Mod. Phys. 93 (2021) 025010, doi:10.1103/RevModPhys.93.025010.
 */
import { InputError, type Place } from './errors.ts';
import { didYouMean } from './nearest.ts';

/** J per eV, C (exact). */
export const elementaryCharge = 1.602176634e-19;
/** Avogadro constant, 1/mol (exact). */
export const avogadro = 6.02214076e23;
/** Atomic mass constant, kg. */
export const atomicMass = 1.6605390666e-27;
/** Boltzmann constant, eV/K (exact up to rounding: 1.380649e-23 J/K). */
export const boltzmann = 1.380649e-23 / elementaryCharge;
/** Planck constant, eV ps (6.62607015e-34 J s, exact up to rounding). */
export const planck = (6.62607015e-34 / elementaryCharge) * 1e12;
/** Reduced Planck constant, eV ps. */
export const hbar = planck / (2 * Math.PI);
/** Bohr radius, Å. */
export const bohr = 0.529177210903;
/** Hartree energy, eV. */
export const hartree = 27.211386245988;
/** e²/(4π ε0), eV Å: Hartree energy times Bohr radius. */
export const coulomb = hartree * bohr;

/** Å/ps² per (eV/Å)/amu: acceleration = force / mass · forceToAcceleration. */
export const forceToAcceleration = (elementaryCharge / atomicMass) * 1e-4;
/** eV per amu (Å/ps)²: kinetic energy = ½ m v² · kineticToEnergy. */
export const kineticToEnergy = 1 / forceToAcceleration;

/** GPa per eV/Å^3 (exact). */
export const gpaPerPressure = 160.2176634;
/** bar per eV/Å^3 (exact). */
export const barPerPressure = 1602176.634;

/** Internal unit of a value v in this unit: v · times / over; two numbers, so that powers of ten are exact. */
type Scale = readonly [times: number, over: number];

const units = {
  energy: {
    eV: [1, 1],
    meV: [1, 1000],
    keV: [1000, 1],
    Ry: [hartree, 2],
    Ha: [hartree, 1],
    'kJ/mol': [1000, avogadro * elementaryCharge],
    'kcal/mol': [4184, avogadro * elementaryCharge],
    J: [1, elementaryCharge],
  },
  length: { A: [1, 1], nm: [10, 1], pm: [1, 100], bohr: [bohr, 1] },
  time: { ps: [1, 1], fs: [1, 1000], ns: [1000, 1] },
  temperature: { K: [1, 1] },
  pressure: {
    'eV/A^3': [1, 1],
    GPa: [1, gpaPerPressure],
    MPa: [1, 1e3 * gpaPerPressure],
    Pa: [1, 1e9 * gpaPerPressure],
    kbar: [1, 10 * gpaPerPressure],
    bar: [1, barPerPressure],
  },
  force: {
    'eV/A': [1, 1],
    'meV/A': [1, 1000],
    'eV/nm': [1, 10],
    'Ry/bohr': [hartree, 2 * bohr],
    'Ha/bohr': [hartree, bohr],
  },
  stiffness: { 'eV/A^2': [1, 1], 'meV/A^2': [1, 1000], 'N/m': [1e-20, elementaryCharge] },
  mass: { amu: [1, 1], u: [1, 1], 'g/mol': [1, 1] },
  frequency: { '1/ps': [1, 1], '1/fs': [1000, 1], '1/ns': [1, 1000], THz: [1, 1] },
} as const satisfies Record<string, Record<string, Scale>>;

export type Dimension = keyof typeof units;

/** What a flag or a key expects. */
export interface QuantitySpec {
  dimension: Dimension;
  /** Unit of a number without one; default: the internal unit, the first of the dimension's list. */
  bare?: string;
  /** The flag or key, which begins the error's sentence: '--timestep'. */
  name: string;
  /** Refuses values below zero, or zero too. */
  sign?: 'any' | 'nonnegative' | 'positive';
  /** File and line, where it came from a file. */
  place?: Place;
}

/** Units that a dimension accepts, the internal one first. */
export function unitsOf(dimension: Dimension): string[] {
  return Object.keys(units[dimension]);
}

function scaleOf(dimension: Dimension, unit: string): Scale | undefined {
  const table: Record<string, Scale> = units[dimension];
  return Object.hasOwn(table, unit) ? table[unit] : undefined;
}

/** `value` (internal units) in `unit`. */
export function inUnit(value: number, dimension: Dimension, unit: string): number {
  const scale = scaleOf(dimension, unit);
  if (scale === undefined) throw new Error(`${unit} is no unit of ${dimension}`);
  return (value * scale[1]) / scale[0];
}

/** One spelling for each unit: Å and angstrom are A, superscripts are ^2 and ^3, ps^-1 is 1/ps. */
function canonical(unit: string): string {
  return unit
    .replace(/Å|\u212b|angstroms?|Angstroms?|Ang\b/g, 'A')
    .replace(/²/g, '^2')
    .replace(/³/g, '^3')
    .replace(/\s*\/\s*/g, '/')
    .replace(/^(ps|fs|ns)\^-1$/, '1/$1');
}

const quote = (text: string) => JSON.stringify(text.length > 60 ? `${text.slice(0, 60)}…` : text);

const number = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?/;

/** Splits "2 fs" into 2 and "fs"; the unit is empty where there is none. */
function split(text: string, spec: QuantitySpec): { value: number; unit: string } {
  const trimmed = text.length > 200 ? '' : text.trim();
  const found = number.exec(trimmed)?.[0];
  const value = Number(found);
  if (found === undefined || !Number.isFinite(value)) {
    throw new InputError(
      `${spec.name}: found ${quote(text)}; a finite number, with one of the units ${list(spec.dimension)}, was expected`,
      spec.place,
    );
  }
  return { value, unit: canonical(trimmed.slice(found.length).trim()) };
}

const list = (dimension: Dimension) => unitsOf(dimension).join(', ');

function convert(value: number, unit: string, spec: QuantitySpec, found: string): number {
  const scale = scaleOf(spec.dimension, unit);
  if (scale === undefined) {
    const hint = didYouMean(unit, unitsOf(spec.dimension));
    throw new InputError(
      `${spec.name}: ${quote(unit)} in ${quote(found)} is no unit of ${spec.dimension}${hint}; accepted: ${list(spec.dimension)}`,
      spec.place,
    );
  }
  const result = (value * scale[0]) / scale[1];
  const wrong = !Number.isFinite(result)
    ? 'finite'
    : spec.sign === 'positive' && !(result > 0)
      ? 'positive'
      : spec.sign === 'nonnegative' && !(result >= 0)
        ? 'zero or positive'
        : undefined;
  if (wrong !== undefined) {
    throw new InputError(`${spec.name}: found ${quote(found)}; it must be ${wrong}`, spec.place);
  }
  return result;
}

const bareUnit = (spec: QuantitySpec) => spec.bare ?? unitsOf(spec.dimension)[0];

/** A number, or text such as "2 fs", in internal units. Throws InputError that names the flag and the units accepted. */
export function parseQuantity(input: string | number, spec: QuantitySpec): number {
  if (typeof input === 'number') return convert(input, bareUnit(spec), spec, String(input));
  const { value, unit } = split(input, spec);
  return convert(value, unit === '' ? bareUnit(spec) : unit, spec, input);
}

/**
 * "300 K -> 1500 K" as [start, end], internal units; a single quantity gives two equal numbers. Where only one side
 * has a unit, it is the unit of both.
 */
export function parseRamp(input: string | number, spec: QuantitySpec): [number, number] {
  const ends = typeof input === 'number' ? [] : input.split('->');
  if (ends.length < 2) {
    const value = parseQuantity(input, spec);
    return [value, value];
  }
  if (ends.length > 2) {
    throw new InputError(`${spec.name}: found ${quote(String(input))}; at most one -> was expected`, spec.place);
  }
  const [start, end] = ends.map((text) => split(text, spec));
  const common = start.unit || end.unit || bareUnit(spec);
  return [
    convert(start.value, start.unit || common, spec, ends[0].trim()),
    convert(end.value, end.unit || common, spec, ends[1].trim()),
  ];
}
