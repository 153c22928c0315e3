/**
 * Tests through programs of others, which fail for reasons of their own (a browser that loses a click, a daemon that misses
 * its port): what they throw is tried again, and the summary names each test that needed it. An expectation about what this
 * project computes or shows is not.
 */

/** Words of an assertion; of a function Vitest loses sight before the test runs. */
export const outside = { retry: { count: 2, condition: /^(?!.*\bexpected\b)/s } };

/** Throws what a browser says against a page, if anything. */
export function expectSilence(complaints: readonly string[]): void {
  if (complaints.length > 0) throw new Error(`the browser complains: ${complaints.join('\n')}`);
}
