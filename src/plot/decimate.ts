/** Fewer points that look the same: the lowest and the highest of every stretch of a line stay. */

export interface Series {
  name: string;
  x: ArrayLike<number>;
  y: ArrayLike<number>;
  /** 'points': markers without a line between them. Default: a line, with markers where they are few. */
  style?: 'line' | 'points';
  /** Ends of error bars, or of the band around a line, one for each y. */
  low?: ArrayLike<number>;
  high?: ArrayLike<number>;
  /** Place in the table of colours; default its own. */
  color?: number;
  /** A line of dashes, without markers. */
  dashed?: boolean;
  /** Without markers. */
  plain?: boolean;
}

/** At most `most` points (even, >= 4) of a series, in its order; points that are not finite, or not positive, are left out. */
export function decimate(series: Series, most: number, positive = false): { x: number[]; y: number[] } {
  const kept: number[] = [];
  const n = Math.min(series.x.length, series.y.length);
  for (let i = 0; i < n; i++) {
    const value = series.y[i];
    if (Number.isFinite(series.x[i]) && Number.isFinite(value) && !(positive && value <= 0)) kept.push(i);
  }
  const chosen = kept.length <= most ? kept : extremes(kept, series.y, most / 2 - 1);
  return { x: chosen.map((i) => series.x[i]), y: chosen.map((i) => series.y[i]) };
}

/** The ends, and the lowest and highest of each of `stretches` stretches. */
function extremes(indices: number[], y: ArrayLike<number>, stretches: number): number[] {
  const chosen = new Set<number>([indices[0]]);
  for (let s = 0; s < stretches; s++) {
    const begin = Math.floor((s * indices.length) / stretches);
    const end = Math.floor(((s + 1) * indices.length) / stretches);
    let [low, high] = [indices[begin], indices[begin]];
    for (let k = begin; k < end; k++) {
      if (y[indices[k]] < y[low]) low = indices[k];
      if (y[indices[k]] > y[high]) high = indices[k];
    }
    chosen.add(Math.min(low, high)).add(Math.max(low, high));
  }
  chosen.add(indices[indices.length - 1]);
  return [...chosen];
}
