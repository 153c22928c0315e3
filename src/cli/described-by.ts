/** What `frenkel describe` describes with: a descriptor of atoms by its text or by a potential, or scattering. */
import type { Atoms } from '../data/atoms.ts';
import { descriptorRecords } from '../data/descriptors/registry.ts';
import { formatSetting, type SettingKey } from '../data/descriptors/settings.ts';
import { InputError } from '../data/errors.ts';
import { bareDescriptor } from '../data/potentials/descriptor.ts';
import { createDescriber } from '../engine/describe.ts';
import { descriptorLabels } from '../engine/descriptors.ts';
import type { Engine } from '../engine/engine.ts';
import { scattering, scatteringLabels } from '../engine/scattering.ts';
import { parseDescriptor } from '../io/descriptor.ts';
import { formatScattering, isScattering, parseScattering, scatteringKeys } from '../io/scattering.ts';
import { type PotentialFlags, readPotential } from './input.ts';

export interface DescribedFlags extends PotentialFlags {
  descriptor?: string;
  average?: boolean;
}

export interface Source {
  labels: readonly string[];
  /** One row per atom, or one per frame. */
  perAtom: boolean;
  /** Settings without which the numbers mean nothing; every output states them. */
  settings?: string;
  /** Rows of a frame, (rows, labels). */
  open(engine: Engine): (atoms: Atoms) => Float64Array;
}

/** What -d gives, for the elements of the frames, or what is in the potential. Throws InputError. */
export function describedBy(flags: DescribedFlags, frames: readonly Atoms[]): Source {
  const { descriptor, average = false } = flags;
  if (descriptor === undefined && flags.potential === undefined)
    throw new InputError("nothing to describe with: give -d 'NAME key=value …' or -p");
  if (descriptor !== undefined && flags.potential !== undefined)
    throw new InputError('-d and -p both say what describes the atoms: give one of them');
  if (descriptor !== undefined && isScattering(descriptor)) return ofStructures(descriptor, average);
  const potential =
    descriptor === undefined
      ? readPotential(flags, frames, { descriptors: true })
      : bareDescriptor(parseDescriptor(descriptor), speciesOf(frames));
  const labels = descriptorLabels(potential);
  return {
    labels,
    perAtom: !average,
    open: (engine) => {
      const describer = createDescriber(engine, potential);
      return (atoms) => {
        const { values } = describer.describe(atoms);
        return average ? mean(values, labels.length) : values;
      };
    },
  };
}

function ofStructures(text: string, average: boolean): Source {
  const settings = parseScattering(text);
  return {
    labels: scatteringLabels(settings.scales),
    perAtom: false,
    settings: formatScattering(settings),
    open: (engine) => (atoms) => {
      const { values } = scattering(engine, atoms, settings);
      return average ? values.map((value) => value / atoms.numbers.length) : values;
    },
  };
}

function speciesOf(frames: readonly Atoms[]): number[] {
  const species = [...new Set(frames.flatMap((atoms) => [...new Set(atoms.numbers)]))].sort((a, b) => a - b);
  if (species.length === 0) throw new InputError('the structure has no atoms');
  return species;
}

/** Mean over the rows of (n,size). */
function mean(values: Float64Array, size: number): Float64Array {
  const sums = new Float64Array(size);
  values.forEach((value, k) => {
    sums[k % size] += value;
  });
  return sums.map((sum) => (sum * size) / values.length);
}

/** One line per descriptor. */
export function descriptorHelp(): string {
  const of = ({ key, fallback, kind, optional }: SettingKey) =>
    `${key}=${fallback === undefined ? (optional ? '…' : '?') : formatSetting(fallback)}${kind === 'length' ? 'A' : ''}`;
  return [...descriptorRecords, { name: 'scattering', keys: scatteringKeys }]
    .map(({ name, keys }) => `  ${name.padEnd(11)}${keys.map(of).join(' ')}`)
    .join('\n');
}
