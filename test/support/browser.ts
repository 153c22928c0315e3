/** Debian's Chromium on the built page: one browser for a test file, a page with an empty profile for each test. */
import { existsSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';
import { buildWeb } from '../../scripts/web.mjs';
import { type Served, serve } from '../../src/node/serve.ts';

const executablePath = process.env.FRENKEL_CHROMIUM ?? '/usr/bin/chromium';

/** Where there is no browser the tests are skipped; in CI they fail. */
export const withoutBrowser = !existsSync(executablePath) && !process.env.CI;
export const why = withoutBrowser ? ` (skipped: no ${executablePath})` : '';

/** FRENKEL_SHOTS=1: the pictures of docs/browser.md are taken anew. */
export const drawing = process.env.FRENKEL_SHOTS === '1';

/** ms for anything that a page is to do: only what hangs takes longer, on a loaded machine too. */
export const PATIENCE = 300_000;

const args = [
  '--headless',
  '--no-sandbox',
  '--no-first-run',
  '--use-gl=angle',
  '--use-angle=swiftshader',
  '--enable-unsafe-swiftshader',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

export interface Stage {
  browser: Browser;
  /** The built page. */
  folder: string;
  /** With the headers of `frenkel serve`, and as a host that sends none. */
  isolated: Served;
  bare: Served;
  close(): Promise<void>;
}

export const launchChromium = (): Promise<Browser> => chromium.launch({ executablePath, args, timeout: PATIENCE });

export async function createStage(): Promise<Stage> {
  const folder = mkdtempSync(join(tmpdir(), 'frenkel-web-'));
  await buildWeb(folder);
  const [isolated, bare] = await Promise.all([serve({ port: 0, folder }), serve({ port: 0, folder, bare: true })]);
  const browser = await launchChromium();
  return {
    browser,
    folder,
    isolated,
    bare,
    async close() {
      await browser.close();
      await Promise.all([isolated.close(), bare.close()]);
    },
  };
}

export interface Visit {
  page: Page;
  /** Closes this page alone, without a word to it. */
  leave(): Promise<void>;
  /** Another page of the same profile. */
  again(url?: string): Promise<Visit>;
  /** Errors and warnings of the console, of scripts and of the policy. */
  complaints: string[];
  /** Waits for a phase of the page. */
  phase(name: string): Promise<void>;
  text(selector: string): Promise<string>;
  /** A number of the table of results, as text. */
  result(name: string): Promise<string>;
  /** A picture for docs/, on request. */
  shot(name: string): Promise<void>;
  close(): Promise<void>;
}

interface Options {
  /** Service workers. */
  workers?: 'allow' | 'block';
  dark?: boolean;
  width?: number;
  height?: number;
  /** As a browser without a file system of the page. */
  withoutFiles?: boolean;
  /** The page's worker with other words. */
  worker?: (text: string) => string;
}

/** Opens the page at `url`. */
export async function visit({ browser }: Stage, url: string, options: Options = {}): Promise<Visit> {
  const { workers = 'block', dark = true, width = 1280, height = 820 } = options;
  const context = await browser.newContext({
    viewport: { width, height },
    serviceWorkers: workers,
    colorScheme: dark ? 'dark' : 'light',
    permissions: ['clipboard-read', 'clipboard-write'],
  });
  context.setDefaultTimeout(PATIENCE);
  const { withoutFiles, worker: words = (text: string) => text } = options;
  if (withoutFiles || options.worker) {
    const before = withoutFiles ? 'StorageManager.prototype.getDirectory = undefined;\n' : '';
    await context.route('**/worker.js', async (route) => {
      const response = await route.fetch();
      await route.fulfill({ response, body: before + words(await response.text()) });
    });
  }
  return pageIn(context, url);
}

async function pageIn(context: BrowserContext, url: string): Promise<Visit> {
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on('console', (message) => {
    // a software renderer says that it is slow, and Playwright that it does what it was told
    if (/GPU stall|blocked by Playwright/.test(message.text())) return;
    if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(error.message));
  await page.goto(url);
  const text = async (selector: string) => ((await page.textContent(selector)) ?? '').trim();
  return {
    page,
    complaints,
    leave: () => page.close({ runBeforeUnload: false }),
    again: (other = url) => pageIn(context, other),
    phase: async (name) => {
      await page.waitForSelector(`body[data-phase=${name}]`, { timeout: PATIENCE }).catch(async (error) => {
        throw new Error(`${error.message}\n${await text('#state')} | ${await text('#message')} | ${complaints.join()}`);
      });
    },
    text,
    result: (name) => text(`#table tr:has(th:text-is("${name}")) td:nth-of-type(1)`),
    shot: async (name) => {
      if (drawing) await page.screenshot({ path: resolve('docs/browser', name) });
    },
    close: () => context.close(),
  };
}
