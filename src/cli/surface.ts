/** frenkel surface: energies of free surfaces. */
import { Command, Option } from 'commander';
import { relaxCell } from '../analysis/elastic.ts';
import { joulePerSquareMetre, type SurfaceEnergy, surfaceEnergy } from '../analysis/surface.ts';
import type { Atoms } from '../data/atoms.ts';
import { PhysicsError } from '../data/errors.ts';
import { parseDirection } from '../data/orient.ts';
import type { Potential } from '../data/potential.ts';
import { checkPlane, type Triple } from '../data/slab.ts';
import type { Engine } from '../engine/engine.ts';
import { createSystem } from '../engine/system.ts';
import { structureChunks } from '../io/structure.ts';
import { createEngine } from '../node/threads.ts';
import { integer, jsonFlag, potentialFlags, quantity } from './flags.ts';
import { type PotentialFlags, readPotential, readStructure } from './input.ts';
import { print } from './output.ts';
import { refuseExisting, save } from './save.ts';

interface Flags extends PotentialFlags {
  types?: string[];
  threads?: number;
  skin: number;
  plane?: Triple[];
  thickness: number;
  fmax: number;
  steps: number;
  relax?: boolean;
  output?: string;
  force?: boolean;
  json?: boolean;
}

/** Reads '110', '1 -1 0' or '(1 -1 0)'. */
export function parsePlane(text: string, flag = '--plane'): Triple {
  return checkPlane(parseDirection(text.replace(/[()]/g, ''), flag));
}

const usual: Triple[] = [
  [1, 0, 0],
  [1, 1, 0],
  [1, 1, 1],
];

export function surfaceCommand(): Command {
  const command = new Command('surface')
    .description('energies of free surfaces, relaxed and not, in J/m²')
    .argument('<file>', "the unit cell of a crystal in any known format; '-' is standard input");
  potentialFlags(command)
    .addOption(
      new Option(
        '--plane <hkl>',
        "Miller indices in the cell: '110', '1 -1 2'; repeatable (default: 100 110 111)",
      ).argParser((text: string, before: Triple[] | undefined) => [...(before ?? []), parsePlane(text)]),
    )
    .addOption(quantity('--thickness <length>', 'least thickness of the slabs', 'length', 'A', '30 A'))
    .addOption(quantity('--fmax <force>', 'stop when no atom feels more', 'force', 'eV/A', '1e-3 eV/A'))
    .addOption(integer('--steps <n>', 'most steps of each relaxation', 0, 1000))
    .option('--relax', 'relax the cell of the crystal to zero stress first')
    .option('-o, --output <file>', 'the relaxed slabs as extended XYZ')
    .option('--force', 'overwrite that file')
    .addOption(jsonFlag())
    .addHelpText(
      'after',
      `
γ = (E(slab) − n E(cell))/2A for a slab of n whole cells, open on both sides: the mean of its two surfaces. The size of
the crystal in the plane is kept. Shuffled or reconstructed surfaces are found only where the relaxation leads there.
--json prints {"surfaces":[{"plane","relaxed","unrelaxed" (J/m²),"area" (Å²),"thickness" (Å),"atoms"}],"cell"}.

Example:
  frenkel build bcc --element Fe -a '2.8553 A' -o unit.xyz
  frenkel surface unit.xyz -p Fe-Ackland-2004 --plane 100 --plane 110`,
    )
    .action(run);
  return command;
}

/** The crystal, its cell relaxed on request. */
export function crystalOf(engine: Engine, atoms: Atoms, potential: Potential, skin: number, relax = false): Atoms {
  if (!relax) return atoms;
  const mark = engine.mark();
  try {
    const system = createSystem(engine, atoms, potential, { skin });
    const left = relaxCell(system);
    if (left > 1e-5) throw new PhysicsError(`the cell did not relax: ${left.toExponential(2)} eV/Å are left`);
    return system.snapshot();
  } finally {
    engine.release(mark);
  }
}

async function run(file: string, flags: Flags): Promise<void> {
  refuseExisting(flags.output, flags.force);
  const atoms = readStructure(file, flags.types);
  const potential = readPotential(flags, [atoms]);
  const engine = await createEngine({ threads: flags.threads });
  try {
    const unit = crystalOf(engine, atoms, potential, flags.skin, flags.relax);
    const found = (flags.plane ?? usual).map((plane) => surfaceEnergy(engine, unit, potential, plane, flags));
    if (flags.output) {
      await save(flags.output, structureChunks(found.map(slabFrame), 'extxyz'), flags.force);
    }
    await print([flags.json ? `${JSON.stringify(report(found, unit))}\n` : table(found)]);
  } finally {
    engine.close();
  }
}

const slabFrame = ({ atoms, plane, relaxed }: SurfaceEnergy): Atoms => ({
  ...atoms,
  info: { ...atoms.info, plane: [...plane], surface_energy: relaxed * joulePerSquareMetre },
});

function report(found: readonly SurfaceEnergy[], unit: Atoms) {
  return {
    surfaces: found.map(({ plane, relaxed, unrelaxed, area, thickness, atoms }) => ({
      plane,
      relaxed: relaxed * joulePerSquareMetre,
      unrelaxed: unrelaxed * joulePerSquareMetre,
      area,
      thickness,
      atoms: atoms.numbers.length,
    })),
    cell: [0, 3, 6].map((k) => [...unit.cell.subarray(k, k + 3)]),
  };
}

function table(found: readonly SurfaceEnergy[]): string {
  const rows = found.map(({ plane, relaxed, unrelaxed, area, thickness, atoms }) =>
    [
      `(${plane.join(' ')})`.padEnd(12),
      (relaxed * joulePerSquareMetre).toFixed(4).padStart(9),
      (unrelaxed * joulePerSquareMetre).toFixed(4).padStart(10),
      String(atoms.numbers.length).padStart(7),
      area.toFixed(3).padStart(10),
      thickness.toFixed(2).padStart(10),
    ].join(''),
  );
  return `${['plane         relaxed unrelaxed   atoms      area thickness', '                 J/m²      J/m²             Å²         Å', ...rows].join('\n')}\n`;
}
