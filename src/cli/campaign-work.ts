/** frenkel campaign run and resume: this machine's workers on a campaign until it is complete or they are to stop. */
import { availableParallelism } from 'node:os';
import { type CampaignEnd, runCampaign } from '../node/campaign-run.ts';
import { threadExecutor } from '../node/campaign-threads.ts';
import { writeReport } from './campaign-report.ts';
import { createTable } from './campaign-table.ts';
import { checkCampaign, openCampaign } from './campaign-target.ts';
import { EXIT, Exit } from './exit.ts';
import { print } from './output.ts';
import { interruption } from './signals.ts';

export interface WorkFlags {
  out?: string;
  json?: boolean;
  workers?: number;
  worker?: boolean;
  retry?: boolean;
  checkpoint: number;
  lease: number;
  hang: number;
  /** s of wall-clock time. */
  limit?: number;
}

/** Seconds between signs of life; some must fit into the lease. */
const BEAT = 10;
/** A worker of a cluster gives its core back after so many seconds without a job. */
const IDLE = 300;

/** Works on the campaign; the exit code says how that ended. */
export async function work(target: string, flags: WorkFlags, begin: boolean): Promise<void> {
  if (begin) await checkCampaign(target, flags.out);
  const { store, kind } = openCampaign(target, { out: flags.out, begin });
  const table = createTable(flags.worker === true);
  const stop = stopper(flags.limit);
  let end: CampaignEnd;
  try {
    end = await runCampaign(store, kind, {
      workers: flags.workers ?? availableParallelism(),
      executor: threadExecutor(),
      checkpointSeconds: flags.checkpoint,
      lease: flags.lease,
      beat: Math.min(BEAT, flags.lease / 4),
      hang: flags.hang,
      idle: flags.worker ? IDLE : undefined,
      retry: flags.retry,
      stopping: stop.stopping,
      onMessage: table.message,
      onProgress: table.update,
    });
  } finally {
    table.end();
  }
  await conclude(end, stop.code, () => writeReport(store, kind), store.folder, flags.json);
  stop.restore();
}

interface Stopper {
  stopping(): boolean;
  /** The exit code of what stopped it. */
  code(): number;
  restore(): void;
}

/** Stops at a signal, or after so many seconds. */
function stopper(seconds: number | undefined): Stopper {
  const begin = performance.now();
  const { signal, code, restore } = interruption();
  const late = () => seconds !== undefined && performance.now() - begin > 1000 * seconds;
  return { stopping: () => signal() !== undefined || late(), code, restore };
}

async function conclude(
  end: CampaignEnd,
  code: () => number,
  report: () => { folder: string; summary: string },
  folder: string,
  json: boolean | undefined,
): Promise<void> {
  const { status, planned, finished, failed, blocked, message } = end;
  const say = (text: string) => process.stderr.write(`frenkel: ${text}\n`);
  const made = status === 'complete' ? report() : undefined;
  const written = made?.folder;
  const line = { status, folder, planned, finished, failed: Object.fromEntries(failed), blocked, report: written };
  if (json) await print([`${JSON.stringify(line)}\n`]);
  else if (made) await print([`${made.summary}${finished} of ${planned} jobs done; report in ${made.folder}/\n`]);
  if (status === 'disk') {
    say(`${message}; nothing is lost: once there is room, the same command goes on`);
    throw new Exit(EXIT.input);
  }
  if (status === 'paused') {
    say(`stopped with ${finished} of ${planned} jobs done; the same command goes on`);
    throw new Exit(code());
  }
  if (status === 'idle') say('the jobs that are left are at other processes');
  if (failed.size === 0 || status === 'idle') return;
  for (const [id, failure] of failed) say(`${id} failed: ${failure.message}`);
  if (blocked.length > 0) say(`${blocked.length} jobs need them and were not begun`);
  const given = [...failed.values()].every(({ kind }) => kind === 'input' || kind === 'physics');
  say(
    given
      ? 'the same input fails again: change the file, and give the new campaign another --out'
      : 'run it again with --retry to try failed jobs anew',
  );
  throw new Exit(EXIT.physics);
}
