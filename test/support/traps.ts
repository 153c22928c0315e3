/** An engine whose kernels do something else on request: real traps of WebAssembly, or numbers that nothing may come of. */
import { createEngine, type Engine } from '../../src/engine/engine.ts';

const section = (id: number, bytes: number[]) => [id, bytes.length, ...bytes];
const body = (...code: number[]) => [code.length + 2, 0, ...code, 0x0b];
const bodies = [
  ['unreachable', [0x00]],
  // loads from −4
  ['out of bounds', [0x41, 0x7c, 0x28, 2, 0, 0x1a]],
  ['division by zero', [0x41, 1, 0x41, 0, 0x6d, 0x1a]],
  // calls itself
  ['stack overflow', [0x10, 3]],
  ['NaN as a whole number', [0x44, 0, 0, 0, 0, 0, 0, 0xf8, 0x7f, 0xaa, 0x1a]],
  // a function of another type
  ['a call of another type', [0x41, 0, 0x41, 0, 0x11, 1, 0]],
] as const;

const module = new WebAssembly.Module(
  Uint8Array.from([
    ...[0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    ...section(1, [2, 0x60, 0, 0, 0x60, 1, 0x7f, 0]),
    ...section(3, [bodies.length, ...bodies.map(() => 0)]),
    ...section(4, [1, 0x70, 0, 1]),
    ...section(5, [1, 0, 1]),
    ...section(7, [bodies.length, ...bodies.flatMap((_, k) => [1, 97 + k, 0, k])]),
    ...section(9, [1, 0, 0x41, 0, 0x0b, 1, 0]),
    ...section(10, [bodies.length, ...bodies.flatMap(([, code]) => body(...code))]),
  ]),
);

/** Functions that end in a trap of WebAssembly's own, by what it is. */
export const traps = new Map(
  bodies.map(([name], k) => [
    name as string,
    () => (new WebAssembly.Instance(module).exports[String.fromCharCode(97 + k)] as () => void)(),
  ]),
);

export interface Hook {
  /** Instead of call number `at` of this kernel, counted from 1 since the hook was set, and of all that follow. */
  kernel: string;
  at: number;
  /** `args`: what the kernel gets; called after it. */
  act(args: readonly number[], memory: ArrayBufferLike): void;
}

export interface Hooked {
  engine: Engine;
  /** Undefined: kernels are themselves. */
  set(hook: Hook | undefined): void;
  /** Calls of a kernel since then. */
  calls(): number;
}

/** One thread. */
export async function hookedEngine(): Promise<Hooked> {
  const Real = WebAssembly.Instance;
  let hook: Hook | undefined;
  let calls = 0;
  let engine: Engine | undefined;
  const wrap =
    (name: string, kernel: (...args: number[]) => number) =>
    (...args: number[]) => {
      const result = kernel(...args);
      if (hook?.kernel === name && ++calls >= hook.at && engine) hook.act(args, engine.memory.buffer);
      return result;
    };
  class Fake {
    readonly exports: WebAssembly.Exports;
    constructor(made: WebAssembly.Module, imports: WebAssembly.Imports) {
      const entries = Object.entries(new Real(made, imports).exports).map(([name, one]) => [
        name,
        typeof one === 'function' ? wrap(name, one as (...args: number[]) => number) : one,
      ]);
      this.exports = Object.fromEntries(entries);
    }
  }
  WebAssembly.Instance = Fake as unknown as typeof WebAssembly.Instance;
  try {
    engine = await createEngine({ threads: 1 });
  } finally {
    WebAssembly.Instance = Real;
  }
  return {
    engine,
    set(next) {
      hook = next;
      calls = 0;
    },
    calls: () => calls,
  };
}
