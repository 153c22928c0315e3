/** Where the fast kernels (EngineOptions.fast) have no place. */
import { InputError } from '../data/errors.ts';
import type { Engine } from './engine.ts';

/** Throws InputError on an engine with the fast kernels; `what`: the noun of what is asked for, "a Hessian". */
export function requireExact({ fast }: Pick<Engine, 'fast'>, what: string): void {
  if (!fast) return;
  throw new InputError(
    `${what} on an engine with the fast kernels: their forces are rough in the seventh digit and differ from machine to machine, which differences of forces and sums over samples do not forgive; make an engine without "fast"`,
  );
}
