/**
 * The log of a job's records: one line each, `sequence length crc32 json`, appended and synced before the job goes on.
 * What a crash left of the last line is recognised by its length and checksum and cut off. Every owner of a job writes
 * a log of its own, so a late one cannot spoil its successor's; the records of all of them are merged by sequence
 * number, and as a job is deterministic, two records of one number must be equal.
 */
import { crc32 } from 'node:zlib';
import type { Json } from '../data/atoms.ts';
import { InputError } from '../data/errors.ts';
import { canonicalJson } from './hash.ts';

const encoder = new TextEncoder();
const decoder = new TextDecoder();
const NEWLINE = 10;

/** The line of record number `sequence` (from 0), its newline included. */
export function formatRecord(sequence: number, record: Json): Uint8Array {
  const text = encoder.encode(canonicalJson(record));
  const head = `${sequence} ${text.length} ${crc32(text).toString(16).padStart(8, '0')} `;
  const line = new Uint8Array(head.length + text.length + 1);
  line.set(encoder.encode(head));
  line.set(text, head.length);
  line[line.length - 1] = NEWLINE;
  return line;
}

/** A valid line: its number and where its JSON begins. */
function parseLine(line: Uint8Array): { sequence: number; start: number } | undefined {
  const head = /^(\d{1,15}) (\d{1,9}) ([0-9a-f]{8}) /.exec(decoder.decode(line.subarray(0, 40)));
  if (head === null) return undefined;
  const start = head[0].length;
  const text = line.subarray(start);
  if (text.length !== Number(head[2]) || crc32(text) !== Number.parseInt(head[3], 16)) return undefined;
  return { sequence: Number(head[1]), start };
}

/**
 * Adds the lines of a log, without newlines, to `lines`, where number k stands at k; stops at the first line that is
 * damaged or leaves a gap. Throws InputError where a record differs from the one that is already there.
 */
export function mergeLog(lines: Uint8Array[], log: Uint8Array, file: string): void {
  for (let at = 0, number = 1; at < log.length; number++) {
    const end = log.indexOf(NEWLINE, at);
    if (end < 0) return;
    const line = log.subarray(at, end);
    const found = parseLine(line);
    if (found === undefined || found.sequence > lines.length) return;
    if (found.sequence === lines.length) lines.push(line);
    else if (Buffer.compare(line, lines[found.sequence]) !== 0) throw differs(found.sequence, file, number);
    at = end + 1;
  }
}

/** A record that was computed again and came out otherwise: a broken machine, or a task that is not deterministic. */
export function differs(sequence: number, file: string, line?: number): InputError {
  return new InputError(
    `record ${sequence} differs from what was recorded before: the computation is not reproducible on this machine`,
    { file, line },
  );
}

/** The JSON of a line of mergeLog. */
export function recordOf(line: Uint8Array): Json {
  const found = parseLine(line);
  if (found === undefined) throw new Error('not a line of a log');
  return JSON.parse(decoder.decode(line.subarray(found.start))) as Json;
}
