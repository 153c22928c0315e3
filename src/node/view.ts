/**
 * A folder of results as a page can read it: an overview as JSON, and its files by name. Only names that the folder was
 * found to have are answered, plain files of kinds that results are made of; links are not followed; nothing is written.
 */
import { existsSync, lstatSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import type { Json } from '../data/atoms.ts';
import { InputError } from '../data/errors.ts';
import { currentStructures, currentTime, type Running } from './current.ts';
import { START } from './start-run.ts';

const types = new Map([
  ['xyz', 'text/plain; charset=utf-8'],
  ['gz', 'application/octet-stream'],
  ['json', 'application/json'],
  ['jsonl', 'text/plain; charset=utf-8'],
  ['csv', 'text/plain; charset=utf-8'],
  ['md', 'text/plain; charset=utf-8'],
  ['yaml', 'text/plain; charset=utf-8'],
  ['svg', 'image/svg+xml'],
  ['thermo', 'text/plain; charset=utf-8'],
  ['relax', 'text/plain; charset=utf-8'],
  ['neb', 'text/plain; charset=utf-8'],
  ['saddle', 'text/plain; charset=utf-8'],
]);

const typeOf = (name: string) => types.get(name.replace(/^.*\./, '').toLowerCase());

/** Larger files are named, but not sent: a tab has little memory. */
const MOST_BYTES = 256 * 2 ** 20;
const MOST_FILES = 500;

export interface ViewedFile {
  /** Path within the folder, with slashes. */
  name: string;
  size: number;
  /** Milliseconds since 1970. */
  modified: number;
}

/** What data/run.json says. */
export interface Overview {
  name: string;
  /** run.json of a run, less its inputs; null where there is none that can be read. */
  run: { command: Json; finished: boolean; result: Json; options: Json; versions: Json } | null;
  /** A campaign's state in lines, and whether nothing is left to do. */
  campaign: { lines: string[]; done: number; planned: number; failed: number; complete: boolean } | null;
  files: ViewedFile[];
}

export interface Answer {
  status: number;
  type: string;
  body: string | Uint8Array;
}

export type View = (path: string) => Answer;

/** Plain files of the folder itself and of report/. */
function filesIn(folder: string): ViewedFile[] {
  const files: ViewedFile[] = [];
  for (const inner of ['', 'report/']) {
    // without the slash, which would follow a link
    const place = join(folder, inner.slice(0, -1));
    if (!existsSync(place) || !lstatSync(place).isDirectory()) continue;
    for (const name of readdirSync(place).sort()) {
      if (typeOf(name) === undefined || name.startsWith('.') || files.length >= MOST_FILES) continue;
      const stat = lstatSync(join(place, name), { throwIfNoEntry: false });
      if (stat?.isFile()) files.push({ name: `${inner}${name}`, size: stat.size, modified: stat.mtimeMs });
    }
  }
  return files;
}

/** A structure of a run that writes no trajectory; it is no file of the folder, but made of its checkpoint. */
const CURRENT = 'checkpoint.xyz';
const structures = /\.xyz(\.gz)?$/;

/** Where a run stands, made anew when there is a newer checkpoint. */
function currentOf(folder: string): (files: readonly ViewedFile[]) => (ViewedFile & { body: Uint8Array }) | undefined {
  let last: (ViewedFile & { body: Uint8Array }) | undefined;
  return (files) => {
    if (files.some(({ name }) => structures.test(name) && name !== START)) return undefined;
    const modified = currentTime(folder);
    const record = readRecord(folder);
    if (modified === undefined || !record) return undefined;
    if (modified === last?.modified) return last;
    try {
      const body = new TextEncoder().encode(currentStructures(folder, record));
      last = { name: CURRENT, size: body.length, modified, body };
    } catch {
      // damaged, or being written over: what was there is still right
    }
    return last;
  };
}

function readRecord(folder: string): (Running & NonNullable<Overview['run']>) | undefined {
  try {
    const path = join(folder, 'run.json');
    if (!lstatSync(path).isFile()) return undefined;
    const { command, key, finished, result, input, versions } = Object(JSON.parse(readFileSync(path, 'utf8')));
    const options = Object(input).options ?? null;
    return {
      key: key ?? null,
      command: command ?? null,
      finished: finished === true,
      result: result ?? null,
      options,
      versions: versions ?? null,
    };
  } catch {
    return undefined;
  }
}

function recordOf(folder: string): Overview['run'] {
  const record = readRecord(folder);
  if (!record) return null;
  const { key: _, ...run } = record;
  return run;
}

/** `campaign`: asked each time, where the folder is that of one. Throws InputError where there is no folder. */
export function viewFolder(path: string, campaign?: () => Overview['campaign']): View {
  const folder = resolve(path);
  if (!existsSync(folder)) throw new InputError('there is no such folder', { file: path });
  if (!statSync(folder).isDirectory())
    throw new InputError('is a file; the folder of a run was expected', { file: path });
  const missing: Answer = { status: 404, type: 'text/plain; charset=utf-8', body: 'there is no such file\n' };
  const currentIn = currentOf(folder);
  return (wanted) => {
    const files = filesIn(folder);
    const current = currentIn(files);
    if (wanted === 'run.json') {
      const overview: Overview = {
        name: basename(folder),
        run: recordOf(folder),
        campaign: campaign?.() ?? null,
        files: current ? [...files, { name: CURRENT, size: current.size, modified: current.modified }] : files,
      };
      return { status: 200, type: 'application/json', body: JSON.stringify(overview) };
    }
    if (current && wanted === `files/${CURRENT}`)
      return { status: 200, type: typeOf(CURRENT) ?? '', body: current.body };
    const found = files.find(({ name }) => `files/${name}` === wanted);
    if (!found) return missing;
    if (found.size > MOST_BYTES) return { ...missing, status: 413, body: 'more than 256 MiB\n' };
    return { status: 200, type: typeOf(found.name) ?? '', body: readFileSync(join(folder, found.name)) };
  };
}
