/** Threads that share even the work of a few atoms. */
import type { Engine } from '../../src/engine/engine.ts';
import { createEngine } from '../../src/node/threads.ts';
import { finely } from '../../src/verify/threads.ts';

export const finelySplit = async (threads: number): Promise<Engine> => finely(await createEngine({ threads }));
