/**
 * The one allocator of an engine's memory: a bump pointer with marks. The memory is shared, so growing it leaves older
 * views valid; ordinary memory is made as large as it may become. Blocks are never moved.
 */
import { InputError } from '../data/errors.ts';

export const PAGE = 65536;
const ALIGN = 64;
export const MAX_PAGES = 65536;

export interface Arena {
  memory: WebAssembly.Memory;
  top: number;
}

/** Address of `bytes` new bytes, aligned to 64. Throws InputError above 4 GiB. */
export function allocate(arena: Arena, bytes: number): number {
  const at = Math.ceil(arena.top / ALIGN) * ALIGN;
  const end = at + bytes;
  const pages = Math.ceil(end / PAGE);
  const missing = pages - arena.memory.buffer.byteLength / PAGE;
  if (missing > 0) {
    if (pages > MAX_PAGES) throw new InputError(tooLarge(end));
    if (arena.memory.buffer instanceof ArrayBuffer)
      throw new InputError(tooLittle(end, arena.memory.buffer.byteLength));
    try {
      arena.memory.grow(missing);
    } catch {
      throw new InputError(tooLarge(end));
    }
  }
  arena.top = end;
  return at;
}

function tooLarge(bytes: number): string {
  return `this needs ${(bytes / 2 ** 30).toFixed(1)} GiB of kernel memory; WebAssembly gives 4 GiB at most: use fewer atoms, or a smaller cutoff`;
}

function tooLittle(bytes: number, reserved: number): string {
  const [needed, there] = [bytes, reserved].map((b) => (b / 2 ** 20).toFixed(0));
  return `this needs ${needed} MiB of kernel memory, and ${there} MiB of ordinary memory were reserved: use fewer atoms, or shared memory`;
}
