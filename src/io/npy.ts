/**
 * NumPy's .npy format, version 1.0, for arrays of doubles in C order: the magic string, a header that is a Python
 * dictionary padded to 64 bytes, little-endian data.
 * https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html
 */
import { InputError } from '../data/errors.ts';

const MAGIC = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59];
const ALIGN = 64;
/** Magic, version and length of the header. */
const PREFIX = 10;

/** Bytes of an array of the given shape. */
export function formatNpy(values: Float64Array, shape: readonly number[]): Uint8Array<ArrayBuffer> {
  const size = shape.reduce((product, n) => product * n, 1);
  if (size !== values.length) throw new Error(`${values.length} numbers do not fill an array of ${shape.join('×')}`);
  const tuple = shape.length === 1 ? `${shape[0]},` : shape.join(', ');
  const header = `{'descr': '<f8', 'fortran_order': False, 'shape': (${tuple}), }`;
  const length = Math.ceil((PREFIX + header.length + 1) / ALIGN) * ALIGN - PREFIX;
  const bytes = new Uint8Array(PREFIX + length + 8 * size);
  bytes.set([...MAGIC, 1, 0, length % 256, Math.floor(length / 256)]);
  bytes.set(new TextEncoder().encode(`${header.padEnd(length - 1)}\n`), PREFIX);
  const view = new DataView(bytes.buffer);
  values.forEach((value, i) => {
    view.setFloat64(PREFIX + length + 8 * i, value, true);
  });
  return bytes;
}

export const isNpy = (bytes: Uint8Array): boolean => MAGIC.every((byte, i) => bytes[i] === byte);

/** Type and shape that the header declares; throws InputError for what is no header of version 1 to 3. */
export function readNpyHeader(bytes: Uint8Array, file?: string): { type: string; shape: number[] } {
  const wide = bytes[6] > 1;
  const start = wide ? PREFIX + 2 : PREFIX;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const known = isNpy(bytes) && bytes.length >= start && bytes[6] >= 1 && bytes[6] <= 3;
  const length = !known ? 0 : wide ? view.getUint32(8, true) : view.getUint16(8, true);
  const text = new TextDecoder().decode(bytes.subarray(start, start + length));
  const found = /'descr': '([^']*)'.*'shape': \(([\d, ]*)\)/.exec(text);
  if (!found) throw new InputError('expected the header of a .npy file', { file });
  const shape = found[2].split(',').flatMap((word) => (word.trim() === '' ? [] : [Number(word)]));
  return { type: found[1], shape };
}
