/** What builders write: a structure file, a JSON object, or extended XYZ on standard output. */
import { type Command, Option } from 'commander';
import type { Atoms } from '../data/atoms.ts';
import { symbolOf } from '../data/elements.ts';
import { structureChunks, structureFormatOf } from '../io/structure.ts';
import { writeStructureFile } from '../node/load.ts';
import { composition, elementCounts, rowsOf } from './counts.ts';
import { jsonFlag } from './flags.ts';
import { print } from './output.ts';
import { isStdout, refuseExisting } from './save.ts';

export interface OutputFlags {
  output?: string;
  force?: boolean;
  json?: boolean;
}

export function outputFlags(command: Command): Command {
  return command
    .addOption(new Option('-o, --output <file>', 'format by suffix (default: extended XYZ on standard output)'))
    .option('--force', 'overwrite that file')
    .addOption(jsonFlag());
}

/** Writes the structure, and says in a line or as JSON, with `extra`, what it is. */
export async function writeBuilt(
  atoms: Atoms,
  { output, force, json }: OutputFlags,
  extra: object = {},
): Promise<void> {
  const stdout = isStdout(output) || output === undefined;
  if (!stdout) {
    refuseExisting(output, force);
    writeStructureFile(output, [atoms], { force });
  }
  if (json) {
    const report = {
      output: stdout ? null : output,
      atoms: atoms.numbers.length,
      elements: elementCounts(atoms),
      ...extra,
      symbols: Array.from(atoms.numbers, symbolOf),
      cell: rowsOf(atoms.cell),
      pbc: atoms.pbc,
      positions: rowsOf(atoms.positions),
    };
    await print([`${JSON.stringify(report)}\n`]);
  } else if (stdout) await print(structureChunks([atoms], 'extxyz'));
  else {
    const lengths = rowsOf(atoms.cell).map(([x, y, z]) => Math.sqrt(x * x + y * y + z * z).toFixed(4));
    await print([
      `${output}: ${atoms.numbers.length} atoms (${composition(atoms)}), cell ${lengths.join(' × ')} Å, ${structureFormatOf(output)}\n`,
    ]);
  }
}
