/** Formation energies against the inverse size of the cell, and the lines that lead to the infinite one. */
import { linePlot } from './line-plot.ts';

export interface SizeSeries {
  name: string;
  /** Sites of the cells. */
  sites: readonly number[];
  /** Of each cell. */
  values: readonly number[];
  /** value = limit + slope/sites. */
  limit: number;
  slope: number;
  /** Of the limit, where it is known. */
  spread?: number;
}

/** SVG of one series with its line, or of several relative to their limits; `what` and `unit`: 'formation energy', 'eV'. */
export function sizeFigure(series: readonly SizeSeries[], what: string, unit: string): string {
  const inverse = (n: number) => 1 / n;
  const x = { label: '1 / sites of the cell' };
  if (series.length === 1) {
    const [{ name, sites, values, limit, slope }] = series;
    const most = 1.05 * Math.max(...sites.map(inverse));
    return linePlot({
      title: `${name}: ${what}, ${limit.toFixed(3)} ${unit} in an infinite cell`,
      x,
      y: { label: `${what} (${unit})` },
      series: [
        { name: 'line in 1/N', x: [0, most], y: [limit, limit + slope * most] },
        { name: 'computed', x: sites.map(inverse), y: [...values], style: 'points' },
      ],
    });
  }
  return linePlot({
    title: `Finite size: ${what} above its limit`,
    x,
    y: { label: `above the infinite cell (${unit})` },
    series: series.map(({ name, sites, values, limit }) => ({
      name: `${name} (${limit.toFixed(3)} ${unit})`,
      x: [0, ...sites.map(inverse)],
      y: [0, ...values.map((value) => value - limit)],
    })),
    rules: [{ y: 0, label: '' }],
  });
}
