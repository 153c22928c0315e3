/** frenkel free-energy: the classical free energy of a crystal or a defect at one temperature and volume. */
import { Command, InvalidArgumentError, Option } from 'commander';
import { InputError } from '../data/errors.ts';
import { methodNames, methods } from '../free-energy/estimators.ts';
import type { ReferenceChoice } from '../free-energy/prepare.ts';
import { lengthsOf } from '../free-energy/sampling.ts';
import type { Method } from '../free-energy/state.ts';
import {
  type FreeEnergyOptions,
  type FreeEnergyResult,
  type FreeEnergyRun,
  runFreeEnergy,
} from '../node/run-free-energy.ts';
import { dryRun } from './dry-run.ts';
import { EXIT, Exit } from './exit.ts';
import { type FolderFlags, folderFlags, integer, potentialFlags, quantity, seedFlag } from './flags.ts';
import { type PotentialFlags, readPotential, readStructure } from './input.ts';
import { print } from './output.ts';
import { session } from './session.ts';

interface Flags extends PotentialFlags, FolderFlags {
  types?: string[];
  skin: number;
  temperature: number;
  method: Method;
  reference: string;
  referenceFreeEnergy?: number;
  referenceError: number;
  steps: number;
  timestep: number;
  friction: number;
  nodes?: number;
  switches?: number;
  seed: bigint;
  replicas: number;
  error?: number;
  draws: number;
  com?: boolean;
  relax?: boolean;
  pause?: number;
}

const energy = (flags: string, description: string, fallback?: string) =>
  quantity(flags, description, 'energy', 'eV', fallback);

/** A total free energy is negative as a rule. */
const signed = (text: string): number => {
  const value = Number(text.replace(/\s*eV$/, ''));
  if (!Number.isFinite(value)) throw new InvalidArgumentError('Expected a number of eV.');
  return value;
};

export function freeEnergyCommand(): Command {
  const command = new Command('free-energy')
    .description('free energy of a crystal or a defect at one temperature, with its error')
    .argument('<file>', "a relaxed structure of any known format; '-' is standard input");
  potentialFlags(command)
    .addOption(quantity('-T, --temperature <T>', 'of the sampling', 'temperature', 'K').makeOptionMandatory())
    .addOption(
      new Option('--method <name>', methodNames.map((name) => `${name}: ${methods[name].what}`).join('; '))
        .choices(methodNames)
        .default('abf'),
    )
    .option(
      '--reference <what>',
      'harmonic, einstein (stiffness fitted), einstein:<k> in eV/Å², or another potential, as for -p (its own free energy: --reference-free-energy)',
      'harmonic',
    )
    .addOption(
      new Option(
        '--reference-free-energy <F>',
        'of another potential at this temperature, from an earlier run (eV)',
      ).argParser(signed),
    )
    .addOption(energy('--reference-error <dF>', 'its standard error', '0 eV'))
    .addOption(integer('--steps <n>', 'steps of each replica; with --error the most', 1, 200_000))
    .addOption(quantity('--timestep <dt>', 'time step', 'time', 'fs', '2 fs'))
    .addOption(quantity('--friction <rate>', 'friction of the Langevin dynamics', 'frequency', '1/ps', '10 1/ps'))
    .addOption(integer('--nodes <n>', 'points of the coupling (default: the method’s)', 2))
    .addOption(integer('--switches <n>', 'switching: pairs of switches there and back', 1))
    .addOption(seedFlag())
    .addOption(integer('--replicas <n>', 'independent runs, in turns', 1, 1))
    .addOption(energy('--error <dF>', 'stop once the standard error of F is below this and all checks pass'))
    .addOption(integer('--draws <n>', 'exact draws of the reference that the sampling is checked with', 0, 500))
    .option('--relax', 'relax the atoms first, the cell kept')
    .option('--com', 'add the free energy of the centre of mass, −k_B T ln[V (M k_B T/2πħ²)^{3/2}], V of the cell')
    .addOption(integer('--pause <seconds>', 'checkpoint and stop after this time; the same command goes on', 1));
  folderFlags(command)
    .addHelpText(
      'after',
      `
F is classical, of the whole cell at its volume, the centre of mass at rest: U0 + k_B T Σ ln(ħω/k_B T) of the harmonic
crystal and what lies beyond it. Writes samples.jsonl, gradient.csv, gradient.svg and report.json into the folder.
Every result carries checks; where one fails it is printed as FAILED, with exit code 4; exit code 3:
--error was not reached.
--json prints {"F","error" (one standard error),"interval" (95 %),"harmonic","anharmonic","perAtom" (F/N),"passed",
"checks":[{"name","passed","value","limit","advice"}],"samples":{"steps","replicas","independent","inefficiency"},…} (eV).

Example:
  frenkel free-energy vacancy.xyz -p Fe-Ackland-2004 -T 600 --relax --error '5 meV'`,
    )
    .action(freeEnergy);
  return command;
}

async function freeEnergy(file: string, flags: Flags, command: Command): Promise<void> {
  if (!(flags.temperature > 0)) throw new InputError('--temperature: found 0 K; it must be positive');
  const atoms = readStructure(file, flags.types);
  const potential = readPotential(flags, [atoms]);
  const options = optionsOf(flags);
  const job: FreeEnergyRun = {
    atoms,
    potential,
    options,
    reference: referenceOf(flags, () => readPotential({ potential: [flags.reference] }, [atoms])),
    relax: flags.relax ?? false,
    ...(command.getOptionValueSource('skin') === 'cli' ? { skin: flags.skin } : {}),
    checkpointSeconds: flags.checkpoint,
  };
  if (flags.dryRun) return dryRun('free-energy', file, job, flags);
  const end = flags.pause === undefined ? Infinity : performance.now() + 1000 * flags.pause;
  const { result, folder, again } = await session(
    { command: 'free-energy', name: file, job, ...flags },
    (engine, run, hooks) =>
      runFreeEnergy(engine, job, run, {
        ...hooks,
        stopping: () => hooks.stopping?.() === true || performance.now() > end,
      }),
  );
  await print([flags.json ? `${JSON.stringify(result)}\n` : summary(result, folder, again)]);
  if (!result.passed) throw new Exit(EXIT.physics);
  if (flags.error !== undefined && !(result.error <= flags.error)) {
    process.stderr.write(`frenkel: the error is above --error after all ${flags.steps} steps; give more --steps\n`);
    throw new Exit(EXIT.notConverged);
  }
}

/** eV to µeV; nothing was sampled where there is no number. */
const eV = (value: number | null) => (value === null ? 'unknown' : value.toFixed(6));

function optionsOf(flags: Flags): FreeEnergyOptions {
  const { method, temperature, steps, timestep, friction, seed, replicas, draws } = flags;
  return {
    method,
    temperature,
    steps,
    timestep,
    friction,
    nodes: flags.nodes ?? methods[method].nodes,
    seed,
    replicas,
    ...lengthsOf(steps),
    refresh: 10,
    draws,
    ...(flags.switches === undefined ? {} : { switches: flags.switches }),
    ...(flags.error === undefined ? {} : { targetError: flags.error }),
    ...(flags.com ? { com: true } : {}),
  };
}

function referenceOf(flags: Flags, read: () => ReturnType<typeof readPotential>): ReferenceChoice {
  const { reference, temperature, referenceFreeEnergy: value } = flags;
  const [kind, stiffness] = reference.split(':');
  if (kind !== 'harmonic' && kind !== 'einstein') {
    const known = value === undefined ? {} : { known: { temperature, value, error: flags.referenceError } };
    return { kind: 'potential', potential: read(), ...known };
  }
  if (value !== undefined) throw new InputError('--reference-free-energy is for another potential as the reference');
  if (kind === 'harmonic' && stiffness === undefined) return { kind };
  const k = stiffness === undefined ? undefined : Number(stiffness);
  if (kind === 'harmonic' || (k !== undefined && !(k > 0 && k < Infinity))) {
    throw new InputError(`--reference: found ${JSON.stringify(reference)}; expected einstein:<k> with k above 0 eV/Å²`);
  }
  return k === undefined ? { kind } : { kind, k };
}

function summary(result: FreeEnergyResult, folder: string, again: boolean): string {
  const { F, error, interval, harmonic, anharmonic, perAtom, com, checks, samples, passed } = result;
  const failed = checks.filter((check) => !check.passed);
  const notes = checks.filter((check) => check.passed && check.note);
  const say = ({ name, value, limit, advice }: (typeof checks)[number]) =>
    `${name}: ${value === null ? '∞' : Number(value).toPrecision(3)}, limit ${limit.toPrecision(3)} (${advice})`;
  return `${[
    ...(again ? ['already done:'] : []),
    ...(passed ? [] : ['FAILED: the numbers below are no free energy', ...failed.map((check) => `  ${say(check)}`)]),
    `F           ${eV(F)} ± ${eV(error)} eV (one standard error; 95 %: ${eV(interval[0])} to ${eV(interval[1])})`,
    `harmonic    ${eV(harmonic)} eV`,
    `anharmonic  ${eV(anharmonic)} eV`,
    `per atom    ${eV(perAtom)} eV (${result.atoms} atoms, ${result.temperature} K)`,
    ...(com ? [`with        ${com.value.toFixed(6)} eV of the centre of mass: ${com.convention}`] : []),
    `samples     ${Number(samples.independent).toFixed(0)} independent at the least covered ζ; ${samples.steps} steps, ${samples.replicas} replica${samples.replicas === 1 ? '' : 's'}; four times the steps halve the error`,
    `checks      ${passed ? `all ${checks.length} passed` : `${failed.length} of ${checks.length} failed`}`,
    ...notes.map((check) => `note        ${say(check)}`),
    `files       ${folder}/`,
  ].join('\n')}\n`;
}
