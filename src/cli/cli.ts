#!/usr/bin/env node
import { EXIT } from './exit.ts';
import { run } from './main.ts';

// `frenkel … | head` closes the pipe: that is no error.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(EXIT.done);
});
process.exitCode = await run(process.argv.slice(2));
