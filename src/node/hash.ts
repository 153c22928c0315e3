/** SHA-256 of bytes, files and JSON values: what a run is recognised by. */
import { createHash } from 'node:crypto';
import type { Json } from '../data/atoms.ts';
import { type Disk, nodeDisk } from './disk.ts';

/** SHA-256 of bytes or text, hex. */
export function sha256(data: Uint8Array | string): string {
  return createHash('sha256').update(data).digest('hex');
}

/** SHA-256 of a file's bytes as they are on the disk, hex, in pieces of 4 MiB. Throws errno errors. */
export function hashFile(path: string, disk: Disk = nodeDisk): string {
  const hash = createHash('sha256');
  for (let at = 0; ; ) {
    const part = disk.readPart(path, at, 1 << 22);
    if (part.length === 0) return hash.digest('hex');
    hash.update(part);
    at += part.length;
  }
}

/** JSON with sorted keys and without spaces: one text for equal values. */
export function canonicalJson(value: Json): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  if (value === null || typeof value !== 'object') {
    if (typeof value === 'number' && !Number.isFinite(value)) throw new TypeError(`${value} is not JSON`);
    return JSON.stringify(value);
  }
  const entries = Object.keys(value)
    .filter((key) => value[key] !== undefined)
    .sort()
    .map((key) => `${JSON.stringify(key)}:${canonicalJson(value[key])}`);
  return `{${entries.join(',')}}`;
}
