/**
 * Frames of a run as they are kept with it: each some bytes that never change, and in all at most a few MB: where they
 * become more, every second is left out, and of those to come every second, fourth, eighth … is taken.
 */
import type { Frame } from './protocol.ts';

const MOST_BYTES = 8 * 2 ** 20;
const MOST_SHOTS = 1000;

export interface Shot {
  step: number;
  bytes: Uint8Array<ArrayBuffer>;
}

export interface Film {
  shots: Shot[];
  /** Counted up where others than the newest went: what was written before is no beginning of what is there now. */
  edition: number;
  /** One of so many frames is taken. */
  every: number;
  /** How many came since one was taken. */
  since: number;
}

/** What was kept goes on, up to a step. */
export function createFilm(kept?: { shots: readonly Shot[]; every: number }, upTo = Infinity): Film {
  const shots = kept?.shots.filter(({ step }) => step <= upTo) ?? [];
  return { shots, edition: 0, every: kept?.every ?? 1, since: 0 };
}

/** As it is now; frames to come do not touch it. */
export const copyOf = ({ shots, ...film }: Film): Film => ({ ...film, shots: shots.slice() });

/** Takes a frame, or lets it pass. After a step back, those beyond are gone; the first is always taken. */
export function shoot(film: Film, frame: Frame): void {
  const { shots } = film;
  const last = shots.at(-1);
  if (last && frame.step < last.step) {
    film.shots = shots.filter(({ step }) => step < frame.step);
    film.edition++;
    film.since = film.every;
  }
  if (frame.step === last?.step) return;
  film.since++;
  if (film.shots.length > 0 && film.since < film.every) return;
  film.since = 0;
  film.shots.push({ step: frame.step, bytes: pack(frame) });
  const most = Math.max(2, Math.min(MOST_SHOTS, Math.floor(MOST_BYTES / sizeOf(frame))));
  if (film.shots.length <= most) return;
  film.shots = film.shots.filter((_, k) => k % 2 === 0);
  film.every *= 2;
  film.edition++;
}

export const framesOf = ({ shots }: Film): Frame[] => shots.map(({ bytes }) => unpack(bytes));

/** Doubles: all bytes, step, lengths of the four arrays of singles that follow, cell. */
const HEAD = 6 + 9;

const padded = (bytes: number) => 8 * Math.ceil(bytes / 8);

const singlesOf = ({ positions, energies, vacant, crowded }: Frame) => [positions, energies, vacant, crowded];

const sizeOf = (frame: Frame): number =>
  8 * HEAD + padded(4 * singlesOf(frame).reduce((sum, array) => sum + array.length, 0));

function pack(frame: Frame): Uint8Array<ArrayBuffer> {
  const size = sizeOf(frame);
  const bytes = new Uint8Array(size);
  const arrays = singlesOf(frame);
  new Float64Array(bytes.buffer, 0, HEAD).set([size, frame.step, ...arrays.map(({ length }) => length), ...frame.cell]);
  let at = 8 * HEAD;
  for (const array of arrays) {
    new Float32Array(bytes.buffer, at, array.length).set(array);
    at += 4 * array.length;
  }
  return bytes;
}

function unpack(bytes: Uint8Array<ArrayBuffer>): Frame {
  const [, step, ...rest] = new Float64Array(bytes.buffer, bytes.byteOffset, HEAD);
  let at = bytes.byteOffset + 8 * HEAD;
  const [positions, energies, vacant, crowded] = rest.slice(0, 4).map((length) => {
    const array = new Float32Array(bytes.buffer.slice(at, at + 4 * length));
    at += 4 * length;
    return array;
  });
  return { step, positions, energies, cell: rest.slice(4), vacant: [...vacant], crowded: [...crowded] };
}

/** Shots that were written one after the other; undefined where they do not fit into one another. */
export function split(bytes: Uint8Array<ArrayBuffer>): Shot[] | undefined {
  const shots: Shot[] = [];
  for (let at = 0; at < bytes.length; ) {
    if (bytes.length - at < 8 * HEAD) return undefined;
    const [size, step, ...rest] = new Float64Array(bytes.slice(at, at + 8 * HEAD).buffer);
    const lengths = rest.slice(0, 4);
    const good = lengths.every((n) => Number.isInteger(n) && n >= 0 && n <= bytes.length);
    if (!good || size !== 8 * HEAD + padded(4 * lengths.reduce((sum, n) => sum + n, 0)) || size > bytes.length - at)
      return undefined;
    shots.push({ step, bytes: bytes.slice(at, at + size) });
    at += size;
  }
  return shots;
}
