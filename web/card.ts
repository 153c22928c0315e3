/** The view by the graphics card. */
import * as THREE from 'three';
import { createSpheres } from './spheres.ts';
import type { Surface } from './surface.ts';

export function createCard(canvas: HTMLCanvasElement, context: WebGL2RenderingContext): Surface {
  const renderer = new THREE.WebGLRenderer({ canvas, context, antialias: true, alpha: true });
  const scene = new THREE.Scene();
  const spheres = createSpheres();
  const material = new THREE.LineBasicMaterial();
  const ends = new THREE.BufferAttribute(new Float32Array(72), 3);
  const lines = new THREE.LineSegments(new THREE.BufferGeometry().setAttribute('position', ends), material);
  lines.frustumCulled = false;
  scene.add(...spheres.objects, lines);
  let now = [0, 0, 0];
  return {
    resize(width, height, ratio) {
      // setting the size, even to the same, makes a new picture
      if (now[0] === width && now[1] === height && now[2] === ratio) return;
      now = [width, height, ratio];
      renderer.setPixelRatio(ratio);
      renderer.setSize(width, height, false);
    },
    changed(balls, edges) {
      spheres.update(balls);
      ends.copyArray(edges);
      ends.needsUpdate = true;
    },
    draw: (camera) => renderer.render(scene, camera),
    recolor(ground, line) {
      spheres.ground(ground);
      material.color.copy(line).convertSRGBToLinear();
    },
  };
}
