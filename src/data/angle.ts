/** The angle of a point, with the same bits in every host. */
import { cos, sin } from './math.ts';

/** Angle of (x, y) in (−π, π], counted from the x axis; 0 at the origin. To some 1e-16 of a turn. */
export function angle(x: number, y: number): number {
  const r = Math.sqrt(x * x + y * y);
  if (r === 0) return 0;
  const [c, s] = [Math.abs(x) / r, Math.abs(y) / r];
  // a guess within 0.005, in the octant where the ratio is at most 1
  const [low, high] = [Math.min(c, s), Math.max(c, s)];
  const t = low / high;
  const octant = t * (Math.PI / 4 + (1 - t) * (0.2447 + 0.0663 * t));
  let w = s <= c ? octant : Math.PI / 2 - octant;
  // sin of what is missing, and its arc sine to third order: the error goes with the fifth power
  for (let k = 0; k < 2; k++) {
    const d = s * cos(w) - c * sin(w);
    w += d * (1 + (d * d) / 6);
  }
  if (x < 0) w = Math.PI - w;
  return y < 0 ? -w : w;
}
