/** The bundled program as a user runs it: a process of its own in a folder of its own. */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

export const program = resolve('dist/cli.js');

export const scratch = (): string => mkdtempSync(join(tmpdir(), 'frenkel-'));

export interface Answer {
  code: number | null;
  stdout: string;
  stderr: string;
}

/** Starts the program; `done` resolves when it has ended. */
export function start(folder: string, args: string[], input?: string): { child: ChildProcess; done: Promise<Answer> } {
  const child = spawn(process.execPath, [program, ...args], { cwd: folder, stdio: ['pipe', 'pipe', 'pipe'] });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (piece) => {
    stdout += piece;
  });
  child.stderr.on('data', (piece) => {
    stderr += piece;
  });
  child.stdin.end(input ?? '');
  const done = new Promise<Answer>((end) => child.on('close', (code) => end({ code, stdout, stderr })));
  return { child, done };
}

export const frenkel = (folder: string, args: string[], input?: string): Promise<Answer> =>
  start(folder, args, input).done;
