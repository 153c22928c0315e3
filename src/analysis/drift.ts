/** How well a run conserves what it should: slope and scatter of a series about its straight line. */

export interface Drift {
  /** Slope of the least-squares line, per unit of `time`. */
  slope: number;
  /** Root mean square about that line. */
  rms: number;
  mean: number;
}

/** Least-squares line through (time, value); slope 0 for fewer than two distinct times. */
export function drift(time: ArrayLike<number>, value: ArrayLike<number>): Drift {
  const n = time.length;
  if (n === 0) return { slope: 0, rms: 0, mean: Number.NaN };
  let [t, v] = [0, 0];
  for (let i = 0; i < n; i++) {
    t += time[i] / n;
    v += (value[i] - value[0]) / n;
  }
  let [tt, tv, vv] = [0, 0, 0];
  for (let i = 0; i < n; i++) {
    const [dt, dv] = [time[i] - t, value[i] - value[0] - v];
    tt += dt * dt;
    tv += dt * dv;
    vv += dv * dv;
  }
  const slope = tt > 0 ? tv / tt : 0;
  return { slope, rms: Math.sqrt(Math.max(0, vv - slope * tv) / n), mean: value[0] + v };
}
