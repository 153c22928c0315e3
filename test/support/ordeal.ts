/**
 * Runs of the program itself that are struck again and again - signals, kills, full disks, other numbers of threads - and
 * begun again by the same command: the files must be those of a run that was left alone.
 */
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { vacancy } from '../../src/data/defects.ts';
import { lattice } from '../../src/data/lattice.ts';
import { fillUniform } from '../../src/data/rng.ts';
import { repeat } from '../../src/data/supercell.ts';
import { formatExtxyz } from '../../src/io/extxyz-write.ts';
import { frenkel, start } from './cli.ts';
import { wait } from './torment.ts';

export interface Ordeal {
  name: string;
  /** Inputs by name. */
  files: Record<string, string>;
  /** The command, but for what may differ from start to start; its folder is `folder`. */
  line: string[];
  folder: string;
  /** Options that decide no number: threads, checkpoints. */
  free(threads: number, checkpoint?: number): string[];
}

const a = 2.8553;
const iron = (cells: number) => repeat(lattice({ kind: 'bcc', a, elements: ['Fe'] }), [cells, cells, cells]);

function displaced(cells: number, by: number): string {
  const crystal = iron(cells);
  const moves = new Float64Array(crystal.positions.length);
  fillUniform(moves, 5n, 'trials', 0);
  return formatExtxyz({ ...crystal, positions: crystal.positions.map((x, i) => x + by * (moves[i] - 0.5)) });
}

const potential = ['-p', 'Fe-Ackland-2004', '--out', 'r'];
const LATE = 1000;
const free = (threads: number, checkpoint = LATE) => ['--checkpoint', String(checkpoint), '--threads', String(threads)];
const hole = formatExtxyz(vacancy(iron(3), [0, 0, 0]));
const hopped = formatExtxyz(vacancy(iron(3), [a / 2, a / 2, a / 2]));
const words = (text: string) => text.split(' ');

/** `size` 1: a second or two of work each. */
export const ordeals = (size = 1): Ordeal[] => [
  {
    name: 'md',
    files: { 'a.xyz': hole },
    line: [
      ...words('md a.xyz -T 600 --ensemble langevin --thermo 20 --dump 2000 --steps'),
      `${12000 * size}`,
      ...potential,
    ],
    folder: 'r',
    free,
  },
  {
    name: 'npt',
    files: { 'a.xyz': hole },
    line: [
      ...words('md a.xyz -T 300 --ensemble npt --pressure 0 --thermo 20 --dump 2000 --steps'),
      `${10000 * size}`,
      ...potential,
    ],
    folder: 'r',
    free,
  },
  {
    name: 'relax',
    files: { 'b.xyz': displaced(5, 0.3) },
    line: [...words('relax b.xyz --method fire --fmax 1e-10 --cell full'), ...potential],
    folder: 'r',
    free,
  },
  {
    name: 'neb',
    files: { 'a.xyz': hole, 'c.xyz': hopped },
    line: [...words('neb a.xyz c.xyz -n 9 --climb --method fire --fmax 1e-7'), ...potential],
    folder: 'r',
    free,
  },
  {
    name: 'free-energy',
    files: { 'd.xyz': formatExtxyz(vacancy(iron(2), 0)) },
    line: [...words('free-energy d.xyz -T 300 --relax --replicas 2 --steps'), `${8000 * size}`, ...potential],
    folder: 'r',
    free,
  },
  {
    name: 'campaign',
    files: { 'c.yaml': `campaign: count\njobs: 6\nslices: ${60 * size}\nnumbers: 20000\nseed: 11\n` },
    line: words('campaign run c.yaml'),
    folder: 'runs/c',
    free: (workers, checkpoint = LATE) => ['--checkpoint', String(checkpoint), '--workers', String(workers)],
  },
];

export function lay({ files }: Ordeal, folder: string): string {
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  return folder;
}

/** What lasts, by name; not events, checkpoints, times. */
export function lasting({ folder }: Ordeal, where: string): Record<string, string> {
  const root = join(where, folder);
  const names = readdirSync(root, { recursive: true, withFileTypes: true })
    .filter(({ name }) => !/^(events\.jsonl|checkpoint-\d\.bin|timing\.json)$/.test(name))
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
  return Object.fromEntries(names.sort().map((name) => [name.slice(root.length), readFileSync(name, 'latin1')]));
}

/** Exit code and files of a run that is left alone. */
export async function calm(
  ordeal: Ordeal,
  where: string,
): Promise<{ code: number | null; files: Record<string, string> }> {
  const { code, stderr } = await frenkel(lay(ordeal, where), [...ordeal.line, ...ordeal.free(1)]);
  if (code !== 0) throw new Error(`${ordeal.name}: exit ${code}: ${stderr}`);
  return { code, files: lasting(ordeal, where) };
}

export interface Blow {
  signal: NodeJS.Signals;
  code: number | null;
  stderr: string;
  /** From the signal to the end. */
  seconds: number;
}

export interface Strike {
  signal: NodeJS.Signals;
  /** ms from the moment that it heeds signals. */
  after: number;
  threads: number;
  /** Seconds between checkpoints. */
  checkpoint?: number;
}

/** Begins or goes on, and strikes; undefined where it came to its end before. */
export async function strike(
  ordeal: Ordeal,
  where: string,
  { signal, after, threads, checkpoint }: Strike,
): Promise<Blow | undefined> {
  const { child, done } = start(where, [...ordeal.line, ...ordeal.free(threads, checkpoint)]);
  let ended = false;
  const end = done.then((answer) => {
    ended = true;
    return answer;
  });
  while (!ended && !atWork(ordeal, where, child.pid ?? 0)) await wait(3);
  await Promise.race([wait(after), end]);
  if (ended) {
    const { code, stderr } = await end;
    if (code !== 0) throw new Error(`${ordeal.name}: exit ${code}: ${stderr}`);
    return undefined;
  }
  const begin = performance.now();
  child.kill(signal);
  const { code, stderr } = await end;
  // it was about to end by itself, or had: its folder is closed
  if (code === 0 || (signal === 'SIGKILL' && !atWork(ordeal, where, child.pid ?? 0))) return undefined;
  return { signal, code, stderr, seconds: (performance.now() - begin) / 1000 };
}

/** It has said in its folder that it has begun: from then on signals are heeded. */
function atWork({ folder }: Ordeal, where: string, pid: number): boolean {
  const root = join(where, folder);
  if (!existsSync(root)) return false;
  if (folder === 'r') {
    const lock = readdirSync(root).find((name) => /^lock\.\d+$/.test(name));
    return (
      lock !== undefined && readOr(join(root, lock)).includes(`"pid":${pid},`) && existsSync(join(root, 'run.json'))
    );
  }
  return readdirSync(root, { recursive: true, encoding: 'utf8' }).some(
    (name) => /claim/.test(name) && readOr(join(root, name)).includes(`"pid":${pid},`),
  );
}

function readOr(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
