/**
 * Pictures of one sphere, computed once for a size: what each pixel has of light, gloss, opacity and height, for the three
 * kinds of spheres. Centres lie anywhere within a pixel, so there are pictures for several places of it.
 */
import { SHELL, SOLID } from './balls.ts';

export interface Sprite {
  /** Pixels to the left of and above the one that has the centre. */
  reach: number;
  /** Of a row and of a column: 2 reach + 1. */
  size: number;
  /** For each row where it begins and where it ends (not included). */
  from: Int32Array;
  to: Int32Array;
  /** (size²) bytes: opacity, light, gloss, height over the centre in parts of the radius. */
  pixels: Int32Array;
}

/** Places within a pixel, along each direction: motion of small spheres is smooth by them. */
const placesFor = (radius: number): number => (radius > 40 ? 1 : radius > 16 ? 2 : 4);

const normalized = (v: readonly number[]): number[] => v.map((c) => c / Math.hypot(...v));
const LAMP = normalized([-0.45, 0.62, 0.72]);
const GLOSS = normalized([-0.3, 0.45, 0.9]);

/** Opacity of a translucent sphere at its rim, in units of that given. */
export const RIM = 1.55;

/** Of a pixel where the normal is (x, y, z): opacity, light and gloss, from 0 to 1. */
export function shade(kind: number, x: number, y: number, z: number): [number, number, number] {
  const light = 0.36 + 0.58 * Math.max(0, x * LAMP[0] + y * LAMP[1] + z * LAMP[2]) + 0.1 * z;
  if (kind === SOLID) {
    const gloss = 0.5 * Math.max(0, x * GLOSS[0] + y * GLOSS[1] + z * GLOSS[2]) ** 42;
    return [1, Math.min(1, light) * (1 - gloss), gloss];
  }
  const rim = (1 - z) ** 1.6;
  const opacity = kind === SHELL ? 0.1 + 0.9 * rim : (0.45 + 1.1 * rim) / RIM;
  return [opacity, 0.92 * Math.min(1, 0.74 + 0.26 * light), 0.08];
}

function draw(kind: number, radius: number, dx: number, dy: number): Sprite {
  const reach = Math.ceil(radius + 1);
  const size = 2 * reach + 1;
  const sprite: Sprite = {
    reach,
    size,
    from: new Int32Array(size),
    to: new Int32Array(size),
    pixels: new Int32Array(size * size),
  };
  for (let row = 0; row < size; row++) {
    let [from, to] = [size, 0];
    for (let column = 0; column < size; column++) {
      const x = (column - reach + 0.5 - dx) / radius;
      const y = (row - reach + 0.5 - dy) / radius;
      const r = Math.sqrt(x * x + y * y);
      const cover = Math.min(1, Math.max(0, (1 - r) * radius + 0.5));
      if (cover <= 0) continue;
      const z = Math.sqrt(Math.max(0, 1 - r * r));
      // beyond the edge the normal is that of the edge; rows go down, y goes up
      const on = Math.max(1, r);
      const [opacity, light, gloss] = shade(kind, x / on, -y / on, z);
      const bytes = [cover * opacity, light, gloss, z].map((part) => Math.round(255 * part));
      if (bytes[0] === 0) continue;
      sprite.pixels[row * size + column] = bytes[0] | (bytes[1] << 8) | (bytes[2] << 16) | (bytes[3] << 24);
      from = Math.min(from, column);
      to = column + 1;
    }
    [sprite.from[row], sprite.to[row]] = [from, to];
  }
  return sprite;
}

export interface Sprites {
  /** For a sphere whose centre is at `x`, `y` within its pixel, each from 0 to 1. Pixels. */
  get(kind: number, radius: number, x: number, y: number): Sprite;
}

/** Pixels of pictures that are kept. */
const MOST = 4e6;

export function createSprites(): Sprites {
  const kept = new Map<number, (Sprite | undefined)[]>();
  let held = 0;
  // most spheres are like the one before
  let [key, places] = [-1, 1];
  let all: (Sprite | undefined)[] = [];
  const choose = (radius: number) => {
    places = placesFor(radius);
    const found = kept.get(key);
    if (!found && held > MOST) {
      kept.clear();
      held = 0;
    }
    all = found ?? new Array(places * places).fill(undefined);
    kept.set(key, all);
  };
  return {
    get(kind, radius, x, y) {
      const own = 4 * Math.round(64 * radius) + kind;
      if (own !== key) {
        key = own;
        choose(radius);
      }
      const i = Math.floor(x * places);
      const j = Math.floor(y * places);
      const found = all[j * places + i];
      if (found) return found;
      const made = draw(kind, radius, (i + 0.5) / places, (j + 0.5) / places);
      held += made.pixels.length;
      all[j * places + i] = made;
      return made;
    },
  };
}
