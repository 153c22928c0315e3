/** The files of frenkel phonons. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { BandPath } from '../analysis/band-path.ts';
import type { ForceConstants } from '../analysis/force-constants.ts';
import type { CrystalThermal, DensityOfStates, MeshFrequencies } from '../analysis/phonon-mesh.ts';
import type { Phonons } from '../analysis/phonons.ts';
import { InputError } from '../data/errors.ts';
import { forceConstantsText, phonopyParams } from '../io/phonopy.ts';
import { makeFolder } from '../node/make-folder.ts';
import { bandFigure, densityFigure } from '../plot/phonons.ts';
import { refuseExisting, save } from './save.ts';

export interface PhononResults {
  constants: ForceConstants;
  crystal: Phonons;
  path: BandPath;
  /** For each segment (points, branches) THz. */
  bands: Float64Array[];
  branches: number;
  mesh: MeshFrequencies;
  dos: DensityOfStates;
  thermal: CrystalThermal[];
}

const names = [
  'bands.csv',
  'bands.svg',
  'dos.csv',
  'dos.svg',
  'thermal.csv',
  'FORCE_CONSTANTS',
  'phonopy_params.yaml',
] as const;

/** Makes the folder; throws InputError where one of the files is there already, unless forced. */
export function claimFolder(folder: string, force = false): void {
  for (const name of names) refuseExisting(join(folder, name), force);
  if (existsSync(folder)) return;
  try {
    makeFolder(folder);
  } catch (error) {
    throw new InputError(`the folder cannot be made: ${error instanceof Error ? error.message : error}`, {
      file: folder,
    });
  }
}

/** `masses` (n) amu, of the unit cell, for phonopy's files; absent: they are left out. */
export async function saveResults(folder: string, results: PhononResults, masses?: ArrayLike<number>): Promise<void> {
  const { constants, path, bands, branches, dos, thermal } = results;
  const { unit, counts, hessian, primitive } = constants;
  const contents: Partial<Record<(typeof names)[number], Iterable<string>>> = {
    'bands.csv': bandTable(results),
    'bands.svg': [bandFigure(path, bands, branches)],
    'dos.csv': densityTable(dos),
    'dos.svg': [densityFigure(dos)],
    'thermal.csv': thermalTable(thermal),
  };
  if (masses) {
    contents.FORCE_CONSTANTS = forceConstantsText(unit.numbers.length, counts, hessian);
    contents['phonopy_params.yaml'] = [phonopyParams(unit, counts, primitive.fractions, masses)];
  }
  for (const name of names) {
    const content = contents[name];
    if (content) await save(join(folder, name), content, true);
  }
}

function* bandTable({ path, bands, branches }: PhononResults): Generator<string> {
  const columns = Array.from({ length: branches }, (_, k) => `branch ${k + 1} (THz)`);
  yield `${['segment', 'distance (1/A)', 'qx (1/A)', 'qy (1/A)', 'qz (1/A)', ...columns].join(',')}\n`;
  for (const [s, { from, to, q, distance }] of path.segments.entries()) {
    // a point given by numbers has commas
    const name = `${from}-${to}`.replaceAll(',', ' ');
    for (let i = 0; i < distance.length; i++) {
      const values = bands[s].subarray(i * branches, (i + 1) * branches);
      yield `${[name, distance[i], ...q.subarray(3 * i, 3 * i + 3), ...values].join(',')}\n`;
    }
  }
}

function* densityTable({ frequency, density }: DensityOfStates): Generator<string> {
  yield 'frequency (THz),states per THz and primitive cell\n';
  for (let k = 0; k < frequency.length; k++) yield `${frequency[k]},${density[k]}\n`;
}

function* thermalTable(rows: readonly CrystalThermal[]): Generator<string> {
  yield 'temperature (K),free energy (eV),energy (eV),entropy (k_B),heat capacity (k_B)\n';
  for (const { temperature, free, energy, entropy, heatCapacity } of rows) {
    yield `${[temperature, free, energy, entropy, heatCapacity].join(',')}\n`;
  }
}
