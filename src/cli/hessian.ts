/** frenkel hessian: second derivatives of the energy, their lowest eigenvalues, imaginary modes. */
import { Command } from 'commander';
import { denseHessian, type Hessian, hessian } from '../analysis/hessian.ts';
import { denseBytes, hessianEigenvalues, squaredFrequencies } from '../analysis/modes.ts';
import { InputError } from '../data/errors.ts';
import { holdAtoms } from '../data/fix.ts';
import { forceToAcceleration } from '../data/units.ts';
import { createSystem } from '../engine/system.ts';
import { formatNpy } from '../io/npy.ts';
import { inWords, memoryLimit } from '../node/memory.ts';
import { createEngine } from '../node/threads.ts';
import { massesOf } from '../tasks/masses.ts';
import { fixFlag, integer, jsonFlag, potentialFlags, quantity } from './flags.ts';
import { type PotentialFlags, readPotential, readStructure } from './input.ts';
import { print } from './output.ts';
import { createProgress } from './progress.ts';
import { refuseExisting, save } from './save.ts';

interface Flags extends PotentialFlags {
  types?: string[];
  threads?: number;
  skin?: number;
  fix?: string[];
  step: number;
  check?: boolean;
  symmetry: boolean;
  modes: number;
  output?: string;
  force?: boolean;
  json?: boolean;
}

export function hessianCommand(): Command {
  const command = new Command('hessian')
    .description('second derivatives of the energy, lowest eigenvalues, imaginary modes')
    .argument('<file>', "a relaxed structure in any known format; '-' is standard input");
  potentialFlags(command)
    .option('-o, --output <file>', 'the matrix as .npy: float64 (rows, rows), eV/Å², coordinates x y z of atom 0, 1, …')
    .option('--force', 'overwrite that file')
    .addOption(quantity('--step <length>', 'displacement of the differences', 'length', 'A', '0.001 A'))
    .option('--check', 'compute again with half the step and say how much it changes')
    .option('--no-symmetry', 'displace every atom also in a perfect crystal')
    .addOption(integer('--modes <n>', 'lowest eigenvalues that are printed; 0 computes none', 0, 10))
    .addOption(fixFlag())
    .addOption(jsonFlag())
    .addHelpText(
      'after',
      `
Central differences of forces; atoms that no third atom feels together are displaced at once, and in a perfect crystal
only one of each kind. Symmetric, without force on a rigid translation. Held atoms and components have no rows.
--json prints {"atoms","rows","step","evaluations","displaced","asymmetry","translation","error" (with --check),"fmax",
"lowest" (eV/Å², zero modes left out),"frequencies" (THz, imaginary ones negative),"imaginary"}.

Example:
  frenkel hessian vacancy.xyz -p Fe-Ackland-2004 -o hessian.npy`,
    )
    .action(run);
  return command;
}

async function run(file: string, flags: Flags): Promise<void> {
  refuseExisting(flags.output, flags.force);
  if (flags.output && !/\.npy$/.test(flags.output)) {
    throw new InputError('a name that ends in .npy was expected', { file: flags.output });
  }
  const atoms = holdAtoms(readStructure(file, flags.types), flags.fix ?? []);
  const potential = readPotential(flags, [atoms]);
  const rows = atoms.fixed ? atoms.fixed.reduce((sum, held) => sum + 1 - held, 0) : 3 * atoms.numbers.length;
  const dense = denseBytes(rows, (flags.output ? 2 : 0) + (flags.modes > 0 ? 1 : 0));
  const limit = memoryLimit();
  process.stderr.write(
    `frenkel: ${rows} rows; ${inWords(dense + denseBytes(rows))} at most, ${inWords(limit)} are free\n`,
  );
  if (dense > limit) {
    throw new InputError(
      `the dense matrices need ${inWords(dense)}, and ${inWords(limit)} are free: use a smaller cell or --fix`,
    );
  }
  const engine = await createEngine({ threads: flags.threads });
  const progress = createProgress(false);
  try {
    const mark = engine.mark();
    const system = createSystem(engine, atoms, potential, { skin: flags.skin });
    const found = hessian(system, {
      step: flags.step,
      check: flags.check,
      symmetry: flags.symmetry,
      memory: limit - dense,
      progress: (done, total) => progress.update(() => `displacement ${done} of ${total}`),
    });
    engine.release(mark);
    progress.end();
    if (flags.output) {
      await save(flags.output, formatNpy(denseHessian(found), [rows, rows]), flags.force);
    }
    const masses = massesOf(atoms, potential).values;
    const modes =
      flags.modes === 0
        ? undefined
        : {
            lowest: hessianEigenvalues(engine, { hessian: found, atoms }),
            squares: squaredFrequencies(engine, { hessian: found, atoms, masses }),
          };
    const report = describe(found, flags, modes);
    await print([flags.json ? `${JSON.stringify(report)}\n` : summary(report, flags.output)]);
  } finally {
    engine.close();
  }
}

type Report = ReturnType<typeof describe>;

function describe(found: Hessian, flags: Flags, modes: { lowest: Float64Array; squares: Float64Array } | undefined) {
  const { n, free, evaluations, displaced, residual, error, force } = found;
  const terahertz = (square: number) => {
    const omega = Math.sqrt(Math.abs(square) * forceToAcceleration);
    return (Math.sign(square) * omega) / (2 * Math.PI);
  };
  return {
    atoms: n,
    rows: free.length,
    step: flags.step,
    evaluations,
    displaced,
    ...residual,
    ...(error === undefined ? {} : { error }),
    fmax: force,
    ...(modes === undefined
      ? {}
      : {
          lowest: Array.from(modes.lowest.subarray(0, flags.modes)),
          frequencies: Array.from(modes.squares.subarray(0, flags.modes), terahertz),
          imaginary: modes.squares.filter((square) => square < 0).length,
        }),
  };
}

function summary(report: Report, output: string | undefined): string {
  const { lowest, frequencies, imaginary, error } = report;
  const lines = [
    `${report.atoms} atoms, ${report.rows} rows; ${report.displaced === 1 ? 'one atom' : `${report.displaced} atoms`} displaced by ±${report.step} Å, ${report.evaluations} evaluations`,
    `before correction: asymmetry ${report.asymmetry.toExponential(2)}, force of a translation ${report.translation.toExponential(2)} eV/Å²`,
    ...(error === undefined ? [] : [`half the step changes an element by at most ${error.toExponential(2)} eV/Å²`]),
    `largest force ${report.fmax.toExponential(2)} eV/Å${report.fmax > 1e-3 ? ': not a stationary point' : ''}`,
    ...(lowest && frequencies
      ? [
          `lowest eigenvalues (eV/Å²)  ${lowest.map((v) => v.toFixed(6)).join(' ')}`,
          `frequencies (THz)           ${frequencies.map((v) => (v < 0 ? `${(-v).toFixed(4)}i` : v.toFixed(4))).join(' ')}`,
          imaginary ? `${imaginary} imaginary: a saddle, not a minimum` : 'no imaginary mode: a minimum',
        ]
      : []),
    ...(output ? [`matrix in ${output}`] : []),
  ];
  return `${lines.join('\n')}\n`;
}
