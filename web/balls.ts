/** The spheres that are drawn, by the graphics card or without one: where they are, their colour, their size. */

export interface Balls {
  /** How many are drawn. */
  count: number;
  /** (count,3) Å. */
  centres: Float32Array;
  /** rgb and opacity as bytes: 255 solid, 0 hidden, more than half: a hollow shell, else translucent. */
  tints: Uint8Array;
  /** (count) Å. */
  radii: Float32Array;
}

export const noBalls = (): Balls => ({
  count: 0,
  centres: new Float32Array(),
  tints: new Uint8Array(),
  radii: new Float32Array(),
});

/** Room for so many; contents are lost where there was not enough, or far too much. */
export function reserve(balls: Balls, count: number): void {
  balls.count = count;
  const room = balls.radii.length;
  if (room >= count && room < 4 * count + 64) return;
  balls.centres = new Float32Array(3 * count);
  balls.tints = new Uint8Array(4 * count);
  balls.radii = new Float32Array(count);
}

/** Kinds of spheres by their opacity. */
export const [SOLID, SHELL, FAINT] = [0, 1, 2];
export const kindOf = (opacity: number): number => (opacity === 255 ? SOLID : opacity > 127 ? SHELL : FAINT);
