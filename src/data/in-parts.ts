/** Work in parts, as generators that say what they do: at once, or under another's name. */

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
