/** Where the atoms are drawn: by the graphics card, or by this program where there is none. */
import type * as THREE from 'three';
import type { Balls } from './balls.ts';
import { createCard } from './card.ts';
import { createSoft } from './soft.ts';

export interface Surface {
  /** In CSS pixels, and how many pixels of the picture are one of them. */
  resize(width: number, height: number, ratio: number): void;
  /** Contents of `balls` or `edges` are other ones than before. */
  changed(balls: Balls, edges: Float32Array): void;
  /** `camera` is up to date. */
  draw(camera: THREE.OrthographicCamera): void;
  /** sRGB, 0 to 1. */
  recolor(ground: THREE.Color, line: THREE.Color): void;
}

/** Programs that pretend to be a card: ours is faster than they are. */
const PRETENDERS = /swiftshader|llvmpipe|softpipe|software|basic render/i;

function hasCard(): boolean {
  const context = document.createElement('canvas').getContext('webgl2', { failIfMajorPerformanceCaveat: true });
  if (!context) return false;
  let name = String(context.getParameter(context.RENDERER));
  const more = /webkit/i.test(name) ? context.getExtension('WEBGL_debug_renderer_info') : null;
  if (more) name = String(context.getParameter(more.UNMASKED_RENDERER_WEBGL));
  context.getExtension('WEBGL_lose_context')?.loseContext();
  return !PRETENDERS.test(name);
}

/** `draw=soft`, `draw=card` in the address choose. */
export function createSurface(canvas: HTMLCanvasElement): Surface {
  const wanted = new URLSearchParams(location.search).get('draw');
  const context =
    wanted === 'card' || (wanted !== 'soft' && hasCard()) ? canvas.getContext('webgl2', { antialias: true }) : null;
  canvas.dataset.drawn = context ? 'card' : 'soft';
  return context ? createCard(canvas, context) : createSoft(canvas);
}
