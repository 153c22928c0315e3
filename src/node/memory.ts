/** How much memory this machine has left. */
import { freemem } from 'node:os';

/** Part of what is left that one computation may take. */
const SHARE = 0.9;

/** Bytes that a computation may take; limits of a container included where Node knows them. */
export function memoryLimit(): number {
  const available: unknown = Reflect.get(process, 'availableMemory');
  const bytes = typeof available === 'function' ? Number(available.call(process)) : freemem();
  return SHARE * bytes;
}

/** "75.5 MB". */
export function inWords(bytes: number): string {
  return bytes < 1e9 ? `${(bytes / 1e6).toFixed(1)} MB` : `${(bytes / 1e9).toFixed(2)} GB`;
}
