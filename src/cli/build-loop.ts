/** frenkel build loop: a prismatic dislocation loop in bcc. */
import { Command, Option } from 'commander';
import { InputError } from '../data/errors.ts';
import { lattice } from '../data/lattice.ts';
import { type LoopShape, loopShapes, prismaticLoop } from '../data/loops.ts';
import { parseOrientation, toOriented } from '../data/orient.ts';
import { repeat } from '../data/supercell.ts';
import { integer, quantity } from './flags.ts';
import { type OutputFlags, outputFlags, writeBuilt } from './write-built.ts';

interface Flags extends OutputFlags {
  element?: string;
  a?: number;
  orient?: string;
  repeat: [number, number, number];
  burgers: string;
  kind: 'interstitial' | 'vacancy';
  shape?: LoopShape;
  radius?: number;
  atoms?: number;
}

/** Burgers vectors in units of a, towards a corner, and the shape that full shells of columns have. */
const vectors = new Map<string, { b: number[]; corner: number[]; shape: LoopShape }>([
  ['1/2[111]', { b: [0.5, 0.5, 0.5], corner: [1, 1, -2], shape: 'hexagon' }],
  ['[100]', { b: [1, 0, 0], corner: [0, 1, 0], shape: 'square' }],
]);

export function loopCommand(): Command {
  const command = new Command('loop')
    .description('a prismatic dislocation loop in bcc: a patch of columns with one atom more, or less, each')
    .option('-e, --element <symbol>', 'of the crystal')
    .addOption(quantity('-a, --a <length>', 'lattice constant', 'length', 'A'))
    .option(
      '--orient <directions>',
      "Miller directions along x, y, z: '[1 1 -2] [-1 1 0] [1 1 1]' (default: cubic axes)",
    )
    .addOption(
      new Option('--repeat <n>', "copies along the cell's rows: 20 or 20,20,16")
        .argParser(parseRepeat)
        .default([12, 12, 12], '12'),
    )
    .addOption(new Option('--burgers <b>', 'Burgers vector').choices([...vectors.keys()]).default('1/2[111]'))
    .addOption(
      new Option('--kind <kind>', 'what it is made of').choices(['interstitial', 'vacancy']).default('interstitial'),
    )
    .addOption(new Option('--shape <shape>', 'default: hexagon of 1/2[111], square of [100]').choices(loopShapes))
    .addOption(quantity('--radius <length>', 'of the circle, or to the corners', 'length', 'A'))
    .addOption(integer('--atoms <n>', 'added or removed, instead of --radius', 1));
  outputFlags(command).addHelpText(
    'after',
    `
In the middle of the cell, in the plane normal to the Burgers vector; the crystal around makes room elastically. Relax
it before use. Full shells have 7, 19, 37, 61 … atoms (hexagons of 1/2[111]) and 9, 25, 49 … (squares of [100]).

Example:
  frenkel build loop --element Fe -a '2.8553 A' --repeat 20 --burgers '1/2[111]' --atoms 61 -o loop.xyz`,
  );
  return command.action(build);
}

function parseRepeat(text: string): [number, number, number] {
  const words = text.trim().split(/[\s,]+/);
  if ((words.length === 1 || words.length === 3) && words.every((word) => /^\d{1,4}$/.test(word))) {
    const [x, y = x, z = x] = words.map(Number);
    return [x, y, z];
  }
  throw new InputError(`--repeat: found ${JSON.stringify(text.slice(0, 60))}; one or three numbers were expected`);
}

async function build(flags: Flags): Promise<void> {
  const { element, a, radius, atoms, kind } = flags;
  if (element === undefined) throw new InputError('--element: it is needed, such as --element Fe');
  if (a === undefined) throw new InputError("-a: the lattice constant is needed, such as -a '2.8553 A'");
  if ((radius === undefined) === (atoms === undefined))
    throw new InputError('--radius or --atoms: one of them is needed');
  const found = vectors.get(flags.burgers);
  if (!found) throw new InputError(`--burgers: ${flags.burgers} is not known`);
  const orient = flags.orient === undefined ? undefined : parseOrientation(flags.orient);
  const unit = lattice({ kind: 'bcc', a, elements: [element], ...(orient ? { orient } : {}) });
  const loop = prismaticLoop(repeat(unit, flags.repeat), {
    kind,
    burgers: toOriented(found.b, orient).map((x) => a * x),
    corner: toOriented(found.corner, orient),
    shape: flags.shape ?? found.shape,
    size: atoms === undefined ? { radius: radius ?? 0 } : { atoms },
  });
  if (!flags.json) {
    process.stderr.write(`frenkel: ${kind} loop of ${loop.count} atoms, radius ${loop.radius.toFixed(2)} Å\n`);
  }
  await writeBuilt(loop.atoms, flags, { loop: { atoms: loop.count, radius: loop.radius } });
}
