/** Flags and reading that all analyses of trajectories share. */
import { Command } from 'commander';
import { evenFrames, jumps, type Path, pathOf } from '../analysis/trajectory.ts';
import type { Atoms } from '../data/atoms.ts';
import { standardMass } from '../data/elements.ts';
import { InputError } from '../data/errors.ts';
import { readStructureFile } from '../node/load.ts';
import { integer, jsonFlag, quantity, typesFlag } from './flags.ts';
import { runTimestep } from './run-timestep.ts';
import { refuseExisting, save } from './save.ts';

export interface AnalysisFlags {
  types?: string[];
  skip: number;
  csv?: string;
  svg?: string;
  force?: boolean;
  json?: boolean;
}

export interface TimedFlags extends AnalysisFlags {
  timestep?: number;
  unwrap?: boolean;
  drift?: boolean;
}

export function analysisCommand(name: string, description: string): Command {
  return new Command(name)
    .description(description)
    .argument('<file>', "a trajectory in any known format, also .gz; '-' is standard input")
    .addOption(typesFlag())
    .addOption(integer('--skip <n>', 'frames left out at the beginning', 0, 0))
    .option('--csv <file>', 'table')
    .option('--svg <file>', 'figure')
    .option('--force', 'overwrite these files')
    .addOption(jsonFlag());
}

export const timestepFlag = () =>
  quantity(
    '--timestep <time>',
    "the run's time step (a folder of `frenkel md` knows its own); between frames where they carry no step",
    'time',
    'fs',
  );

/** The frames after those skipped. */
export function readFrames(file: string, flags: AnalysisFlags): Atoms[] {
  for (const path of [flags.csv, flags.svg]) refuseExisting(path, flags.force);
  const frames = readStructureFile(file, { types: flags.types });
  if (flags.skip < frames.length) return frames.slice(flags.skip);
  throw new InputError(`--skip ${flags.skip} leaves none of ${frames.length} frames`, { file });
}

/** The same, without a last frame that is not spaced as the others; says so. */
export function readPathFrames(file: string, flags: AnalysisFlags): readonly Atoms[] {
  const frames = readFrames(file, flags);
  const even = evenFrames(frames);
  if (even.length < frames.length) {
    process.stderr.write('frenkel: the last frame is not spaced as the others: left out\n');
  }
  return even;
}

/** ps: the flag, else that of the run whose trajectory the file is; says where they differ. */
export function timestepOf(file: string, { timestep }: TimedFlags): number | undefined {
  const own = runTimestep(file);
  if (timestep !== undefined && own !== undefined && Math.abs(timestep - own) > 1e-9 * own) {
    process.stderr.write(
      `frenkel: warning: --timestep is ${timestep * 1000} fs, and the run of this trajectory had ${own * 1000} fs\n`,
    );
  }
  return timestep ?? own;
}

/** The same as paths; says where atoms jump across the cell. */
export function readPaths(file: string, flags: TimedFlags): { frames: readonly Atoms[]; path: Path } {
  const frames = readPathFrames(file, flags);
  const path = pathOf(frames, massesIn(frames[0]), { ...flags, timestep: timestepOf(file, flags) });
  const wrapped = flags.unwrap ? 0 : jumps(frames);
  if (wrapped > 0) {
    process.stderr.write(
      `frenkel: warning: in ${wrapped} of ${frames.length} frames atoms jump by more than half the cell: where the file's positions are wrapped, give --unwrap\n`,
    );
  }
  return { frames, path };
}

/** (n) amu: the frame's, or the elements' standard ones. */
export const massesIn = ({ masses, numbers }: Atoms): Float64Array =>
  masses ?? Float64Array.from(numbers, standardMass);

/** Columns of equal length as CSV. */
export function* table(columns: Record<string, ArrayLike<number>>): Generator<string> {
  const names = Object.keys(columns);
  yield `${names.join(',')}\n`;
  for (let k = 0; k < columns[names[0]].length; k++) yield `${names.map((name) => columns[name][k]).join(',')}\n`;
}

export async function saveBoth(
  { csv, svg, force }: AnalysisFlags,
  columns: Record<string, ArrayLike<number>>,
  figure: () => string,
): Promise<void> {
  if (csv) await save(csv, table(columns), force);
  if (svg) await save(svg, [figure()], force);
}
