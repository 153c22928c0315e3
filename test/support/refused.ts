/** A parser that says what is wrong with its input. */
import { expect } from 'vitest';
import { InputError } from '../../src/data/errors.ts';

export function refused(parse: () => unknown, message: string | RegExp): void {
  expect(parse).toThrow(InputError);
  expect(parse).toThrow(message);
}
