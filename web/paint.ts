/** From a frame to the spheres that are drawn: where they are, how they are coloured, which are seen. */
import type { Frame, Opened } from '../src/browser/protocol.ts';
import { type Fractions, place, spacing } from './cell.ts';
import { elementColor, type Rgb, rampColor } from './colors.ts';
import { type ColorMode, type Marked, marksOf, type PerfectMode, type Range, valuesOf, widened } from './shade.ts';
import type { Spheres } from './spheres.ts';

export interface Style {
  color: ColorMode;
  perfect: PerfectMode;
  /** Atoms beyond this part of the cell along an axis are left out. */
  slice: { axis: number; at: number } | undefined;
}

export interface Painted {
  range: Range | undefined;
  /** Empty sites that are drawn. */
  holes: number;
}

/** Part of the sites beyond which empty ones are not drawn: a melt has no sites. */
const MOST_HOLES = 0.02;
const VACANT: Rgb = [255, 96, 96];
export const CROWDED: Rgb = [240, 163, 94];
export const BESIDE: Rgb = [95, 208, 197];
const ORDINARY: Rgb = [138, 152, 172];
const [FAINT, SOLID, SHELL] = [76, 255, 235];

/** 256 colours from cool to warm, three bytes each. */
const ramp = Uint8Array.from({ length: 768 }, (_, k) => rampColor(Math.floor(k / 3) / 255)[k % 3]);

let fractions = new Float32Array();

/** `widest`: the range so far, which is kept where colours are steady. */
export function paint(
  spheres: Spheres,
  frame: Frame,
  opened: Opened,
  origin: Fractions,
  style: Style,
  widest: Range | undefined,
): Painted {
  const count = frame.energies.length;
  const vacant = frame.vacant.length / 3;
  const holes = vacant <= Math.max(20, MOST_HOLES * count) ? vacant : 0;
  spheres.reserve(count + holes);
  if (fractions.length < 3 * (count + holes)) fractions = new Float32Array(3 * (count + holes));
  const where = { cell: frame.cell, pbc: opened.pbc, origin };
  place(frame.positions, spheres.centres, fractions, 0, where);
  place(frame.vacant.slice(0, 3 * holes), spheres.centres, fractions, count, where);
  const values = valuesOf(style.color, frame, opened.frame);
  const range = values && widened(widest ?? { low: Infinity, high: -Infinity }, values);
  const edge = spacing(frame);
  const marks = marksOf(frame, 1.2 * edge);
  const colors = new Map([...new Set(opened.numbers)].map((z) => [z, elementColor(z)]));
  const { tints, radii } = spheres;
  const radius = 0.34 * edge;
  const scale = range ? 255 / (range.high - range.low || 1) : 0;
  for (let i = 0; i < count; i++) {
    const faint = style.perfect !== 'shown' && marks[i] === 0;
    if (values && range) {
      const k = 3 * Math.max(0, Math.min(255, Math.round((values[i] - range.low) * scale)));
      for (let c = 0; c < 3; c++) tints[4 * i + c] = ramp[k + c];
    } else {
      const rgb = style.color === 'sites' ? siteColor(marks[i]) : (colors.get(opened.numbers[i]) ?? ORDINARY);
      for (let c = 0; c < 3; c++) tints[4 * i + c] = rgb[c];
    }
    tints[4 * i + 3] = faint ? (style.perfect === 'hidden' ? 0 : FAINT) : SOLID;
    radii[i] = faint ? 0.62 * radius : radius;
  }
  for (let k = count; k < count + holes; k++) {
    tints.set([...VACANT, SHELL], 4 * k);
    radii[k] = 1.12 * radius;
  }
  if (style.slice) {
    const { axis, at } = style.slice;
    for (let i = 0; i < count + holes; i++) if (fractions[3 * i + axis] > at) tints[4 * i + 3] = 0;
  }
  spheres.update(count + holes);
  return { range, holes };
}

const siteColor = (mark: Marked): Rgb => (mark === 3 ? CROWDED : mark === 2 ? BESIDE : ORDINARY);
