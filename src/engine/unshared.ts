/**
 * The kernels import a shared memory. Where a platform has none, the same bytes run on ordinary memory: of the import's
 * limits (flags, initial, maximum) only the flag `shared` is cleared, and atomic instructions are valid on both.
 */

const IMPORT_SECTION = 2;
const MEMORY_IMPORT = 2;
/** Kinds of imports whose description is one index; nothing but functions and a memory is imported. */
const FUNCTION_IMPORT = 0;
const SHARED = 2;

/** An unsigned LEB128 number and where it ends. */
function leb(bytes: Uint8Array, at: number): [value: number, next: number] {
  let [value, shift] = [0, 0];
  for (let k = at; ; k++, shift += 7) {
    value += (bytes[k] & 127) * 2 ** shift;
    if (bytes[k] < 128) return [value, k + 1];
  }
}

/** A copy of a module that imports its memory unshared. */
export function unshared(module: Uint8Array): Uint8Array<ArrayBuffer> {
  const bytes = Uint8Array.from(module);
  for (let at = 8; at < bytes.length; ) {
    const [size, body] = leb(bytes, at + 1);
    if (bytes[at] === IMPORT_SECTION) {
      clearShared(bytes, body);
      return bytes;
    }
    at = body + size;
  }
  throw new Error('the module imports nothing');
}

function clearShared(bytes: Uint8Array, body: number): void {
  let [count, at] = leb(bytes, body);
  for (; count > 0; count--) {
    for (let name = 0; name < 2; name++) {
      const [length, text] = leb(bytes, at);
      at = text + length;
    }
    if (bytes[at] === MEMORY_IMPORT) {
      bytes[at + 1] &= ~SHARED;
      return;
    }
    if (bytes[at] !== FUNCTION_IMPORT) break;
    at = leb(bytes, at + 1)[1];
  }
  throw new Error('the module imports no memory');
}
