/**
 * How fine pictures are while they follow each other: coarser where drawing takes too long, full again once the view stands
 * still.
 */

/** ms: what a picture may take, and below which finer ones are tried. */
const [DEAR, CHEAP] = [24, 8];
const STEP = 0.8;
const LEAST = 0.5;
/** Pictures between changes. */
const WAIT = 5;

export interface Pace {
  /** Part of the full resolution along each direction. */
  scale(): number;
  /** ms that a picture took. */
  took(ms: number): void;
}

export function createPace(): Pace {
  let scale = 1;
  let mean = (DEAR + CHEAP) / 2;
  let since = 0;
  return {
    scale: () => scale,
    took(ms) {
      mean += 0.25 * (Math.min(ms, 200) - mean);
      if (++since < WAIT) return;
      const next = mean > DEAR ? scale * STEP : mean < CHEAP ? scale / STEP : scale;
      const bound = Math.min(1, Math.max(LEAST, next));
      if (bound === scale) return;
      scale = bound;
      since = 0;
      mean = (DEAR + CHEAP) / 2;
    },
  };
}
