/** How a worker shares its time; wall-clock times, none of which touches results. */

/** ms: a slice of work, between frames, between kept states in memory. */
export const SLICE = 12;
export const FRAME = 33;
/** Frames that are dear to make come more seldom: once in so many times what they take. */
export const SHARE = 8;
export const KEEP = 1000;
/** ms: a run is first kept in the browser's files. */
export const SOON = 300;

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
