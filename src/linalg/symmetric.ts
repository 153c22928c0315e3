/**
 * A symmetric matrix that multiplies many vectors: packed once as assembly/linalg/symmetric.ts reads it. Every product
 * has one order of its sums, so its bits depend on the numbers alone.
 */
import type { Engine } from '../engine/engine.ts';
import { checkSymmetric, orderOf } from './matrix.ts';

export interface SymmetricOperator {
  /** (n): what the next product multiplies. */
  readonly input: Float64Array;
  /** (n): A input, after multiply(). */
  readonly output: Float64Array;
  multiply(): void;
}

/** Packs the symmetric a (n, n), whose lower triangle counts, into kernel memory, where it stays. Throws InputError. */
export function symmetricOperator(engine: Engine, a: Float64Array): SymmetricOperator {
  const n = orderOf(a);
  checkSymmetric('a', a, n);
  const padded = 4 * Math.ceil(n / 4);
  // four rows 4b … take 4b + 4 columns
  const packed = aligned(engine, (padded * padded) / 2 + 2 * padded);
  let at = 0;
  for (let i = 0; i < padded; i += 4) {
    for (let j = 0; j < i + 4; j += 2) {
      for (let k = i; k < i + 4; k++) {
        for (let c = j; c < j + 2; c++) {
          packed[at++] = k < n && c < n ? a[k >= c ? k * n + c : c * n + k] : 0;
        }
      }
    }
  }
  const v = aligned(engine, padded);
  const y = aligned(engine, padded);
  const { symmetricTimes } = engine.kernels;
  const [from, input, output] = [packed.byteOffset, v.byteOffset, y.byteOffset];
  return {
    input: v.subarray(0, n),
    output: y.subarray(0, n),
    multiply: () => symmetricTimes(padded, from, input, output),
  };
}

/** New numbers of kernel memory that begin at a cache line. */
function aligned(engine: Engine, length: number): Float64Array {
  const room = engine.f64(length + 8);
  const skip = ((64 - (room.byteOffset % 64)) % 64) / 8;
  return room.subarray(skip, skip + length);
}
