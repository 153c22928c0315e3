/** Figures of a fit: parity, collected point by point, and the path of λ. */
import { log } from '../data/math.ts';
import { type Prediction, volumeOf } from '../fit/evaluate.ts';
import type { LearningPoint } from '../fit/learning.ts';
import type { Sample } from '../fit/samples.ts';
import type { PathPoint } from '../fit/solution.ts';
import type { SweepPoint } from '../fit/sweep.ts';
import { linePlot } from './line-plot.ts';
import { type ParityFigure, parityPlot } from './parity.ts';

type Which = 'fitted' | 'held';
/** Points of a figure; of more every k-th is taken. */
const MOST_POINTS = 4000;

export function createParity() {
  const empty = (quantity: string, unit: string): ParityFigure => ({
    quantity,
    unit,
    fitted: { x: [], y: [] },
    held: { x: [], y: [] },
  });
  const figures = {
    energy: empty('energy', 'eV/atom'),
    force: empty('force', 'eV/Å'),
    stress: empty('stress', 'eV/Å³'),
  };
  const note = (kind: keyof typeof figures, which: Which, x: number, y: number) => {
    figures[kind][which].x.push(x);
    figures[kind][which].y.push(y);
  };
  return {
    add: (sample: Sample, prediction: Prediction, which: Which) => {
      const { energy, forces, stress, atoms } = sample;
      const n = atoms.numbers.length;
      if (energy !== undefined) note('energy', which, energy / n, prediction.energy / n);
      for (const [i, f] of forces?.entries() ?? []) note('force', which, f, prediction.forces[i]);
      if (!stress) return;
      const volume = volumeOf(sample);
      for (const [i, s] of stress.entries()) note('stress', which, s, -prediction.virial[i] / volume);
    },
    files: (): [string, string][] =>
      Object.values(figures)
        .filter(({ fitted, held }) => fitted.x.length + held.x.length > 0)
        .map((figure) => [
          `parity-${figure.quantity}.svg`,
          parityPlot({ ...figure, fitted: thin(figure.fitted), held: thin(figure.held) }),
        ]),
  };
}

function thin({ x, y }: ParityFigure['fitted']): ParityFigure['fitted'] {
  const every = Math.max(1, Math.ceil(x.length / MOST_POINTS));
  const keep = (_: number, k: number) => k % every === 0;
  return { x: x.filter(keep), y: y.filter(keep) };
}

/** SVG: the score (shifted to its least) along log λ, and where λ was chosen. */
export function lambdaFigure(path: readonly PathPoint[], chosen: number, criterion: string): string {
  const tens = (x: number) => log(x) / log(10);
  const finite = path.filter(({ score, lambda }) => Number.isFinite(score) && lambda > 0);
  const least = finite.reduce((low, { score }) => Math.min(low, score), Number.POSITIVE_INFINITY);
  const positive = criterion !== 'evidence';
  const y = finite.map(({ score }) => (positive ? score : score - least));
  const high = y.reduce((most, v) => Math.max(most, v), 0);
  return linePlot({
    title: 'Ridge: choice of λ',
    x: { label: 'log₁₀ λ (columns of length 1)' },
    y: { label: positive ? criterion : '−ln evidence per row, above its least', log: positive },
    series: [
      { name: criterion, x: finite.map(({ lambda }) => tens(lambda)), y },
      { name: 'chosen', x: [tens(chosen), tens(chosen)], y: [positive ? Math.min(...y) : 0, high], dashed: true },
    ],
  });
}

const UNITS = { energy: 'eV/atom', force: 'eV/Å', stress: 'eV/Å³' } as const;

/** CSV of a learning curve: root mean square errors of all groups. */
export function learningTable(curve: readonly LearningPoint[]): string {
  const kinds = ['energy', 'force', 'stress'] as const;
  const head = [
    'share',
    'rows',
    ...kinds.map((kind) => `fitted ${kind} (${UNITS[kind]})`),
    ...kinds.map((kind) => `held ${kind}`),
  ];
  const of = (errors: LearningPoint['fitted']) => kinds.map((kind) => errors?.get('all')?.[kind] ?? '');
  const rows = curve.map(({ share, rows: count, fitted, held }) =>
    [share, count, ...of(fitted), ...of(held)].join(','),
  );
  return `${[head.join(','), ...rows].join('\n')}\n`;
}

/** SVG of one kind. */
export function learningFigure(curve: readonly LearningPoint[], kind: 'energy' | 'force' | 'stress'): string {
  const series = (['fitted', 'held'] as const).flatMap((which) => {
    const points = curve.flatMap((point) => {
      const y = point[which]?.get('all')?.[kind];
      return y === undefined || !(y > 0) ? [] : [{ x: point.share, y }];
    });
    const name = which === 'held' ? 'held out' : which;
    return points.length > 0 ? [{ name, x: points.map(({ x }) => x), y: points.map(({ y }) => y) }] : [];
  });
  return linePlot({
    title: `Learning curve: ${kind}`,
    x: { label: 'share of the training set' },
    y: { label: `root mean square error (${UNITS[kind]})`, log: true },
    series,
  });
}

/** CSV of a sweep of weights: properties, and root mean square errors of all groups. */
export function sweepTable(points: readonly SweepPoint[]): string {
  const names = [...new Set(points.flatMap(({ properties }) => [...properties.keys()]))];
  const kinds = ['energy', 'force', 'stress'] as const;
  const head = ['factor', ...names, ...kinds.map((kind) => `${kind} (${UNITS[kind]})`)];
  const rows = points.map(({ factor, properties, errors }) => {
    const of = names.map((name) => (Number.isFinite(properties.get(name)) ? properties.get(name) : ''));
    return [factor, ...of, ...kinds.map((kind) => errors?.get('all')?.[kind] ?? '')].join(',');
  });
  return `${[head.join(','), ...rows].join('\n')}\n`;
}

const ELASTIC = ['C11', 'C12', 'C44', 'bulk'];

/** SVG of the elastic constants among the properties; undefined where there are none. */
export function sweepFigure(points: readonly SweepPoint[], group: string): string | undefined {
  const series = ELASTIC.flatMap((name) => {
    const known = points.flatMap(({ factor, properties }) => {
      const y = properties.get(name);
      return y === undefined || !Number.isFinite(y) ? [] : [{ x: factor, y }];
    });
    return known.length > 0 ? [{ name, x: known.map(({ x }) => log(x) / log(10)), y: known.map(({ y }) => y) }] : [];
  });
  if (series.length === 0) return undefined;
  return linePlot({
    title: `Elastic constants along the weight of ${group}`,
    x: { label: `log₁₀ of the weight of ${group} over the given one` },
    y: { label: 'elastic constant (GPa)' },
    series,
  });
}
