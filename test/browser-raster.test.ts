import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Balls, noBalls, reserve } from '../web/balls.ts';
import { clear, createPainter, createRaster, finish, type Raster } from '../web/raster.ts';
import { shade } from '../web/sprites.ts';
import { stroke } from '../web/strokes.ts';
import { createStage, type Stage, visit, why, withoutBrowser } from './support/browser.ts';
import { expectSilence, outside } from './support/outside.ts';

/** A sequence of numbers from 0 to 1. */
function numbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 16807) % 2147483647;
    return state / 2147483647;
  };
}

const [WIDTH, HEIGHT, SCALE] = [90, 70, 7];
const GROUND = [20, 28, 38];
/** Å to pixels: y goes down, z comes to the eye; fog begins at 0 and is far away. */
const TO = Float64Array.from([SCALE, 0, 0, 0, 0, -SCALE, 0, HEIGHT, 0, 0, -1, 20]);
const FADE = [0, 1e9] as const;

function cloud(count: number, opacity: (k: number) => number, radius = 0.9): Balls {
  const random = numbers(7);
  const balls = noBalls();
  reserve(balls, count);
  for (let k = 0; k < count; k++) {
    balls.centres.set([(random() * WIDTH) / SCALE, (random() * HEIGHT) / SCALE, 10 * random()], 3 * k);
    balls.tints.set([40 + 200 * random(), 40 + 200 * random(), 40 + 200 * random(), opacity(k)], 4 * k);
    balls.radii[k] = radius;
  }
  return balls;
}

function drawn(balls: Balls, lines: number[] = []): Raster {
  const raster = createRaster(WIDTH, HEIGHT);
  clear(raster);
  createPainter().paint(raster, balls, TO, GROUND, FADE);
  stroke(raster, lines, TO, 1, [255, 255, 255]);
  finish(raster, GROUND);
  return raster;
}

const rgbAt = ({ pixels }: Raster, p: number) => [0, 8, 16].map((shift) => (pixels[p] >>> shift) & 255);

/** Every sphere at every pixel, from back to front, in doubles. */
function reference({ count, centres, tints, radii }: Balls, px: number, py: number): number[] {
  const hits: { depth: number; rgb: number[]; opacity: number }[] = [];
  for (let k = 0; k < count; k++) {
    const x = (px / SCALE - centres[3 * k]) / radii[k];
    const y = ((HEIGHT - py) / SCALE - centres[3 * k + 1]) / radii[k];
    const square = x * x + y * y;
    if (square >= 1) continue;
    const given = tints[4 * k + 3];
    const solid = given === 255;
    const [opacity, light, gloss] = shade(solid ? 0 : 2, x, y, Math.sqrt(1 - square));
    const rgb = [0, 1, 2].map((c) => tints[4 * k + c] * light + 255 * gloss);
    hits.push({ depth: -centres[3 * k + 2], rgb, opacity: solid ? 1 : (opacity * 1.55 * given) / 256 });
  }
  hits.sort((a, b) => b.depth - a.depth);
  return hits.reduce((back, { rgb, opacity }) => back.map((b, c) => b + opacity * (rgb[c] - b)), GROUND);
}

/** Share of pixels whose colour differs by more than `most`; edges are smooth, the reference's are not. */
function differing(balls: Balls, most: number): number {
  const raster = drawn(balls);
  let wrong = 0;
  for (let y = 0; y < HEIGHT; y++)
    for (let x = 0; x < WIDTH; x++) {
      const want = reference(balls, x + 0.5, y + 0.5);
      if (rgbAt(raster, y * WIDTH + x).some((v, c) => Math.abs(v - want[c]) > most)) wrong++;
    }
  return wrong / (WIDTH * HEIGHT);
}

describe('spheres drawn without a graphics card', () => {
  it('are those of a sum over all spheres at each pixel, but for the edges', () => {
    // edges are smooth here, and centres lie on quarters of pixels
    const kinds = { solid: () => 255, translucent: () => 60, mixed: (k: number) => (k % 2 ? 255 : 60) };
    const shares = Object.entries(kinds).map(([kind, opacity]) => [kind, differing(cloud(30, opacity, 1.6), 20)]);
    for (const [kind, share] of shares) expect([kind, Number(share) < 0.07]).toEqual([kind, true]);
  });

  it('are the same in whatever order they are given, also where most are hidden', () => {
    const count = 4000;
    const balls = cloud(count, (k) => (k % 5 ? 255 : 90));
    const turned = noBalls();
    reserve(turned, count);
    for (let k = 0; k < count; k++) {
      const from = count - 1 - k;
      turned.centres.set(balls.centres.subarray(3 * from, 3 * from + 3), 3 * k);
      turned.tints.set(balls.tints.subarray(4 * from, 4 * from + 4), 4 * k);
      turned.radii[k] = balls.radii[from];
    }
    const [a, b] = [drawn(balls), drawn(turned)];
    // spheres of the same step of depth may change places
    let differ = 0;
    for (let p = 0; p < a.pixels.length; p++) if (a.pixels[p] !== b.pixels[p]) differ++;
    expect(differ / a.pixels.length).toBeLessThan(0.02);
    expect(a.open.every((left) => left <= 64)).toBe(true);
  });

  it('leave the ground where there is nothing, and out what is hidden, outside or nowhere', () => {
    const balls = cloud(4, () => 255);
    balls.tints[3] = 0;
    balls.centres.set([-50, 0, 0], 3);
    balls.centres.set([Number.NaN, 0, 0], 6);
    balls.centres.set([1, 1, Number.NaN], 9);
    const plain = (255 << 24) | (GROUND[2] << 16) | (GROUND[1] << 8) | GROUND[0];
    expect(drawn(balls).pixels.every((pixel) => pixel === plain)).toBe(true);
  });

  it('has lines before, behind and through them', () => {
    const balls = cloud(1, () => 255, 3);
    balls.centres.set([6, 5, 5], 0);
    // in the middle of a row of pixels
    const LINE = 35.5 / SCALE;
    const middle = (HEIGHT - 35) * WIDTH + 42;
    const bright = (z: number) => rgbAt(drawn(balls, [0, LINE, z, 12, LINE, z]), middle - WIDTH)[0];
    expect(bright(9)).toBeGreaterThan(230);
    expect(bright(1)).toBeLessThan(230);
    // its end is hidden in the sphere, its beginning is not
    const through = drawn(balls, [0, LINE, 5, 12, LINE, 5]);
    expect(rgbAt(through, middle - WIDTH)[0]).toBe(bright(1));
    expect(rgbAt(through, middle - WIDTH - 30)[0]).toBeGreaterThan(200);
  });
});

describe.skipIf(withoutBrowser)(`both ways of drawing${why}`, outside, () => {
  let stage: Stage;
  beforeAll(async () => {
    stage = await createStage();
  });
  afterAll(() => stage?.close());

  /** The view of the first example, as PNG. */
  const pictureBy = async (way: string) => {
    const seen = await visit(stage, `${stage.isolated.url}?threads=1&keep=no&draw=${way}`);
    await seen.phase('ready');
    expect(await seen.page.getAttribute('#canvas', 'data-drawn')).toBe(way);
    const take = async () => (await seen.page.locator('.canvas').screenshot()).toString('base64');
    // drawn coarsely while it moves, and at full resolution once it stands still
    const still = async (before: string): Promise<string> => {
      await seen.page.waitForTimeout(800);
      const now = await take();
      return now === before ? now : still(now);
    };
    const picture = await still(await take());
    expectSilence(seen.complaints);
    await seen.close();
    return picture;
  };

  it('show the same', async () => {
    const pictures = [await pictureBy('card'), await pictureBy('soft')];
    const context = await stage.browser.newContext();
    const page = await context.newPage();
    /** The mean of |difference| of bytes, and that of the first picture from its first pixel: how much is drawn. */
    const [apart, drawn] = await page.evaluate(async (all) => {
      const [a, b] = await Promise.all(
        all.map(async (base64) => {
          const image = new Image();
          image.src = `data:image/png;base64,${base64}`;
          await image.decode();
          const canvas = new OffscreenCanvas(image.width, image.height);
          const context = canvas.getContext('2d') as OffscreenCanvasRenderingContext2D;
          context.drawImage(image, 0, 0);
          return context.getImageData(0, 0, image.width, image.height).data;
        }),
      );
      let [differ, own] = [0, 0];
      for (let k = 0; k < a.length; k++) {
        differ += Math.abs(a[k] - b[k]);
        own += Math.abs(a[k] - a[k % 4]);
      }
      return [differ / a.length, own / a.length];
    }, pictures);
    expect(drawn).toBeGreaterThan(3);
    expect(apart / drawn).toBeLessThan(0.1);
    await context.close();
  });
});
