/** frenkel build: perfect crystals, supercells and point defects. */
import { existsSync } from 'node:fs';
import { Command, Option } from 'commander';
import type { Atoms } from '../data/atoms.ts';
import { displace } from '../data/defects.ts';
import { InputError } from '../data/errors.ts';
import { type LatticeSpec, lattice, latticeKinds } from '../data/lattice.ts';
import { didYouMean } from '../data/nearest.ts';
import { parseOrientation } from '../data/orient.ts';
import { repeat, supercell } from '../data/supercell.ts';
import { type DefectFlags, defectList, makeDefects } from './build-defects.ts';
import { loopCommand } from './build-loop.ts';
import { screwDipoleCommand } from './build-screw-dipole.ts';
import { slabCommand } from './build-slab.ts';
import { quantity, seedFlag, typesFlag } from './flags.ts';
import { readStructure } from './input.ts';
import { refuseExisting } from './save.ts';
import { type OutputFlags, outputFlags, writeBuilt } from './write-built.ts';

interface Flags extends DefectFlags, OutputFlags {
  a?: number;
  c?: number;
  orient?: string;
  repeat?: [number, number, number];
  supercell?: number[];
  displace?: number;
  seed: bigint;
  types?: string[];
}

const collect = (value: string, before: string[] | undefined) => [...(before ?? []), value];

export function buildCommand(): Command {
  const command = new Command('build')
    .description('build lattices, supercells and point defects')
    .argument('<what>', `${latticeKinds.join(', ')}; or a structure file to start from, '-' for standard input`)
    .option(
      '-e, --element <symbols>',
      "element of the lattice, or several in the formula's order: 'Cu,Mg'; with a file: of --interstitial",
    )
    .addOption(quantity('-a, --a <length>', 'lattice constant', 'length', 'A'))
    .addOption(quantity('-c, --c <length>', 'second lattice constant of hcp (default: a·√(8/3))', 'length', 'A'))
    .option('--orient <directions>', "Miller directions along x, y, z: '[1 1 0] [-1 1 0] [0 0 1]' (cubic lattices)")
    .addOption(
      new Option('--repeat <n>', "copies along the cell's rows: 5 or 5,5,4").argParser((text) => {
        const [x, y = x, z = x] = parseIntegers(text, [1, 3], '--repeat');
        return [x, y, z];
      }),
    )
    .addOption(
      new Option('--supercell <matrix>', "nine integers, rows of the new cell: '1 1 0 -1 1 0 0 0 1'").argParser(
        (text) => parseIntegers(text, [9], '--supercell'),
      ),
    )
    .addOption(
      new Option(
        '--vacancy <site>',
        'remove an atom: its number from 0, or x,y,z in Å (the nearest); repeatable',
      ).argParser(collect),
    )
    .addOption(
      new Option(
        '--interstitial <site>',
        "add an atom at x,y,z (Å), or at the octahedral or tetrahedral site (bcc, fcc) next to --site; an element before it: 'He tetrahedral'; repeatable",
      ).argParser(collect),
    )
    .option('--dumbbell <direction>', "split the atom at --site along Miller indices: '110', '[1 -1 0]', 'Cr 110'")
    .option('--defect <name>', 'a defect of bcc or fcc by name, listed below: V4, dumbbell-110, I4-C15')
    .option(
      '--site <site>',
      'atom of --defect, --dumbbell and named --interstitial: its number, or x,y,z in Å (default: 0)',
    )
    .addOption(quantity('--separation <length>', 'of the dumbbell (default: 0.8 × nearest distance)', 'length', 'A'))
    .addOption(quantity('--displace <length>', 'random displacements: standard deviation per component', 'length', 'A'))
    .addOption(seedFlag())
    .addOption(typesFlag());
  return outputFlags(command)
    .addHelpText(
      'after',
      `
Order: lattice or file, --repeat, --supercell, vacancies, interstitials, dumbbell, --displace. Sites are looked up in
the crystal after --supercell, so the number of an atom does not depend on other defects; added atoms come last.
--json prints {"output","atoms","elements","symbols","cell","pbc","positions"} (Å), with or without -o.

Names for --defect, not relaxed:
${defectList()}

Examples:
  frenkel build bcc --element Fe -a '2.8553 A' --repeat 5 --vacancy 0 -o vacancy.xyz
  frenkel build bcc --element Fe -a '2.8553 A' --repeat 6 --defect I4-C15 -o c15.xyz
  frenkel build POSCAR --repeat 2,2,1 --displace '0.05 A' --seed 7 -o rattled.xyz`,
    )
    .action(build)
    .enablePositionalOptions()
    .addCommand(screwDipoleCommand())
    .addCommand(loopCommand())
    .addCommand(slabCommand());
}

async function build(what: string, flags: Flags): Promise<void> {
  refuseExisting(flags.output, flags.force);
  const spec = latticeKinds.includes(what) ? latticeSpec(what, flags) : undefined;
  let atoms = spec ? lattice(spec) : startFrom(what, flags);
  if (flags.repeat) atoms = repeat(atoms, flags.repeat);
  if (flags.supercell) atoms = supercell(atoms, flags.supercell);
  atoms = makeDefects(atoms, { ...flags, element: spec ? undefined : flags.element }, spec);
  if (flags.displace !== undefined) atoms = displace(atoms, { sigma: flags.displace }, flags.seed);
  if (atoms.numbers.length === 0) throw new InputError('--vacancy: no atom is left');
  await writeBuilt(atoms, flags);
}

function latticeSpec(kind: string, { element, a, c, orient }: Flags): LatticeSpec {
  if (element === undefined) throw new InputError(`--element: ${kind} needs one, such as --element Fe`);
  if (a === undefined) throw new InputError(`-a: ${kind} needs its lattice constant, such as -a '2.8553 A'`);
  const elements = element.split(/[\s,]+/).filter((symbol) => symbol !== '');
  return {
    kind,
    a,
    elements,
    ...(c === undefined ? {} : { c }),
    ...(orient === undefined ? {} : { orient: parseOrientation(orient) }),
  };
}

function startFrom(file: string, flags: Flags): Atoms {
  if (file !== '-' && !existsSync(file)) {
    const hint = didYouMean(file, latticeKinds);
    throw new InputError(
      `${JSON.stringify(file.slice(0, 80))} is neither a file nor a lattice${hint}; lattices: ${latticeKinds.join(', ')}`,
    );
  }
  const extra = (['a', 'c', 'orient'] as const).find((name) => flags[name] !== undefined);
  if (extra !== undefined) {
    throw new InputError(
      `--${extra}: it belongs to a lattice; ${file === '-' ? 'standard input' : file} brings its own`,
    );
  }
  if (flags.element !== undefined && !flags.interstitial) {
    throw new InputError('--element: it belongs to a lattice or to --interstitial, and neither was given');
  }
  return readStructure(file, flags.types);
}

/** As many integers as one of `counts` says. */
function parseIntegers(text: string, counts: number[], flag: string): number[] {
  const words = text
    .trim()
    .slice(0, 200)
    .split(/[\s,;]+/);
  if (counts.includes(words.length) && words.every((word) => /^[+-]?\d{1,6}$/.test(word))) return words.map(Number);
  const expected = counts.map((count) => (count === 1 ? 'one integer' : `${count} integers`)).join(' or ');
  throw new InputError(`${flag}: found ${JSON.stringify(text.slice(0, 60))}; ${expected} expected`);
}
