/** frenkel relax: positions, and the cell on request, to the nearest minimum of energy or enthalpy. */
import { Command, Option } from 'commander';
import type { Atoms } from '../data/atoms.ts';
import { InputError } from '../data/errors.ts';
import { holdAtoms } from '../data/fix.ts';
import type { Potential } from '../data/potential.ts';
import { gpaPerPressure } from '../data/units.ts';
import { minimizers } from '../methods/minimize.ts';
import { type RelaxResult, type RelaxRun, runRelax } from '../node/run-relax.ts';
import type { RelaxOptions } from '../tasks/relax.ts';
import { dryRun } from './dry-run.ts';
import { EXIT, Exit } from './exit.ts';
import { fixFlag, integer, potentialFlags, quantity, type RunFlags, runFlags } from './flags.ts';
import { type PotentialFlags, readPotential, readStructure } from './input.ts';
import { warnOfOddPressure } from './odd-pressure.ts';
import { print } from './output.ts';
import { session } from './session.ts';

interface Flags extends PotentialFlags, RunFlags, RelaxOptions {
  types?: string[];
  skin?: number;
  fix?: string[];
}

export function relaxCommand(): Command {
  const command = new Command('relax')
    .description('relax positions, and the cell on request')
    .argument('<file>', "structure of any known format; '-' is standard input");
  potentialFlags(command)
    .addOption(quantity('--fmax <force>', 'stop when no atom feels more', 'force', 'eV/A', '1e-4 eV/A'))
    .addOption(new Option('--method <name>', 'minimizer').choices(minimizers).default('cg'))
    .addOption(
      new Option('--cell <mode>', 'what of the cell relaxes')
        .choices(['fixed', 'iso', 'ortho', 'full'])
        .default('fixed'),
    )
    .addOption(quantity('--pressure <p>', 'target pressure for --cell', 'pressure', 'GPa', '0 GPa'))
    .addOption(integer('--steps <n>', 'most steps', 0, 10000))
    .addOption(fixFlag());
  runFlags(command, 1)
    .addHelpText(
      'after',
      `
Writes log.relax, the trajectory, final.xyz, figures and report.json into the folder. The same command again resumes an
interrupted run. With --cell, fmax also bounds |W − PV|/(√n (V/n)^(1/3)) for n atoms.
--json prints {"status","reason","energy","fmax","steps","evaluations","virial","cell","positions"} (eV, eV/Å, Å).

Example:
  frenkel relax vacancy.xyz -p Fe-Ackland-2004 --fmax '1e-6 eV/A' --cell iso`,
    )
    .action(relax);
  return command;
}

async function relax(file: string, flags: Flags): Promise<void> {
  if (flags.cell === 'fixed' && flags.pressure !== 0)
    throw new InputError('--pressure: the cell is fixed; add --cell iso, ortho or full');
  warnOfOddPressure(flags.pressure);
  const atoms = holdAtoms(readStructure(file, flags.types), flags.fix ?? []);
  const potential = readPotential(flags, [atoms]);
  const { method, fmax, steps, cell, pressure, skin } = flags;
  const options: RelaxOptions = { method, fmax, steps, cell, pressure };
  const job: RelaxRun = {
    atoms,
    potential,
    options,
    skin,
    dumpEvery: flags.dump,
    trajectory: flags.trajectory,
    checkpointSeconds: flags.checkpoint,
  };
  if (flags.dryRun) return dryRun('relax', file, job, flags);
  const { result, folder, again } = await session(
    { command: 'relax', name: file, job, ...flags },
    (engine, run, hooks) => runRelax(engine, job, run, hooks),
  );
  await print([flags.json ? `${JSON.stringify(result)}\n` : summary(result, atoms, potential, folder, again)]);
  if (result.status !== 'converged') throw new Exit(EXIT.notConverged);
}

function summary(result: RelaxResult, atoms: Atoms, potential: Potential, folder: string, again: boolean): string {
  const n = atoms.numbers.length;
  const [a, b, c] = result.cell;
  const volume = Math.abs(
    a[0] * (b[1] * c[2] - b[2] * c[1]) - a[1] * (b[0] * c[2] - b[2] * c[0]) + a[2] * (b[0] * c[1] - b[1] * c[0]),
  );
  const trace = result.virial[0][0] + result.virial[1][1] + result.virial[2][2];
  const lines = [
    `${again ? 'already done: ' : ''}${result.status} after ${result.steps} steps (${result.evaluations} evaluations): ${result.reason}`,
    `energy    ${result.energy.toFixed(9)} eV  (${(result.energy / n).toFixed(9)} eV/atom, ${potential.name ?? potential.kernel})`,
    `fmax      ${result.fmax.toExponential(3)} eV/Å`,
    ...(volume > 0
      ? [`pressure  ${((trace / (3 * volume)) * gpaPerPressure).toFixed(6)} GPa`, `volume    ${volume.toFixed(6)} Å^3`]
      : []),
    `files     ${folder}/`,
  ];
  return `${lines.join('\n')}\n`;
}
