/**
 * The two errors that a user can cause. Everything that reads input throws an InputError that says where and what was
 * expected (exit code 2); a run whose physics went wrong throws a PhysicsError (exit code 4).
 */

/** Where in a file something was found: 1-based line and column. */
export interface Place {
  file?: string;
  line?: number;
  column?: number;
}

/** Bad input: `message` is one sentence that says what was expected; `file:line:column: ` is put before it. */
export class InputError extends Error {
  override readonly name = 'InputError';
  readonly file?: string;
  readonly line?: number;

  constructor(message: string, place: Place = {}) {
    const at = [place.file, place.line, place.column].filter((part) => part !== undefined).join(':');
    super(at === '' ? message : `${at}: ${message}`);
    this.file = place.file;
    this.line = place.line;
  }
}

/** A computation left the physical: NaN, a lost atom, a collapsed cell. */
export class PhysicsError extends Error {
  override readonly name = 'PhysicsError';
}

/** A thread of the engine is gone (memory, the system): nothing is wrong with the input or the physics. */
export class ThreadError extends Error {
  override readonly name = 'ThreadError';
}
