#!/usr/bin/env node
import { EXIT } from './exit.ts';
import { run } from './main.ts';
import { heedLateSignals } from './signals.ts';

// `frenkel … | head` closes the pipe: that is no error. Where the terminal is closed, SIGHUP ends the run in order.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(EXIT.done);
});
// progress that nobody sees any more must not end a run
process.stderr.on('error', () => {});
heedLateSignals();
process.exitCode = await run(process.argv.slice(2));
// Node gives signals back before it ends by itself
process.once('beforeExit', (code) => process.exit(code));
