/** frenkel serve: the page with the engine in the browser, on this machine. */
import { Command } from 'commander';
import { InputError } from '../data/errors.ts';
import { type Served, serve } from '../node/serve.ts';
import { integer } from './flags.ts';
import { print } from './output.ts';
import { stopSignals } from './signals.ts';

const HIGHEST = 65535;

export function serveCommand(): Command {
  return new Command('serve')
    .description('open the page: relax and run in a browser tab, with the same numbers')
    .addOption(portFlag())
    .addHelpText(
      'after',
      `
Prints the address and serves until Ctrl-C, to this machine only, with the headers that give the page threads. The same
page as a folder for any web host: npm run build:web (dist/web).

Example:
  frenkel serve --port 8741`,
    )
    .action(async ({ port }: { port: number }) => {
      checkPort(port);
      await untilInterrupted(await serve({ port }));
    });
}

/** Says where the page is (`what` of it), and serves until Ctrl-C. */
export async function untilInterrupted({ url, close }: Served, what = ''): Promise<void> {
  await print([`frenkel is at ${url}${what}  (Ctrl-C ends it)\n`]);
  await new Promise<void>((end) => {
    for (const signal of stopSignals) process.once(signal, () => end());
  });
  await close();
}

export const portFlag = () => integer('--port <n>', 'of 127.0.0.1; 0: any free one', 0, 8741);

/** Throws InputError for what is no port. */
export function checkPort(port: number): void {
  if (port > HIGHEST) throw new InputError(`--port: found ${port}; 0 to ${HIGHEST} was expected`);
}
