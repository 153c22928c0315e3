/** frenkel gamma-surface: what it costs to shift one half of a crystal over the other. */
import { Command, Option } from 'commander';
import { type GammaSurface, gammaSurface, joulePerSquareMetre } from '../analysis/surface.ts';
import { InputError } from '../data/errors.ts';
import type { Triple } from '../data/slab.ts';
import { parseNumber } from '../io/lines.ts';
import { createEngine } from '../node/threads.ts';
import { gammaFigure } from '../plot/gamma-surface.ts';
import { integer, jsonFlag, potentialFlags, quantity } from './flags.ts';
import { type PotentialFlags, readPotential, readStructure } from './input.ts';
import { print } from './output.ts';
import { createProgress } from './progress.ts';
import { refuseExisting, save } from './save.ts';
import { crystalOf, parsePlane } from './surface.ts';

interface FaultVector {
  name: string;
  vector: Triple;
}

interface Flags extends PotentialFlags {
  types?: string[];
  threads?: number;
  skin: number;
  plane?: Triple;
  vector?: FaultVector[];
  points: number[];
  thickness: number;
  fmax: number;
  steps: number;
  relax?: boolean;
  unrelaxed?: boolean;
  csv?: string;
  svg?: string;
  force?: boolean;
  json?: boolean;
}

export function gammaSurfaceCommand(): Command {
  const command = new Command('gamma-surface')
    .description('generalised stacking faults: energy of a rigid shift along a line or over a plane')
    .argument('<file>', "the unit cell of a crystal in any known format; '-' is standard input");
  potentialFlags(command)
    .addOption(
      new Option('--plane <hkl>', "of the fault, Miller indices in the cell: '110', '1 -1 2'").argParser((text) =>
        parsePlane(text),
      ),
    )
    .addOption(
      new Option(
        '--vector <v>',
        "shift in units of the cell, in the plane: '1/2[-1 1 1]', '[001]'; once for a line, twice for a map",
      ).argParser((text: string, before: FaultVector[] | undefined) => [...(before ?? []), parseVector(text)]),
    )
    .addOption(
      new Option('--points <n>', 'intervals along the vectors: 20 or 12,8').argParser(parsePoints).default([20], '20'),
    )
    .addOption(quantity('--thickness <length>', 'least thickness of the slab', 'length', 'A', '30 A'))
    .option('--unrelaxed', 'leave the atoms where the shift puts them (default: relaxed along the normal)')
    .addOption(
      quantity('--fmax <force>', 'stop when no atom feels more along the normal', 'force', 'eV/A', '1e-3 eV/A'),
    )
    .addOption(integer('--steps <n>', 'most steps of each relaxation', 0, 1000))
    .option('--relax', 'relax the cell of the crystal to zero stress first')
    .option('--csv <file>', 'table of shifts and energies')
    .option('--svg <file>', 'figure: the line, or the map with its true shape')
    .option('--force', 'overwrite these files')
    .addOption(jsonFlag())
    .addHelpText(
      'after',
      `
A slab with open surfaces, cut at its widest gap between layers next to the middle; the upper half is shifted, atoms
relax along the normal. Energies are those above the slab without fault.
--json prints {"plane","vectors" (Å, in the plane),"area" (Å²),"points":[{"shares" (parts of the vectors),"energy" (J/m²)}],
"highest" (J/m²)}.

Example:
  frenkel build bcc --element Fe -a '2.8553 A' -o unit.xyz
  frenkel gamma-surface unit.xyz -p Fe-Ackland-2004 --plane 110 --vector '1/2[-1 1 1]' --svg line.svg
  frenkel gamma-surface unit.xyz -p Fe-Ackland-2004 --plane 110 --vector '[001]' --vector '[-110]' --points 16,24 --svg map.svg`,
    )
    .action(run);
  return command;
}

/** Reads '1/2[-1 1 1]', '1/2[111]', '[001]' or '0.5 0.5 -0.5'. */
function parseVector(text: string): FaultVector {
  const found = /^\s*(?:(\d+)\s*\/\s*(\d+)\s*)?\[([^\]]*)\]\s*$/.exec(text);
  const inner = (found?.[3] ?? text).trim();
  const words = /^(?:-?\d){3}$/.test(inner) ? (inner.match(/-?\d/g) ?? []) : inner.split(/[\s,]+/);
  const values = words.map((word) => parseNumber(word));
  const [x, y, z] = values;
  const factor = found?.[1] === undefined ? 1 : Number(found[1]) / Number(found[2]);
  const usable = values.length === 3 && x !== undefined && y !== undefined && z !== undefined;
  if (!usable || !Number.isFinite(factor)) {
    throw new InputError(
      `--vector: found ${JSON.stringify(text.slice(0, 60))}; a vector such as '1/2[-1 1 1]' or '[001]' was expected`,
    );
  }
  const prefix = found?.[1] === undefined ? '' : `${found[1]}/${found[2]} `;
  return { name: `${prefix}[${words.join(' ')}]`, vector: [factor * x, factor * y, factor * z] };
}

function parsePoints(text: string): number[] {
  const words = text.trim().split(/[\s,]+/);
  if (words.length <= 2 && words.every((word) => /^\d{1,4}$/.test(word) && Number(word) > 0)) return words.map(Number);
  throw new InputError(`--points: found ${JSON.stringify(text.slice(0, 60))}; one or two numbers were expected`);
}

async function run(file: string, flags: Flags): Promise<void> {
  for (const path of [flags.csv, flags.svg]) refuseExisting(path, flags.force);
  const { plane, vector = [], points } = flags;
  if (!plane) throw new InputError('--plane: it is needed, such as --plane 110');
  if (vector.length < 1 || vector.length > 2) {
    throw new InputError(`--vector: ${vector.length} given; one (a line) or two (a map) were expected`);
  }
  const intervals = vector.map((_, k) => points[Math.min(k, points.length - 1)]);
  const atoms = readStructure(file, flags.types);
  const potential = readPotential(flags, [atoms]);
  const engine = await createEngine({ threads: flags.threads });
  const progress = createProgress(false);
  try {
    const unit = crystalOf(engine, atoms, potential, flags.skin, flags.relax);
    const found = gammaSurface(engine, unit, potential, {
      ...flags,
      plane,
      vectors: vector.map((v) => v.vector),
      intervals,
      progress: (done, total) => progress.update(() => `shift ${done} of ${total}`),
    });
    progress.end();
    const names = vector.map((v) => v.name);
    if (flags.csv) await save(flags.csv, [csv(found, names)], flags.force);
    if (flags.svg) await save(flags.svg, [gammaFigure(found, names)], flags.force);
    await print([flags.json ? `${JSON.stringify(report(found))}\n` : summary(found, names)]);
  } finally {
    progress.end();
    engine.close();
  }
}

const highestOf = ({ points }: GammaSurface) => points.reduce((top, p) => (p.energy > top.energy ? p : top));

function report(found: GammaSurface) {
  const { plane, vectors, area, points } = found;
  return {
    plane,
    vectors,
    area,
    points: points.map(({ shares, energy }) => ({ shares, energy: energy * joulePerSquareMetre })),
    highest: highestOf(found).energy * joulePerSquareMetre,
  };
}

function csv({ points }: GammaSurface, names: readonly string[]): string {
  const head = [...names.map((name) => `parts of ${name}`), 'energy (J/m^2)', 'energy (eV/A^2)'].join();
  const rows = points.map(({ shares, energy }) => [...shares, energy * joulePerSquareMetre, energy].join());
  return `${[head, ...rows].join('\n')}\n`;
}

function summary(found: GammaSurface, names: readonly string[]): string {
  const { points, plane } = found;
  const top = highestOf(found);
  const place = top.shares.map((share, k) => `${share.toFixed(4)} ${names[k]}`).join(' + ');
  const rows =
    names.length > 1
      ? []
      : points.map((p) => `${p.shares[0].toFixed(4)}  ${(p.energy * joulePerSquareMetre).toFixed(5).padStart(9)}`);
  return `${[
    `(${plane.join(' ')}) plane, ${points.length} shifts; parts of ${names.join(' and ')}, J/m²`,
    ...rows,
    `highest  ${(top.energy * joulePerSquareMetre).toFixed(5)} J/m² at ${place}`,
  ].join('\n')}\n`;
}
