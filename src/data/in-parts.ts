/** Work in parts, as generators that say what they do, or how much of it is done: at once, or under another's name. */

/** To the end, without a pause. */
export function atOnce<T>(work: Generator<unknown, T>): T {
  for (;;) {
    const { done, value } = work.next();
    if (done) return value;
  }
}

/** Says the name before everything that the work says. */
export function* under<T>(name: string, work: Generator<string, T>): Generator<string, T> {
  for (;;) {
    const { done, value } = work.next();
    if (done) return value;
    yield `${name}: ${value}`;
  }
}

/** Says the name and how many hundredths of it are done, for work that tells the part from 0 to 1. */
export function* inHundredths<T>(name: string, work: Generator<number, T>): Generator<string, T> {
  for (;;) {
    const { done, value } = work.next();
    if (done) return value;
    yield `${name} ${Math.floor(100 * value)} %`;
  }
}

/** The part that is done of work that falls with the cube of what is left of it, 0 to 1. */
export const cubic = (left: number): number => 1 - left * left * left;

/** Work that is the part `from` to `to` of another. */
export function* partOf<T>(from: number, to: number, work: Generator<number, T>): Generator<number, T> {
  for (;;) {
    const { done, value } = work.next();
    if (done) return value;
    yield from + (to - from) * value;
  }
}
