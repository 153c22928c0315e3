/** Parity figures of a fit: what the potential says against the data, for what was fitted and what was held out. */
import { linePlot } from './line-plot.ts';

export interface ParityPoints {
  /** The data. */
  x: number[];
  /** The potential. */
  y: number[];
}

export interface ParityFigure {
  /** Quantity: 'energy', with its unit. */
  quantity: string;
  unit: string;
  fitted: ParityPoints;
  held: ParityPoints;
}

/** SVG. */
export function parityPlot({ quantity, unit, fitted, held }: ParityFigure): string {
  const all = [...fitted.x, ...held.x];
  const low = all.reduce((least, v) => Math.min(least, v), Number.POSITIVE_INFINITY);
  const high = all.reduce((most, v) => Math.max(most, v), Number.NEGATIVE_INFINITY);
  return linePlot({
    title: `Parity: ${quantity}`,
    x: { label: `data (${unit})` },
    y: { label: `potential (${unit})` },
    width: 460,
    height: 420,
    series: [
      { name: 'equal', x: [low, high], y: [low, high], dashed: true, color: 6 },
      { name: 'fitted', x: fitted.x, y: fitted.y, style: 'points', color: 0 },
      ...(held.x.length > 0 ? [{ name: 'held out', ...held, style: 'points' as const, color: 1 }] : []),
    ],
  });
}
