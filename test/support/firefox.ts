/** Debian's Firefox without a window, with an empty profile of its own. */
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { PATIENCE } from './browser.ts';
import { FirefoxError, openMarionette } from './marionette.ts';

const executablePath = process.env.FRENKEL_FIREFOX ?? '/usr/bin/firefox-esr';

/** Where there is no Firefox the tests are skipped; in CI they fail. */
export const withoutFirefox = !existsSync(executablePath) && !process.env.CI;
export const whyNoFirefox = withoutFirefox ? ` (skipped: no ${executablePath}; Debian: firefox-esr)` : '';

const preferences = {
  // any free port, told in a file of the profile
  'marionette.port': 0,
  'app.update.disabledForTesting': true,
  'browser.shell.checkDefaultBrowser': false,
  'browser.startup.homepage_override.mstone': 'ignore',
  'datareporting.policy.dataSubmissionEnabled': false,
  'network.captive-portal-service.enabled': false,
  'network.connectivity-service.enabled': false,
  'services.settings.server': 'data:,#remote-settings-dummy/v1',
  'toolkit.telemetry.server': 'data:,',
};

export interface Firefox {
  version: string;
  goto(url: string): Promise<void>;
  /** What a function body returns in the page; `arguments` as given. */
  evaluate<T>(body: string, ...args: unknown[]): Promise<T>;
  /** As a mouse does. */
  click(selector: string): Promise<void>;
  /** Files for an input, by absolute path. */
  choose(selector: string, files: readonly string[]): Promise<void>;
  /** Where what the page gives is saved. */
  downloads: string;
  text(selector: string): Promise<string>;
  /** Waits until an expression is true in the page. */
  until(expression: string): Promise<void>;
  /** Errors and warnings since it was asked last that name an address of `origin`: scripts, policy, graphics. */
  complaints(origin: string): Promise<string[]>;
  /** Service workers, for pages that are opened from now on. */
  allowServiceWorkers(allowed: boolean): Promise<void>;
  /** PNG. */
  picture(): Promise<Buffer>;
  close(): Promise<void>;
}

async function portOf(profile: string, ended: () => boolean, said: () => string): Promise<number> {
  const file = join(profile, 'MarionetteActivePort');
  for (const begun = performance.now(); performance.now() - begun < PATIENCE; await pause(50)) {
    const text = existsSync(file) ? readFileSync(file, 'utf8').trim() : '';
    if (text !== '') return Number(text);
    if (ended()) break;
  }
  throw new Error(`Firefox did not start: ${said().slice(-1000)}`);
}

/** The messages of its console that are errors or warnings about `origin`; the console is emptied. */
const COMPLAINTS = `
  const found = Services.console.getMessageArray()
    .filter((one) => one instanceof Ci.nsIScriptError && \`\${one.sourceName} \${one.errorMessage}\`.includes(arguments[0]))
    .map((one) => one.errorMessage);
  Services.console.reset();
  return found;`;

/** Nothing was clicked: the page was drawing itself anew. */
const UNMOVED = new Set([
  'stale element reference',
  'no such element',
  'element not interactable',
  'element click intercepted',
]);

const WORKERS = "Services.prefs.setBoolPref('dom.serviceWorkers.enabled', arguments[0])";

export async function launchFirefox(): Promise<Firefox> {
  const profile = mkdtempSync(join(tmpdir(), 'frenkel-firefox-'));
  const downloads = join(profile, 'downloads');
  const places = { 'browser.download.folderList': 2, 'browser.download.dir': downloads };
  const lines = Object.entries({ ...preferences, ...places }).map(
    ([name, value]) => `user_pref("${name}", ${JSON.stringify(value)});`,
  );
  writeFileSync(join(profile, 'user.js'), lines.join('\n'));
  const args = ['--headless', '--no-remote', '--profile', profile, '--marionette', '--remote-allow-system-access'];
  const child = spawn(executablePath, [...args, '--width', '1280', '--height', '820', 'about:blank'], {
    env: { ...process.env, HOME: profile, XDG_RUNTIME_DIR: profile, MOZ_CRASHREPORTER_DISABLE: '1' },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let stderr = '';
  child.stderr.on('data', (piece) => {
    stderr += piece;
  });
  const gone = new Promise<void>((done) => child.on('close', () => done()));
  child.on('error', (error) => {
    stderr += error.message;
  });
  const ended = () => child.exitCode !== null || child.signalCode !== null || child.pid === undefined;
  const remove = () => rmSync(profile, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
  process.once('exit', () => child.kill('SIGKILL'));
  const remote = await openMarionette(await portOf(profile, ended, () => stderr));
  const session = await remote.send('WebDriver:NewSession', { capabilities: {} });
  await remote.send('WebDriver:SetTimeouts', { script: PATIENCE, pageLoad: PATIENCE });

  const ask = async <T>(command: string, parameters: object): Promise<T> =>
    ((await remote.send(command, parameters)) as { value: T }).value;
  const evaluate = <T>(script: string, ...rest: unknown[]) =>
    ask<T>('WebDriver:ExecuteScript', { script, args: rest, sandbox: null });
  const find = async (value: string) => {
    const found = await ask<Record<string, string>>('WebDriver:FindElement', { using: 'css selector', value });
    return Object.values(found)[0];
  };
  /** Within the browser itself. */
  const within = async <T>(script: string, ...rest: unknown[]): Promise<T> => {
    await remote.send('Marionette:SetContext', { value: 'chrome' });
    try {
      return await ask<T>('WebDriver:ExecuteScript', { script, args: rest });
    } finally {
      await remote.send('Marionette:SetContext', { value: 'content' });
    }
  };
  return {
    version: (session as { capabilities: { browserVersion: string } }).capabilities.browserVersion,
    goto: async (url) => {
      await remote.send('WebDriver:Navigate', { url });
    },
    evaluate,
    click: async (selector) => {
      for (const begun = performance.now(); ; await pause(20))
        try {
          await remote.send('WebDriver:ElementClick', { id: await find(selector) });
          return;
        } catch (error) {
          const waits =
            error instanceof FirefoxError && UNMOVED.has(error.code) && performance.now() - begun < PATIENCE;
          if (!waits) throw error;
        }
    },
    choose: async (selector, files) => {
      const id = await find(selector);
      for (const text of files) await remote.send('WebDriver:ElementSendKeys', { id, text });
    },
    downloads,
    text: (selector) =>
      evaluate<string>("return (document.querySelector(arguments[0])?.textContent ?? '').trim()", selector),
    until: async (expression) => {
      for (const begun = performance.now(); performance.now() - begun < PATIENCE; await pause(20))
        if (await evaluate<boolean>(`return Boolean(${expression})`)) return;
      const shown = await evaluate<string>('return document.body.innerText');
      throw new Error(`not within ${PATIENCE / 1000} s: ${expression}\n${shown}`);
    },
    complaints: (origin) => within(COMPLAINTS, origin),
    allowServiceWorkers: (allowed) => within(WORKERS, allowed),
    picture: async () => Buffer.from(await ask<string>('WebDriver:TakeScreenshot', { full: false }), 'base64'),
    close: async () => {
      await remote.send('Marionette:Quit', { flags: ['eForceQuit'] }).catch(() => {});
      const hard = setTimeout(() => child.kill('SIGKILL'), 10_000);
      await gone;
      clearTimeout(hard);
      remote.close();
      remove();
    },
  };
}
