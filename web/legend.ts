/** What the colours of the view mean. */
import { symbolOf } from '../src/data/elements.ts';
import { elementColor, rampColor } from './colors.ts';
import { element, indexed } from './dom.ts';
import { BESIDE, CROWDED } from './paint.ts';
import type { ColorMode, Range } from './shade.ts';

const units: Partial<Record<ColorMode, [digits: number, unit: string]>> = {
  energy: [3, 'eV'],
  displacement: [2, 'Å'],
  entropy: [2, 'k_B above the perfect crystal'],
};

const css = (rgb: readonly number[]) => `rgb(${rgb.join(' ')})`;

let bar: HTMLCanvasElement | undefined;

function drawBar(): HTMLCanvasElement {
  const canvas = Object.assign(document.createElement('canvas'), { width: 130, height: 1 });
  const context = canvas.getContext('2d');
  for (let x = 0; context && x < 130; x++) {
    context.fillStyle = css(rampColor(x / 129));
    context.fillRect(x, 0, 1, 1);
  }
  return canvas;
}

function key(text: string, color: string, hollow = false): HTMLElement {
  const holder = document.createElement('span');
  holder.className = 'key';
  const dot = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
  dot.setAttribute('width', '11');
  dot.setAttribute('height', '11');
  const circle = dot.appendChild(document.createElementNS('http://www.w3.org/2000/svg', 'circle'));
  for (const [name, value] of Object.entries({ cx: '5.5', cy: '5.5', r: '4.5', 'stroke-width': '1.6' }))
    circle.setAttribute(name, value);
  circle.setAttribute('fill', hollow ? 'none' : color);
  circle.setAttribute('stroke', color);
  holder.append(dot, text);
  return holder;
}

export function showLegend(
  parent: HTMLElement,
  mode: ColorMode,
  range: Range | undefined,
  numbers: Uint8Array,
  vacant: number,
): void {
  const parts: HTMLElement[] = [];
  if (range && range.high >= range.low) {
    const scale = document.createElement('span');
    scale.className = 'scale';
    const [digits, unit] = units[mode] ?? [2, ''];
    bar ??= drawBar();
    scale.append(
      range.low.toFixed(digits),
      bar,
      element('span', '', ...indexed(`${range.high.toFixed(digits)} ${unit}`)),
    );
    parts.push(scale);
  } else if (mode === 'sites')
    parts.push(key('shares a site', css(CROWDED)), key('next to an empty site', css(BESIDE)));
  else for (const z of [...new Set(numbers)]) parts.push(key(symbolOf(z), css(elementColor(z))));
  if (vacant > 0) parts.push(key(vacant === 1 ? 'empty site' : `${vacant} empty sites`, 'rgb(255 96 96)', true));
  parent.replaceChildren(...parts);
}
