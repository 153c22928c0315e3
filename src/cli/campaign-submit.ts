/**
 * frenkel campaign submit: a job array of the user's own Slurm whose tasks are ordinary workers on the directory. Slurm
 * only starts processes; who does which job is settled by claims, so tasks may fail, be requeued or added at any time.
 */
import { spawnSync } from 'node:child_process';
import { realpathSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { InputError } from '../data/errors.ts';
import { createBoard } from '../node/campaign-board.ts';
import { nodeDisk } from '../node/disk.ts';
import { writeAtomic } from '../node/files.ts';
import { checkCampaign, openCampaign } from './campaign-target.ts';
import { integer, jsonFlag } from './flags.ts';
import { print } from './output.ts';

interface SubmitFlags {
  out?: string;
  json?: boolean;
  slurm?: boolean;
  dryRun?: boolean;
  tasks?: number;
  workers: number;
  throttle?: number;
  time?: string;
  partition?: string;
  account?: string;
  warning: number;
  sbatch?: string[];
  setup?: string[];
  frenkel?: string;
}

const collect = (value: string, before: string[] | undefined) => [...(before ?? []), value];

/** A value that stands in an #SBATCH line. */
function word(text: string): string {
  if (!/^[\w.:@%+,=/-]+$/.test(text)) throw new InvalidArgumentError('Expected letters, digits and . : , = / - only.');
  return text;
}

function sbatchOption(value: string, before: string[] | undefined): string[] {
  if (!/^--?[A-Za-z][\w-]*(=[^\n\r]*)?$/.test(value))
    throw new InvalidArgumentError("Expected an option of sbatch such as '--qos=long'.");
  return collect(value, before);
}

export function submitCommand(command: Command): void {
  command
    .command('submit <target>')
    .description("submit workers on the campaign to the cluster's scheduler")
    .requiredOption('--slurm', 'a job array of Slurm')
    .option('--out <dir>', "directory of a campaign's file (default: runs/<name of the file>); all nodes must see it")
    .option('--dry-run', 'print the script and submit nothing')
    .addOption(integer('--tasks <n>', 'tasks of the array (default: one for each job to do, 100 at most)', 1))
    .addOption(integer('--workers <n>', 'jobs at a time, and cores, of each task', 1, 1))
    .addOption(integer('--throttle <n>', 'tasks that run at the same time at most', 1))
    .addOption(new Option('--time <limit>', "time limit of a task, as Slurm writes it: '12:00:00'").argParser(word))
    .addOption(new Option('--partition <name>', 'partition').argParser(word))
    .addOption(new Option('--account <name>', 'account').argParser(word))
    .addOption(
      integer('--warning <seconds>', 'time before the limit at which a task checkpoints and requeues', 10, 120),
    )
    .addOption(
      new Option('--sbatch <option>', "any other option of sbatch, '--qos=long'; repeatable").argParser(sbatchOption),
    )
    .addOption(
      new Option('--setup <line>', "shell line before the worker, 'module load nodejs'; repeatable").argParser(collect),
    )
    .option('--frenkel <command>', 'how nodes start frenkel (default: this Node and this installation)')
    .addOption(jsonFlag())
    .action(submit);
}

export interface SlurmScript {
  name: string;
  /** Absolute. */
  folder: string;
  tasks: number;
  workers: number;
  throttle?: number;
  time?: string;
  partition?: string;
  account?: string;
  /** s. */
  warning: number;
  sbatch: readonly string[];
  setup: readonly string[];
  /** Shell text that starts frenkel. */
  frenkel: string;
}

const quoted = (text: string) => `'${text.replaceAll("'", `'\\''`)}'`;

/**
 * The batch script. Near its time limit a task gets SIGUSR1: its worker checkpoints and the task requeues itself. SIGTERM
 * (scancel, preemption) also checkpoints, and leaves the rest to Slurm.
 */
export function slurmScript(script: SlurmScript): string {
  const { name, folder, tasks, workers, throttle, time, partition, account, warning, sbatch, setup, frenkel } = script;
  if (/["\n\r%]/.test(folder)) throw new InputError('its name cannot stand in a batch script', { file: folder });
  const given = (option: string, value: string | undefined) => (value === undefined ? [] : [`${option}=${value}`]);
  const options = [
    `--job-name=${name.replace(/[^\w.-]/g, '_')}`,
    `--array=0-${tasks - 1}${throttle === undefined ? '' : `%${throttle}`}`,
    '--nodes=1',
    '--ntasks=1',
    `--cpus-per-task=${workers}`,
    '--requeue',
    '--open-mode=append',
    `--signal=B:USR1@${warning}`,
    `--output="${join(folder, 'slurm', '%A_%a.log')}"`,
    ...given('--time', time),
    ...given('--partition', partition),
    ...given('--account', account),
    ...sbatch,
  ];
  return `#!/bin/bash
${options.map((option) => `#SBATCH ${option}\n`).join('')}
# Written by frenkel campaign submit. Every task works on jobs of the campaign until none is left.
${setup.map((line) => `${line}\n`).join('')}${frenkel} campaign run ${quoted(folder)} --worker --workers ${workers} &
worker=$!
late=
trap 'late=1; kill -TERM "$worker"' USR1
trap 'kill -TERM "$worker"' TERM INT
wait "$worker"
code=$?
while kill -0 "$worker" 2>/dev/null; do
  wait "$worker"
  code=$?
done
if [ -n "$late" ] && [ "$code" -eq 143 ]; then
  scontrol requeue "\${SLURM_ARRAY_JOB_ID}_\${SLURM_ARRAY_TASK_ID}"
fi
exit "$code"
`;
}

const MOST_TASKS = 100;

async function submit(target: string, flags: SubmitFlags): Promise<void> {
  await checkCampaign(target, flags.out);
  const { kind, store } = openCampaign(target, { out: flags.out, begin: true });
  const board = createBoard(store, kind);
  board.refresh({ write: true });
  const planned = Math.max(board.jobs.length, kind.foresee?.(store.record.config).length ?? 0);
  const left = planned - board.results.size;
  const folder = realpathSync(resolve(store.folder));
  const script = slurmScript({
    ...flags,
    name: `frenkel-${basename(folder)}`,
    folder,
    tasks: flags.tasks ?? Math.max(1, Math.min(MOST_TASKS, left)),
    sbatch: flags.sbatch ?? [],
    setup: flags.setup ?? [],
    frenkel: flags.frenkel ?? `${quoted(process.execPath)} ${quoted(realpathSync(process.argv[1]))}`,
  });
  if (flags.dryRun) return print([flags.json ? `${JSON.stringify({ folder, script })}\n` : script]);
  const path = join(folder, 'slurm', 'array.sh');
  nodeDisk.makeFolder(join(folder, 'slurm'));
  writeAtomic(path, script);
  const job = sbatch(path);
  await print([
    flags.json
      ? `${JSON.stringify({ folder, script: path, job })}\n`
      : `submitted job ${job}; frenkel campaign status ${store.folder} shows how far it is\n`,
  ]);
}

/** The number of the submitted job. Throws InputError where there is no Slurm, or it refuses. */
function sbatch(path: string): string {
  const { error, status, stdout, stderr } = spawnSync('sbatch', ['--parsable', path], { encoding: 'utf8' });
  if (error !== undefined)
    throw new InputError(`sbatch cannot be started (${error.message}); submit ${path} by hand on the cluster`);
  if (status !== 0) throw new InputError(`sbatch refused it: ${stderr.trim()}`, { file: path });
  return stdout.trim().split(';')[0];
}
