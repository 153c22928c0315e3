/** One instance of the kernels on a given memory. */
import * as loader from '@assemblyscript/loader';

export type KernelCall = (...args: number[]) => number;
export type Kernels = Record<string, KernelCall>;

/** Instantiates the kernels; a failed assertion inside becomes an Error with the kernel's file and line. */
export function instantiate(module: WebAssembly.Module, memory: WebAssembly.Memory): Kernels {
  const text = (pointer: number): string => {
    if (pointer === 0) return '';
    const length = new Uint32Array(memory.buffer, pointer - 4, 1)[0] >>> 1;
    return String.fromCharCode(...new Uint16Array(memory.buffer, pointer, Math.min(length, 1000)));
  };
  const abort = (message: number, file: number, line: number, column: number): never => {
    throw new Error(`kernel aborted: ${text(message)} at ${text(file)}:${line}:${column}`);
  };
  const { exports } = loader.instantiateSync(module, { env: { memory, abort } as unknown as Record<string, unknown> });
  return exports as unknown as Kernels;
}
