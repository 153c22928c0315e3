/** frenkel build slab: a crystal between two free surfaces. */
import { Command, Option } from 'commander';
import { InputError } from '../data/errors.ts';
import { slab, type Triple } from '../data/slab.ts';
import { repeat } from '../data/supercell.ts';
import { integer, quantity, typesFlag } from './flags.ts';
import { readStructure } from './input.ts';
import { parsePlane } from './surface.ts';
import { type OutputFlags, outputFlags, writeBuilt } from './write-built.ts';

interface Flags extends OutputFlags {
  plane?: Triple;
  thickness: number;
  vacuum: number;
  across: number;
  types?: string[];
}

export function slabCommand(): Command {
  const command = new Command('slab')
    .description('a slab between two free surfaces of any plane')
    .argument('<file>', "the unit cell of a crystal in any known format; '-' is standard input")
    .addOption(
      new Option('--plane <hkl>', "Miller indices in the cell: '110', '1 -1 2'").argParser((text) => parsePlane(text)),
    )
    .addOption(quantity('--thickness <length>', 'at least', 'length', 'A', '20 A'))
    .addOption(quantity('--vacuum <length>', 'empty part of the cell', 'length', 'A', '15 A'))
    .addOption(integer('--across <n>', 'copies along both directions of the plane', 1, 1))
    .addOption(typesFlag());
  outputFlags(command).addHelpText(
    'after',
    `
The normal of the plane is along z, which is not periodic. 'frenkel surface' computes energies of such slabs.

Example:
  frenkel build slab unit.xyz --plane 110 --thickness '25 A' --across 4 -o slab.xyz`,
  );
  return command.action(async (file: string, flags: Flags) => {
    if (!flags.plane) throw new InputError('--plane: it is needed, such as --plane 110');
    const { atoms, area } = slab(readStructure(file, flags.types), flags.plane, flags);
    await writeBuilt(repeat(atoms, [flags.across, flags.across, 1]), flags, { area: area * flags.across ** 2 });
  });
}
