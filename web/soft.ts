/** The view without a graphics card: spheres and lines by this program, on a plain canvas. */
import * as THREE from 'three';
import { type Balls, noBalls } from './balls.ts';
import { clear, createPainter, createRaster, finish, type Projection } from './raster.ts';
import { stroke } from './strokes.ts';
import type { Surface } from './surface.ts';

const bytesOf = (color: THREE.Color) => [color.r, color.g, color.b].map((part) => Math.round(255 * part));

/** Rows of x and y in pixels, and of the depth from the eye in Å. */
function projectionOf(camera: THREE.OrthographicCamera, width: number, height: number): Projection {
  const e = new THREE.Matrix4().multiplyMatrices(camera.projectionMatrix, camera.matrixWorldInverse).elements;
  const row = (k: number, scale: number, shift: number) =>
    [e[k], e[4 + k], e[8 + k], e[12 + k]].map((part, c) => scale * part + (c === 3 ? shift : 0));
  const away = camera.matrixWorldInverse.elements;
  return Float64Array.from([
    ...row(0, width / 2, width / 2),
    ...row(1, -height / 2, height / 2),
    ...[away[2], away[6], away[10], away[14]].map((part) => -part),
  ]);
}

export function createSoft(canvas: HTMLCanvasElement): Surface {
  const context = canvas.getContext('2d', { alpha: false });
  const painter = createPainter();
  let raster = createRaster(1, 1);
  let image = new ImageData(1, 1);
  let density = 1;
  let [ground, line] = [
    [0, 0, 0],
    [255, 255, 255],
  ];
  let balls: Balls = noBalls();
  let edges: ArrayLike<number> = [];
  return {
    resize(width, height, ratio) {
      density = ratio;
      const [w, h] = [width, height].map((side) => Math.max(1, Math.round(side * ratio)));
      if (w === raster.width && h === raster.height) return;
      [canvas.width, canvas.height] = [w, h];
      raster = createRaster(w, h);
      image = new ImageData(new Uint8ClampedArray(raster.pixels.buffer), w, h);
    },
    changed(next, outline) {
      [balls, edges] = [next, outline];
    },
    draw(camera) {
      const to = projectionOf(camera, raster.width, raster.height);
      clear(raster);
      painter.paint(raster, balls, to, ground, [camera.near, camera.far]);
      stroke(raster, edges, to, Math.max(1, density), line);
      finish(raster, ground);
      context?.putImageData(image, 0, 0);
    },
    recolor(nextGround, nextLine) {
      [ground, line] = [bytesOf(nextGround), bytesOf(nextLine)];
    },
  };
}
