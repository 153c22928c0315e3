/**
 * Frames of the run for the scrubber: every one while they fit, then every second, every fourth …; the last is live. There is
 * a scrubber only where there are frames that differ.
 */
import type { Frame } from '../src/browser/protocol.ts';
import { byId } from './dom.ts';
import { rarely } from './rarely.ts';

const MOST_BYTES = 192 * 2 ** 20;
const MOST_FRAMES = 3000;
const PLAY_MS = 40;
/** ms: words and slider follow a run that often. */
const SAY_MS = 500;

const equal = (a: ArrayLike<number>, b: ArrayLike<number>) => {
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return a.length === b.length;
};

/** They are the same picture, whatever they are called. */
const alike = (a: Frame, b: Frame) => equal(a.positions, b.positions) && equal(a.cell, b.cell);

export interface Trajectory {
  clear(): void;
  add(frame: Frame): void;
  /** These and no others, and the one in the middle, or the last. */
  set(frames: Frame[], at?: 'middle' | 'last'): void;
}

export function createTrajectory(show: (frame: Frame) => void, describe: (frame: Frame) => string): Trajectory {
  const [range, output, play] = [byId<HTMLInputElement>('scrubber'), byId('frame'), byId('play')];
  let frames: Frame[] = [];
  let every = 1;
  let seen = 0;
  let playing = 0;
  /** Some frame differs from the first. */
  let moving = false;
  const live = () => range.valueAsNumber >= Number(range.max);
  const display = (frame: Frame | undefined) => {
    if (!frame) return;
    show(frame);
    output.textContent = describe(frame);
  };
  const stop = () => {
    clearInterval(playing);
    playing = 0;
    play.textContent = '▶';
  };
  const bound = (follow: boolean) => {
    range.hidden = play.hidden = !moving;
    range.max = String(Math.max(0, frames.length - 1));
    if (follow) range.valueAsNumber = frames.length - 1;
  };
  const thin = (frame: Frame) => {
    const most = Math.min(MOST_FRAMES, MOST_BYTES / (16 * Math.max(1, frame.energies.length)));
    if (frames.length < Math.max(8, most)) return;
    frames = frames.filter((_, i) => i % 2 === 0);
    every *= 2;
    bound(live());
  };
  let following: Frame | undefined;
  const say = rarely(SAY_MS, () => {
    bound(following !== undefined);
    if (following) output.textContent = describe(following);
  });
  range.addEventListener('input', () => {
    stop();
    following = undefined;
    display(frames[range.valueAsNumber]);
  });
  play.addEventListener('click', () => {
    if (playing) return stop();
    following = undefined;
    if (live()) range.valueAsNumber = 0;
    play.textContent = '❚❚';
    playing = setInterval(() => {
      range.valueAsNumber += 1;
      display(frames[range.valueAsNumber]);
      if (live()) stop();
    }, PLAY_MS) as unknown as number;
  });
  return {
    clear() {
      stop();
      following = undefined;
      frames = [];
      [every, seen, moving] = [1, 0, false];
      bound(true);
      output.textContent = '';
    },
    add(frame) {
      const follow = live() && playing === 0;
      const last = frames.at(-1);
      if (last && alike(last, frame)) frames.pop();
      else {
        moving ||= last !== undefined;
        thin(frame);
        // the newest is always there; it is replaced unless it is one of those that stay
        if (seen % every !== 0) frames.pop();
        seen++;
      }
      frames.push(frame);
      following = follow ? frame : undefined;
      if (follow) show(frame);
      say();
    },
    set(next, at = 'middle') {
      stop();
      following = undefined;
      frames = next;
      [every, seen] = [1, next.length];
      moving = next.some((frame) => !alike(frame, next[0]));
      bound(false);
      const shown = at === 'last' ? next.length - 1 : next.length >> 1;
      range.valueAsNumber = shown;
      display(frames[shown]);
    },
  };
}
