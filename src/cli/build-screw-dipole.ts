/** frenkel build screw-dipole: two opposite ½⟨111⟩ screw dislocations in a periodic bcc cell. */
import { Command, Option } from 'commander';
import { elasticConstants } from '../analysis/elastic.ts';
import { parseElement } from '../data/elements.ts';
import { InputError } from '../data/errors.ts';
import { lattice } from '../data/lattice.ts';
import { type ScrewCore, screwDipole } from '../data/screw-dipole.ts';
import { cubicVoigt } from '../data/stroh.ts';
import { gpaPerPressure } from '../data/units.ts';
import { parseNumber } from '../io/lines.ts';
import { integer, potentialFlags, quantity } from './flags.ts';
import { type PotentialFlags, readPotential } from './input.ts';
import { withSystem } from './with-system.ts';
import { type OutputFlags, outputFlags, writeBuilt } from './write-built.ts';

interface Flags extends PotentialFlags, OutputFlags {
  element?: string;
  a?: number;
  elastic?: number[];
  size: [number, number];
  length: number;
  core: ScrewCore;
  shift: number;
  threads?: number;
  skin?: number;
}

export function screwDipoleCommand(): Command {
  const command = new Command('screw-dipole')
    .description('two opposite ½⟨111⟩ screw dislocations in bcc, quadrupolar cell, anisotropic elasticity')
    .option('-e, --element <symbol>', 'of the crystal')
    .addOption(quantity('-a, --a <length>', 'lattice constant', 'length', 'A'))
    .addOption(
      new Option('--elastic <C11,C12,C44>', 'elastic constants, GPa (default: those of the potential at -a)').argParser(
        parseConstants,
      ),
    )
    .addOption(
      new Option('--size <columns>', 'columns of atoms along x and y, odd, x a multiple of 3')
        .argParser(parseSize)
        .default([15, 9], '15,9'),
    )
    .addOption(integer('--length <n>', 'Burgers vectors along the line', 1, 1))
    .addOption(new Option('--core <kind>', 'where the centres are').choices(['easy', 'hard', 'split']).default('easy'))
    .addOption(integer('--shift <n>', 'Peierls valleys by which both dislocations are moved along x', 0, 0));
  potentialFlags(command);
  outputFlags(command).addHelpText(
    'after',
    `
x = [1 1 -2], the direction of glide, y = [-1 1 0], the normal of the glide plane, z = [111], the line. 15,9 is the cell
of 135 atoms of first-principles work; the cell is tilted so that no mean stress is left. Relax it before use.
--shift 0 and --shift 1 are the ends of the path over the Peierls barrier; see docs/tutorials/screw-dislocation.md.

Example:
  frenkel build screw-dipole --element Fe -a '2.8553 A' -p Fe-Ackland-2004 -o screw.xyz`,
  );
  return command.action(build);
}

function parseConstants(text: string): number[] {
  const values = text
    .replace(/\s*GPa\s*$/, '')
    .trim()
    .split(/[\s,]+/)
    .map((word) => parseNumber(word));
  const [c11, c12, c44] = values;
  if (values.length === 3 && c11 !== undefined && c12 !== undefined && c44 !== undefined) return [c11, c12, c44];
  throw new InputError(`--elastic: found ${JSON.stringify(text.slice(0, 60))}; C11,C12,C44 in GPa were expected`);
}

function parseSize(text: string): [number, number] {
  const words = text.trim().split(/[\s,]+/);
  if (words.length === 2 && words.every((word) => /^\d{1,4}$/.test(word))) return [Number(words[0]), Number(words[1])];
  throw new InputError(`--size: found ${JSON.stringify(text.slice(0, 60))}; two numbers such as 15,9 were expected`);
}

async function build(flags: Flags): Promise<void> {
  const { element, a, elastic, size, length, core, shift } = flags;
  if (element === undefined) throw new InputError('--element: it is needed, such as --element W');
  if (a === undefined) throw new InputError("-a: the lattice constant is needed, such as -a '3.1652 A'");
  const z = parseElement(element, '--element');
  const C = elastic ? cubicVoigt(elastic[0], elastic[1], elastic[2]) : await constantsOf(element, a, flags);
  await writeBuilt(screwDipole({ z, a, C, size, length, core, shift }), flags);
}

/** GPa: with more the lattice constant is another one than the potential's. */
const STRESSED = 0.1;

async function constantsOf(element: string, a: number, flags: Flags): Promise<Float64Array> {
  if (!flags.potential) {
    throw new InputError('--elastic: give C11,C12,C44 in GPa, or a potential (-p) that they are computed with');
  }
  const atoms = lattice({ kind: 'bcc', a, elements: [element] });
  const potential = readPotential(flags, [atoms]);
  const { C, stress } = await withSystem(atoms, potential, flags, (system) => elasticConstants(system));
  const pressure = -gpaPerPressure * ((stress[0] + stress[1] + stress[2]) / 3);
  if (Math.abs(pressure) > STRESSED) {
    process.stderr.write(
      `frenkel: warning: at -a ${a} Å the crystal has a pressure of ${pressure.toFixed(2)} GPa; 'frenkel relax --cell' finds the lattice constant of the potential\n`,
    );
  }
  return C.map((c) => c * gpaPerPressure);
}
