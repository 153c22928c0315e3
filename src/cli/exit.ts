/** Exit codes, and how an error becomes one clear sentence. */
import { InputError, PhysicsError, ThreadError } from '../data/errors.ts';
import { WriteError } from '../node/files.ts';

export const EXIT = { done: 0, input: 2, notConverged: 3, physics: 4, sighup: 129, sigint: 130, sigterm: 143 } as const;

/** Ends a command with a code after its message was already printed. */
export class Exit extends Error {
  constructor(readonly code: number) {
    super(`exit ${code}`);
  }
}

const FULL = new Set(['ENOSPC', 'EDQUOT']);
const ROOM = '; once there is room, the same command goes on from the last checkpoint, or begins again';

/** The sentence for stderr and the exit code of anything thrown. */
export function explain(error: unknown): { message: string; code: number } {
  if (error instanceof InputError) return { message: error.message, code: EXIT.input };
  if (error instanceof PhysicsError) return { message: error.message, code: EXIT.physics };
  if (error instanceof ThreadError) return { message: error.message, code: 1 };
  if (error instanceof WriteError)
    return { message: `${error.message}${FULL.has(error.code) ? ROOM : ''}`, code: EXIT.input };
  if (error instanceof RangeError && /memory|array length/i.test(error.message)) {
    return { message: `out of memory: ${error.message}`, code: EXIT.input };
  }
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return { message: `this is a bug of frenkel; please report it with the command:\n${text}`, code: 1 };
}
