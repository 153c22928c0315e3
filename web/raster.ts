/**
 * Spheres drawn without a graphics card, seen from straight ahead. They are taken from front to back: a pixel that is opaque
 * is done, and a sphere is left out where all tiles that it touches are opaque, so that of a large crystal only the outside
 * costs anything.
 */
import { type Balls, FAINT, kindOf, SOLID } from './balls.ts';
import { createSprites, RIM, type Sprite } from './sprites.ts';

/** Tiles of 8×8 pixels. */
const TILE = 3;
/** Of 255: from here on a pixel is opaque. */
const FULL = 252;
/** Steps of depth by which spheres are put in order. */
const STEPS = 1 << 14;

/** From Å to pixels: rows of x, y (down) and depth (Å, away from the eye), four numbers each. */
export type Projection = Float64Array;

export interface Raster {
  width: number;
  height: number;
  /** Bytes of red, green, blue, opacity; red, green and blue are multiplied with the opacity until `finish`. */
  pixels: Int32Array<ArrayBuffer>;
  /** Å: of what is seen in opaque pixels. */
  depth: Float32Array;
  /** Pixels of each tile that are not opaque yet. */
  open: Uint8Array;
  /** Tiles of a row. */
  across: number;
}

export function createRaster(width: number, height: number): Raster {
  const across = (width + 7) >> TILE;
  return {
    width,
    height,
    pixels: new Int32Array(width * height),
    depth: new Float32Array(width * height),
    open: new Uint8Array(across * ((height + 7) >> TILE)),
    across,
  };
}

/** Nothing is drawn yet. */
export function clear({ pixels, open, across, width, height }: Raster): void {
  pixels.fill(0);
  const down = open.length / across;
  for (let row = 0; row < down; row++) {
    const high = Math.min(8, height - 8 * row);
    open.fill(8 * high, row * across, (row + 1) * across);
    open[(row + 1) * across - 1] = high * Math.min(8, width - 8 * (across - 1));
  }
}

/** What is free of the pixels gets the colour of the ground, `rgb` as bytes. */
export function finish({ pixels }: Raster, ground: readonly number[]): void {
  const [rb, g] = [ground[0] | (ground[2] << 16), ground[1]];
  const plain = 0xff000000 | rb | (g << 8);
  for (let p = 0; p < pixels.length; p++) {
    const have = pixels[p];
    if (have === 0) pixels[p] = plain;
    else if (have >>> 24 !== 255) {
      const rest = 255 - (have >>> 24);
      const both = (have & 0xff00ff) + (((Math.imul(rb, rest) + 0x800080) >>> 8) & 0xff00ff);
      const green = ((have >>> 8) & 255) + ((g * rest + 128) >>> 8);
      pixels[p] = 0xff000000 | both | (green << 8);
    }
  }
}

/**
 * What is in sight: five words for each sphere, so that from front to back memory is read in order. x and y in pixels, depth
 * and radius in Å, the colour as bytes.
 */
interface Seen {
  numbers: Float32Array;
  bytes: Uint32Array;
}
const [X, Y, DEPTH, RADIUS, TINT, WORDS] = [0, 1, 2, 3, 4, 5];

export interface Painter {
  /** `ground` as bytes: far spheres fade into it; `fade`: depths where that begins and where it would be complete. */
  paint(raster: Raster, balls: Balls, to: Projection, ground: readonly number[], fade: readonly [number, number]): void;
}

export function createPainter(): Painter {
  const sprites = createSprites();
  const counts = new Uint32Array(STEPS + 1);
  let [seen, sorted] = [roomFor(0), roomFor(0)];
  return {
    paint(raster, balls, to, ground, fade) {
      if (seen.bytes.length < WORDS * balls.count) [seen, sorted] = [roomFor(balls.count), roomFor(balls.count)];
      const scale = Math.sqrt(to[0] ** 2 + to[1] ** 2 + to[2] ** 2);
      const count = project(seen, raster, balls, to, scale);
      inOrder(seen, sorted, counts, count);
      const brush: Brush = { light: 0, red: 0, green: 0, gloss: 0, under: 0, opacity: 0, depth: 0, radius: 0 };
      const { numbers, bytes } = sorted;
      const far = 1 / (fade[1] - fade[0]);
      for (let at = 0; at < WORDS * count; at += WORDS) {
        const radius = numbers[at + RADIUS] * scale;
        const x = Math.floor(numbers[at + X]);
        const y = Math.floor(numbers[at + Y]);
        if (covered(raster, x, y, Math.ceil(radius))) continue;
        const tint = bytes[at + TINT];
        const kind = kindOf(tint >>> 24);
        const depth = numbers[at + DEPTH];
        dip(brush, tint, kind, ground, (depth - fade[0]) * far);
        brush.depth = depth;
        brush.radius = numbers[at + RADIUS] / 255;
        stamp(raster, sprites.get(kind, radius, numbers[at + X] - x, numbers[at + Y] - y), x, y, brush);
      }
    },
  };
}

function roomFor(count: number): Seen {
  const numbers = new Float32Array(WORDS * count);
  return { numbers, bytes: new Uint32Array(numbers.buffer) };
}

/** How many are in sight. */
function project({ numbers, bytes }: Seen, raster: Raster, balls: Balls, to: Projection, scale: number): number {
  const { width, height } = raster;
  const { count, centres, tints, radii } = balls;
  const [xx, xy, xz, x0, yx, yy, yz, y0, zx, zy, zz, z0] = to;
  const colors = new Uint32Array(tints.buffer, tints.byteOffset, count);
  let at = 0;
  for (let i = 0; i < count; i++) {
    const tint = colors[i];
    if (tint >>> 24 === 0) continue;
    const cx = centres[3 * i];
    const cy = centres[3 * i + 1];
    const cz = centres[3 * i + 2];
    const px = xx * cx + xy * cy + xz * cz + x0;
    const py = yx * cx + yy * cy + yz * cz + y0;
    const r = radii[i] * scale + 1;
    // also what is no number is out of sight
    if (!(px > -r && px < width + r && py > -r && py < height + r)) continue;
    numbers[at + X] = px;
    numbers[at + Y] = py;
    numbers[at + DEPTH] = zx * cx + zy * cy + zz * cz + z0;
    numbers[at + RADIUS] = radii[i];
    bytes[at + TINT] = tint;
    at += WORDS;
  }
  return at / WORDS;
}

/** Counting sort by depth. */
function inOrder({ numbers, bytes }: Seen, sorted: Seen, counts: Uint32Array, count: number): void {
  const end = WORDS * count;
  let [near, far] = [Infinity, -Infinity];
  for (let at = DEPTH; at < end; at += WORDS) {
    const depth = numbers[at];
    if (depth < near) near = depth;
    if (depth > far) far = depth;
  }
  const scale = (STEPS - 1) / (far - near || 1);
  counts.fill(0);
  for (let at = DEPTH; at < end; at += WORDS) counts[1 + (((numbers[at] - near) * scale) | 0)]++;
  for (let s = 1; s <= STEPS; s++) counts[s] += counts[s - 1];
  const to = sorted.bytes;
  for (let at = 0; at < end; at += WORDS) {
    const place = WORDS * counts[((numbers[at + DEPTH] - near) * scale) | 0]++;
    for (let word = 0; word < WORDS; word++) to[place + word] = bytes[at + word];
  }
}

/** Whether all tiles that it touches are opaque. */
function covered({ width, height, open, across }: Raster, x: number, y: number, reach: number): boolean {
  const left = Math.max(0, x - reach) >> TILE;
  const right = Math.min(width - 1, x + reach) >> TILE;
  const top = Math.max(0, y - reach) >> TILE;
  const bottom = Math.min(height - 1, y + reach) >> TILE;
  for (let row = top; row <= bottom; row++)
    for (let tile = row * across + left; tile <= row * across + right; tile++) if (open[tile] > 0) return false;
  return true;
}

/** The colour of one sphere; red and blue share a number, blue above red. */
interface Brush {
  light: number;
  red: number;
  green: number;
  gloss: number;
  under: number;
  /** Of 256. */
  opacity: number;
  /** Å: of the centre, and the height of one step of 255. */
  depth: number;
  radius: number;
}

const FOG = { solid: 0.42, translucent: 0.45 };

/** `tint`: red lowest, opacity highest; `far`: how far it fades, 0 to 1. */
function dip(brush: Brush, tint: number, kind: number, ground: readonly number[], far: number): void {
  const within = Math.min(1, Math.max(0, far));
  const squared = within * within;
  const fog = kind === SOLID ? FOG.solid * squared : 0;
  const clear = 1 - fog;
  brush.red = byte((tint & 255) * clear) | (byte(((tint >>> 16) & 255) * clear) << 16);
  brush.green = byte(((tint >>> 8) & 255) * clear);
  brush.gloss = byte(255 * clear);
  brush.under = byte(ground[0] * fog) | (byte(ground[2] * fog) << 16);
  brush.light = byte(ground[1] * fog);
  if (kind === SOLID) brush.opacity = 256;
  else brush.opacity = byte((kind === FAINT ? RIM * (tint >>> 24) : 256) * (1 - FOG.translucent * squared));
}

const byte = (value: number): number => (value + 0.5) | 0;

/** Puts a sphere behind what is there. */
function stamp(
  raster: Raster,
  { reach, size, from, to, pixels: sprite }: Sprite,
  x: number,
  y: number,
  brush: Brush,
): void {
  const { width, height, pixels, depth, open, across } = raster;
  const { red, green, gloss, under, light: underGreen, opacity, depth: centre, radius } = brush;
  const left = x - reach;
  const top = y - reach;
  const last = Math.min(size, height - top);
  for (let row = Math.max(0, -top); row < last; row++) {
    const begin = (top + row) * width + left;
    const line = row * size;
    const tiles = ((top + row) >> TILE) * across;
    const end = Math.min(to[row], width - left);
    for (let column = Math.max(from[row], -left); column < end; column++) {
      const p = begin + column;
      const have = pixels[p];
      if (have >>> 24 === 255) continue;
      const here = sprite[line + column];
      const cover = ((here & 255) * opacity) >> 8;
      const light = (here >>> 8) & 255;
      const shine = (((here >>> 16) & 255) * gloss) >> 8;
      const rb = ((Math.imul(red, light) >>> 8) & 0xff00ff) + Math.imul(shine, 0x10001) + under;
      const g = ((green * light) >> 8) + shine + underGreen;
      const free = 255 - (have >>> 24);
      const part = (free * cover * 257 + 32768) >> 16;
      let full = (have >>> 24) + part;
      if (full >= FULL) {
        full = 255;
        depth[p] = centre - radius * (here >>> 24);
        open[tiles + ((left + column) >> TILE)]--;
      }
      if (part === 255) {
        pixels[p] = 0xff000000 | rb | (g << 8);
        continue;
      }
      const both = (have & 0xff00ff) + (((Math.imul(rb, part) + 0x800080) >>> 8) & 0xff00ff);
      const mid = ((have >>> 8) & 255) + ((g * part + 128) >> 8);
      pixels[p] = (full << 24) | both | (mid << 8);
    }
  }
}
