/** frenkel's commands run in this process: what they print, their JSON, how they refuse. */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { expect, vi } from 'vitest';
import { run } from '../../src/cli/main.ts';
import { type Atoms, createAtoms } from '../../src/data/atoms.ts';

export interface Outcome {
  code: number;
  out: string;
  err: string;
}

export async function frenkel(...argv: string[]): Promise<Outcome> {
  let [out, err] = ['', ''];
  const spies = [
    vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
      out += text;
      return true;
    }),
    vi.spyOn(process.stderr, 'write').mockImplementation((text) => {
      err += text;
      return true;
    }),
  ];
  try {
    return { code: await run(argv), out, err };
  } finally {
    for (const spy of spies) spy.mockRestore();
    process.exitCode = undefined;
  }
}

/** The same by the names of a process. */
export async function called(...argv: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  const { code, out: stdout, err: stderr } = await frenkel(...argv);
  return { code, stdout, stderr };
}

/** Exit code 0, one JSON object. */
export async function json<T>(...argv: string[]): Promise<T> {
  const { code, out, err } = await frenkel(...argv, '--json');
  expect([code, err]).toEqual([0, '']);
  return JSON.parse(out) as T;
}

/** Exit code 2, one sentence that begins with the program's name and has all the words. */
export async function refused(argv: string[], ...words: string[]): Promise<void> {
  const { code, out, err } = await frenkel(...argv);
  expect(code).toBe(2);
  expect(out).toBe('');
  expect(err.trimEnd().split('\n')).toHaveLength(1);
  for (const word of ['frenkel: ', ...words]) expect(err).toContain(word);
}

export interface Built {
  atoms: number;
  elements: Record<string, number>;
  symbols: string[];
  cell: number[][];
  positions: number[][];
}
export const build = (...argv: string[]) => json<Built>('build', ...argv);

/** Distances below `reach` from a point to all atoms and their images, sorted; a sum over images, nothing clever. */
export function distances(
  { cell, positions }: Pick<Built, 'cell' | 'positions'>,
  from: number[],
  reach: number,
): number[] {
  const found: number[] = [];
  const range = [-2, -1, 0, 1, 2];
  for (const p of positions) {
    for (const i of range) {
      for (const j of range) {
        for (const k of range) {
          const d = [0, 1, 2].map((c) => p[c] - from[c] + i * cell[0][c] + j * cell[1][c] + k * cell[2][c]);
          const r = Math.hypot(...d);
          if (r < reach) found.push(r);
        }
      }
    }
  }
  return found.sort((a, b) => a - b);
}

/** Two elements in a tilted cell in LAMMPS's orientation, with everything that a structure can have. */
export function sample(): Atoms {
  return createAtoms({
    numbers: Uint8Array.of(74, 74, 4, 4, 4),
    positions: Float64Array.of(0.1, 0.2, 0.3, 1.7, 1.4, 1.6, 3.1, 0.2, 2.9, 0.4, 3.3, 3.6, 3.5, 3.4, 0.7),
    cell: Float64Array.of(4.1, 0, 0, 0.6, 4.7, 0, -0.4, 0.3, 5.2),
    velocities: Float64Array.from({ length: 15 }, (_, k) => (k - 7) / 8),
    info: { energy: -12.5 },
    arrays: { forces: Float64Array.from({ length: 15 }, (_, k) => k / 16) },
  });
}

export const python = '/usr/bin/python3';

/** With CI=true a missing tool is a failure. */
export const hasAse =
  process.env.CI === 'true' || (existsSync(python) && spawnSync(python, ['-c', 'import ase, numpy']).status === 0);

export interface Inspected {
  file: string;
  kind: string;
  [fact: string]: unknown;
}

export const inspect = async (...files: string[]): Promise<Inspected[]> =>
  (await json<{ files: Inspected[] }>('inspect', ...files)).files;
