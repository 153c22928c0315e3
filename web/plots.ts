/** Live plots of a run's rows, one under the other; redrawn a few times a second at most. */
import uPlot from 'uplot';
import type { TaskName, Curve as Whole } from '../src/browser/protocol.ts';
import { element, indexed } from './dom.ts';

interface Curve {
  name: string;
  /** From a row; the first row is at hand for differences. NaN leaves a gap. */
  value(row: number[], first: number[], last: number[]): number;
}

interface Plot {
  title: string;
  /** Its lines come whole, not row by row. */
  whole?: boolean;
  /** What it is plotted against. */
  against: string;
  /** All lines in one colour. */
  plain?: boolean;
  log?: boolean;
  /** All that its values can be. */
  span?: [number, number];
  curves: Curve[];
}

const [MD_TIME, MD_TEMPERATURE, MD_POTENTIAL, MD_CONSERVED, MD_PRESSURE] = [1, 2, 3, 6, 7];
const [RELAX_ENERGY, RELAX_FMAX] = [1, 2];
const GPA_PER_BAR = 1e-4;
const positive = (value: number) => (value > 0 ? value : Number.NaN);

const [NEB_HIGHEST, NEB_IMAGES] = [1, 4];
const [FREE_ZETA, FREE_DELTA, FREE_TEMPERATURE] = [1, 2, 3];
/** A line that comes whole. */
const named = (name: string): Curve => ({ name, value: () => Number.NaN });

const plots: Record<TaskName, Plot[]> = {
  neb: [
    { title: 'energy (eV)', against: 'path (Å)', whole: true, curves: [named('path'), named('images')] },
    {
      title: 'highest image (eV)',
      against: 'step',
      curves: [{ name: 'highest', value: (row) => (row[NEB_IMAGES] > 1 ? row[NEB_HIGHEST] : Number.NaN) }],
    },
    {
      title: 'largest force (eV/Å)',
      against: 'step',
      log: true,
      curves: [{ name: 'fmax', value: (row) => positive(row[RELAX_FMAX]) }],
    },
  ],
  phonons: [
    {
      title: 'frequency (THz)',
      against: 'wave vector',
      whole: true,
      plain: true,
      curves: [named('branch'), named('branch'), named('branch')],
    },
    { title: 'states per THz', against: 'frequency (THz)', whole: true, curves: [named('density')] },
  ],
  entropy: [],
  'free-energy': [
    {
      title: 'dF/dζ (meV/atom)',
      against: 'coupling ζ',
      whole: true,
      curves: [named('mean'), named('95 %'), named('95 %')],
    },
    { title: 'U − U_ref (eV)', against: 'step', curves: [{ name: 'difference', value: (row) => row[FREE_DELTA] }] },
    { title: 'coupling ζ', against: 'step', span: [0, 1], curves: [{ name: 'zeta', value: (row) => row[FREE_ZETA] }] },
    {
      title: 'temperature (K)',
      against: 'step',
      curves: [{ name: 'temperature', value: (row) => row[FREE_TEMPERATURE] }],
    },
  ],
  relax: [
    {
      title: 'energy above the last (eV)',
      against: 'step',
      log: true,
      curves: [{ name: 'energy', value: (row, _, last) => positive(row[RELAX_ENERGY] - last[RELAX_ENERGY]) }],
    },
    {
      title: 'largest force (eV/Å)',
      against: 'step',
      log: true,
      curves: [{ name: 'fmax', value: (row) => positive(row[RELAX_FMAX]) }],
    },
  ],
  md: [
    {
      title: 'temperature (K)',
      against: 'time (ps)',
      curves: [{ name: 'temperature', value: (row) => row[MD_TEMPERATURE] }],
    },
    {
      title: 'ΔE (eV)',
      against: 'time (ps)',
      curves: [
        { name: 'potential', value: (row, first) => row[MD_POTENTIAL] - first[MD_POTENTIAL] },
        { name: 'conserved', value: (row, first) => row[MD_CONSERVED] - first[MD_CONSERVED] },
      ],
    },
    {
      title: 'pressure (GPa)',
      against: 'time (ps)',
      curves: [{ name: 'pressure', value: (row) => row[MD_PRESSURE] * GPA_PER_BAR }],
    },
  ],
};

const HEIGHT = 136;
const REDRAW_MS = 400;
/** More points than pixels are not seen. */
const MOST_POINTS = 1500;

export interface Plots {
  /** Nothing is plotted until there is something. */
  begin(task: TaskName): void;
  /** All rows of the run so far. */
  update(rows: number[][], now?: boolean): void;
  /** Lines of the first plots, those that come whole. */
  curves(curves: readonly Whole[]): void;
  /** After a change of theme or width. */
  restyle(): void;
}

export function createPlots(parent: HTMLElement): Plots {
  let task: TaskName = 'relax';
  let charts: uPlot[] = [];
  let rows: number[][] = [];
  let timer = 0;
  let whole: readonly Whole[] = [];
  const draw = () => {
    timer = 0;
    const data = tables(plots[task], task, rows);
    charts.forEach((chart, k) => {
      const given = whole[k];
      if (!plots[task][k].whole) chart.setData(data[k]);
      else if (given) chart.setData([given.x, ...given.ys] as uPlot.AlignedData);
    });
  };
  const clear = () => {
    clearTimeout(timer);
    timer = 0;
    for (const chart of charts) chart.destroy();
    parent.replaceChildren();
    charts = [];
  };
  const make = () => {
    clear();
    if (rows.length + whole.length === 0) return;
    charts = plots[task].map((plot, k) => chartOf(parent, plot, task, whole[k]));
    draw();
  };
  new ResizeObserver(() => {
    for (const chart of charts) chart.setSize({ width: parent.clientWidth, height: HEIGHT });
  }).observe(parent);
  return {
    begin(next) {
      rows = [];
      whole = [];
      task = next;
      clear();
    },
    update(next, now = false) {
      rows = next;
      if (charts.length === 0) make();
      else if (now) {
        clearTimeout(timer);
        draw();
      } else if (timer === 0) timer = setTimeout(draw, REDRAW_MS) as unknown as number;
    },
    curves(next) {
      // another number of lines, or words on the axis, need another chart
      const same = (given: Whole, k: number) =>
        charts[k]?.series.length === given.ys.length + 1 &&
        (given.ticks?.length ?? 0) === (whole[k]?.ticks?.length ?? 0);
      const fits = next.every(same);
      whole = next;
      if (fits) draw();
      else make();
    },
    restyle: make,
  };
}

function tables(all: Plot[], task: TaskName, rows: number[][]): uPlot.AlignedData[] {
  const every = Math.max(1, Math.ceil(rows.length / MOST_POINTS));
  const kept = rows.filter((_, i) => i % every === 0 || i === rows.length - 1);
  const [first, last] = [rows[0], rows[rows.length - 1]];
  const x = kept.map((row) => row[task === 'md' ? MD_TIME : 0]);
  const defined = (value: number) => (Number.isFinite(value) ? value : null);
  return all.map((plot) => [x, ...plot.curves.map(({ value }) => kept.map((row) => defined(value(row, first, last))))]);
}

/** Powers of ten within a range, five at most. */
function decades(low: number, high: number): number[] {
  const [first, last] = [Math.ceil(Math.log10(low) - 1e-9), Math.floor(Math.log10(high) + 1e-9)];
  const every = Math.max(1, Math.ceil((last - first) / 4));
  return Array.from(
    { length: Math.max(0, Math.floor((last - first) / every) + 1) },
    (_, k) => 10 ** (first + every * k),
  );
}

const raised = (power: number) => [...String(power)].map((c) => '⁻⁰¹²³⁴⁵⁶⁷⁸⁹'['-0123456789'.indexOf(c)]).join('');

/** Words at their places. */
const wordAxis = (axis: uPlot.Axis, ticks: readonly { at: number; label: string }[]): uPlot.Axis => ({
  ...axis,
  size: 30,
  filter: (_u, splits) => splits,
  splits: () => ticks.map(({ at }) => at),
  values: () => ticks.map(({ label }) => label),
});

function chartOf(parent: HTMLElement, plot: Plot, task: TaskName, given?: Whole): uPlot {
  const style = getComputedStyle(document.documentElement);
  const css = (name: string) => style.getPropertyValue(name).trim();
  const box = parent.appendChild(document.createElement('div'));
  box.className = 'plot';
  const heading = box.appendChild(document.createElement('h3'));
  heading.append(element('div', '', ...indexed(plot.title)));
  if (plot.curves.length > 1 && !plot.plain) {
    plot.curves.slice(0, 2).forEach((curve, k) => {
      heading.append(element('span', `key s${k + 1}`, curve.name));
    });
  }
  heading.append(element('span', 'against', plot.against));
  const axis = {
    stroke: css('--quiet'),
    grid: { stroke: css('--grid'), width: 1 },
    ticks: { stroke: css('--grid'), width: 1 },
  };
  const power = (values: number[]) => values.map((v) => (v === null ? '' : `10${raised(Math.round(Math.log10(v)))}`));
  // as many as came, not as were foreseen
  const lines = given ? given.ys.map((_, k) => plot.curves[Math.min(k, plot.curves.length - 1)]) : plot.curves;
  const options: uPlot.Options = {
    width: Math.max(120, parent.clientWidth),
    height: HEIGHT,
    legend: { show: false },
    cursor: { y: false },
    scales: {
      x: { time: false },
      ...(plot.log ? { y: { distr: 3 as const } } : plot.span ? { y: { range: plot.span } } : {}),
    },
    axes: [
      given?.ticks ? wordAxis(axis, given.ticks) : { ...axis, size: 30, values: (_, ticks) => ticks.map(String) },
      plot.log
        ? {
            ...axis,
            size: 54,
            filter: (_u, splits) => splits,
            splits: (_u, _k, low, high) => decades(low, high),
            values: (_u, ticks) => power(ticks),
          }
        : { ...axis, size: 54 },
    ],
    series: [
      {},
      ...lines.map((curve, k) => ({
        label: curve.name,
        stroke: css(`--series-${plot.plain ? 1 : Math.min(2, k + 1)}`),
        width: 1.6,
        points: { show: task === 'neb' && k === 1, size: 7, fill: css('--series-2') },
      })),
    ],
  };
  return new uPlot(options, [[], ...lines.map(() => [])], box);
}
