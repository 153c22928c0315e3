/** The directions of x, y and z in a corner of the view; drawn again only when it is turned. */
import * as THREE from 'three';

/** CSS pixels of a side, and of an axis. */
const SIZE = 92;
const LENGTH = 27;

const axes: [name: string, color: string, direction: THREE.Vector3][] = [
  ['x', '#ff6b6b', new THREE.Vector3(1, 0, 0)],
  ['y', '#54c87a', new THREE.Vector3(0, 1, 0)],
  ['z', '#5aa2ff', new THREE.Vector3(0, 0, 1)],
];

export interface Tripod {
  turn(camera: THREE.Camera): void;
}

export function createTripod(canvas: HTMLCanvasElement): Tripod {
  const shown = new THREE.Quaternion(0, 0, 0, 0);
  let density = 0;
  return {
    turn({ quaternion }) {
      if (quaternion.equals(shown) && density === devicePixelRatio) return;
      shown.copy(quaternion);
      density = devicePixelRatio;
      canvas.width = Math.round(SIZE * density);
      canvas.height = canvas.width;
      const context = canvas.getContext('2d');
      if (!context) return;
      context.scale(density, density);
      context.translate(SIZE / 2, SIZE / 2);
      draw(context, quaternion.clone().invert());
    },
  };
}

function draw(context: CanvasRenderingContext2D, toEye: THREE.Quaternion): void {
  const seen = axes.map(([name, color, direction]) => ({ name, color, at: direction.clone().applyQuaternion(toEye) }));
  for (const { name, color, at } of seen.sort((a, b) => a.at.z - b.at.z)) {
    const [x, y] = [LENGTH * at.x, -LENGTH * at.y];
    const flat = Math.hypot(at.x, at.y);
    Object.assign(context, { strokeStyle: color, fillStyle: color, lineWidth: 1.6, lineCap: 'round' });
    context.beginPath();
    context.moveTo(0, 0);
    context.lineTo(0.8 * x, 0.8 * y);
    context.stroke();
    // a cone of which one sees the less the more it points to the eye
    const [ux, uy] = flat > 0.05 ? [at.x / flat, -at.y / flat] : [0, 0];
    const base = [x - 8 * flat * ux, y - 8 * flat * uy];
    context.beginPath();
    context.moveTo(x, y);
    context.lineTo(base[0] - 3.4 * uy, base[1] + 3.4 * ux);
    context.lineTo(base[0] + 3.4 * uy, base[1] - 3.4 * ux);
    context.fill();
    if (flat <= 0.35) {
      context.beginPath();
      context.arc(base[0], base[1], 3.4, 0, 2 * Math.PI);
      context.fill();
    }
    context.font = '600 12px system-ui, sans-serif';
    context.textAlign = 'center';
    context.textBaseline = 'middle';
    // of one that points to the eye the name is beside it
    const [lx, ly] = flat > 0.35 ? [ux, uy] : [-0.7, 0.7];
    context.fillText(name, x + 10 * lx, y + 10 * ly);
  }
}
