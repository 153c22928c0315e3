/** SHA-256 of plain data, every bit of it. */
import { createHash } from 'node:crypto';
import { encodeState } from '../../src/data/state.ts';

export const hashOf = (value: unknown): string => createHash('sha256').update(encodeState(value)).digest('hex');
