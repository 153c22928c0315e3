/** What is in a file of structures. */
import { nearestDistance } from '../analysis/nearest-distance.ts';
import type { Atoms } from '../data/atoms.ts';
import { determinant } from '../data/cell.ts';
import { standardMass } from '../data/elements.ts';
import { InputError } from '../data/errors.ts';
import { atomicMass } from '../data/units.ts';
import { spaceGroup } from '../node/space-group.ts';
import { elementCounts, rowsOf } from './counts.ts';
import type { Report } from './inspect-text.ts';

/** g/cm^3 per amu/Å^3. */
const GRAMS = atomicMass * 1e27;

const degrees = (cosine: number) => (Math.acos(Math.max(-1, Math.min(1, cosine))) * 180) / Math.PI;
const dot = (a: number[], b: number[]) => a[0] * b[0] + a[1] * b[1] + a[2] * b[2];

/** Facts of the last frame, and of all frames where they differ from one to the next. */
export async function inspectStructure(format: string, frames: readonly Atoms[]): Promise<Report> {
  const atoms = frames[frames.length - 1];
  const rows = rowsOf(atoms.cell);
  const lengths = rows.map((row) => Math.sqrt(dot(row, row)));
  const angles = [
    [1, 2],
    [0, 2],
    [0, 1],
  ].map(([i, j]) => (lengths[i] * lengths[j] > 0 ? degrees(dot(rows[i], rows[j]) / (lengths[i] * lengths[j])) : null));
  const volume = Math.abs(determinant(atoms.cell));
  const mass = atoms.masses?.reduce((sum, m) => sum + m, 0);
  const total = mass ?? atoms.numbers.reduce((sum, z) => sum + standardMass(z), 0);
  const held = atoms.fixed?.reduce((sum, flag) => sum + flag, 0) ?? 0;
  const energies = frames.map(({ info }) => info.energy).filter((energy) => typeof energy === 'number');
  return {
    kind: 'structure',
    format,
    frames: frames.length,
    ...(frames.length > 1 ? { described: 'the last frame' } : {}),
    atoms: atoms.numbers.length,
    elements: elementCounts(atoms),
    cell: rows,
    lengths,
    angles,
    volume: volume > 0 ? volume : null,
    density: volume > 0 ? (total * GRAMS) / volume : null,
    pbc: atoms.pbc,
    nearestDistance: nearestDistance(atoms) ?? null,
    ...(await symmetry(atoms, volume)),
    velocities: atoms.velocities !== undefined,
    masses: mass !== undefined,
    heldComponents: held,
    columns: Object.keys(atoms.arrays),
    info: Object.keys(atoms.info),
    ...(energies.length > 0 ? { energy: { last: energies[energies.length - 1], ...range(energies) } } : {}),
    ...variation(frames),
  };
}

/** Atoms above which the search for a space group is not worth its time. */
const MOST_FOR_SYMMETRY = 2000;

/** Within 1e-4 Å; nothing where a structure has no cell, many atoms or too much noise. */
async function symmetry(atoms: Atoms, volume: number): Promise<Report> {
  if (!(volume > 0) || !atoms.pbc.every(Boolean) || atoms.numbers.length > MOST_FOR_SYMMETRY) return {};
  try {
    const { number, symbol, pearson } = await spaceGroup(atoms);
    return { spaceGroup: `${symbol.replaceAll(' ', '')} (${number}), Pearson ${pearson}` };
  } catch (error) {
    if (error instanceof InputError) return {};
    throw error;
  }
}

function range(values: readonly number[]): { min: number; max: number } {
  return {
    min: values.reduce((least, v) => Math.min(least, v), Number.POSITIVE_INFINITY),
    max: values.reduce((most, v) => Math.max(most, v), Number.NEGATIVE_INFINITY),
  };
}

function variation(frames: readonly Atoms[]): Report {
  const sizes = range(frames.map(({ numbers }) => numbers.length));
  return sizes.min === sizes.max ? {} : { atomsInFrames: sizes };
}
