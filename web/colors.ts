/** Colours of elements and of numbers, as bytes. */

export type Rgb = [number, number, number];

/** Elements that crystals of metals are made of; others get a colour from their number. */
const elements = new Map<number, Rgb>([
  [1, [235, 235, 235]],
  [2, [150, 230, 230]],
  [6, [110, 110, 115]],
  [13, [176, 180, 196]],
  [18, [120, 200, 215]],
  [22, [176, 182, 194]],
  [23, [150, 160, 176]],
  [24, [128, 150, 205]],
  [26, [222, 125, 64]],
  [28, [92, 196, 108]],
  [29, [206, 138, 68]],
  [40, [140, 205, 208]],
  [41, [112, 184, 196]],
  [42, [94, 172, 176]],
  [73, [110, 150, 232]],
  [74, [76, 142, 222]],
  [79, [240, 200, 70]],
]);

export function elementColor(z: number): Rgb {
  const known = elements.get(z);
  if (known) return known;
  const hue = (z * 0.381966) % 1;
  return [0, 1, 2].map((k) => Math.round(150 + 80 * Math.cos(2 * Math.PI * (hue + k / 3)))) as Rgb;
}

/** Anchors from cool to warm, readable on dark and light ground. */
const ramp: Rgb[] = [
  [62, 86, 168],
  [54, 142, 190],
  [86, 190, 160],
  [226, 206, 108],
  [240, 142, 70],
  [214, 62, 66],
];

/** t from 0 to 1. */
export function rampColor(t: number): Rgb {
  const s = Math.min(1, Math.max(0, Number.isFinite(t) ? t : 0)) * (ramp.length - 1);
  const i = Math.min(ramp.length - 2, Math.floor(s));
  return [0, 1, 2].map((k) => Math.round(ramp[i][k] + (s - i) * (ramp[i + 1][k] - ramp[i][k]))) as Rgb;
}
