/** What is chosen, what is open, and the worker that is asked. */
import type { Repeatable } from '../src/browser/commands.ts';
import type { FigureInput } from '../src/browser/figure-input.ts';
import type {
  Flags,
  Opened,
  Phase,
  PotentialInput,
  Request,
  ResultRow,
  StructureInput,
  TaskName,
} from '../src/browser/protocol.ts';
import { effective } from './fields.ts';
import { examples } from './gallery.ts';

/** What is chosen. */
export const chosen: {
  structure: StructureInput;
  potential: PotentialInput;
  task: TaskName;
  flags: Record<TaskName, Flags>;
} = {
  structure: { recipe: examples[0].recipe },
  potential: { specs: [examples[0].potential], files: [] },
  task: examples[0].task,
  flags: {
    ...{ relax: {}, md: {}, neb: {}, phonons: {}, entropy: {}, 'free-energy': {} },
    [examples[0].task]: examples[0].flags,
  },
};

/** What is open and how far it got. */
export const now: {
  phase: Phase;
  opened?: Opened;
  rows: number[][];
  columns: string[];
  ran?: Repeatable;
  options?: Record<string, unknown>;
  speed: number;
  says: string;
  figures?: FigureInput;
  step: number;
  total: number;
  results: ResultRow[];
} = { phase: 'empty', rows: [], columns: [], speed: 0, says: '', step: 0, total: 0, results: [] };

/** What the page would run. */
export function current(): Repeatable {
  const { structure, potential, task, flags } = chosen;
  return { structure, potential, task, flags: effective(task, flags[task]) };
}

let worker: Worker | undefined;

/** The worker before is ended. */
export function connect(to: Worker | undefined): void {
  worker?.terminate();
  worker = to;
}

export const ask = (request: Request): void => worker?.postMessage(request);
