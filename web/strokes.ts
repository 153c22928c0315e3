/** Straight lines among spheres: over what is behind them, under what is translucent, not where something is in front. */
import type { Projection, Raster } from './raster.ts';

/** `ends`: (m,2,3) Å of m lines; `width` in pixels; `rgb` as bytes. */
export function stroke(
  raster: Raster,
  ends: ArrayLike<number>,
  to: Projection,
  width: number,
  rgb: readonly number[],
): void {
  const at = (k: number): number[] =>
    [0, 4, 8].map((row) => to[row] * ends[k] + to[row + 1] * ends[k + 1] + to[row + 2] * ends[k + 2] + to[row + 3]);
  const [rb, g] = [rgb[0] | (rgb[2] << 16), rgb[1]];
  for (let k = 0; k < ends.length; k += 6) line(raster, at(k), at(k + 3), width, rb, g);
}

/** Along the direction in which it is longest, pixel by pixel. */
function line(raster: Raster, begin: number[], end: number[], width: number, rb: number, g: number): void {
  const steep = Math.abs(end[1] - begin[1]) > Math.abs(end[0] - begin[0]);
  const [along, across] = steep ? [1, 0] : [0, 1];
  const [first, last] = begin[along] < end[along] ? [begin, end] : [end, begin];
  const length = last[along] - first[along];
  if (!(length > 0)) return;
  const slope = (last[across] - first[across]) / length;
  const climb = (last[2] - first[2]) / length;
  // a slanted line is as wide as a straight one
  const half = (width / 2) * Math.sqrt(1 + slope * slope);
  const sides = steep ? [raster.height, raster.width] : [raster.width, raster.height];
  const stop = Math.min(sides[0] - 1, Math.floor(last[along]));
  for (let a = Math.max(0, Math.floor(first[along])); a <= stop; a++) {
    const middle = first[across] + slope * (a + 0.5 - first[along]);
    const depth = first[2] + climb * (a + 0.5 - first[along]);
    const to = Math.min(sides[1] - 1, Math.floor(middle + half + 0.5));
    for (let c = Math.max(0, Math.floor(middle - half - 0.5)); c <= to; c++) {
      const cover = Math.min(1, half + 0.5 - Math.abs(c + 0.5 - middle), 2 * half);
      if (cover > 0) dot(raster, steep ? a * raster.width + c : c * raster.width + a, depth, cover, rb, g);
    }
  }
}

function dot({ pixels, depth }: Raster, p: number, z: number, cover: number, rb: number, g: number): void {
  const have = pixels[p];
  const full = have >>> 24;
  const solid = full === 255;
  if (solid && depth[p] < z) return;
  const part = Math.round(cover * (solid ? 255 : 255 - full));
  const keep = solid ? 256 - part - (part >> 7) : 256;
  const both = (Math.imul(have & 0xff00ff, keep) >>> 8) & 0xff00ff;
  const mid = (((have >>> 8) & 255) * keep) >> 8;
  const add = (((Math.imul(rb, part) + 0x800080) >>> 8) & 0xff00ff) + both;
  const top = Math.min(255, solid ? 255 : full + part);
  pixels[p] = (top << 24) | add | ((mid + ((g * part + 128) >> 8)) << 8);
}
