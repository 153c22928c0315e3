/** Every driver and every form of potential in browsers, to the last bit. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildWeb } from '../scripts/web.mjs';
import { type Served, serve } from '../src/node/serve.ts';
import { createEngine } from '../src/node/threads.ts';
import { bitNames, bitsFor } from './support/bits.ts';
import { launchChromium, why, withoutBrowser } from './support/browser.ts';
import { launchFirefox, whyNoFirefox, withoutFirefox } from './support/firefox.ts';
import { hashOf } from './support/hash.ts';
import { type Asked, askPage, buildProbe } from './support/probe-page.ts';
import { record } from './support/trust/record.ts';

const STEPS = 20;
const ways = [
  { what: 'two threads', at: 'isolated', threads: 2, ordinary: false },
  { what: 'one thread without the headers', at: 'bare', threads: 1, ordinary: false },
  { what: 'ordinary memory', at: 'bare', threads: 1, ordinary: true },
] as const;

describe.skipIf(withoutBrowser && withoutFirefox)(`every driver and form of potential${why}`, () => {
  let folder: string;
  let hosts: Record<'isolated' | 'bare', Served>;
  let own: string[];
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'frenkel-bits-'));
    await buildWeb(folder);
    await buildProbe(folder);
    hosts = { isolated: await serve({ port: 0, folder }), bare: await serve({ port: 0, folder, bare: true }) };
    const engine = await createEngine({ threads: 1 });
    own = Array.from(bitsFor(engine, STEPS), ({ name, bits }) => `${name}: ${hashOf(bits)}`);
    engine.close();
    expect(own.length).toBe(bitNames.length);
  });
  afterAll(async () => {
    await Promise.all(Object.values(hosts ?? {}).map((host) => host.close()));
    rmSync(folder, { recursive: true, force: true });
  });

  /** Where the answers of `ask`, way by way, are not Node's. */
  const differences = async (ask: (url: string, asked: Asked) => Promise<string[]>) => {
    const different: string[] = [];
    for (const { what, at, threads, ordinary } of ways) {
      const found = await ask(hosts[at].url, { steps: STEPS, threads, ordinary });
      expect(found.length).toBe(own.length);
      different.push(...found.filter((line, k) => line !== own[k]).map((line) => `${what}: ${line}`));
    }
    return different;
  };

  it.skipIf(withoutBrowser)('have the bits of Node in Chromium', async () => {
    const browser = await launchChromium();
    const page = await (await browser.newContext({ serviceWorkers: 'block' })).newPage();
    const different = await differences(async (url, asked) => {
      await page.goto(url);
      return askPage((expression) => page.evaluate(expression), asked);
    });
    await browser.close();
    expect(different).toEqual([]);
  });

  it.skipIf(withoutFirefox)(`are the same in Firefox${whyNoFirefox}`, async () => {
    const firefox = await launchFirefox();
    try {
      await firefox.allowServiceWorkers(false);
      const different = await differences(async (url, asked) => {
        await firefox.goto(url);
        return askPage((expression) => firefox.evaluate(`return ${expression}`), asked);
      });
      const where = ways.map(({ what }) => what).join(', ');
      const figure = `${different.length} of ${ways.length * own.length} hashes: Firefox ${firefox.version}, ${where}`;
      record('R6.firefox', figure, different.length === 0);
      expect(different).toEqual([]);
    } finally {
      await firefox.close();
    }
  });
});
