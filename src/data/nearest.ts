/** Which of the known names a mistyped one was meant to be. */

/** Edits (insert, delete, replace, swap of neighbours) that turn a into b. */
function distance(a: string, b: string): number {
  let before: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1];
      row[j] = Math.min(last[j] + 1, row[j - 1] + 1, last[j - 1] + (same ? 0 : 1));
      const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      if (swapped) row[j] = Math.min(row[j], before[j - 2] + 1);
    }
    before = last;
    last = row;
  }
  return last[b.length];
}

/**
 * The candidate closest to `name`, the first of equals, or undefined when nothing is close: a different case counts
 * as half an edit, and at most a third of the name (one edit for short names) may be wrong.
 */
export function nearest(name: string, candidates: Iterable<string>): string | undefined {
  if (name.length === 0 || name.length > 64) return undefined;
  const lower = name.toLowerCase();
  let best: string | undefined;
  let least = Math.max(1, Math.floor(name.length / 3)) + 0.5;
  for (const candidate of candidates) {
    if (Math.abs(candidate.length - name.length) > least) continue;
    const exact = distance(name, candidate);
    const folded = distance(lower, candidate.toLowerCase()) + 0.5;
    const found = Math.min(exact, folded);
    if (found < least || (found === least && best === undefined)) {
      least = found;
      best = candidate;
    }
  }
  return best;
}

/** ` (did you mean …?)`, or the empty string: for the end of an error message. */
export function didYouMean(name: string, candidates: Iterable<string>): string {
  const near = nearest(name, candidates);
  return near === undefined ? '' : ` (did you mean ${near}?)`;
}
