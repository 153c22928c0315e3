/** What may enter: sizes, finiteness, symmetry; and how a matrix comes to lie in kernel memory. */
import { InputError } from '../data/errors.ts';
import type { Engine } from '../engine/engine.ts';

/** Largest |a_ij − a_ji| that passes as rounding, relative to the largest element. */
const ASYMMETRY = 1e-10;

export interface InPlace {
  /** The matrix was made by engine.f64 and may be overwritten: no second copy of it is needed. */
  inPlace?: boolean;
}

/** n of an n × n matrix. Throws InputError where the length is no square. */
export function orderOf(a: Float64Array): number {
  const n = Math.round(Math.sqrt(a.length));
  if (n * n !== a.length) throw new InputError(`a square matrix was expected, found ${a.length} numbers`);
  return n;
}

/** Throws InputError where the shape does not fit the number of elements. */
export function checkShape(what: string, a: Float64Array, rows: number, columns: number): void {
  const whole = Number.isInteger(rows) && Number.isInteger(columns) && rows >= 0 && columns >= 0;
  if (!whole) throw new InputError(`${what}: ${rows} × ${columns} is no shape; expected two whole numbers`);
  if (a.length !== rows * columns)
    throw new InputError(`${what}: ${rows} × ${columns} numbers were expected, found ${a.length}`);
}

/** Throws InputError that names the first element which is not finite. Returns the largest magnitude. */
export function checkFinite(what: string, a: Float64Array, columns: number): number {
  let largest = 0;
  for (let i = 0; i < a.length; i++) {
    largest = Math.max(largest, Math.abs(a[i]));
    if (!Number.isFinite(a[i]))
      throw new InputError(
        `${what}: element (${Math.floor(i / columns)}, ${i % columns}) is ${a[i]}; expected finite numbers`,
      );
  }
  return largest;
}

/** Throws InputError where a is not symmetric to 1e-10 of its largest element. Returns that element's magnitude. */
export function checkSymmetric(what: string, a: Float64Array, n: number): number {
  const largest = checkFinite(what, a, n);
  const tolerance = ASYMMETRY * largest;
  const block = 32;
  for (let i0 = 0; i0 < n; i0 += block) {
    for (let j0 = 0; j0 <= i0; j0 += block) {
      for (let i = i0; i < Math.min(n, i0 + block); i++) {
        for (let j = j0; j < Math.min(i, j0 + block); j++) {
          if (Math.abs(a[i * n + j] - a[j * n + i]) <= tolerance) continue;
          throw new InputError(
            `${what}: a symmetric matrix was expected, found (${i}, ${j}) = ${a[i * n + j]} and (${j}, ${i}) = ${a[j * n + i]}`,
          );
        }
      }
    }
  }
  return largest;
}

/** The matrix in kernel memory: a itself if it may be overwritten, else a copy. */
export function bring(engine: Engine, a: Float64Array, options: InPlace = {}): Float64Array {
  if (!options.inPlace) {
    const copy = engine.f64(a.length);
    copy.set(a);
    return copy;
  }
  if (!liesIn(engine, a)) throw new InputError('inPlace: the matrix must have been made by engine.f64');
  return a;
}

/** Growing the memory changes its buffer object, so the only proof is to write here and to look there. */
function liesIn(engine: Engine, a: Float64Array): boolean {
  if (a.length === 0) return true;
  const { buffer } = engine.memory;
  if (a.buffer.constructor !== buffer.constructor || a.byteOffset + 8 > buffer.byteLength) return false;
  const before = a[0];
  a[0] = before === 1 ? 2 : 1;
  const seen = new Float64Array(buffer, a.byteOffset, 1)[0] === a[0];
  a[0] = before;
  return seen;
}

/** Runs `work` and gives back all kernel memory that it took. */
export function borrowing<T>(engine: Engine, work: () => T): T {
  const mark = engine.mark();
  try {
    return work();
  } finally {
    engine.release(mark);
  }
}

/** borrowing() for work in parts: the memory is given back at the end, or where the work is let go of. */
export function* borrowingInParts<T>(engine: Engine, work: () => Generator<number, T>): Generator<number, T> {
  const mark = engine.mark();
  try {
    return yield* work();
  } finally {
    engine.release(mark);
  }
}

/** A copy outside kernel memory. */
export function takeOut(a: Float64Array): Float64Array {
  const out = new Float64Array(a.length);
  out.set(a);
  return out;
}

/** The power of two that brings `largest` into [1, 2); scaling by it is exact. */
export function powerOfTwo(largest: number): number {
  if (largest === 0) return 1;
  let scale = 1;
  while (largest * scale < 1 && scale < 2 ** 1000) scale *= 2;
  while (largest * scale >= 2) scale /= 2;
  return scale;
}

export function scaleBy(a: Float64Array, factor: number): void {
  if (factor !== 1) for (let i = 0; i < a.length; i++) a[i] *= factor;
}
