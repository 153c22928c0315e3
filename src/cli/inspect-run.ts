/** What is in a run folder, and in a table in LAMMPS's thermo layout. */
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { drift } from '../analysis/drift.ts';
import type { Json } from '../data/atoms.ts';
import { InputError } from '../data/errors.ts';
import { parseThermo } from '../io/thermo.ts';
import { loadCheckpoint } from '../node/checkpoint.ts';
import { readText } from '../node/files.ts';
import type { Report } from './inspect-text.ts';

/** A table of a run: mean, scatter about the straight line and its slope, per column. */
export function inspectThermo(file: string, text: string): Report {
  const { columns, values } = parseThermo(text, file);
  const time = columns.includes('Time') ? 'Time' : 'Step';
  const clock = values[columns.indexOf(time)];
  const described = columns.map((name, c): Report => {
    const { mean, slope, rms } = drift(clock, values[c]);
    const last = values[c].at(-1) ?? null;
    return { name, mean: finite(mean), drift: finite(slope), rms: finite(rms), last };
  });
  return { kind: 'thermo', rows: clock.length, driftPer: time === 'Time' ? 'ps' : 'step', columns: described };
}

const finite = (value: number) => (Number.isFinite(value) ? value : null);

interface RunRecord {
  schema?: Json;
  command?: Json;
  key?: Json;
  finished?: Json;
  versions?: Json;
  input?: Json;
}

export const isRunRecord = (text: string): boolean => /^\s*\{\s*"schema": ?"frenkel run \d+"/.test(text);

/** A run: its command and options, whether it is finished, and the step of its newest checkpoint. */
export function inspectRun(folder: string): Report {
  const path = join(folder, 'run.json');
  if (!existsSync(path)) throw new InputError('is a folder without run.json, and so no run', { file: folder });
  let record: RunRecord;
  try {
    record = Object(JSON.parse(readText(path)));
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw new InputError(`expected the record of a run, found ${error.message}`, { file: path });
  }
  if (!isRunRecord(JSON.stringify(record))) throw new InputError('is no record of a run', { file: path });
  const options = (Object(record.input) as { options?: Json }).options ?? null;
  return {
    kind: 'run',
    command: record.command ?? null,
    status: record.finished === true ? 'finished' : 'not finished: the same command goes on',
    ...checkpoint(folder, String(record.key ?? '')),
    versions: record.versions ?? null,
    options,
    files: readdirSync(folder).sort(),
  };
}

function checkpoint(folder: string, key: string): Report {
  try {
    const { sequence, state, messages } = loadCheckpoint(folder, key);
    if (sequence === 0) return { checkpoint: null };
    const saved = Object((Object(state) as { state?: unknown }).state) as Record<string, unknown>;
    const step = [saved.dynamics, saved.minimizer].map((part) => Object(part).step).find(Number.isInteger);
    return {
      checkpoint: { number: sequence, step: step ?? null },
      ...(messages.length > 0 ? { damaged: messages } : {}),
    };
  } catch (error) {
    if (error instanceof InputError) return { checkpoint: null, damaged: [error.message] };
    throw error;
  }
}
