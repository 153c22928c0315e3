/** Frames as paths of the same atoms: checked to be the same, unwrapped where they were wrapped, with their times. */
import type { Atoms } from '../data/atoms.ts';
import { inverse } from '../data/cell.ts';
import { shortestVector } from '../data/displacement.ts';
import { InputError } from '../data/errors.ts';

export interface Path {
  /** Frames of (n,3) Å, unwrapped, less the motion of the centre of mass if asked. */
  positions: Float64Array[];
  /** ps between frames; undefined where nobody says. */
  spacing?: number;
}

export interface PathOptions {
  /** ps between the steps of the run that wrote the frames, which carry `step`; or between frames that carry none. */
  timestep?: number;
  /** Follow atoms across the boundaries by the nearest image: for files with wrapped positions. */
  unwrap?: boolean;
  /** Keep the motion of the centre of mass. */
  drift?: boolean;
}

/** Throws InputError for frames of different atoms and uneven spacing. */
export function pathOf(frames: readonly Atoms[], masses: ArrayLike<number>, options: PathOptions = {}): Path {
  if (frames.length < 2) throw new InputError(`${frames.length} frame: a trajectory of at least two was expected`);
  checkSameAtoms(frames);
  const positions = options.unwrap ? unwrapped(frames) : frames.map((frame) => frame.positions.slice());
  if (!options.drift) for (const x of positions) center(x, positions[0], masses);
  return { positions, spacing: spacingOf(frames, options.timestep) };
}

/** Throws InputError where a frame has not the elements, or the `id`s, of the first, in the same order. */
export function checkSameAtoms(frames: readonly Atoms[]): void {
  const same = (a: ArrayLike<number> = [], b: ArrayLike<number> = []) =>
    a === b || (a.length === b.length && Array.prototype.every.call(a, (x, i) => x === b[i]));
  const [{ numbers, arrays }] = frames;
  frames.forEach((frame, k) => {
    if (same(frame.numbers, numbers) && same(frame.arrays.id, arrays.id)) return;
    throw new InputError(`frame ${k} has other atoms, or in another order, than frame 0`);
  });
}

/** Each frame continues the one before by the nearest image of every atom. */
function unwrapped(frames: readonly Atoms[]): Float64Array[] {
  const all = [frames[0].positions.slice()];
  const d = new Float64Array(3);
  for (let k = 1; k < frames.length; k++) {
    const { cell, pbc, positions } = frames[k];
    const shortest = shortestVector(cell, pbc);
    const scaled = inverse(frames[k - 1].cell);
    const before = all[k - 1];
    const x = new Float64Array(positions.length);
    for (let i = 0; i < x.length; i += 3) {
      // where the atom of the frame before would be if it had only followed the cell
      const s = [0, 1, 2].map(
        (c) => before[i] * scaled[c] + before[i + 1] * scaled[3 + c] + before[i + 2] * scaled[6 + c],
      );
      const carried = [0, 1, 2].map((c) => s[0] * cell[c] + s[1] * cell[3 + c] + s[2] * cell[6 + c]);
      for (let c = 0; c < 3; c++) d[c] = positions[i + c] - carried[c];
      shortest(d);
      for (let c = 0; c < 3; c++) x[i + c] = carried[c] + d[c];
    }
    all.push(x);
  }
  return all;
}

/** Frames in which an atom is more than half a cell from where it was in the frame before: probably wrapped ones. */
export function jumps(frames: readonly Atoms[]): number {
  const jumped = (frame: Atoms, k: number) => {
    if (k === 0) return false;
    const scaled = inverse(frame.cell);
    const { positions: before } = frames[k - 1];
    const d = [0, 0, 0];
    for (let i = 0; i < before.length; i += 3) {
      for (let c = 0; c < 3; c++) d[c] = frame.positions[i + c] - before[i + c];
      for (let c = 0; c < 3; c++) {
        if (frame.pbc[c] && Math.abs(d[0] * scaled[c] + d[1] * scaled[3 + c] + d[2] * scaled[6 + c]) > 0.5) return true;
      }
    }
    return false;
  };
  return frames.filter(jumped).length;
}

function center(x: Float64Array, first: Float64Array, masses: ArrayLike<number>): void {
  let total = 0;
  const shift = [0, 0, 0];
  if (x === first) return;
  for (let i = 0; i < x.length / 3; i++) {
    total += masses[i];
    for (let c = 0; c < 3; c++) shift[c] += masses[i] * (x[3 * i + c] - first[3 * i + c]);
  }
  for (let i = 0; i < x.length; i++) x[i] -= shift[i % 3] / total;
}

/** The frames without a last one that comes early: a run writes its end whatever the spacing. */
export function evenFrames(frames: readonly Atoms[]): readonly Atoms[] {
  const steps = frames.map(({ info }) => info.step);
  const last = frames.length - 1;
  if (last < 2 || !steps.every((step) => typeof step === 'number')) return frames;
  const gap = (k: number) => Number(steps[k]) - Number(steps[k - 1]);
  return gap(last) === gap(last - 1) ? frames : frames.slice(0, last);
}

/**
 * ps between frames: from their `step` and the time step; where no time step is given, from their `time`; the time step
 * itself where they carry neither. Throws InputError for uneven ones.
 */
export function spacingOf(frames: readonly Atoms[], timestep?: number): number | undefined {
  const steps = gapOf(frames, 'step', 0);
  if (timestep !== undefined) return steps === undefined ? timestep : steps * timestep;
  return gapOf(frames, 'time', 1e-9);
}

/** What lies between one frame and the next, equal to within a part `tolerance`; undefined where a frame does not say. */
function gapOf(frames: readonly Atoms[], key: 'step' | 'time', tolerance: number): number | undefined {
  const values = frames.map(({ info }) => info[key]);
  const numbers = values.filter((value) => typeof value === 'number');
  if (numbers.length < Math.max(frames.length, 2)) return undefined;
  const gap = (numbers[numbers.length - 1] - numbers[0]) / (numbers.length - 1);
  const slack = tolerance * Math.max(...numbers.map(Math.abs));
  const uneven = numbers.findIndex((value, k) => k > 0 && !(Math.abs(value - numbers[k - 1] - gap) <= slack));
  if (gap > 0 && uneven < 0) return gap;
  throw new InputError(
    `frames at ${key}s ${numbers.slice(0, 4).join(', ')} … (${numbers[Math.max(uneven, 1)]}): evenly spaced ones were expected`,
  );
}
