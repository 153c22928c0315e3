/** frenkel saddle: from a minimum and a displacement to a saddle, along the softest mode. */
import { Command, InvalidArgumentError, Option } from 'commander';
import type { Atoms } from '../data/atoms.ts';
import { InputError } from '../data/errors.ts';
import { holdAtoms } from '../data/fix.ts';
import { nearestAtom } from '../data/image.ts';
import type { Potential } from '../data/potential.ts';
import { pushOne, pushRandomly, towards } from '../data/push.ts';
import { runSaddle, type SaddleRun } from '../node/run-saddle.ts';
import { freeDirections } from '../tasks/neb-input.ts';
import type { SaddleResult } from '../tasks/saddle.ts';
import { parseSite } from './build-defects.ts';
import { dryRun } from './dry-run.ts';
import { EXIT, Exit } from './exit.ts';
import { type FolderFlags, fixFlag, folderFlags, integer, potentialFlags, quantity, seedFlag } from './flags.ts';
import { type PotentialFlags, readPotential, readStructure } from './input.ts';
import { print } from './output.ts';
import { session } from './session.ts';

interface Flags extends PotentialFlags, FolderFlags {
  types?: string[];
  skin?: number;
  fix?: string[];
  fraction: number;
  move?: string[];
  random?: number;
  around?: string;
  within: number;
  seed: bigint;
  keepOrder?: boolean;
  method: 'fire' | 'lbfgs';
  fmax: number;
  steps: number;
  relaxStart: boolean;
  connect: boolean;
}

const collect = (value: string, before: string[] | undefined) => [...(before ?? []), value];

export function saddleCommand(): Command {
  const command = new Command('saddle')
    .description('saddle from a minimum and a displacement (dimer)')
    .argument('<file>', 'a minimum, in any known format')
    .argument('[towards]', 'a structure to start towards: the other minimum, or displaced positions');
  potentialFlags(command)
    .addOption(
      new Option('--fraction <f>', 'how much of the way to it').default(0.3, '0.3').argParser((text) => {
        const value = text.trim() === '' ? Number.NaN : Number(text);
        if (!(value > 0 && value <= 1)) throw new InvalidArgumentError('Expected a number above 0 and at most 1.');
        return value;
      }),
    )
    .addOption(
      new Option(
        '--move <atom:dx,dy,dz>',
        'displace an atom, by number from 0 or by place x,y,z (Å); repeatable',
      ).argParser(collect),
    )
    .addOption(quantity('--random <length>', 'random displacements: standard deviation per component', 'length', 'A'))
    .option('--around <site>', 'random: only near an atom (its number) or a place x,y,z (Å)')
    .addOption(quantity('--within <length>', 'random: how near', 'length', 'A', '3.5 A'))
    .addOption(seedFlag())
    .addOption(new Option('--method <name>', 'minimizer').choices(['fire', 'lbfgs']).default('lbfgs'))
    .addOption(quantity('--fmax <force>', 'stop when no atom feels more', 'force', 'eV/A', '1e-3 eV/A'))
    .addOption(integer('--steps <n>', 'most steps of each part', 0, 1000))
    .option('--no-relax-start', 'take the minimum as it is')
    .option('--no-connect', 'do not relax down both sides of the saddle')
    .option('--keep-order', 'atom i of the one structure is atom i of the other, whatever is nearer')
    .addOption(fixFlag());
  folderFlags(command)
    .addHelpText(
      'after',
      `
The minimum is relaxed, displaced, and the softest mode followed uphill by forces alone until fmax is reached with a
negative curvature. Then it relaxes down on both sides and says whether the start is one of them. Writes saddle.xyz
(with its mode), start.xyz, side-1.xyz, side-2.xyz, log.saddle and report.json into the folder; interrupted, the same
command goes on.
--json prints {"converged","reason","energy","barrier","reverseBarrier","curvature","fmax","start",
"sides":[{"energy","fmax","distance","start"}],"steps","evaluations","mode","positions"} (eV, eV/Å², eV/Å, Å).
Exit code 3: not converged.

Examples:
  frenkel saddle vacancy.xyz hopped.xyz -p Fe-Ackland-2004 --fraction 0.3
  frenkel saddle dumbbell.xyz -p W-Wood-2017 --random '0.1 A' --around 0 --seed 7`,
    )
    .action(saddle);
  return command;
}

async function saddle(file: string, other: string | undefined, flags: Flags): Promise<void> {
  const atoms = holdAtoms(readStructure(file, flags.types), flags.fix ?? []);
  const potential = readPotential(flags, [atoms]);
  const { method, fmax, steps, relaxStart, connect } = flags;
  const job: SaddleRun = {
    atoms,
    displacement: displacementOf(atoms, potential, other, flags),
    potential,
    options: { method, fmax, steps, relaxStart, connect },
    skin: flags.skin,
    checkpointSeconds: flags.checkpoint,
  };
  if (flags.dryRun) return dryRun('saddle', file, job, flags);
  const { result, folder, again } = await session(
    { command: 'saddle', name: file, job, ...flags },
    (engine, run, hooks) => runSaddle(engine, job, run, hooks),
  );
  await print([flags.json ? `${JSON.stringify(result)}\n` : summary(result, folder, again)]);
  if (!result.converged) throw new Exit(EXIT.notConverged);
}

/** The sum of all that was asked for. */
function displacementOf(atoms: Atoms, potential: Potential, other: string | undefined, flags: Flags): Float64Array {
  const parts: Float64Array[] = [];
  if (other !== undefined) {
    const free = freeDirections(atoms, potential);
    const structure = readStructure(other, flags.types);
    parts.push(towards(atoms, structure, flags.fraction, { free, keepOrder: flags.keepOrder }));
  }
  for (const text of flags.move ?? []) parts.push(moveOf(atoms, text));
  if (flags.random !== undefined) {
    const site = flags.around === undefined ? undefined : parseSite(flags.around, '--around');
    const index = typeof site === 'number' ? checked(atoms, site, '--around') : undefined;
    const centre =
      index === undefined ? (site as number[] | undefined) : atoms.positions.slice(3 * index, 3 * index + 3);
    parts.push(pushRandomly(atoms, flags.random, flags.seed, { centre, radius: flags.within }));
  }
  if (parts.length === 0) {
    throw new InputError('a saddle search needs a displacement: a second structure, --move or --random');
  }
  return parts.reduce((sum, part) => sum.map((x, k) => x + part[k]));
}

function checked(atoms: Atoms, index: number, flag: string): number {
  if (index < atoms.numbers.length) return index;
  throw new InputError(
    `${flag}: there is no atom ${index}; an index from 0 to ${atoms.numbers.length - 1} was expected`,
  );
}

/** '0:0.5,0,0' or '1.4,1.4,1.4:0.5,0,0'. */
function moveOf(atoms: Atoms, text: string): Float64Array {
  const [where, by, ...more] = text.split(':');
  const vector = (by ?? '').split(',').map((word) => (word.trim() === '' ? Number.NaN : Number(word)));
  if (more.length > 0 || vector.length !== 3 || !vector.every(Number.isFinite)) {
    throw new InputError(
      `--move: found ${JSON.stringify(text.slice(0, 60))}; an atom and a vector in Å were expected, such as '0:0.5,0.5,0'`,
    );
  }
  const site = parseSite(where, '--move');
  return pushOne(
    atoms,
    typeof site === 'number' ? checked(atoms, site, '--move') : nearestAtom(atoms, site).index,
    vector,
  );
}

function summary(result: SaddleResult, folder: string, again: boolean): string {
  const side = ({ energy, distance, start }: SaddleResult['sides'][number]) =>
    `down to          ${(energy - result.start.energy).toFixed(6)} eV above the start, ${start ? 'which it is' : `${distance.toFixed(3)} Å away from it`}`;
  return `${[
    `${again ? 'already done: ' : ''}${result.converged ? 'converged' : 'not converged'} after ${result.steps} steps (${result.evaluations} evaluations): ${result.reason}`,
    `barrier          ${result.barrier.toFixed(6)} eV`,
    ...(result.reverseBarrier === null ? [] : [`reverse barrier  ${result.reverseBarrier.toFixed(6)} eV`]),
    `curvature        ${result.curvature.toFixed(4)} eV/Å²`,
    ...result.sides.map(side),
    ...(result.sides.length > 0 && !result.sides.some((found) => found.start)
      ? ['                 neither side is the start: this saddle belongs to another pair of minima']
      : []),
    `files            ${folder}/`,
  ].join('\n')}\n`;
}
