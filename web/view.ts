/** The atoms in three dimensions: orthographic, with the edges of the cell and its axes; drawn only when something changed. */
import * as THREE from 'three';
import { OrbitControls } from 'three/addons/controls/OrbitControls.js';
import type { Frame, Opened } from '../src/browser/protocol.ts';
import { corner, extentOf, type Fractions, originOf, outline, spacing } from './cell.ts';
import { keys } from './keys.ts';
import { paint, type Style } from './paint.ts';
import { marksOf, type Range } from './shade.ts';
import { createSpheres } from './spheres.ts';
import { createTripod } from './tripod.ts';

export interface View {
  open(opened: Opened): void;
  show(frame: Frame): void;
  style(style: Style): void;
  /** Whether colours keep the widest range so far, or have that of each frame. */
  steady(on: boolean): void;
  /** The range that colours stand for, in eV or Å. */
  range(): Range | undefined;
  /** Empty sites that are drawn. */
  holes(): number;
  home(): void;
  /** After a change of theme. */
  recolor(): void;
}

export function createView(canvas: HTMLCanvasElement): View {
  const renderer = new THREE.WebGLRenderer({ canvas, antialias: true, alpha: true });
  renderer.autoClear = false;
  const scene = new THREE.Scene();
  const camera = new THREE.OrthographicCamera();
  const controls = new OrbitControls(camera, canvas);
  controls.enableDamping = false;
  const spheres = createSpheres();
  const lineMaterial = new THREE.LineBasicMaterial();
  const edges = new THREE.LineSegments(new THREE.BufferGeometry(), lineMaterial);
  edges.frustumCulled = false;
  scene.add(...spheres.objects, edges);
  const tripod = createTripod();
  let opened: Opened | undefined;
  let frame: Frame | undefined;
  let style: Style = { color: 'energy', perfect: 'faint', slice: undefined };
  let range: Range | undefined;
  let origin: Fractions = [0, 0, 0];
  let steady = false;
  let holes = 0;
  let size = 1;
  let extent = [1, 1];
  let queued = false;

  const draw = () => {
    queued = false;
    const { clientWidth: w, clientHeight: h } = canvas;
    if (w === 0 || h === 0) return;
    renderer.setViewport(0, 0, w, h);
    renderer.clear();
    renderer.render(scene, camera);
    tripod.render(renderer, camera);
  };
  const redraw = () => {
    if (queued) return;
    queued = true;
    requestAnimationFrame(draw);
  };
  const resize = () => {
    const { clientWidth: w, clientHeight: h } = canvas;
    if (w === 0 || h === 0) return;
    renderer.setPixelRatio(Math.min(2, devicePixelRatio));
    renderer.setSize(w, h, false);
    const half = Math.max(extent[1], (extent[0] * h) / w);
    Object.assign(camera, { left: (-half * w) / h, right: (half * w) / h, top: half, bottom: -half });
    camera.near = 0.1;
    camera.far = 8 * size;
    camera.updateProjectionMatrix();
    redraw();
  };
  const home = () => {
    if (!frame) return;
    const centre = corner(frame.cell, 0.5, 0.5, 0.5);
    size = centre.length() + 1;
    controls.target.copy(centre);
    // a thin cell is looked at from above
    const thin = Math.abs(frame.cell[8]) < 0.3 * Math.min(frame.cell[0], frame.cell[4]);
    const from = thin ? new THREE.Vector3(0.1, -0.22, 1) : new THREE.Vector3(0.42, 0.3, 1);
    camera.position.copy(centre).add(from.normalize().multiplyScalar(4 * size));
    camera.up.set(0, 1, 0);
    camera.zoom = 1;
    controls.update();
    camera.updateMatrixWorld();
    extent = extentOf(frame.cell, centre, camera);
    resize();
  };
  const repaint = () => {
    if (!opened || !frame) return;
    ({ range, holes } = paint(spheres, frame, opened, origin, style, steady ? range : undefined));
    outline(edges.geometry, frame.cell);
    redraw();
  };
  const recolor = () => {
    const style = getComputedStyle(document.documentElement);
    const ground = new THREE.Color(style.getPropertyValue('--panel').trim());
    spheres.ground(ground.convertLinearToSRGB());
    lineMaterial.color.set(style.getPropertyValue('--quiet').trim());
    redraw();
  };
  controls.addEventListener('change', redraw);
  new ResizeObserver(resize).observe(canvas);
  keys(canvas, camera, controls, redraw);
  recolor();
  return {
    open(next) {
      opened = next;
      frame = next.frame;
      range = undefined;
      origin = originOf(next.frame, marksOf(next.frame, 1.2 * spacing(next.frame)), next.pbc);
      home();
      repaint();
    },
    show(next) {
      frame = next;
      repaint();
    },
    style(next) {
      if (next.color !== style.color) range = undefined;
      style = next;
      repaint();
    },
    steady(on) {
      steady = on;
      range = undefined;
    },
    range: () => range,
    holes: () => holes,
    home,
    recolor,
  };
}
