/** What descriptors cost against their size, and what accuracy the cost buys. */
import { linePlot } from './line-plot.ts';

export interface CostPoint {
  /** Points of a family share a colour: 'g2', 'bso4', 'hybrid'. */
  family: string;
  size: number;
  /** Relative to the norm. */
  cost: number;
  /** Mean absolute error of forces, where it was fitted. */
  error?: number;
}

const families = (points: readonly CostPoint[]) => [...new Set(points.map(({ family }) => family))];

/** SVG: cost of values and derivatives, relative to `norm`, against the number of components. */
export function costFigure(points: readonly CostPoint[], norm: string): string {
  return linePlot({
    title: `Cost of descriptors, relative to ${norm}`,
    x: { label: 'components per atom', log: true },
    y: { label: 'time per atom, relative', log: true },
    series: families(points).map((family) => {
      const own = points.filter((point) => point.family === family).toSorted((a, b) => a.size - b.size);
      return { name: family, x: own.map(({ size }) => size), y: own.map(({ cost }) => cost), style: 'points' };
    }),
    rules: [{ y: 1, label: norm }],
  });
}

/** The points that no other beats in both cost and error, by rising cost. */
export function paretoFront<P extends { cost: number; error?: number }>(points: readonly P[]): P[] {
  let best = Number.POSITIVE_INFINITY;
  return points
    .toSorted((a, b) => a.cost - b.cost)
    .filter(({ error = Number.POSITIVE_INFINITY }) => {
      if (!(error < best)) return false;
      best = error;
      return true;
    });
}

/** SVG: error of forces (eV/Å) against cost, with the front of those that none beats and their numbers of components. */
export function paretoFigure(points: readonly CostPoint[], norm: string): string {
  const fitted = points.filter(({ error }) => error !== undefined);
  const front = paretoFront(fitted);
  return linePlot({
    title: 'Accuracy and cost of linear potentials',
    x: { label: `time per atom, % of ${norm}`, log: true },
    y: { label: 'mean absolute error of forces (eV/Å)' },
    series: [
      ...families(fitted).map((family) => {
        const own = fitted.filter((point) => point.family === family);
        return {
          name: family,
          x: own.map(({ cost }) => 100 * cost),
          y: own.map(({ error }) => error ?? Number.NaN),
          style: 'points' as const,
        };
      }),
      {
        name: 'beaten by none',
        x: front.map(({ cost }) => 100 * cost),
        y: front.map(({ error }) => error ?? Number.NaN),
        plain: true,
        dashed: true,
        color: 6,
      },
    ],
    labels: front.map(({ cost, error, size }) => ({ x: 100 * cost, y: error ?? 0, text: String(size), above: true })),
  });
}
