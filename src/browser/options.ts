/** Flags of the command line's tasks, as a page sends them, with its units and defaults. */
import { InputError } from '../data/errors.ts';
import { didYouMean } from '../data/nearest.ts';
import { type Dimension, parseQuantity, parseRamp } from '../data/units.ts';
import { methodNames, methods } from '../free-energy/estimators.ts';
import type { ReplicaOptions } from '../free-energy/replicas.ts';
import { lengthsOf, samplingDefaults } from '../free-energy/sampling.ts';
import { ensembles } from '../methods/dynamics.ts';
import { minimizers } from '../methods/minimize.ts';
import type { MdOptions } from '../tasks/dynamics.ts';
import type { NebOptions } from '../tasks/neb-input.ts';
import type { RelaxOptions } from '../tasks/relax.ts';
import type { Flags, TaskName } from './protocol.ts';

type Kind =
  /** `optional`: may be left empty. */
  | { dimension: Dimension; bare: string; ramp?: boolean; optional?: boolean }
  | { choices: readonly string[] }
  | { least: number }
  | { seed: true }
  | { flag: true }
  | { counts: true }
  | { text: true };

interface Flag {
  kind: Kind;
  fallback: string;
}

const pressure: Flag = { kind: { dimension: 'pressure', bare: 'GPa' }, fallback: '0 GPa' };

/** Every flag that a page may set. A flag that it does not send has the command line's default. */
export const taskFlags: Record<TaskName, Record<string, Flag>> = {
  relax: {
    fmax: { kind: { dimension: 'force', bare: 'eV/A' }, fallback: '1e-4 eV/A' },
    method: { kind: { choices: minimizers }, fallback: 'cg' },
    cell: { kind: { choices: ['fixed', 'iso', 'ortho', 'full'] }, fallback: 'fixed' },
    pressure,
    steps: { kind: { least: 0 }, fallback: '10000' },
  },
  md: {
    ensemble: { kind: { choices: ensembles }, fallback: 'nve' },
    temperature: { kind: { dimension: 'temperature', bare: 'K', ramp: true }, fallback: '300 K' },
    steps: { kind: { least: 0 }, fallback: '1000' },
    timestep: { kind: { dimension: 'time', bare: 'fs' }, fallback: '1 fs' },
    pressure: { ...pressure, kind: { dimension: 'pressure', bare: 'GPa', ramp: true } },
    friction: { kind: { dimension: 'frequency', bare: '1/ps' }, fallback: '1 1/ps' },
    relaxation: { kind: { dimension: 'time', bare: 'ps' }, fallback: '0.1 ps' },
    'cell-relaxation': { kind: { dimension: 'time', bare: 'ps' }, fallback: '1 ps' },
    coupling: { kind: { choices: ['iso', 'aniso'] }, fallback: 'iso' },
    seed: { kind: { seed: true }, fallback: '1' },
    thermo: { kind: { least: 1 }, fallback: '10' },
  },
  neb: {
    images: { kind: { least: 3 }, fallback: '9' },
    climb: { kind: { flag: true }, fallback: 'no' },
    'climb-below': { kind: { dimension: 'force', bare: 'eV/A' }, fallback: '0.1 eV/A' },
    fmax: { kind: { dimension: 'force', bare: 'eV/A' }, fallback: '1e-3 eV/A' },
    steps: { kind: { least: 0 }, fallback: '1000' },
    spring: { kind: { dimension: 'stiffness', bare: 'eV/A^2' }, fallback: '5 eV/A^2' },
  },
  phonons: {
    supercell: { kind: { counts: true }, fallback: '4,4,4' },
    step: { kind: { dimension: 'length', bare: 'A' }, fallback: '0.001 A' },
    path: { kind: { text: true }, fallback: '' },
    points: { kind: { least: 2 }, fallback: '101' },
    mesh: { kind: { counts: true }, fallback: '20' },
    tmax: { kind: { dimension: 'temperature', bare: 'K' }, fallback: '1000 K' },
    tstep: { kind: { dimension: 'temperature', bare: 'K' }, fallback: '10 K' },
  },
  entropy: {
    relax: { kind: { flag: true }, fallback: 'no' },
    temperature: { kind: { dimension: 'temperature', bare: 'K', optional: true }, fallback: '' },
    local: { kind: { text: true }, fallback: '' },
  },
  'free-energy': {
    temperature: { kind: { dimension: 'temperature', bare: 'K' }, fallback: '300 K' },
    method: { kind: { choices: methodNames }, fallback: 'abf' },
    reference: { kind: { text: true }, fallback: 'harmonic' },
    steps: { kind: { least: 1 }, fallback: '200000' },
    timestep: { kind: { dimension: 'time', bare: 'fs' }, fallback: '2 fs' },
    friction: { kind: { dimension: 'frequency', bare: '1/ps' }, fallback: '10 1/ps' },
    seed: { kind: { seed: true }, fallback: '1' },
    replicas: { kind: { least: 1 }, fallback: '1' },
    error: { kind: { dimension: 'energy', bare: 'eV', optional: true }, fallback: '' },
    relax: { kind: { flag: true }, fallback: 'no' },
  },
};

/** undefined: of an optional one that was left empty. */
type Value = number | string | bigint | [number, number] | [number, number, number] | undefined;

function parse(name: string, kind: Kind, text: string): Value {
  const flag = `--${name}`;
  if ('dimension' in kind) {
    const { dimension, bare, ramp, optional } = kind;
    if (optional && text.trim() === '') return undefined;
    const sign = dimension === 'pressure' ? 'any' : 'nonnegative';
    return (ramp ? parseRamp : parseQuantity)(text, { dimension, bare, name: flag, sign });
  }
  const found = `${flag}: found ${JSON.stringify(text.slice(0, 60))}`;
  if ('choices' in kind) {
    if (kind.choices.includes(text)) return text;
    throw new InputError(`${found}; ${kind.choices.join(', ')} expected`);
  }
  // a flag without a value: '' where it is given
  if ('flag' in kind || 'text' in kind) return text;
  if ('counts' in kind) return counts(text, found);
  if ('seed' in kind) {
    if (/^\d{1,19}$/.test(text)) return BigInt(text);
    throw new InputError(`${found}; a whole number, not negative, was expected`);
  }
  const value = /^\d+$/.test(text.trim()) ? Number(text) : Number.NaN;
  if (Number.isSafeInteger(value) && value >= kind.least) return value;
  throw new InputError(`${found}; an integer of at least ${kind.least} was expected`);
}

/** '4' or '4,4,2'. */
function counts(text: string, found: string): [number, number, number] {
  const all = text.split(',').map((part) => (/^\s*\d+\s*$/.test(part) ? Number(part) : Number.NaN));
  const [a, b, c] = all.length === 1 ? [all[0], all[0], all[0]] : all;
  if (all.length <= 3 && [a, b, c].every((n) => n >= 1 && n <= 1000)) return [a, b, c];
  throw new InputError(`${found}; one or three whole numbers from 1, '4,4,4', were expected`);
}

/** The values of all flags of a task. Throws InputError for unknown flags and wrong values. */
export function parseFlags(task: TaskName, flags: Flags): Record<string, Value> {
  const known = taskFlags[task];
  for (const name of Object.keys(flags)) {
    if (Object.hasOwn(known, name)) continue;
    throw new InputError(`unknown option --${name}${didYouMean(name, Object.keys(known))}`);
  }
  return Object.fromEntries(
    Object.entries(known).map(([name, { kind, fallback }]) => [name, parse(name, kind, flags[name] ?? fallback)]),
  );
}

export function relaxOptions(flags: Flags): RelaxOptions {
  const options = parseFlags('relax', flags) as unknown as RelaxOptions;
  if (options.cell === 'fixed' && options.pressure !== 0)
    throw new InputError('--pressure: the cell is fixed; add --cell iso, ortho or full');
  return options;
}

export function mdOptions(flags: Flags): { options: MdOptions; thermo: number } {
  const { thermo, 'cell-relaxation': cellRelaxation, ...rest } = parseFlags('md', flags);
  const options = { ...rest, cellRelaxation } as unknown as MdOptions;
  const { ensemble, temperature } = options;
  if (ensemble === 'nve' && temperature[0] !== temperature[1])
    throw new InputError('--temperature: nve has no thermostat that could follow a ramp; choose langevin, nhc or npt');
  return { options, thermo: thermo as number };
}

export function nebOptions(flags: Flags): NebOptions {
  const { images, climb, 'climb-below': climbBelow, fmax, steps, spring } = parseFlags('neb', flags);
  return {
    images: images as number,
    maxImages: images as number,
    method: 'lbfgs',
    fmax: fmax as number,
    steps: steps as number,
    spring: spring as number,
    interpolate: 'idpp',
    climb: climb === '' ? 'highest' : 'none',
    climbBelow: climbBelow as number,
    relaxEnds: true,
    keepOrder: false,
  };
}

export interface PhononOptions {
  supercell: [number, number, number];
  /** Å. */
  step: number;
  path?: string;
  points: number;
  mesh: [number, number, number];
  /** K. */
  tmax: number;
  tstep: number;
}

export function phononOptions(flags: Flags): PhononOptions {
  const { path, ...rest } = parseFlags('phonons', flags);
  const options = { ...rest, ...(path === '' ? {} : { path }) } as unknown as PhononOptions;
  if (!(options.tstep > 0 && options.tmax / options.tstep <= 1e5))
    throw new InputError(`--tstep ${options.tstep} K up to ${options.tmax} K: expected 1 to 1e5 temperatures`);
  return options;
}

export interface EntropyOptions {
  relax: boolean;
  /** K. */
  temperature?: number;
  /** File of the shares of the atoms. */
  local?: string;
}

export function entropyOptions(flags: Flags): EntropyOptions {
  const { relax, temperature, local } = parseFlags('entropy', flags);
  if (temperature === 0) throw new InputError('--temperature: found 0 K; it must be positive');
  return {
    relax: relax === '',
    ...(temperature === undefined ? {} : { temperature: temperature as number }),
    ...(local === '' ? {} : { local: String(local) }),
  };
}

export interface FreeEnergyOptions extends ReplicaOptions {
  reference: { kind: 'harmonic' } | { kind: 'einstein'; k?: number };
  relax: boolean;
  /** Exact draws of the reference that the sampling is checked with. */
  draws: number;
}

/** The default of `frenkel free-energy`. */
const DRAWS = 500;

export function freeEnergyOptions(flags: Flags): FreeEnergyOptions {
  const { reference, relax, error, ...rest } = parseFlags('free-energy', flags);
  const given = rest as unknown as Pick<
    FreeEnergyOptions,
    'method' | 'temperature' | 'steps' | 'timestep' | 'friction' | 'seed' | 'replicas'
  >;
  if (!(given.temperature > 0)) throw new InputError('--temperature: found 0 K; it must be positive');
  return {
    ...given,
    ...lengthsOf(given.steps),
    nodes: methods[given.method].nodes,
    refresh: samplingDefaults.refresh,
    draws: DRAWS,
    ...(error === undefined ? {} : { targetError: error as number }),
    reference: parseReference(String(reference)),
    relax: relax === '',
  };
}

/** 'harmonic', 'einstein' or 'einstein:<k>', eV/Å². Throws InputError. */
function parseReference(text: string): { kind: 'harmonic' } | { kind: 'einstein'; k?: number } {
  const [kind, stiffness] = text.split(':');
  if (kind === 'harmonic' && stiffness === undefined) return { kind };
  const k = stiffness === undefined ? undefined : Number(stiffness);
  if (kind === 'einstein' && (k === undefined || (k > 0 && k < Number.POSITIVE_INFINITY)))
    return k === undefined ? { kind } : { kind, k };
  throw new InputError(`--reference: found ${JSON.stringify(text)}; expected harmonic, einstein or einstein:<k>`);
}
