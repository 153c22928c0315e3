/** frenkel phonons: dispersion, density of states and thermal properties of a perfect crystal. */
import { Command, Option } from 'commander';
import { type BandLattice, type BandPath, bandPath } from '../analysis/band-path.ts';
import { type ForceConstants, forceConstants } from '../analysis/force-constants.ts';
import { crystalThermal, densityOfStates, highest, imaginaryModes, meshFrequencies } from '../analysis/phonon-mesh.ts';
import { frequencies, type Phonons, phonons } from '../analysis/phonons.ts';
import type { Atoms } from '../data/atoms.ts';
import { InputError } from '../data/errors.ts';
import type { Engine } from '../engine/engine.ts';
import { memoryLimit } from '../node/memory.ts';
import { spaceGroup } from '../node/space-group.ts';
import { createEngine } from '../node/threads.ts';
import { massesOf } from '../tasks/masses.ts';
import { integer, jsonFlag, potentialFlags, quantity } from './flags.ts';
import { type PotentialFlags, readPotential, readStructure } from './input.ts';
import { print } from './output.ts';
import { claimFolder, type PhononResults, saveResults } from './phonon-files.ts';
import { createProgress, type Progress } from './progress.ts';

interface Flags extends PotentialFlags {
  types?: string[];
  threads?: number;
  skin?: number;
  supercell?: [number, number, number];
  step: number;
  lattice?: BandLattice;
  path?: string;
  points: number;
  mesh: [number, number, number];
  tmax: number;
  tstep: number;
  phonopy: boolean;
  out: string;
  force?: boolean;
  json?: boolean;
}

/** '4' or '4,4,2'. */
function triple(flag: string) {
  return (text: string): [number, number, number] => {
    const counts = text.split(',').map((part) => (/^\s*\d+\s*$/.test(part) ? Number(part) : Number.NaN));
    const [a, b, c] = counts.length === 1 ? [counts[0], counts[0], counts[0]] : counts;
    if (counts.length > 3 || ![a, b, c].every((n) => n >= 1 && n <= 1000)) {
      throw new InputError(
        `${flag}: found ${JSON.stringify(text)}; expected one or three whole numbers from 1, '4,4,4'`,
      );
    }
    return [a, b, c];
  };
}

export function phononsCommand(): Command {
  const command = new Command('phonons')
    .description('dispersion, density of states, thermal properties of a perfect crystal')
    .argument('<cell>', "a relaxed unit cell in any known format; '-' is standard input");
  potentialFlags(command)
    .addOption(
      new Option(
        '--supercell <counts>',
        'repeats of the cell, as wide as twice the range of the forces (default: 4, fewer where that is wider than 20 Å)',
      ).argParser(triple('--supercell')),
    )
    .addOption(quantity('--step <length>', 'displacement of the differences', 'length', 'A', '0.001 A'))
    .option('--path <points>', "'G H N G P', '|' jumps; or fractions of the cell's reciprocal vectors '0,0,0 1/2,0,0'")
    .addOption(new Option('--lattice <kind>', 'what the crystal must be').choices(['sc', 'bcc', 'fcc', 'hcp']))
    .addOption(integer('--points <n>', 'points of each segment of the path', 2, 101))
    .addOption(
      new Option('--mesh <counts>', 'q points along the primitive reciprocal vectors, Γ between them')
        .argParser(triple('--mesh'))
        .default([20, 20, 20], '20'),
    )
    .addOption(quantity('--tmax <temperature>', 'last row of the thermal properties', 'temperature', 'K', '1000 K'))
    .addOption(quantity('--tstep <temperature>', 'from row to row', 'temperature', 'K', '10 K'))
    .option('--no-phonopy', 'leave out the files for phonopy: 0.2 kB for each pair of atoms of the supercell')
    .option('--out <dir>', 'folder of the results', 'phonons')
    .option('--force', 'overwrite what is in it')
    .addOption(jsonFlag())
    .addHelpText(
      'after',
      `
The folder gets bands.csv, bands.svg, dos.csv, dos.svg, thermal.csv, and for phonopy FORCE_CONSTANTS and
phonopy_params.yaml. The primitive cell is found from the translations; other symmetries are not used.
--json prints {"lattice","atoms" (of the primitive cell),"supercell","displaced","evaluations","rim" (eV/Å², largest
force constant that two images share),"path":[{"label","distance" (1/Å),"frequencies" (THz)}],"maximum","acoustic"
(largest at Γ of the three lowest),"imaginary" (modes of the mesh),"mesh","zeroPoint" (eV),"thermal":[{"temperature",
"energy","free" (eV),"entropy","heatCapacity" (k_B)}],"folder"}; per primitive cell. Imaginary frequencies are negative.

Example:
  frenkel phonons iron.xyz -p Fe-Ackland-2004 --supercell 8 --path 'G H N G P H'`,
    )
    .action(run);
  return command;
}

async function run(file: string, flags: Flags): Promise<void> {
  claimFolder(flags.out, flags.force);
  const unit = readStructure(file, flags.types);
  const potential = readPotential(flags, [unit]);
  if (!(flags.tstep > 0 && flags.tmax / flags.tstep <= 1e5)) {
    throw new InputError(`--tstep ${flags.tstep} K up to ${flags.tmax} K: expected 1 to 1e5 temperatures`);
  }
  const engine = await createEngine({ threads: flags.threads });
  const progress = createProgress(false);
  try {
    const constants = forceConstants(engine, unit, potential, {
      ...(flags.supercell && { supercell: flags.supercell }),
      step: flags.step,
      skin: flags.skin,
      memory: memoryLimit(),
      progress: (done, total) => progress.update(() => `displacement ${done} of ${total}`),
    });
    const path = bandPath(constants.primitive.cell, unit.cell, flags);
    const results = compute(engine, constants, path, flags, progress);
    progress.end();
    const masses = massesOf(unit, potential).values;
    await saveResults(flags.out, results, flags.phonopy ? masses : undefined);
    const report = { ...describe(engine, results, flags), ...(await symmetryOf(unit)) };
    if (report.imaginary > 0) {
      process.stderr.write(
        `frenkel: warning: ${report.imaginary} modes of the mesh are imaginary: the crystal is unstable, or the supercell too small; the thermal properties leave them out\n`,
      );
    }
    await print([flags.json ? `${JSON.stringify(report)}\n` : summary(report)]);
  } finally {
    engine.close();
  }
}

/** The space group within 1e-4 Å, where the cell has one that moyo finds. */
async function symmetryOf(unit: Atoms): Promise<{ spaceGroup: string | null }> {
  try {
    const { symbol, number } = await spaceGroup(unit);
    return { spaceGroup: `${symbol.replaceAll(' ', '')} (${number})` };
  } catch (error) {
    if (error instanceof InputError) return { spaceGroup: null };
    throw error;
  }
}

function compute(
  engine: Engine,
  constants: ForceConstants,
  path: BandPath,
  flags: Flags,
  progress: Progress,
): PhononResults {
  const crystal = phonons(constants);
  const branches = 3 * crystal.sites;
  const bands = path.segments.map(({ q, distance }) => {
    const values = new Float64Array(distance.length * branches);
    distance.forEach((_, i) => {
      values.set(frequencies(engine, crystal, q.subarray(3 * i, 3 * i + 3)), i * branches);
    });
    return values;
  });
  const mesh = meshFrequencies(engine, crystal, flags.mesh, (done, total) =>
    progress.update(() => `q point ${done} of ${total}`),
  );
  const rows = Math.floor(flags.tmax / flags.tstep + 1e-9) + 1;
  const temperatures = Array.from({ length: rows }, (_, k) => k * flags.tstep);
  return {
    constants,
    crystal,
    path,
    bands,
    branches,
    mesh,
    dos: densityOfStates(mesh),
    thermal: crystalThermal(mesh, temperatures),
  };
}

type Report = ReturnType<typeof describe> & { spaceGroup: string | null };

function stops({ path, bands, branches }: PhononResults) {
  return path.segments.flatMap(({ from, to, distance }, s) => {
    const at = (label: string, i: number) => ({
      label,
      distance: distance[i],
      frequencies: Array.from(bands[s].subarray(i * branches, (i + 1) * branches)),
    });
    const before = path.segments[s - 1];
    const first = before === undefined || before.to !== from ? [at(from, 0)] : [];
    return [...first, at(to, distance.length - 1)];
  });
}

function acousticAt(engine: Engine, crystal: Phonons): number {
  const sizes = Array.from(frequencies(engine, crystal, [0, 0, 0]), Math.abs).sort((a, b) => a - b);
  return sizes[2];
}

function describe(engine: Engine, results: PhononResults, flags: Flags) {
  const { constants, crystal, path, mesh, thermal } = results;
  return {
    lattice: path.lattice ?? null,
    atoms: crystal.sites,
    supercell: constants.counts,
    displaced: constants.hessian.displaced,
    evaluations: constants.hessian.evaluations,
    rim: crystal.rim,
    path: stops(results),
    maximum: highest([mesh.values, ...results.bands]),
    acoustic: acousticAt(engine, crystal),
    imaginary: imaginaryModes(mesh),
    mesh: flags.mesh,
    zeroPoint: thermal[0].energy,
    thermal,
    folder: flags.out,
  };
}

function summary(report: Report): string {
  const { lattice, spaceGroup, atoms, supercell, displaced, evaluations, thermal } = report;
  const nearest = thermal.reduce((best, row) =>
    Math.abs(row.temperature - 300) < Math.abs(best.temperature - 300) ? row : best,
  );
  return [
    `${lattice ?? 'other'} lattice, ${spaceGroup ? `${spaceGroup}, ` : ''}${atoms === 1 ? 'one atom' : `${atoms} atoms`} in the primitive cell; supercell ${supercell.join('×')}, ${displaced} displaced, ${evaluations} evaluations`,
    `at its rim force constants up to ${report.rim.toExponential(1)} eV/Å² are shared among images`,
    ...report.path.map(
      ({ label, frequencies: nu }) =>
        `  ${label.padEnd(10)} ${nu
          .map((v) =>
            v
              .toFixed(4)
              .replace(/^-(0\.0+)$/, '$1')
              .padStart(9),
          )
          .join('')} THz`,
    ),
    `highest ${report.maximum.toFixed(4)} THz; acoustic modes at Γ within ${report.acoustic.toExponential(1)} THz; ${report.imaginary} imaginary`,
    `zero-point energy ${report.zeroPoint.toFixed(6)} eV; at ${nearest.temperature} K F ${nearest.free.toFixed(6)} eV, S ${nearest.entropy.toFixed(4)} k_B, C_v ${nearest.heatCapacity.toFixed(4)} k_B`,
    `results in ${report.folder}`,
    '',
  ].join('\n');
}
