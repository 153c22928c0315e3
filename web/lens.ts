/** What the camera sees: the cell as a whole, in whatever shape the canvas has. */
import * as THREE from 'three';
import type { OrbitControls } from 'three/addons/controls/OrbitControls.js';
import { corner, extentOf } from './cell.ts';

/** Å: half the height of the view at most zoom. */
const NEAREST = 1.5;

export interface Lens {
  /** Looks at a cell as a whole. */
  home(cell: readonly number[]): void;
  /** After a change of the canvas. */
  adapt(): void;
}

export function createLens(canvas: HTMLCanvasElement, camera: THREE.OrthographicCamera, controls: OrbitControls): Lens {
  let size = 1;
  let extent = [1, 1];
  const adapt = () => {
    const { clientWidth: w, clientHeight: h } = canvas;
    if (w === 0 || h === 0) return;
    const half = Math.max(extent[1], (extent[0] * h) / w);
    Object.assign(camera, { left: (-half * w) / h, right: (half * w) / h, top: half, bottom: -half });
    [camera.near, camera.far] = [0.1, 8 * size];
    controls.maxZoom = Math.max(1, half / NEAREST);
    camera.updateProjectionMatrix();
  };
  return {
    adapt,
    home(cell) {
      const centre = corner(cell, 0.5, 0.5, 0.5);
      size = centre.length() + 1;
      controls.target.copy(centre);
      // a thin cell is looked at from above
      const thin = Math.abs(cell[8]) < 0.3 * Math.min(cell[0], cell[4]);
      const from = thin ? new THREE.Vector3(0.1, -0.22, 1) : new THREE.Vector3(0.42, 0.3, 1);
      camera.position.copy(centre).add(from.normalize().multiplyScalar(4 * size));
      camera.up.set(0, 1, 0);
      camera.zoom = 1;
      controls.update();
      camera.updateMatrixWorld();
      extent = extentOf(cell, centre, camera);
      adapt();
    },
  };
}
