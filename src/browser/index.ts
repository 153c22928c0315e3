/** What only browsers have: an engine in a worker, and a session that runs tasks for a page. `import … from 'frenkel/browser'`. */
export { asCommand, asScript, type Repeatable } from './commands.ts';
export { digestOf } from './digest.ts';
export { build, readPotential, readStructure } from './inputs.ts';
export { parseFlags, taskFlags } from './options.ts';
export type {
  Flags,
  Frame,
  Opened,
  Phase,
  PotentialInput,
  Recipe,
  Reply,
  Request,
  ResultRow,
  StructureInput,
  TaskName,
  TextFile,
} from './protocol.ts';
export { createSession } from './session.ts';
export { readTextFile } from './text.ts';
export { type BrowserEngineOptions, createBrowserEngine, threadScript, threadsHere } from './threads.ts';
export { serveSession } from './worker.ts';
