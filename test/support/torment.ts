/** A campaign whose processes are killed at random moments, until it is complete: what is left must be that of a calm run. */
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { uniform } from '../../src/data/rng.ts';
import { program, scratch } from './cli.ts';

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

function launch(folder: string): { child: ChildProcess; done: Promise<number | null> } {
  const child = spawn(process.execPath, [program, ...runArgs], { cwd: folder, stdio: 'ignore' });
  return { child, done: new Promise((resolve) => child.on('close', resolve)) };
}

export const wait = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

export interface Torment {
  /** Kills at most. */
  count: number;
  /** Processes at a time. */
  together: number;
  /** Longest life of a process beyond its start, ms. */
  most: number;
  seed?: number;
}

/** Kills processes that run the campaign at random moments, until it is complete or enough were killed; how many were. */
export async function torment(folder: string, { count, together, most, seed = count }: Torment): Promise<number> {
  let kills = 0;
  for (let round = 0; kills < count && !complete(folder); round++) {
    const processes = Array.from({ length: together }, () => launch(folder));
    await Promise.all(
      processes.map(async ({ child, done }, i) => {
        await Promise.race([wait(150 + most * uniform(BigInt(seed), 'trials', round, i)), done]);
        if (child.exitCode === null) kills += child.kill('SIGKILL') ? 1 : 0;
        await done;
      }),
    );
  }
  return kills;
}
