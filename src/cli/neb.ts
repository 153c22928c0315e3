/** frenkel neb: the path between two minima, its barriers and saddles. */
import { Command, Option } from 'commander';
import { holdAtoms } from '../data/fix.ts';
import { type Interpolation, interpolations } from '../methods/path.ts';
import { type NebRun, runNeb } from '../node/run-neb.ts';
import { describeMatch, matchNeb, type NebOptions } from '../tasks/neb-input.ts';
import type { NebResult } from '../tasks/neb-result.ts';
import { dryRun } from './dry-run.ts';
import { EXIT, Exit } from './exit.ts';
import { type FolderFlags, fixFlag, folderFlags, integer, potentialFlags, quantity } from './flags.ts';
import { type PotentialFlags, readPotential, readStructure } from './input.ts';
import { print } from './output.ts';
import { session } from './session.ts';

interface Flags extends PotentialFlags, FolderFlags {
  types?: string[];
  skin?: number;
  fix?: string[];
  images: number;
  maxImages?: number;
  climb?: boolean;
  climbAll?: boolean;
  climbBelow: number;
  method: NebOptions['method'];
  fmax: number;
  steps: number;
  spring: number;
  interpolate: Interpolation;
  relaxEnds: boolean;
  keepOrder?: boolean;
}

export function nebCommand(): Command {
  const command = new Command('neb')
    .description('path and barrier between two minima (nudged elastic band)')
    .argument('<first>', 'structure of any known format')
    .argument('<last>', 'the other end: the same atoms, in any order and any periodic image');
  potentialFlags(command)
    .addOption(integer('-n, --images <n>', 'images, the ends included', 3, 9))
    .option('--climb', 'the image next to the highest saddle climbs to it')
    .option('--climb-all', 'an image climbs to every saddle of the path')
    .addOption(quantity('--climb-below <force>', 'images climb once fmax is below', 'force', 'eV/A', '0.1 eV/A'))
    .addOption(integer('--max-images <n>', 'add images where the path is coarse, up to n (default: none)', 3))
    .addOption(new Option('--method <name>', 'minimizer').choices(['fire', 'lbfgs']).default('lbfgs'))
    .addOption(quantity('--fmax <force>', 'stop when no atom of any image feels more', 'force', 'eV/A', '1e-3 eV/A'))
    .addOption(integer('--steps <n>', 'most steps of the band, and of each end', 0, 1000))
    .addOption(quantity('--spring <k>', 'springs between images', 'stiffness', 'eV/A^2', '5 eV/A^2'))
    .addOption(new Option('--interpolate <how>', 'first path').choices(interpolations).default('idpp'))
    .option('--no-relax-ends', 'take the ends as they are; refused where they are no minima')
    .option('--keep-order', 'atom i of the one end becomes atom i of the other, whatever is nearer')
    .addOption(fixFlag());
  folderFlags(command)
    .addHelpText(
      'after',
      `
The ends are relaxed; the second one is mapped onto the first (order, periodic images, rigid shift) and what that took is
said. Barriers come from the spline through energies and forces of the images, every minimum and saddle of it is
reported; a saddle that an image climbed to is exact to fmax. Writes path.svg, path.csv, spline.csv, band.xyz, saddle.xyz,
log.neb, log.ends and report.json into the folder. The same command again resumes an interrupted run.
--json prints {"converged","reason","barrier","reverseBarrier","energies","reactionCoordinate",
"minima":[{"reactionCoordinate","energy","image"}],"saddles":[{…,"barrier","reverseBarrier","climbed"}],"climbing",
"coarse" (a segment that needs another image, or null),"steps","evaluations","fmax","ends","mapping"} (eV, Å, eV/Å). Exit code 3: not converged.

Example:
  frenkel neb vacancy.xyz hopped.xyz -p Fe-Ackland-2004 -n 9 --climb`,
    )
    .action(neb);
  return command;
}

async function neb(first: string, last: string, flags: Flags): Promise<void> {
  const atoms = holdAtoms(readStructure(first, flags.types), flags.fix ?? []);
  const end = readStructure(last, flags.types);
  const potential = readPotential(flags, [atoms]);
  const { images, method, fmax, steps, spring, interpolate, climbBelow, relaxEnds } = flags;
  const options: NebOptions = {
    images,
    maxImages: Math.max(images, flags.maxImages ?? images),
    method,
    fmax,
    steps,
    spring,
    interpolate,
    climb: flags.climbAll ? 'all' : flags.climb ? 'highest' : 'none',
    climbBelow,
    relaxEnds,
    keepOrder: flags.keepOrder ?? false,
  };
  const job: NebRun = { atoms, last: end, potential, options, skin: flags.skin, checkpointSeconds: flags.checkpoint };
  // said on stderr, for it is none of the result
  const note = describeMatch(matchNeb(job));
  if (note !== '') process.stderr.write(`frenkel: ${last}: ${note}\n`);
  if (flags.dryRun) return dryRun('neb', first, job, flags);
  const { result, folder, again } = await session(
    { command: 'neb', name: first, job, ...flags },
    (engine, run, hooks) => runNeb(engine, job, run, hooks),
  );
  await print([flags.json ? `${JSON.stringify(result)}\n` : summary(result, folder, again)]);
  if (!result.converged) throw new Exit(EXIT.notConverged);
}

function summary(result: NebResult, folder: string, again: boolean): string {
  const zero = result.energies[0];
  const at = (p: { reactionCoordinate: number; energy: number }) =>
    `${(p.energy - zero).toFixed(6)} eV at ${p.reactionCoordinate.toFixed(3)} Å`;
  const inner = result.minima.slice(1, -1);
  return `${[
    `${again ? 'already done: ' : ''}${result.converged ? 'converged' : 'not converged'} after ${result.steps} steps (${result.evaluations} evaluations of images): ${result.reason}`,
    `barrier          ${result.barrier.toFixed(6)} eV`,
    `reverse barrier  ${result.reverseBarrier.toFixed(6)} eV`,
    ...result.saddles.map(
      (p) => `saddle           ${at(p)}${p.climbed ? `, climbed to by image ${p.image}` : ', by the spline'}`,
    ),
    ...inner.map((p) => `minimum between  ${at(p)}`),
    ...(result.coarse === null || result.saddles.every((p) => p.climbed)
      ? []
      : [
          `coarse           between images ${result.coarse} and ${result.coarse + 1}: more images would help (-n, --max-images)`,
        ]),
    `files            ${folder}/`,
  ].join('\n')}\n`;
}
