/** frenkel scaling: the free energy along a range of temperatures, from one that `frenkel free-energy` gave. */
import { Command } from 'commander';
import { InputError } from '../data/errors.ts';
import { samplingDefaults } from '../free-energy/sampling.ts';
import { readText } from '../node/files.ts';
import { fingerprint } from '../node/run.ts';
import { runScaling, type ScalingResult, type ScalingRun } from '../node/run-scaling.ts';
import { dryRun } from './dry-run.ts';
import { EXIT, Exit } from './exit.ts';
import { type FolderFlags, folderFlags, integer, potentialFlags, quantity, seedFlag } from './flags.ts';
import { type PotentialFlags, readPotential, readStructure } from './input.ts';
import { print } from './output.ts';
import { session } from './session.ts';

interface Flags extends PotentialFlags, FolderFlags {
  types?: string[];
  skin: number;
  from: string;
  to: number;
  temperatures: number;
  ramps: number;
  steps: number;
  timestep: number;
  friction: number;
  seed: bigint;
  relax?: boolean;
}

export function scalingCommand(): Command {
  const command = new Command('scaling')
    .description('free energy along temperatures by reversible scaling, from one known')
    .argument('<file>', 'the structure that the known free energy is of');
  potentialFlags(command)
    .requiredOption('--from <report>', 'report.json of frenkel free-energy: the first temperature and its F')
    .addOption(quantity('--to <T>', 'the last temperature', 'temperature', 'K').makeOptionMandatory())
    .addOption(integer('--temperatures <n>', 'where F is printed, both ends included', 2, 10))
    .addOption(integer('--ramps <n>', 'pairs of ramps there and back; they give the error', 2, 10))
    .addOption(integer('--steps <n>', 'steps of the whole run', 100, 200_000))
    .addOption(quantity('--timestep <dt>', 'time step', 'time', 'fs', '2 fs'))
    .addOption(quantity('--friction <rate>', 'friction of the Langevin dynamics', 'frequency', '1/ps', '2 1/ps'))
    .addOption(seedFlag())
    .option('--relax', 'relax the atoms first, the cell kept');
  folderFlags(command)
    .addHelpText(
      'after',
      `
λU at the first temperature is U at T/λ: λ is switched there and back, and F(T) follows from the work (constant volume,
no centre-of-mass term). Writes ramps.jsonl, free-energy.csv, free-energy.svg and report.json into the folder.
--json prints {"passed","checks","curve":[{"temperature" (K),"F","error" (one standard error),"interval" (95 %),
"dissipation","harmonic","anharmonic"}],"atoms"} (eV, total).

Example:
  frenkel free-energy bulk.xyz -p Fe-Ackland-2004 -T 300 --out runs/f300
  frenkel scaling bulk.xyz -p Fe-Ackland-2004 --from runs/f300/report.json --to '1200 K'`,
    )
    .action(scale);
  return command;
}

async function scale(file: string, flags: Flags, command: Command): Promise<void> {
  const atoms = readStructure(file, flags.types);
  const potential = readPotential(flags, [atoms]);
  const start = readStart(flags.from, { atoms: atoms.numbers.length, potential: fingerprint(potential) });
  const { steps, timestep, friction, seed } = flags;
  const job: ScalingRun = {
    atoms,
    potential,
    options: {
      ...samplingDefaults,
      method: 'scaling',
      temperature: start.temperature,
      scaleTo: flags.to,
      steps,
      timestep,
      friction,
      nodes: flags.temperatures,
      switches: flags.ramps,
      seed,
      blockSteps: Math.max(20, Math.round(steps / 400)),
      equilibration: 0,
    },
    start: {
      F: start.F,
      error: start.error,
      ...(start.harmonic === undefined ? {} : { harmonic: start.harmonic }),
    },
    relax: flags.relax ?? false,
    ...(command.getOptionValueSource('skin') === 'cli' ? { skin: flags.skin } : {}),
    checkpointSeconds: flags.checkpoint,
  };
  if (flags.dryRun) return dryRun('scaling', file, job, flags);
  const { result, folder, again } = await session(
    { command: 'scaling', name: file, job, ...flags },
    (engine, run, hooks) => runScaling(engine, job, run, hooks),
  );
  await print([flags.json ? `${JSON.stringify(result)}\n` : summary(result, folder, again)]);
  if (!result.passed) throw new Exit(EXIT.physics);
}

/** T and F of a report. Throws InputError where it is none, failed, or is of something else. */
function readStart(
  file: string,
  expected: { atoms: number; potential: string },
): { temperature: number; F: number; error: number; harmonic?: number } {
  const wrong = (message: string) =>
    new InputError(`${message}; a report.json of frenkel free-energy was expected`, { file });
  let report: unknown;
  try {
    report = JSON.parse(readText(file));
  } catch (error) {
    if (error instanceof SyntaxError) throw wrong('not JSON');
    throw error;
  }
  const result = part(report, 'result');
  const [F, error, temperature, atoms] = ['F', 'error', 'temperature', 'atoms'].map((key) => part(result, key));
  if (part(report, 'command') !== 'free-energy') throw wrong('another kind of file');
  if (typeof F !== 'number' || typeof error !== 'number' || typeof temperature !== 'number' || !(temperature > 0)) {
    throw wrong('no finite F, error and temperature in it');
  }
  if (part(result, 'passed') !== true) throw wrong('a free energy whose checks failed');
  if (atoms !== expected.atoms) throw wrong(`a free energy of ${atoms} atoms for a structure of ${expected.atoms}`);
  if (part(part(report, 'potential'), 'sha256') !== expected.potential)
    throw wrong('a free energy with another potential');
  const com = part(part(result, 'com'), 'value');
  const harmonic = part(result, 'harmonic');
  return {
    temperature,
    F: F - (typeof com === 'number' ? com : 0),
    error,
    ...(typeof harmonic === 'number' ? { harmonic } : {}),
  };
}

const part = (value: unknown, key: string): unknown =>
  value instanceof Object && Object.hasOwn(value, key) ? (value as Record<string, unknown>)[key] : undefined;

function summary({ curve, checks, passed, atoms }: ScalingResult, folder: string, again: boolean): string {
  const failed = checks.filter((check) => !check.passed);
  const row = (cells: string[]) => cells.map((cell, k) => cell.padStart([8, 16, 12, 16, 14, 14][k])).join('');
  return `${[
    ...(again ? ['already done:'] : []),
    ...(passed ? [] : ['FAILED: the numbers below are no free energies']),
    ...failed.map(({ name, value, limit, advice }) => `  ${name}: ${value.toPrecision(3)}, limit ${limit} (${advice})`),
    row(['T (K)', 'F (eV)', 'error', 'harmonic (eV)', 'anharmonic', 'dissipated']),
    ...curve.map((p) =>
      row([
        p.temperature.toFixed(1),
        p.F.toFixed(6),
        p.error.toFixed(6),
        p.harmonic.toFixed(6),
        p.anharmonic.toFixed(6),
        p.dissipation.toFixed(6),
      ]),
    ),
    `${atoms} atoms, constant volume; error: one standard error`,
    `files       ${folder}/`,
  ].join('\n')}\n`;
}
