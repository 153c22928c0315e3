/** A campaign whose processes are killed at random moments, until it is complete: what is left must be that of a calm run. */
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { uniform } from '../../src/data/rng.ts';
import { frenkel, program, scratch } from './cli.ts';

/** Its directory will be runs/c. */
export const runArgs = ['campaign', 'run', 'c.yaml', '--workers', '2', '--checkpoint', '0'];

/** A folder of its own with c.yaml. */
export function begin(text: string): string {
  const folder = scratch();
  writeFileSync(join(folder, 'c.yaml'), text);
  return folder;
}

/** Everything that lasts besides times, by name. */
export function lasting(folder: string): Record<string, string> {
  const root = join(folder, 'runs/c');
  const names = readdirSync(root, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name !== 'timing.json')
    .map((entry) => join(entry.parentPath, entry.name));
  return Object.fromEntries(names.sort().map((name) => [name.slice(root.length), readFileSync(name, 'latin1')]));
}

export const complete = (folder: string): boolean => existsSync(join(folder, 'runs/c/report/report.json'));

/** Results that were acknowledged so far, by job. */
function results(folder: string): Map<string, string> {
  const jobs = join(folder, 'runs/c/jobs');
  const names = existsSync(jobs) ? readdirSync(jobs) : [];
  const of = (name: string) => join(jobs, name, 'result.json');
  return new Map(names.filter((name) => existsSync(of(name))).map((name) => [name, readFileSync(of(name), 'latin1')]));
}

function launch(folder: string): { child: ChildProcess; done: Promise<number | null> } {
  const child = spawn(process.execPath, [program, ...runArgs], { cwd: folder, stdio: 'ignore' });
  return { child, done: new Promise((resolve) => child.on('close', resolve)) };
}

export const wait = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** ms that the program takes to load, now: moments before it are no test of anything. */
export async function loading(folder: string): Promise<number> {
  const begin = performance.now();
  await frenkel(folder, ['--version']);
  return performance.now() - begin;
}

export interface Torment {
  /** Kills at most. */
  count: number;
  /** Processes at a time. */
  together: number;
  /** Longest life of a process, ms after it has loaded. */
  most: number;
  seed?: number;
}

/**
 * Kills processes that run the campaign at random moments of their lives, until it is complete or enough were killed; how
 * many were. Throws where a result that was there is gone or another one.
 */
export async function torment(folder: string, { count, together, most, seed = count }: Torment): Promise<number> {
  const first = 0.8 * (await loading(folder));
  let kills = 0;
  let before = results(folder);
  for (let round = 0; kills < count && !complete(folder); round++) {
    const processes = Array.from({ length: together }, () => launch(folder));
    await Promise.all(
      processes.map(async ({ child, done }, i) => {
        await Promise.race([wait(first + most * uniform(BigInt(seed), 'trials', round, i)), done]);
        if (child.exitCode === null) kills += child.kill('SIGKILL') ? 1 : 0;
        await done;
      }),
    );
    const after = results(folder);
    for (const [job, result] of before)
      if (after.get(job) !== result) throw new Error(`${folder}: the result of ${job} is gone or changed`);
    before = after;
  }
  return kills;
}
