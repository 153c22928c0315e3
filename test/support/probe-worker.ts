/** The worker of a page that computes all of bits.ts, and tells a hash of each. */
import { createBrowserEngine } from '../../src/browser/threads.ts';
import { encodeState } from '../../src/data/state.ts';
import { finely } from '../../src/verify/threads.ts';
import { bitsFor } from './bits.ts';
import type { Asked } from './probe-page.ts';

async function probe({ steps, threads, ordinary }: Asked): Promise<string[]> {
  const engine = finely(await createBrowserEngine({ threads, threadUrl: 'thread.js', ordinary: { force: ordinary } }));
  if (engine.threads !== threads) throw new Error(`${engine.threads} threads`);
  const lines: string[] = [];
  for (const { name, bits } of bitsFor(engine, steps)) {
    const hash = new Uint8Array(await crypto.subtle.digest('SHA-256', encodeState(bits)));
    lines.push(`${name}: ${Array.from(hash, (byte) => byte.toString(16).padStart(2, '0')).join('')}`);
  }
  engine.close();
  return lines;
}

self.onmessage = async ({ data }: MessageEvent<Asked>) => {
  try {
    postMessage({ lines: await probe(data) });
  } catch (error) {
    postMessage({ failed: String(error) });
  }
};
