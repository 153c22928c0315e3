/**
 * The atoms in three dimensions: orthographic, with the edges of the cell and its axes. Drawn only when something changed, and
 * at full resolution once it stands still.
 */
import * as THREE from 'three';
import { OrbitControls } from 'three/addons/controls/OrbitControls.js';
import type { Frame, Opened } from '../src/browser/protocol.ts';
import { noBalls } from './balls.ts';
import { type Fractions, originOf, outline, spacing } from './cell.ts';
import { keys } from './keys.ts';
import { createLens } from './lens.ts';
import { createPace } from './pace.ts';
import { type Painted, paint, type Style } from './paint.ts';
import { marksOf } from './shade.ts';
import { createSurface } from './surface.ts';
import { createTripod } from './tripod.ts';

export interface View {
  open(opened: Opened): void;
  show(frame: Frame): void;
  style(style: Style): void;
  /** What is to be drawn is prepared now, and told to `painted`. */
  settle(): void;
  /** Whether colours keep the widest range so far, or have that of each frame. */
  steady(on: boolean): void;
  home(): void;
  /** After a change of theme. */
  recolor(): void;
}

/** ms without a change after which the view stands still. */
const STILL = 300;

/** `painted` is called with the range that colours stand for and the empty sites that are seen, after each new frame. */
export function createView(
  canvas: HTMLCanvasElement,
  axes: HTMLCanvasElement,
  painted: (painted: Painted) => void,
): View {
  const surface = createSurface(canvas);
  const camera = new THREE.OrthographicCamera();
  const controls = new OrbitControls(camera, canvas);
  controls.enableDamping = false;
  const tripod = createTripod(axes);
  const balls = noBalls();
  const pace = createPace();
  let opened: Opened | undefined;
  let frame: Frame | undefined;
  let style: Style = { color: 'energy', perfect: 'faint', slice: undefined };
  let known: Painted = { range: undefined, holes: 0 };
  let origin: Fractions = [0, 0, 0];
  let steady = false;
  let [stale, queued, coarse] = [false, false, false];
  let [last, timer] = [0, 0];

  const resolve = (scale: number) => {
    coarse = scale < 1;
    surface.resize(canvas.clientWidth, canvas.clientHeight, scale * Math.min(2, devicePixelRatio));
  };
  const prepare = () => {
    if (!stale || !opened || !frame) return;
    stale = false;
    known = paint(balls, frame, opened, origin, style, steady ? known.range : undefined);
    surface.changed(balls, outline(frame.cell));
    painted(known);
  };
  const draw = () => {
    queued = false;
    if (canvas.clientWidth === 0 || canvas.clientHeight === 0) return;
    const begin = performance.now();
    const moving = begin - last < STILL;
    resolve(moving ? pace.scale() : 1);
    prepare();
    camera.updateMatrixWorld();
    surface.draw(camera);
    tripod.turn(camera);
    last = performance.now();
    if (moving) pace.took(last - begin);
    clearTimeout(timer);
    if (coarse) timer = setTimeout(redraw, STILL + 20) as unknown as number;
  };
  const redraw = () => {
    if (queued) return;
    queued = true;
    requestAnimationFrame(draw);
  };
  const repaint = () => {
    stale = true;
    redraw();
  };
  const lens = createLens(canvas, camera, controls);
  const home = () => {
    if (frame) lens.home(frame.cell);
    redraw();
  };
  const recolor = () => {
    const style = getComputedStyle(document.documentElement);
    const color = (name: string) => new THREE.Color(style.getPropertyValue(name).trim()).convertLinearToSRGB();
    surface.recolor(color('--panel'), color('--quiet'));
    redraw();
  };
  controls.addEventListener('change', redraw);
  new ResizeObserver(() => {
    lens.adapt();
    redraw();
  }).observe(canvas);
  keys(canvas, camera, controls, redraw);
  recolor();
  return {
    open(next) {
      opened = next;
      frame = next.frame;
      known.range = undefined;
      origin = originOf(next.frame, marksOf(next.frame, 1.2 * spacing(next.frame)), next.pbc);
      home();
      repaint();
    },
    show(next) {
      frame = next;
      repaint();
    },
    style(next) {
      if (next.color !== style.color) known.range = undefined;
      style = next;
      repaint();
      prepare();
    },
    settle: prepare,
    steady(on) {
      steady = on;
      known.range = undefined;
    },
    home,
    recolor,
  };
}
