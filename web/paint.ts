/** From a frame to the spheres that are drawn: where they are, how they are coloured, which are seen. */
import type { Frame, Opened } from '../src/browser/protocol.ts';
import { type Balls, reserve } from './balls.ts';
import { type Fractions, place, spacing } from './cell.ts';
import { elementColor, type Rgb, rampColor } from './colors.ts';
import { type ColorMode, type Marked, marksOf, type PerfectMode, type Range, valuesOf, widened } from './shade.ts';

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
const [SOLID, SHELL] = [255, 235];

/** Opacity of translucent atoms: the more of them are behind each other, the less, so that one sees through them. */
const faintOf = (count: number): number => Math.round(76 * Math.min(1, Math.cbrt(2000 / Math.max(1, count))));

/** 256 colours from cool to warm, three bytes each. */
const ramp = Uint8Array.from({ length: 768 }, (_, k) => rampColor(Math.floor(k / 3) / 255)[k % 3]);

let fractions = new Float32Array();

/** `widest`: the range so far, which is kept where colours are steady. */
export function paint(
  balls: Balls,
  frame: Frame,
  opened: Opened,
  origin: Fractions,
  style: Style,
  widest: Range | undefined,
): Painted {
  const count = frame.energies.length;
  const vacant = frame.vacant.length / 3;
  const holes = vacant <= Math.max(20, MOST_HOLES * count) ? vacant : 0;
  reserve(balls, count + holes);
  if (fractions.length < 3 * (count + holes)) fractions = new Float32Array(3 * (count + holes));
  const where = { cell: frame.cell, pbc: opened.pbc, origin };
  place(frame.positions, balls.centres, fractions, 0, where);
  place(frame.vacant.slice(0, 3 * holes), balls.centres, fractions, count, where);
  const values = valuesOf(style.color, frame, opened.frame);
  const range = values && widened(widest ?? { low: Infinity, high: -Infinity }, values);
  const edge = spacing(frame);
  const marks = marksOf(frame, 1.2 * edge);
  const { tints, radii } = balls;
  if (values && range) tintByValue(tints, values, range);
  else tintByKind(tints, style.color === 'sites' ? marks : undefined, opened.numbers);
  const radius = 0.34 * edge;
  const faint = style.perfect === 'hidden' ? 0 : faintOf(count);
  for (let i = 0; i < count; i++) {
    const stands = style.perfect === 'shown' || marks[i] > 0;
    tints[4 * i + 3] = stands ? SOLID : faint;
    radii[i] = stands ? radius : 0.62 * radius;
  }
  for (let k = count; k < count + holes; k++) {
    tints.set([...VACANT, SHELL], 4 * k);
    radii[k] = 1.12 * radius;
  }
  if (style.slice) {
    const { axis, at } = style.slice;
    for (let i = 0; i < count + holes; i++) if (fractions[3 * i + axis] > at) tints[4 * i + 3] = 0;
  }
  return { range, holes };
}

function tintByValue(tints: Uint8Array, values: Float32Array, { low, high }: Range): void {
  const scale = 255 / (high - low || 1);
  for (let i = 0; i < values.length; i++) {
    // the range holds them all; what is no number is 0
    const k = 3 * (((values[i] - low) * scale + 0.5) | 0);
    tints[4 * i] = ramp[k];
    tints[4 * i + 1] = ramp[k + 1];
    tints[4 * i + 2] = ramp[k + 2];
  }
}

function tintByKind(tints: Uint8Array, marks: Uint8Array | undefined, numbers: Uint8Array): void {
  const colors = new Map([...new Set(numbers)].map((z) => [z, elementColor(z)]));
  for (let i = 0; i < numbers.length; i++) {
    const rgb = marks ? siteColor(marks[i]) : (colors.get(numbers[i]) ?? ORDINARY);
    for (let c = 0; c < 3; c++) tints[4 * i + c] = rgb[c];
  }
}

const siteColor = (mark: Marked): Rgb => (mark === 3 ? CROWDED : mark === 2 ? BESIDE : ORDINARY);
