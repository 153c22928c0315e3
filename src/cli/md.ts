/** frenkel md: molecular dynamics in the ensemble and along the ramps that the flags ask for. */
import { Command, Option } from 'commander';
import { InputError } from '../data/errors.ts';
import { holdAtoms } from '../data/fix.ts';
import { boltzmann } from '../data/units.ts';
import type { Engine } from '../engine/engine.ts';
import type { Uncertainty } from '../fit/uncertainty.ts';
import type { Ensemble } from '../methods/dynamics.ts';
import { createGrader, readUncertainty } from '../node/fit-limits.ts';
import { type Grade, type MdResult, type MdRun, runMd } from '../node/run-md.ts';
import type { MdOptions } from '../tasks/dynamics.ts';
import { dryRun } from './dry-run.ts';
import { fixFlag, integer, potentialFlags, quantity, type RunFlags, ramp, runFlags, seedFlag } from './flags.ts';
import { foreignFlags, parseEnsemble } from './foreign-words.ts';
import { type PotentialFlags, readPotential, readStructure } from './input.ts';
import { warnOfOddPressure } from './odd-pressure.ts';
import { print } from './output.ts';
import { session } from './session.ts';

interface Flags extends PotentialFlags, RunFlags {
  types?: string[];
  skin?: number;
  fix?: string[];
  ensemble: Ensemble;
  temperature: [number, number];
  pressure: [number, number];
  timestep: number;
  steps: number;
  friction: number;
  relaxation: number;
  cellRelaxation: number;
  coupling: 'iso' | 'aniso';
  seed: bigint;
  thermo: number;
  extrapolation?: { stop: boolean; above: number };
  fit?: string;
  fast?: true;
}

export function mdCommand(): Command {
  const command = new Command('md')
    .description('molecular dynamics')
    .argument('<file>', "structure of any known format; '-' is standard input");
  potentialFlags(command)
    .addOption(
      new Option('--ensemble <name>', 'nve, langevin (BAOAB), nhc (NVT, Nosé–Hoover chains), npt (MTK)')
        .argParser(parseEnsemble)
        .default('nve'),
    )
    .addOption(
      ramp('-T, --temperature <T>', 'of the thermostat, and of the first velocities', 'temperature', 'K', '300 K'),
    )
    .addOption(integer('--steps <n>', 'steps', 0, 1000))
    .addOption(quantity('--timestep <dt>', 'time step', 'time', 'fs', '1 fs'))
    .addOption(ramp('--pressure <P>', 'npt: target pressure', 'pressure', 'GPa', '0 GPa'))
    .addOption(
      new Option('--coupling <mode>', 'npt: one rate for the cell, or one per axis')
        .choices(['iso', 'aniso'])
        .default('iso'),
    )
    .addOption(quantity('--friction <rate>', 'langevin: friction', 'frequency', '1/ps', '1 1/ps'))
    .addOption(quantity('--relaxation <time>', 'nhc, npt: thermostat time', 'time', 'ps', '0.1 ps'))
    .addOption(quantity('--cell-relaxation <time>', 'npt: barostat time', 'time', 'ps', '1 ps'))
    .addOption(seedFlag())
    .addOption(fixFlag())
    .addOption(integer('--thermo <n>', 'steps between rows of log.thermo', 1, 10))
    .addOption(
      new Option(
        '--extrapolation <mode>',
        "'stop 5' or 'flag 2': where an atom's extrapolation grade (of --fit) exceeds the number",
      ).argParser(extrapolationMode),
    )
    .option('--fit <folder>', 'of frenkel fit: where the potential and its training set are from')
    .option('--fast', 'quicker, inexact kernels; the error is measured at the start and told');
  for (const flag of foreignFlags()) command.addOption(flag);
  runFlags(command, 100)
    .addHelpText(
      'after',
      `
Velocities are the structure's, else drawn from --seed at the (first) temperature, without net momentum. Writes
log.thermo (ps, K, eV, bar, Å^3), the trajectory, final.xyz, figures and report.json into the folder. Frames have energy,
forces, velocities (Å/ps) and stress, as ASE names it (eV/Å^3, tension positive, without the motion's part). Interrupted
(Ctrl-C, SIGTERM, a closed terminal) it checkpoints; the same command goes on with the same bits. With more --steps it
goes on from where it ended, thermostats and all, to the files of a run that was asked for so many from the start.
--fast: fused multiply-adds, and linear SNAP partly in f32; the bits then depend on the machine. Only md has it: not for
Hessians, entropies, phonons, paths or free energies.
--extrapolation looks with every row of log.thermo: extrapolation.csv has the largest grade and its atom; events.jsonl
those above; a run that stops has saved a checkpoint.
--json prints {"steps","time","drift","rms","meanTemperature","energy"} (ps, eV/atom/ns, eV/atom, K, eV).

Example:
  frenkel md vacancy.xyz -p W-Wood-2017 --ensemble langevin -T '300 K -> 1500 K' --steps 5000 --timestep '2 fs'`,
    )
    .action(md);
  return command;
}

function extrapolationMode(text: string): { stop: boolean; above: number } {
  const [, mode, number = mode === 'stop' ? '5' : '1'] = /^(stop|flag)(?:\s+(\d+(?:\.\d+)?))?$/.exec(text.trim()) ?? [];
  if (mode !== undefined) return { stop: mode === 'stop', above: Number(number) };
  throw new InputError(`--extrapolation: 'stop 5' or 'flag 1' was expected, found ${JSON.stringify(text)}`);
}

/** ps. Nothing in metals is so fast: LAMMPS's `timestep 0.002` was probably meant. */
const SHORTEST = 5e-5;

async function md(file: string, flags: Flags, command: Command): Promise<void> {
  refuseForeign(flags, command);
  if (flags.timestep < SHORTEST) {
    process.stderr.write(
      `frenkel: warning: a time step of ${Number((flags.timestep * 1000).toPrecision(6))} fs is very short; bare numbers are fs, LAMMPS's 0.002 is '0.002 ps'\n`,
    );
  }
  warnOfOddPressure(...flags.pressure);
  const atoms = holdAtoms(readStructure(file, flags.types), flags.fix ?? []);
  const potential = readPotential(flags, [atoms]);
  const { ensemble, steps, timestep, temperature, pressure, friction, relaxation, cellRelaxation, coupling, seed } =
    flags;
  const options: MdOptions = {
    ensemble,
    steps,
    timestep,
    temperature,
    pressure,
    friction,
    relaxation,
    cellRelaxation,
    coupling,
    seed,
  };
  if ((flags.extrapolation === undefined) !== (flags.fit === undefined))
    throw new InputError('--extrapolation and --fit go together');
  const limits = flags.fit === undefined ? undefined : readUncertainty(flags.fit);
  const job: MdRun = {
    atoms,
    potential,
    options,
    skin: flags.skin,
    thermoEvery: flags.thermo,
    dumpEvery: flags.dump,
    trajectory: flags.trajectory,
    checkpointSeconds: flags.checkpoint,
    ...(flags.extrapolation && limits ? { extrapolation: { ...flags.extrapolation, fit: limits.hash } } : {}),
    ...(flags.fast ? { fast: true } : {}),
  };
  if (flags.dryRun) return dryRun('md', file, job, flags);
  const { result, folder, again } = await session({ command: 'md', name: file, job, ...flags }, (engine, run, hooks) =>
    runMd(engine, job, run, hooks, limits && watch(engine, limits.uncertainty)),
  );
  await print([flags.json ? `${JSON.stringify(result)}\n` : summary(result, folder, again)]);
  if (!conserved(result)) {
    process.stderr.write(
      `frenkel: warning: the conserved quantity is not conserved (more than ${100 * TOLERANCE} % of the kinetic energy): shorten --timestep\n`,
    );
  }
}

function watch(engine: Engine, uncertainty: Uncertainty): Grade {
  const grade = createGrader(engine, uncertainty);
  return (atoms) => {
    const { grade: grades } = grade(atoms);
    const atom = grades.reduce((best, x, i) => (x > grades[best] ? i : best), 0);
    return { grade: grades[atom], atom };
  };
}

/** Flags that only some ensembles read. */
const readBy: [keyof Flags, string, Ensemble[]][] = [
  ['pressure', '--pressure', ['npt']],
  ['coupling', '--coupling', ['npt']],
  ['cellRelaxation', '--cell-relaxation', ['npt']],
  ['relaxation', '--relaxation', ['nhc', 'npt']],
  ['friction', '--friction', ['langevin']],
];

/** Throws InputError for a flag that would have no effect. */
function refuseForeign(flags: Flags, command: Command): void {
  const { ensemble, temperature } = flags;
  for (const [name, flag, ensembles] of readBy) {
    if (command.getOptionValueSource(name) !== 'cli' || ensembles.includes(ensemble)) continue;
    throw new InputError(`${flag} has no effect with --ensemble ${ensemble}; it is for ${ensembles.join(' and ')}`);
  }
  if (ensemble === 'nve' && temperature[0] !== temperature[1])
    throw new InputError('--temperature: nve has no thermostat that could follow a ramp; choose langevin, nhc or npt');
}

/** Of the mean kinetic energy: how far the conserved quantity may go before a warning. */
const TOLERANCE = 0.02;

/** False where the time step was too long. */
function conserved({ drift, rms, time, meanTemperature }: MdResult): boolean {
  const kinetic = 1.5 * boltzmann * meanTemperature;
  const change = Math.max(Math.abs(drift) * time * 1e-3, rms);
  return change <= TOLERANCE * kinetic + 1e-6;
}

function summary(result: MdResult, folder: string, again: boolean): string {
  return `${[
    `${again ? 'already done: ' : ''}${result.steps} steps, ${result.time.toFixed(3)} ps`,
    `mean temperature    ${result.meanTemperature.toFixed(2)} K`,
    `potential energy    ${result.energy.toFixed(6)} eV at the end`,
    `conserved quantity  drift ${result.drift.toExponential(2)} eV/atom/ns, RMS ${result.rms.toExponential(2)} eV/atom`,
    `files               ${folder}/`,
  ].join('\n')}\n`;
}
