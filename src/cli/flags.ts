/** Flags that several commands share, with their units; each command adds its own. */
import { type Command, InvalidArgumentError, Option } from 'commander';
import { type Dimension, parseQuantity, parseRamp } from '../data/units.ts';
import { refuseStyle } from './foreign-words.ts';

const collect = (value: string, before: string[] | undefined) => [...(before ?? []), value];

/** A quantity with a unit; a bare number is in `bare`. */
export function quantity(
  flags: string,
  description: string,
  dimension: Dimension,
  bare: string,
  fallback?: string,
): Option {
  const option = new Option(flags, `${description} (bare number: ${bare})`);
  option.argParser((text) =>
    parseQuantity(text, { dimension, bare, name: option.long ?? flags, sign: signOf(dimension) }),
  );
  if (fallback !== undefined) option.default(parseQuantity(fallback, { dimension, bare, name: flags }), fallback);
  return option;
}

/** A quantity or a linear ramp 'a -> b'. */
export function ramp(
  flags: string,
  description: string,
  dimension: Dimension,
  bare: string,
  fallback?: string,
): Option {
  const option = new Option(flags, `${description} (bare number: ${bare}; 'a -> b' ramps linearly)`);
  option.argParser((text) => parseRamp(text, { dimension, bare, name: option.long ?? flags, sign: signOf(dimension) }));
  if (fallback !== undefined) option.default(parseRamp(fallback, { dimension, bare, name: flags }), fallback);
  return option;
}

const signOf = (dimension: Dimension) => (dimension === 'pressure' ? 'any' : 'nonnegative');

export function integer(flags: string, description: string, least: number, fallback?: number): Option {
  const option = new Option(flags, description).argParser((text) => {
    const value = /^[+-]?\d+(\.\d+)?(e\+?\d+)?$/i.test(text) ? Number(text) : Number.NaN;
    if (!Number.isSafeInteger(value) || value < least) {
      throw new InvalidArgumentError(`Expected an integer of at least ${least}.`);
    }
    return value;
  });
  return fallback === undefined ? option : option.default(fallback);
}

/** -p, --overlay: a potential. */
export function namedPotentialFlags(command: Command): Command {
  return command
    .addOption(
      new Option('-p, --potential <what>', 'embedded name, file(s) or inline form; see `frenkel potentials`').argParser(
        collect,
      ),
    )
    .option('--overlay', 'add several potentials up');
}

/** -p, --overlay, --types, --threads, --skin: everything that an energy needs. */
export function potentialFlags(command: Command): Command {
  return namedPotentialFlags(command)
    .addOption(typesFlag())
    .addOption(
      quantity(
        '--skin <length>',
        'extra reach of the neighbour list (default: chosen from how long lists last)',
        'length',
        'A',
      ),
    )
    .addOption(threadsFlag());
}

export const typesFlag = () =>
  new Option('--types <symbols>', "elements of a file that only numbers its types, such as 'W,Be'").argParser((text) =>
    text.split(',').map((symbol) => symbol.trim()),
  );

export const threadsFlag = () =>
  integer('--threads <n>', 'threads (default: all cores); the results do not depend on it', 1);

export const jsonFlag = () => new Option('--json', 'one JSON object on stdout and nothing else there');

/** What folderFlags gives. */
export interface FolderFlags {
  threads?: number;
  out?: string;
  force?: boolean;
  dryRun?: boolean;
  json?: boolean;
  /** s. */
  checkpoint: number;
}

/** What runFlags gives. */
export interface RunFlags extends FolderFlags {
  dump: number;
  trajectory: string;
}

/** Those of folderFlags, and the trajectory. */
export function runFlags(command: Command, dumpEvery: number): Command {
  command
    .addOption(integer('--dump <n>', 'steps between frames of the trajectory, 0 for none', 0, dumpEvery))
    .option('--trajectory <name>', 'its name in the folder; .gz compresses', 'trajectory.xyz');
  return folderFlags(command);
}

/** --checkpoint, --out, --force, --dry-run, --json: a command with a run folder. */
export function folderFlags(command: Command): Command {
  return command
    .addOption(integer('--checkpoint <seconds>', 'wall-clock time between checkpoints', 0, 30))
    .option('--out <dir>', 'folder of the run (default: runs/<command>-<name>)')
    .option('--force', 'start anew over what is in the folder')
    .option('--dry-run', 'print the resolved input, memory and an estimate of the time; compute nothing else')
    .addOption(jsonFlag());
}

export const fixFlag = () =>
  new Option(
    '--fix <expression>',
    "hold atoms or components: 'z<5A', 'element=W:xy', 'x>2A and (index<10 or index=42)'; repeatable",
  ).argParser((text: string, before: string[] | undefined) => {
    refuseStyle(text);
    return collect(text, before);
  });

export const seedFlag = () =>
  new Option('--seed <n>', 'seed of all random numbers').default(1n, '1').argParser((text) => {
    if (!/^\d{1,19}$/.test(text)) throw new InvalidArgumentError('Expected a whole number, not negative.');
    return BigInt(text);
  });
