/** How a worker shares its time; wall-clock times, none of which touches results. */

/** ms: a slice of work, between frames. */
const SLICE = 12;
const FRAME = 30;
/** Frames that are dear to make come more seldom: once in so many times what they take. */
const SHARE = 20;
/** ms: but not more seldom: now and then one takes long because sites are looked up. */
const SELDOM = 200;
/** Frames under way to the page, above which it is waited for, and how long, ms: a page that is not seen draws nothing. */
const MOST_AWAY = 2;
const LATE = 1000;
/** ms: between kept states in memory. */
export const KEEP = 1000;
/** ms: a run is first kept in the browser's files. */
export const SOON = 300;

export interface Shutter {
  /** When the slice of work that begins now ends. */
  end(now: number): number;
  /** `away`: frames that the page has not drawn yet. */
  due(now: number, away: number): boolean;
  /** A frame was made. */
  taken(began: number, ended: number): void;
}

/** Frames at an even beat, as far as the page draws them. */
export function createShutter(): Shutter {
  let next = 0;
  return {
    end: (now) => (next > now ? Math.min(now + SLICE, next) : now + SLICE),
    due: (now, away) => now >= next + (away < MOST_AWAY ? 0 : LATE),
    taken(began, ended) {
      const interval = Math.max(FRAME, Math.min(SELDOM, SHARE * (ended - began)));
      next = began - next > interval ? began + interval : next + interval;
    },
  };
}

/** Lets messages in. A timer would do, but browsers make nested timers wait 4 ms. */
export function createPause(): () => Promise<void> {
  const { port1, port2 } = new MessageChannel();
  let resume = () => {};
  port1.onmessage = () => resume();
  return () =>
    new Promise((resolve) => {
      resume = resolve;
      port2.postMessage(null);
    });
}
