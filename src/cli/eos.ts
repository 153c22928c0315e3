/** frenkel eos: energy against volume, and the equation of state that fits it. */
import { Command, Option } from 'commander';
import { type BirchMurnaghan, birchMurnaghan, energyVolume, type VolumePoint } from '../analysis/equation-of-state.ts';
import { InputError } from '../data/errors.ts';
import { gpaPerPressure } from '../data/units.ts';
import { equationOfStateFigure } from '../plot/equation-of-state.ts';
import { integer, jsonFlag, potentialFlags } from './flags.ts';
import { type PotentialFlags, readPotential, readStructure } from './input.ts';
import { print } from './output.ts';
import { refuseExisting, save } from './save.ts';
import { withSystem } from './with-system.ts';

interface Flags extends PotentialFlags {
  types?: string[];
  threads?: number;
  skin?: number;
  strain: [number, number];
  points: number;
  clamped?: boolean;
  csv?: string;
  svg?: string;
  force?: boolean;
  json?: boolean;
}

export function eosCommand(): Command {
  const command = new Command('eos')
    .description('E(V) and its Birch–Murnaghan equation of state')
    .argument('<file>', "a crystal in any known format; '-' is standard input");
  potentialFlags(command)
    .addOption(
      new Option('--strain <range>', "linear strains of the cell: '0.03' is ±0.03, 'a -> b' from a to b")
        .argParser(parseRange)
        .default([-0.03, 0.03], '0.03'),
    )
    .addOption(integer('--points <n>', 'volumes, equally spaced in strain', 5, 11))
    .option('--clamped', 'leave the atoms where the strain puts them (default: relaxed at each volume)')
    .option('--csv <file>', 'table of strain, volume, energy, pressure, fit')
    .option('--svg <file>', 'figure')
    .option('--force', 'overwrite these files')
    .addOption(jsonFlag())
    .addHelpText(
      'after',
      `
The cell keeps its shape. Birch–Murnaghan of third order (Birch 1947), fitted to the energies alone.
--json prints {"volume","energy","bulk","bulkDerivative","strain","rms","atoms","points":[{"strain","volume","energy",
"pressure"}]}: Å^3, eV, GPa, of the whole structure; strain is the linear one from the start to the minimum.

Example:
  frenkel eos iron.xyz -p Fe-Ackland-2004 --strain 0.02 --svg eos.svg`,
    )
    .action(eos);
  return command;
}

/** '0.03' or '-0.02 -> 0.04'. */
function parseRange(text: string): [number, number] {
  const ends = text
    .split('->')
    .map((part) => (/^\s*[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?\s*$/i.test(part) ? Number(part) : Number.NaN));
  const [low, high] = ends.length === 1 ? [-ends[0], ends[0]] : ends;
  if (ends.length > 2 || !(low < high)) {
    throw new InputError(`--strain: found ${JSON.stringify(text)}; expected a positive number, or 'a -> b' that rises`);
  }
  return [low, high];
}

async function eos(file: string, flags: Flags): Promise<void> {
  for (const path of [flags.csv, flags.svg]) refuseExisting(path, flags.force);
  const atoms = readStructure(file, flags.types);
  const potential = readPotential(flags, [atoms]);
  const points = await withSystem(atoms, potential, flags, (system) =>
    energyVolume(system, { strain: flags.strain, points: flags.points, relax: !flags.clamped }),
  );
  const fit = birchMurnaghan(
    points.map((p) => p.volume),
    points.map((p) => p.energy),
  );
  const n = atoms.numbers.length;
  if (flags.csv) await save(flags.csv, csvOf(points, fit), flags.force);
  if (flags.svg) await save(flags.svg, [equationOfStateFigure(points, fit, n)], flags.force);
  await print([flags.json ? `${JSON.stringify(report(points, fit, n))}\n` : summary(points, fit, n)]);
}

function* csvOf(points: readonly VolumePoint[], fit: BirchMurnaghan): Generator<string> {
  yield 'strain,volume (A^3),energy (eV),pressure (GPa),fitted energy (eV),fitted pressure (GPa)\n';
  for (const { strain, volume, energy, pressure } of points) {
    const fitted = fit.at(volume);
    yield `${[strain, volume, energy, pressure * gpaPerPressure, fitted.energy, fitted.pressure * gpaPerPressure].join(',')}\n`;
  }
}

function report(points: readonly VolumePoint[], fit: BirchMurnaghan, atoms: number) {
  return {
    volume: fit.volume,
    energy: fit.energy,
    bulk: fit.bulk * gpaPerPressure,
    bulkDerivative: fit.derivative,
    strain: strainOf(points, fit),
    rms: fit.rms,
    atoms,
    points: points.map((p) => ({ ...p, pressure: p.pressure * gpaPerPressure })),
  };
}

/** Linear strain from the start to the minimum, from the volume: (V0/V)^(1/3) − 1 by Newton's iteration. */
function strainOf([{ strain, volume }]: readonly VolumePoint[], fit: BirchMurnaghan): number {
  const start = volume / (1 + strain) ** 3;
  let scale = 1;
  for (let k = 0; k < 50; k++) scale -= (scale - fit.volume / start / (scale * scale)) / 3;
  return scale - 1;
}

function summary(points: readonly VolumePoint[], fit: BirchMurnaghan, n: number): string {
  const strain = strainOf(points, fit);
  const off =
    points.reduce((most, p) => Math.max(most, Math.abs(fit.at(p.volume).pressure - p.pressure)), 0) * gpaPerPressure;
  return [
    `V0   ${fit.volume.toFixed(6)} Å^3  (${(fit.volume / n).toFixed(6)} Å^3/atom; linear strain ${strain.toExponential(3)} from the start)`,
    `E0   ${fit.energy.toFixed(9)} eV  (${(fit.energy / n).toFixed(9)} eV/atom)`,
    `B0   ${(fit.bulk * gpaPerPressure).toFixed(3)} GPa`,
    `B0'  ${fit.derivative.toFixed(4)}`,
    `fit  ${points.length} volumes, rms ${((1000 * fit.rms) / n).toExponential(2)} meV/atom; its pressure is within ${off.toExponential(1)} GPa of the virial's`,
    '',
  ].join('\n');
}
