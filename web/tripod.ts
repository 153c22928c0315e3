/** The directions of x, y and z in a corner of the view. */
import * as THREE from 'three';

export interface Tripod {
  render(renderer: THREE.WebGLRenderer, camera: THREE.Camera): void;
}

const SIZE = 92;
const axes: [name: string, color: number, direction: THREE.Vector3][] = [
  ['x', 0xff6b6b, new THREE.Vector3(1, 0, 0)],
  ['y', 0x54c87a, new THREE.Vector3(0, 1, 0)],
  ['z', 0x5aa2ff, new THREE.Vector3(0, 0, 1)],
];

function label(text: string, color: number): THREE.Sprite {
  const canvas = Object.assign(document.createElement('canvas'), { width: 64, height: 64 });
  const context = canvas.getContext('2d');
  if (context) {
    context.font = '600 46px system-ui, sans-serif';
    context.textAlign = 'center';
    context.textBaseline = 'middle';
    context.fillStyle = `#${color.toString(16).padStart(6, '0')}`;
    context.fillText(text, 32, 32);
  }
  const map = new THREE.CanvasTexture(canvas);
  map.colorSpace = THREE.SRGBColorSpace;
  const sprite = new THREE.Sprite(new THREE.SpriteMaterial({ map, depthTest: false }));
  sprite.scale.setScalar(0.55);
  return sprite;
}

export function createTripod(): Tripod {
  const scene = new THREE.Scene();
  for (const [name, color, direction] of axes) {
    scene.add(new THREE.ArrowHelper(direction, new THREE.Vector3(), 1, color, 0.3, 0.17));
    const text = label(name, color);
    text.position.copy(direction).multiplyScalar(1.3);
    scene.add(text);
  }
  const camera = new THREE.OrthographicCamera(-1.65, 1.65, 1.65, -1.65, 0.1, 10);
  return {
    render(renderer, main) {
      camera.quaternion.copy(main.quaternion);
      camera.position.set(0, 0, 4).applyQuaternion(camera.quaternion);
      renderer.clearDepth();
      renderer.setViewport(4, 4, SIZE, SIZE);
      renderer.render(scene, camera);
    },
  };
}
