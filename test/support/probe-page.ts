/** All of bits.ts in a page, whatever browser drives it: the worker beside the built page, asked and waited for. */
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { build } from 'esbuild';
import { PATIENCE } from './browser.ts';

export interface Asked {
  steps: number;
  threads: number;
  /** On ordinary memory, not shared one. */
  ordinary: boolean;
}

export const buildProbe = (folder: string) =>
  build({
    entryPoints: ['test/support/probe-worker.ts'],
    bundle: true,
    platform: 'browser',
    format: 'esm',
    target: 'es2022',
    outfile: join(folder, 'probe.js'),
    logLevel: 'error',
  });

/** The value of an expression in a page of that folder, by whatever drives its browser. */
export type Value = <T>(expression: string) => Promise<T>;

/** One line for each name, `<name>: <SHA-256>`. */
export async function askPage(value: Value, asked: Asked): Promise<string[]> {
  await value(`(() => {
    const worker = new Worker('probe.js', { type: 'module' });
    window.probed = undefined;
    worker.onmessage = ({ data }) => { window.probed = data; worker.terminate(); };
    worker.onerror = ({ message }) => { window.probed = { failed: message }; };
    worker.postMessage(${JSON.stringify(asked)});
    return true;
  })()`);
  for (const begun = performance.now(); performance.now() - begun < PATIENCE; await pause(50)) {
    const said = await value<{ lines?: string[]; failed?: string } | null>('window.probed ?? null');
    if (said?.lines) return said.lines;
    if (said) throw new Error(`the page's worker: ${said.failed}`);
  }
  throw new Error("the page's worker said nothing");
}
