/** The program: its commands, and how whatever they throw becomes a sentence and an exit code. */
import { Command, CommanderError } from 'commander';
import { InputError } from '../data/errors.ts';
import { didYouMean } from '../data/nearest.ts';
import { version } from '../data/version.ts';
import { kernelHash } from '../generated/kernels.ts';
import { analyzeCommand } from './analyze.ts';
import { benchCommand } from './bench.ts';
import { buildCommand } from './build.ts';
import { campaignCommand } from './campaign.ts';
import { convertCommand } from './convert.ts';
import { defectCommand } from './defect.ts';
import { describeCommand } from './describe.ts';
import { elasticCommand } from './elastic.ts';
import { energyCommand } from './energy.ts';
import { entropyCommand } from './entropy.ts';
import { eosCommand } from './eos.ts';
import { EXIT, Exit, explain } from './exit.ts';
import { fitCommand } from './fit.ts';
import { freeEnergyCommand } from './free-energy.ts';
import { gammaSurfaceCommand } from './gamma-surface.ts';
import { hessianCommand } from './hessian.ts';
import { inspectCommand } from './inspect.ts';
import { mdCommand } from './md.ts';
import { nebCommand } from './neb.ts';
import { phononsCommand } from './phonons.ts';
import { potentialsCommand } from './potentials.ts';
import { rateCommand } from './rate.ts';
import { relaxCommand } from './relax.ts';
import { saddleCommand } from './saddle.ts';
import { scalingCommand } from './scaling.ts';
import { serveCommand } from './serve.ts';
import { surfaceCommand } from './surface.ts';
import { validateCommand } from './validate.ts';
import { verifyCommand } from './verify.ts';
import { viewCommand } from './view.ts';

const commands = [
  relaxCommand,
  mdCommand,
  energyCommand,
  eosCommand,
  elasticCommand,
  hessianCommand,
  analyzeCommand,
  defectCommand,
  entropyCommand,
  freeEnergyCommand,
  scalingCommand,
  phononsCommand,
  nebCommand,
  saddleCommand,
  rateCommand,
  surfaceCommand,
  gammaSurfaceCommand,
  campaignCommand,
  describeCommand,
  fitCommand,
  benchCommand,
  buildCommand,
  convertCommand,
  inspectCommand,
  potentialsCommand,
  serveCommand,
  viewCommand,
  verifyCommand,
  validateCommand,
];

export function program(): Command {
  const root = new Command('frenkel')
    .description('Molecular dynamics of crystal defects on WebAssembly')
    .version(`${version} (kernels ${kernelHash})`)
    .showHelpAfterError('(run the command with --help for its flags and an example)')
    .configureHelp({ sortSubcommands: false })
    // `build` has flags of its own, and commands with others of the same names
    .enablePositionalOptions()
    .addHelpText(
      'after',
      `
Units: Å, eV, amu, ps, K (LAMMPS metal), GPa; every flag takes a unit ('2 fs', '10 kbar').
Exit codes: 0 done, 2 bad input, 3 not converged (results are written), 4 physics check failed,
129/130/143 interrupted by SIGHUP/SIGINT/SIGTERM (the same command resumes).`,
    );
  for (const command of commands) root.addCommand(command());
  return root;
}

/** Also with --help, which would answer an unknown command with the program's own help. */
function refuseUnknown(root: Command, name: string | undefined): void {
  const names = [...root.commands.map((command) => command.name()), 'help'];
  if (name === undefined || name.startsWith('-') || names.includes(name)) return;
  throw new InputError(
    `unknown command ${JSON.stringify(name)}${didYouMean(name, names)}; there are ${names.join(', ')}`,
  );
}

/** Runs one command line (without node and script); returns the exit code. */
export async function run(argv: string[]): Promise<number> {
  const root = program();
  const strict = (command: Command): void => {
    command.exitOverride();
    command.commands.forEach(strict);
  };
  strict(root);
  try {
    refuseUnknown(root, argv[0]);
    await root.parseAsync(argv, { from: 'user' });
    return Number(process.exitCode ?? EXIT.done);
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.done : EXIT.input;
    if (error instanceof Exit) return error.code;
    const { message, code } = explain(error);
    process.stderr.write(`frenkel: ${message}\n`);
    return code;
  }
}
