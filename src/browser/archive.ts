/** A kept run that cannot go on here, because another build kept it: what it had computed is still shown, and saved as files. */
import type { Atoms } from '../data/atoms.ts';
import { version } from '../data/version.ts';
import { formatExtxyz } from '../io/extxyz-write.ts';
import { formatThermoHeader, formatThermoRow } from '../io/thermo.ts';
import type { Standing } from './kept.ts';
import type { Frame, TaskName, TextFile } from './protocol.ts';

export interface Archive {
  task: TaskName;
  /** Why it cannot go on. */
  why: string;
  standing?: Standing;
  /** Names of the columns of `rows`. */
  columns: readonly string[];
  rows: readonly number[][];
  frames: readonly Frame[];
  /** As it was kept. */
  saved: unknown;
}

/** Names as far as they are known. */
export const columnNames = (rows: readonly number[][], known: readonly string[] = []): string[] =>
  Array.from(rows[0] ?? known, (_, k) => known[k] ?? `Column${k + 1}`);

const structureOf = (start: Atoms, { positions, cell, step }: Frame): Atoms => ({
  ...start,
  positions: Float64Array.from(positions),
  cell: Float64Array.from(cell),
  info: { step },
});

/** Numbers as they are, whatever JSON has no word for as text. */
function plain(_: string, value: unknown): unknown {
  if (ArrayBuffer.isView(value)) return Array.from(value as Float64Array, (x) => plain('', x));
  if (value instanceof Map) return [...value];
  if (typeof value === 'bigint' || (typeof value === 'number' && !Number.isFinite(value))) return String(value);
  return value;
}

/** Start, frames (in the single precision that they were kept in), table, results, records of samples, and the state itself. */
export function archiveFiles(start: Atoms, reference: string, archive: Archive): TextFile[] {
  const { task, why, standing, columns, rows, frames, saved } = archive;
  const log = [formatThermoHeader(columns), ...rows.map(formatThermoRow)].join('');
  const { status, step, rows: results, digest } = standing ?? {};
  const report = { command: task, version, status, step, potential: reference, results, digest, note: why };
  const records = (saved as { records?: unknown } | undefined)?.records;
  return [
    { name: 'start.xyz', text: formatExtxyz(start) },
    { name: 'frames.xyz', text: frames.map((frame) => formatExtxyz(structureOf(start, frame))).join('') },
    { name: task === 'md' ? 'log.thermo' : `log.${task}`, text: log },
    { name: 'report.json', text: `${JSON.stringify(report, null, 2)}\n` },
    ...(Array.isArray(records)
      ? [{ name: 'samples.jsonl', text: records.map((one) => `${JSON.stringify(one, plain)}\n`).join('') }]
      : []),
    { name: 'state.json', text: `${JSON.stringify(saved ?? null, plain)}\n` },
  ];
}
