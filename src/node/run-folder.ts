/**
 * A run and its folder: run.json says what it is, checkpoints where it stands, events.jsonl what happened. A checkpoint
 * also knows how long every growing output was, and resuming cuts the outputs back to that: interrupted or not, the
 * files come out the same.
 */
import { dirname, join } from 'node:path';
import type { Json } from '../data/atoms.ts';
import { InputError } from '../data/errors.ts';
import { kernelHash as ownKernels } from '../generated/kernels.ts';
import { checkpointFiles, loadCheckpoint, saveCheckpoint } from './checkpoint.ts';
import { type Disk, nodeDisk } from './disk.ts';
import { type Appender, type Content, codeOf, openAppend, readText, WriteError, writeAtomic } from './files.ts';
import { canonicalJson, sha256 } from './hash.ts';
import { lockFolder } from './lock.ts';
import { describeGrowth, type Growth, growthOf, handOver, type Prolongation } from './prolong.ts';

const schema = 'frenkel run 1';

/** What makes a run this run. */
export interface RunSpec {
  /** Folder; made where it is missing. */
  out: string;
  /** Starts over whatever the folder has; other files in it stay. */
  force?: boolean;
  command: string;
  /** Resolved options and SHA-256 of the inputs: all that decides the result, nothing else (no threads, no paths). */
  input: Json;
  versions: Record<string, string>;
  /** SHA-256 of the kernels; default: those embedded. */
  kernelHash?: string;
  /** Of runs that may be asked for more `input.options.steps` later. */
  prolongation?: Prolongation;
  disk?: Disk;
}

export interface Run {
  /** 'resume' also where it is prolonged, and where no checkpoint was written yet: it then starts from the beginning. */
  readonly status: 'new' | 'resume' | 'finished';
  /** Of a run that was just prolonged: from how many steps to how many. */
  readonly growth?: Growth;
  readonly folder: string;
  /** What a user should know: damaged checkpoints, other kernels. */
  readonly messages: readonly string[];
  /** What save() was last given, or undefined. */
  readonly checkpoint: unknown;
  /** What finish() was given. */
  readonly result: Json | undefined;
  /** Path of a file of the run. */
  path(name: string): string;
  /** The text of a file of the run, as it is now. */
  read(name: string): string;
  /** Writes a whole file, atomically. */
  write(name: string, content: Content): void;
  /** A growing file, continued where the checkpoint left it; each is opened once. */
  output(name: string): Appender;
  /** Adds a line to events.jsonl, on the disk when it returns. */
  event(event: Record<string, Json>): void;
  /** Makes the outputs durable, then writes a checkpoint. */
  save(state: unknown): void;
  /** Marks the run as finished; `result` is given back by the next openRun. */
  finish(result: Json): void;
  /** Closes files and releases the folder. */
  close(): void;
}

/** What run.json says. */
interface RunRecord {
  key: string;
  command: string;
  kernelHash: string;
  finished: boolean;
  result: Json | undefined;
  input: Json | undefined;
}

/** Names in the folder of a run that has not computed anything. */
const unbegun = /^(run\.json|start\.xyz|lock\.\d+|\..*\.tmp)$/;
const ours = /^(run\.json|events\.jsonl|checkpoint-[01]\.bin|lock\.\d+|\..*\.tmp)$/;

function readRecord(folder: string, disk: Disk): RunRecord | undefined {
  const path = join(folder, 'run.json');
  if (disk.stat(path) === undefined) return undefined;
  let found: Record<string, Json> | undefined;
  try {
    found = JSON.parse(readText(path, { disk, limit: 1 << 26 }));
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
  }
  const { key, command, kernelHash, finished, result, input } = Object(found) as Record<string, Json | undefined>;
  const good = found?.schema === schema && [key, command, kernelHash].every((text) => typeof text === 'string');
  if (!good)
    throw new InputError('is no record of a run that this version can read; start over with --force', { file: path });
  return { key, command, kernelHash, finished: finished === true, result, input } as RunRecord;
}

/** What a folder has; with `growth` the run of the key `before`, which is to be prolonged. */
type Found = Pick<Run, 'status' | 'result'> & { messages: string[]; growth?: Growth; before?: string };

/** Refuses a folder that belongs to something else; says what is there otherwise. */
function inspect(spec: RunSpec, key: string, kernels: string, disk: Disk): Found {
  const record = readRecord(spec.out, disk);
  if (record === undefined) {
    const foreign = disk.list(spec.out).find((name) => !ours.test(name));
    if (foreign === undefined) return { status: 'new', result: undefined, messages: [] };
    throw new InputError(`contains ${JSON.stringify(foreign)}, which is no run; choose another --out, or --force`, {
      file: spec.out,
    });
  }
  // a command that failed at its start has left nothing to lose
  if (record.key !== key && !record.finished && disk.list(spec.out).every((name) => unbegun.test(name)))
    return { status: 'new', result: undefined, messages: [] };
  const growth = record.key === key ? undefined : longer(spec, record, kernels);
  if (growth) return { status: 'resume', result: undefined, messages: [], growth, before: record.key };
  if (record.key !== key) {
    const what =
      record.command === spec.command
        ? `with other options or input files${otherwise(record.input, spec.input)}`
        : `of "${record.command}"`;
    const ended = record.command === 'md' && spec.command === 'md' && record.finished;
    const prolong = ended
      ? '; to go on from its end, start another run from its final.xyz, which has the velocities'
      : '';
    throw new InputError(`contains another run, ${what}; choose another --out, or --force to start over${prolong}`, {
      file: spec.out,
    });
  }
  const same = record.kernelHash === kernels;
  if (record.finished) {
    return {
      status: 'finished',
      result: record.result,
      messages: same ? [] : ['these results were made by another version of the kernels'],
    };
  }
  if (!same) {
    throw new InputError('this run was begun with another version of the kernels; --force starts it over', {
      file: spec.out,
    });
  }
  return { status: 'resume', result: undefined, messages: [] };
}

/** How this run prolongs the one that is there; undefined where it is another one. Throws InputError where it cannot. */
function longer(spec: RunSpec, record: RunRecord, kernels: string): Growth | undefined {
  const { command, input, key, finished, kernelHash } = record;
  if (spec.prolongation === undefined || command !== spec.command || input === undefined) return undefined;
  if (differences(input, spec.input).join() !== 'options.steps' || key !== keyOf(command, input)) return undefined;
  const asked = { folder: spec.out, before: input, now: spec.input, finished, sameKernels: kernelHash === kernels };
  return growthOf(asked, spec.prolongation);
}

const keyOf = (command: string, input: Json) => sha256(canonicalJson({ schema, command, input }));

/** Which parts of the input are not those of `now`: ' (options.steps)'. */
function otherwise(then: Json | undefined, now: Json): string {
  const parts = differences(then ?? null, now);
  return parts.length > 0 ? ` (${parts.slice(0, 5).join(', ')})` : '';
}

/** None where the record was filled with lists that are 10,000 deep. */
function differences(then: Json, now: Json): string[] {
  try {
    return different(then, now);
  } catch {
    return [];
  }
}

function different(then: Json, now: Json, path = ''): string[] {
  const inner = (value: Json) =>
    value !== null && typeof value === 'object' && !Array.isArray(value) ? value : undefined;
  const [a, b] = [inner(then), inner(now)];
  if (a === undefined || b === undefined) return canonicalJson(then) === canonicalJson(now) ? [] : [path];
  const of = (from: { [key: string]: Json }, name: string) => (Object.hasOwn(from, name) ? from[name] : null);
  return [...new Set([...Object.keys(a), ...Object.keys(b)])].flatMap((name) =>
    different(of(a, name), of(b, name), path === '' ? name : `${path}.${name}`),
  );
}

function clear(folder: string, disk: Disk): void {
  for (const name of [...checkpointFiles, 'events.jsonl', 'run.json']) {
    try {
      disk.remove(join(folder, name));
    } catch (error) {
      if (codeOf(error) !== 'ENOENT') throw new WriteError(join(folder, name), error);
    }
  }
}

/** Removes what a killed process left half-written; drafts of locks may belong to a process that starts now. */
function sweep(folder: string, disk: Disk): void {
  for (const name of disk.list(folder)) {
    if (/^\..*\.tmp$/.test(name) && !/^\.+lock\./.test(name)) disk.remove(join(folder, name));
  }
}

/** Length of a file of lines without a torn last one. */
function wholeLines(path: string, disk: Disk): number {
  const size = disk.stat(path)?.size ?? 0;
  for (let end = size; end > 0; ) {
    const start = Math.max(0, end - 65536);
    const at = disk.readPart(path, start, end - start).lastIndexOf(10);
    if (at >= 0) return start + at + 1;
    end = start;
  }
  return 0;
}

/** What save() puts into a checkpoint: the caller's state, and how long the outputs are. */
interface Saved {
  outputs: Record<string, number>;
  state: unknown;
}

/**
 * Opens the folder of a run and locks it. The same command and input on an unfinished run resumes it, on a finished one
 * says so; everything else that is there is refused with InputError, unless forced.
 */
export function openRun(spec: RunSpec): Run {
  const disk = spec.disk ?? nodeDisk;
  const kernels = spec.kernelHash ?? ownKernels;
  const key = keyOf(spec.command, spec.input);
  makeFolder(spec.out, disk);
  const release = lockFolder(spec.out, { disk });
  try {
    if (spec.force) clear(spec.out, disk);
    const found: Found = spec.force
      ? { status: 'new', result: undefined, messages: [] }
      : inspect(spec, key, kernels, disk);
    const { growth, before } = found;
    const record = {
      schema,
      command: spec.command,
      key,
      kernelHash: kernels,
      versions: spec.versions,
      input: spec.input,
    };
    const begin = (extra: Record<string, Json>) =>
      writeAtomic(join(spec.out, 'run.json'), `${JSON.stringify({ ...record, ...extra }, null, 2)}\n`, disk);
    if (found.status !== 'finished') sweep(spec.out, disk);
    if (found.status === 'new') begin({ finished: false });
    const loaded = found.status === 'resume' ? loadCheckpoint(spec.out, before ?? key, disk) : undefined;
    const saved = loaded?.state as Saved | undefined;
    const sequence =
      growth && loaded
        ? handOver(spec.out, key, loaded, () => begin({ finished: false }), disk)
        : (loaded?.sequence ?? 0);
    const told = growth ? [describeGrowth(growth, saved !== undefined)] : [];
    const messages = [...found.messages, ...told, ...(loaded?.messages ?? [])];
    return makeRun({ spec, disk, key, release, begin, ...found, sequence, saved, messages });
  } catch (error) {
    release();
    throw error;
  }
}

function makeFolder(path: string, disk: Disk): void {
  try {
    disk.makeFolder(path);
    disk.syncFolder(dirname(path));
  } catch (error) {
    throw new WriteError(path, error);
  }
}

interface Parts {
  spec: RunSpec;
  disk: Disk;
  key: string;
  release: () => void;
  begin: (extra: Record<string, Json>) => void;
  status: Run['status'];
  growth?: Growth;
  result: Json | undefined;
  messages: string[];
  sequence: number;
  saved: Saved | undefined;
}

function makeRun({ spec, disk, key, release, begin, saved, ...parts }: Parts): Run {
  const outputs = new Map<string, Appender>();
  let events: Appender | undefined;
  let sequence = parts.sequence;
  const path = (name: string) => {
    if (!/^[\w-][\w.-]*(\/[\w-][\w.-]*)*$/.test(name)) throw new Error(`${name} is no name of an output`);
    return join(spec.out, name);
  };
  const syncOutputs = () => {
    for (const output of outputs.values()) output.sync();
  };
  return {
    status: parts.status,
    growth: parts.growth,
    result: parts.result,
    messages: parts.messages,
    folder: spec.out,
    checkpoint: saved?.state,
    path,
    read: (name) => readText(path(name), { disk, limit: 1 << 30 }),
    write: (name, content) => writeAtomic(path(name), content, disk),
    output(name) {
      const known = outputs.get(name);
      if (known !== undefined) return known;
      const keep = saved !== undefined && Object.hasOwn(saved.outputs, name) ? saved.outputs[name] : 0;
      const opened = openAppend(path(name), { keep, disk });
      outputs.set(name, opened);
      return opened;
    },
    event(event) {
      const file = path('events.jsonl');
      events ??= openAppend(file, { keep: wholeLines(file, disk), disk });
      events.append(`${JSON.stringify(event)}\n`);
      events.sync();
    },
    save(state) {
      syncOutputs();
      const lengths = Object.fromEntries([...outputs].map(([name, output]) => [name, output.length]));
      const next: Saved = { outputs: { ...saved?.outputs, ...lengths }, state };
      saveCheckpoint(spec.out, key, sequence + 1, next, disk);
      sequence++;
    },
    finish(result) {
      syncOutputs();
      begin({ finished: true, result });
    },
    close() {
      for (const output of outputs.values()) output.close();
      events?.close();
      outputs.clear();
      events = undefined;
      release();
    },
  };
}
