/** The program of a thread that measures candidates of a search for weights (see fit-threads.ts). */
import { workerData } from 'node:worker_threads';
import { createEngine } from '../engine/engine.ts';
import { candidateScorer } from '../fit/candidates.ts';
import { drain, FINISHED, type FitThreadStart, ROUND } from './fit-threads.ts';

const start = workerData as FitThreadStart;
const { control, task } = start;
const { score } = candidateScorer(await createEngine({ threads: 1 }), task);
for (let round = 0; ; ) {
  Atomics.wait(control, ROUND, round);
  round = Atomics.load(control, ROUND);
  drain(start, score);
  Atomics.add(control, FINISHED, 1);
  Atomics.notify(control, FINISHED);
}
