/**
 * Checkpoints in two generations, written in turn, so that a damaged one never is the only one. A file is
 *
 *   'frenkel checkpt\n', 16 bytes | SHA-256 of the rest, 32 bytes | u64 sequence | u64 length of the state | key of the
 *   run, 32 bytes | the state (src/data/state.ts)
 */
import { createHash } from 'node:crypto';
import { basename, join } from 'node:path';
import { InputError } from '../data/errors.ts';
import { decodeState, encodeState } from '../data/state.ts';
import { type Disk, nodeDisk } from './disk.ts';
import { readBytes, writeAtomic } from './files.ts';

const magic = new TextEncoder().encode('frenkel checkpt\n');
const headerLength = 16 + 32 + 8 + 8 + 32;

/** Names of the two generations. */
export const checkpointFiles = ['checkpoint-0.bin', 'checkpoint-1.bin'] as const;

const digest = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest();

/** Bytes of a checkpoint; `key` is the run's, 64 hex digits. */
export function packCheckpoint(sequence: number, key: string, state: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(headerLength + state.length);
  const view = new DataView(bytes.buffer);
  bytes.set(magic);
  view.setBigUint64(48, BigInt(sequence), true);
  view.setBigUint64(56, BigInt(state.length), true);
  bytes.set(Buffer.from(key, 'hex').subarray(0, 32), 64);
  bytes.set(state, headerLength);
  bytes.set(digest(bytes.subarray(48)), 16);
  return bytes;
}

/** Sequence, key and state of a checkpoint's bytes; throws InputError for every damage. */
export function unpackCheckpoint(bytes: Uint8Array): { sequence: number; key: string; state: Uint8Array } {
  if (bytes.length < headerLength) throw new InputError('is cut off');
  if (!magic.every((byte, i) => bytes[i] === byte)) throw new InputError('is no checkpoint that this version can read');
  if (!digest(bytes.subarray(48)).equals(bytes.subarray(16, 48)))
    throw new InputError('is damaged (its SHA-256 is wrong)');
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  if (view.getBigUint64(56, true) !== BigInt(bytes.length - headerLength)) throw new InputError('has the wrong length');
  return {
    sequence: Number(view.getBigUint64(48, true)),
    key: Buffer.from(bytes.subarray(64, 96)).toString('hex'),
    state: bytes.subarray(headerLength),
  };
}

/** The newest readable checkpoint of a run, and sentences about those that were not. */
export interface Loaded {
  /** Number of the checkpoint, 0 where there is none. */
  sequence: number;
  state: unknown;
  messages: string[];
}

/** Loads the newest undamaged generation; throws InputError where there are only damaged ones. */
export function loadCheckpoint(folder: string, key: string, disk: Disk = nodeDisk): Loaded {
  const messages: string[] = [];
  let best: Loaded | undefined;
  for (const name of checkpointFiles) {
    const path = join(folder, name);
    if (disk.stat(path) === undefined) continue;
    try {
      const found = unpackCheckpoint(readBytes(path, { limit: 2 ** 32, disk }));
      if (found.key !== key) throw new InputError('belongs to another run');
      const state = decodeState(found.state);
      if (best === undefined || found.sequence > best.sequence) best = { sequence: found.sequence, state, messages };
    } catch (error) {
      messages.push(`${basename(path)} ${(error as Error).message}`);
    }
  }
  if (best === undefined && messages.length > 0) {
    throw new InputError(`no checkpoint can be used: ${messages.join('; ')}. Start over with --force`, {
      file: folder,
    });
  }
  if (best !== undefined && messages.length > 0) messages.push(`continuing from checkpoint ${best.sequence} instead`);
  return best ?? { sequence: 0, state: undefined, messages };
}

/** Writes checkpoint number `sequence` over the older generation. Throws WriteError; the newer one is then untouched. */
export function saveCheckpoint(
  folder: string,
  key: string,
  sequence: number,
  state: unknown,
  disk: Disk = nodeDisk,
): void {
  writeAtomic(join(folder, checkpointFiles[sequence % 2]), packCheckpoint(sequence, key, encodeState(state)), disk);
}
