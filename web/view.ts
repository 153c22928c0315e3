/** The atoms in three dimensions: orthographic, with the edges of the cell and its axes; drawn only when something changed. */
import * as THREE from 'three';
import { OrbitControls } from 'three/addons/controls/OrbitControls.js';
import type { Frame, Opened } from '../src/browser/protocol.ts';
import { elementColor, type Rgb, rampColor } from './colors.ts';
import { type ColorMode, displacements, type PerfectMode, type Range, standOut, widened } from './shade.ts';
import { createSpheres } from './spheres.ts';
import { createTripod } from './tripod.ts';

export interface View {
  open(opened: Opened): void;
  show(frame: Frame): void;
  style(color: ColorMode, perfect: PerfectMode): void;
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

/** Part of the sites beyond which empty ones are not drawn: a melt has no sites. */
const MOST_HOLES = 0.02;
const VACANT: Rgb = [255, 96, 96];
/** Wrapped this far below the lower faces, so that atoms on a face do not flicker. */
const MARGIN = 0.02;

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
  let [color, perfect]: [ColorMode, PerfectMode] = ['energy', 'faint'];
  let range: Range | undefined;
  let origin: Fractions = [0, 0, 0];
  let steady = false;
  let holes = 0;
  let size = 1;
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
    const half = size * Math.max(1, h / w);
    Object.assign(camera, { left: (-half * w) / h, right: (half * w) / h, top: half, bottom: -half });
    camera.near = 0.1;
    camera.far = 8 * size;
    camera.updateProjectionMatrix();
    redraw();
  };
  const home = () => {
    if (!frame) return;
    const centre = corner(frame.cell, 0.5, 0.5, 0.5);
    size = 0.5 * corner(frame.cell, 1, 1, 1).length() * 0.86 + 1;
    controls.target.copy(centre);
    camera.position.copy(centre).add(new THREE.Vector3(0.42, 0.3, 1).normalize().multiplyScalar(4 * size));
    camera.up.set(0, 1, 0);
    camera.zoom = 1;
    controls.update();
    resize();
  };
  const paint = () => {
    if (!opened || !frame) return;
    const count = frame.energies.length;
    const vacant = frame.vacant.length / 3;
    holes = vacant <= Math.max(20, MOST_HOLES * count) ? vacant : 0;
    spheres.reserve(count + holes);
    place(spheres.centres, frame, opened.pbc, origin);
    const values = color === 'energy' ? frame.energies : displacements(frame, opened.frame);
    range = color === 'species' ? undefined : widened((steady && range) || { low: Infinity, high: -Infinity }, values);
    const marks = standOut(frame, 1.2 * spacing(frame));
    const radius = 0.34 * spacing(frame);
    for (let i = 0; i < count; i++) {
      const rgb = range
        ? rampColor((values[i] - range.low) / (range.high - range.low || 1))
        : elementColor(opened.numbers[i]);
      const faint = perfect !== 'shown' && marks[i] === 0;
      spheres.tints.set([...rgb, faint ? (perfect === 'hidden' ? 0 : 76) : 255], 4 * i);
      spheres.radii[i] = faint ? 0.62 * radius : radius;
    }
    for (let k = 0; k < holes; k++) {
      spheres.centres.set(frame.vacant.slice(3 * k, 3 * k + 3), 3 * (count + k));
      wrapOne(spheres.centres, count + k, frame.cell, opened.pbc, origin);
      spheres.tints.set([...VACANT, 235], 4 * (count + k));
      spheres.radii[count + k] = 1.12 * radius;
    }
    spheres.update(count + holes);
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
      origin = originOf(next.frame, next.pbc);
      home();
      paint();
    },
    show(next) {
      frame = next;
      paint();
    },
    style(nextColor, nextPerfect) {
      if (nextColor !== color) range = undefined;
      [color, perfect] = [nextColor, nextPerfect];
      paint();
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

const corner = (cell: readonly number[], a: number, b: number, c: number): THREE.Vector3 =>
  new THREE.Vector3(
    ...([0, 1, 2].map((k) => a * cell[k] + b * cell[3 + k] + c * cell[6 + k]) as [number, number, number]),
  );

const matrixOf = (cell: readonly number[]): THREE.Matrix3 => {
  const [a, b, c, d, e, f, g, h, i] = cell;
  // columns are the lattice vectors
  return new THREE.Matrix3().set(a, d, g, b, e, h, c, f, i);
};

/** Å: of the edge of a cube per atom. */
function spacing({ cell, energies }: Frame): number {
  const volume = Math.abs(matrixOf(cell).determinant());
  return volume > 0 ? Math.cbrt(volume / Math.max(1, energies.length)) : 2.4;
}

/** Positions wrapped into the cell, moved by −origin (fractional). */
function place(into: Float32Array, { positions, cell }: Frame, pbc: readonly boolean[], origin: Fractions): void {
  into.set(positions);
  for (let i = 0; i < positions.length / 3; i++) wrapOne(into, i, cell, pbc, origin);
}

type Fractions = readonly [number, number, number];

/** What to move by so that the first defect lies in the middle of the cell, along periodic directions. */
function originOf({ vacant, crowded, positions, cell }: Frame, pbc: readonly boolean[]): Fractions {
  const at =
    vacant.length > 0 ? vacant : crowded.length > 0 ? [...positions.slice(3 * crowded[0], 3 * crowded[0] + 3)] : [];
  if (at.length === 0) return [0, 0, 0];
  const s = new THREE.Vector3().fromArray(at).applyMatrix3(matrixOf(cell).invert());
  return [0, 1, 2].map((k) => (pbc[k] ? s.getComponent(k) - 0.5 : 0)) as [number, number, number];
}

const wrapped = { cell: '', matrix: new THREE.Matrix3(), inverse: new THREE.Matrix3(), s: new THREE.Vector3() };

function wrapOne(
  x: Float32Array,
  i: number,
  cell: readonly number[],
  pbc: readonly boolean[],
  origin: Fractions,
): void {
  const key = cell.join();
  if (wrapped.cell !== key) {
    wrapped.cell = key;
    wrapped.matrix = matrixOf(cell);
    wrapped.inverse = wrapped.matrix.clone().invert();
  }
  const s = wrapped.s.fromArray(x, 3 * i).applyMatrix3(wrapped.inverse);
  const [a, b, c] = pbc.map((periodic, k) =>
    periodic ? origin[k] + Math.floor(s.getComponent(k) - origin[k] + MARGIN) : 0,
  );
  for (let k = 0; k < 3; k++) x[3 * i + k] -= a * cell[k] + b * cell[3 + k] + c * cell[6 + k];
}

/** The twelve edges. */
function outline(geometry: THREE.BufferGeometry, cell: readonly number[]): void {
  const points: number[] = [];
  for (let axis = 0; axis < 3; axis++) {
    for (const [p, q] of [
      [0, 0],
      [0, 1],
      [1, 0],
      [1, 1],
    ]) {
      for (const end of [0, 1]) {
        const s = [0, 0, 0];
        s[axis] = end;
        s[(axis + 1) % 3] = p;
        s[(axis + 2) % 3] = q;
        points.push(...corner(cell, s[0], s[1], s[2]).toArray());
      }
    }
  }
  geometry.setAttribute('position', new THREE.Float32BufferAttribute(points, 3));
}

/** Arrows turn, plus and minus zoom. */
function keys(
  canvas: HTMLElement,
  camera: THREE.OrthographicCamera,
  controls: OrbitControls,
  redraw: () => void,
): void {
  const turn = (azimuth: number, polar: number) => {
    const arm = camera.position.clone().sub(controls.target);
    const at = new THREE.Spherical().setFromVector3(arm);
    at.theta += azimuth;
    at.phi += polar;
    camera.position.copy(controls.target).add(arm.setFromSpherical(at.makeSafe()));
    controls.update();
  };
  const zoom = (factor: number) => {
    camera.zoom *= factor;
    camera.updateProjectionMatrix();
  };
  const actions: Record<string, () => void> = {
    ArrowLeft: () => turn(-0.12, 0),
    ArrowRight: () => turn(0.12, 0),
    ArrowUp: () => turn(0, -0.12),
    ArrowDown: () => turn(0, 0.12),
    '+': () => zoom(1.15),
    '-': () => zoom(1 / 1.15),
  };
  canvas.addEventListener('keydown', (event) => {
    const action = Object.hasOwn(actions, event.key) ? actions[event.key] : undefined;
    if (!action) return;
    event.preventDefault();
    action();
    redraw();
  });
}
