/** The view by keyboard. */
import * as THREE from 'three';
import type { OrbitControls } from 'three/addons/controls/OrbitControls.js';

/** Arrows turn, plus and minus zoom. */
export function keys(
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
