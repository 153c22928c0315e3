/** The time step of a trajectory of `frenkel md`: its folder knows it. */
import { existsSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { readText } from '../node/files.ts';

/** ps, from the run.json beside the file, if that file is the trajectory of the run; else undefined. */
export function runTimestep(file: string): number | undefined {
  const path = join(dirname(file), 'run.json');
  if (file === '-' || !existsSync(path)) return undefined;
  let record: unknown;
  try {
    record = JSON.parse(readText(path, { limit: 1 << 26 }));
  } catch {
    return undefined; // nobody asked for this file
  }
  const { command, input } = Object(record);
  const { trajectory, options } = Object(input);
  const { timestep } = Object(options);
  const own = command === 'md' && trajectory === basename(file);
  return own && typeof timestep === 'number' && timestep > 0 ? timestep : undefined;
}
