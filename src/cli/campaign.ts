/** frenkel campaign: many jobs in a directory of plain files that any number of processes and hosts work on. */
import { availableParallelism } from 'node:os';
import { Command, InvalidArgumentError, Option } from 'commander';
import { campaignJsonSchema } from '../campaign/config.ts';
import type { Job } from '../campaign/job.ts';
import { campaignKinds } from '../campaign/kinds.ts';
import { InputError } from '../data/errors.ts';
import { didYouMean } from '../data/nearest.ts';
import { createBoard } from '../node/campaign-board.ts';
import { inWords } from '../node/memory.ts';
import { type CampaignCost, costOf } from './campaign-cost.ts';
import { type ExtendFlags, extend } from './campaign-extend.ts';
import { writeReport } from './campaign-report.ts';
import { describeStatus, statusOf } from './campaign-status.ts';
import { submitCommand } from './campaign-submit.ts';
import { checkCampaign, isCampaignFolder, openCampaign, readCampaignFile } from './campaign-target.ts';
import { type WorkFlags, work } from './campaign-work.ts';
import { integer, jsonFlag } from './flags.ts';
import { print } from './output.ts';
import { duration } from './progress.ts';

const outFlag = '--out <dir>';
const outHelp = "directory of a campaign's file (default: runs/<name of the file>)";

interface Flags {
  out?: string;
  json?: boolean;
}

export function campaignCommand(): Command {
  const command = new Command('campaign').description('many jobs in a directory that survives anything');
  planCommand(command);
  workCommand(command, 'run', 'begin a campaign, or go on with it, until nothing is left', true);
  workCommand(command, 'resume', 'go on with a campaign that was begun', false);
  extendCommand(command);
  submitCommand(command);
  command
    .command('status <target>')
    .description('what is done, running, open and failed; also while others work on it')
    .option(outFlag, outHelp)
    .addOption(jsonFlag())
    .action(async (target: string, flags: Flags) => {
      const { store, kind } = openCampaign(target, { ...flags, read: true });
      const status = statusOf(store, kind);
      await print([flags.json ? `${JSON.stringify(status)}\n` : describeStatus(status)]);
    });
  command
    .command('report <target>')
    .description('write the report of the results that are there')
    .option(outFlag, outHelp)
    .addOption(jsonFlag())
    .action(async (target: string, flags: Flags) => {
      const { store, kind } = openCampaign(target, { ...flags, read: true });
      const { folder, files, missing, summary } = writeReport(store, kind);
      await print([
        flags.json ? `${JSON.stringify({ folder, files, missing })}\n` : `${summary}${folder}/: ${files.join(', ')}\n`,
      ]);
      if (missing > 0) process.stderr.write(`frenkel: ${missing} jobs have no result\n`);
    });
  command
    .command('example [kind]')
    .description("a commented example of a campaign's file")
    .action((name = [...campaignKinds.keys()][0]) => print([kindOf(name).example]));
  command
    .command('schema')
    .description("JSON Schema of campaigns' files, for editors")
    .action(() => print([`${JSON.stringify(campaignJsonSchema(campaignKinds.values()), null, 2)}\n`]));
  return command.addHelpText(
    'after',
    `
A target is a campaign's YAML file or its directory. Any number of processes, also on other hosts that see the
directory, may run the same campaign at once; kill them whenever you like.
Exit codes of run: 0 complete, 4 complete with failed jobs, 129/130/143 stopped by a signal (the same command goes on).

Example:
  frenkel campaign example > vacancy.yaml
  frenkel campaign plan vacancy.yaml --dry-run
  frenkel campaign run vacancy.yaml
  frenkel campaign extend runs/vacancy --steps 400000`,
  );
}

function kindOf(name: string) {
  const kind = campaignKinds.get(name);
  if (kind !== undefined) return kind;
  const names = [...campaignKinds.keys()];
  throw new InputError(`unknown kind ${JSON.stringify(name)}${didYouMean(name, names)}; there are ${names.join(', ')}`);
}

function planCommand(command: Command): void {
  command
    .command('plan <target>')
    .description('what the campaign needs: jobs, force evaluations, memory and hours on this machine')
    .option(outFlag, outHelp)
    .option('--dry-run', 'write nothing; else the directory is made and its first jobs are written')
    .addOption(integer('--workers <n>', 'jobs at a time (default: all cores)', 1))
    .addOption(jsonFlag())
    .action(plan);
}

async function plan(target: string, flags: Flags & { dryRun?: boolean; workers?: number }): Promise<void> {
  const workers = flags.workers ?? availableParallelism();
  await checkCampaign(target, flags.out);
  if (flags.dryRun && !isCampaignFolder(target, flags.out)) {
    const { kind, config, resources, folder } = readCampaignFile(target, flags.out);
    const plain = JSON.parse(JSON.stringify(config)) as unknown;
    const jobs = kind.foresee?.(plain) ?? kind.plan(plain, new Map());
    const resource = (name: string) => resources[name];
    return showPlan(folder, jobs, await costOf(kind, jobs, resource, workers), flags.json);
  }
  const { kind, store } = openCampaign(target, { out: flags.out, begin: !flags.dryRun });
  const board = createBoard(store, kind);
  board.refresh({ write: !flags.dryRun });
  const foreseen = kind.foresee?.(store.record.config) ?? [];
  const left = (board.jobs.length > foreseen.length ? board.jobs : foreseen).filter(({ id }) => !board.results.has(id));
  await showPlan(store.folder, left, await costOf(kind, left, store.resource, workers), flags.json);
}

async function showPlan(folder: string, jobs: readonly Job[], cost: CampaignCost, json?: boolean): Promise<void> {
  if (json) return print([`${JSON.stringify({ folder, ...cost, list: jobs })}\n`]);
  const rows = cost.tasks.map(
    ({ task, jobs, evaluations, hours }) =>
      `  ${task.padEnd(12)} ${String(jobs).padStart(6)} jobs ${evaluations.toPrecision(3).padStart(10)} force evaluations  ${duration(3600 * hours)}`,
  );
  await print([
    `${folder}: ${cost.jobs} jobs to do\n`,
    ...rows.map((row) => `${row}\n`),
    `  together ${cost.evaluations.toPrecision(3)} force evaluations, ${duration(3600 * cost.coreHours)} of one core\n`,
    `  ${duration(3600 * cost.hours)} and ${inWords(cost.memory)} with ${cost.workers} workers on this machine\n`,
  ]);
}

function workCommand(command: Command, name: string, description: string, begin: boolean): void {
  command
    .command(`${name} <target>`)
    .description(description)
    .option(outFlag, outHelp)
    .addOption(integer('--workers <n>', 'jobs at a time (default: all cores)', 1))
    .option(
      '--worker',
      'one of many processes, as a cluster starts them: no table, and it ends when others have all the jobs',
    )
    .option('--retry', 'failed jobs get new tries')
    .addOption(
      new Option(
        '--limit <time>',
        "wall-clock time after which it stops as at Ctrl-C: '90 s', '10 min', '12 h'",
      ).argParser(wallTime),
    )
    .addOption(integer('--checkpoint <seconds>', 'wall-clock time between checkpoints of a job', 0, 30))
    .addOption(integer('--lease <seconds>', 'silence after which a job of another host is taken over', 1, 120))
    .addOption(integer('--hang <seconds>', 'time without progress after which a job is stopped', 1, 1800))
    .addOption(jsonFlag())
    .action((target: string, flags: WorkFlags) => work(target, flags, begin));
}

function extendCommand(command: Command): void {
  command
    .command('extend <target>')
    .description('longer runs: begin a campaign in another directory that takes over all that this one computed')
    .addOption(integer('--steps <n>', 'of every run (count: its slices); more than now', 1).makeOptionMandatory())
    .option('--out <dir>', 'its directory (default: that of the target, with the number of steps)')
    .addOption(jsonFlag())
    .action((target: string, flags: ExtendFlags) => extend(target, flags));
}

const WALL_UNITS: Record<string, number> = { s: 1, min: 60, h: 3600, d: 86400 };

/** Seconds. */
function wallTime(text: string): number {
  const found = /^(\d+(?:\.\d+)?)\s*(s|min|h|d)?$/.exec(text.trim());
  if (found === null) throw new InvalidArgumentError("Expected a time such as '90 s', '10 min' or '12 h'.");
  return Number(found[1]) * WALL_UNITS[found[2] ?? 's'];
}
