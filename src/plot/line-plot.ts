/** Lines over a common x axis as a standalone SVG: Observable Plot draws into a document of linkedom, no browser needed. */
import * as Plot from '@observablehq/plot';
import { parseHTML } from 'linkedom';
import { log } from '../data/math.ts';
import { decimate, type Series } from './decimate.ts';

export type { Series } from './decimate.ts';

export interface Axis {
  /** Quantity and unit: 'time (ps)'. */
  label: string;
  /** Logarithmic; values that are not positive are left out. */
  log?: boolean;
  /** Words at places of the x axis, instead of numbers. */
  ticks?: { at: number; label: string }[];
}

export interface LinePlot {
  title: string;
  x: Axis;
  y: Axis;
  series: Series[];
  /** All series in one colour, without markers and legend. */
  plain?: boolean;
  /** Horizontal lines with a label: targets, thresholds. */
  rules?: { y: number; label: string }[];
  /** Words at points, above or below them. */
  labels?: { x: number; y: number; text: string; above: boolean }[];
  /** Pixels; default 640 × 400. */
  width?: number;
  height?: number;
}

// Okabe and Ito, 2008: distinct for the colour-blind
const colors = ['#0072b2', '#d55e00', '#009e73', '#cc79a7', '#e69f00', '#56b4e9', '#000000'];
const font = "'Helvetica Neue', Helvetica, Arial, 'Liberation Sans', 'DejaVu Sans', sans-serif";
const dark = '#222222';
const mostPoints = 2000;
/** Mean width of a character, in units of the size of the font. */
const charWidth = 0.56;

/** Index into the colours. */
const colorOf = (series: readonly Series[], k: number) => (series[k].color ?? k) % colors.length;

/** Error bars, or points of a band. */
function spans({ x, low, high }: Series, positive: boolean): { x: number; low: number; high: number }[] {
  if (!low || !high) return [];
  return Array.from(x, (at, i) => ({ x: at, low: low[i], high: high[i] })).filter(
    (bar) => Number.isFinite(bar.low) && Number.isFinite(bar.high) && !(positive && bar.low <= 0),
  );
}

/** Domain of values, widened where they are all the same. */
function domainOf(values: Iterable<number>, logarithmic: boolean): [number, number] {
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const value of values) {
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  if (low > high) return logarithmic ? [0.1, 1] : [0, 1];
  if (low < high) return [low, high];
  if (logarithmic) return [low / 2, high * 2];
  const margin = low === 0 ? 1 : Math.abs(low) * 1e-3;
  return [low - margin, high + margin];
}

const superscripts = '⁰¹²³⁴⁵⁶⁷⁸⁹';

/** 10⁻³ for powers of ten, 2×10⁻³ for others. */
function scientific(value: number): string {
  const [mantissa, exponent] = value.toExponential(0).split('e');
  const power = [...exponent.replace('+', '')].map((c) => (c === '-' ? '⁻' : superscripts[Number(c)])).join('');
  return `${mantissa === '1' ? '' : `${mantissa}×`}10${power}`;
}

/** Ticks of a logarithmic axis: about six powers of ten, or 1, 2, 5 where it spans few. */
function logTicks([low, high]: [number, number]): number[] {
  const exponent = (x: number) => log(x) / log(10);
  const [first, last] = [Math.floor(exponent(low)), Math.ceil(exponent(high))];
  const every = Math.max(1, Math.ceil((last - first) / 6));
  const steps = last - first <= 2 ? [1, 2, 5] : [1];
  const ticks: number[] = [];
  for (let k = first; k <= last; k += every) ticks.push(...steps.map((step) => Number(`${step}e${k}`)));
  return ticks.filter((tick) => tick >= low && tick <= high);
}

function scale(axis: Axis, domain: [number, number]): Plot.ScaleOptions {
  // the axis marks draw the label
  if (!axis.log) return { type: 'linear', domain, label: null };
  return { type: 'log', domain, label: null };
}

function draw(plot: LinePlot, marginLeft: number, legendHeight: number): SVGSVGElement {
  const { document } = parseHTML('<!doctype html><html><body></body></html>');
  const lines = plot.series.map((series) => decimate(series, mostPoints, plot.y.log === true));
  const color = (k: number) => colors[plot.plain ? 0 : colorOf(plot.series, k)];
  const bars = plot.series.map((series) => spans(series, plot.y.log === true));
  const named = plot.x.ticks;
  const xTicks = named
    ? { ticks: named.map(({ at }) => at), tickFormat: (_: number, k: number) => named[k]?.label ?? '' }
    : { ticks: 8 };
  const marked = (k: number) => plot.series[k].style === 'points';
  const unmarked = (k: number) => plot.plain || plot.series[k].dashed || plot.series[k].plain;
  const levels = (plot.rules ?? []).map((rule) => rule.y);
  const xDomain = domainOf(
    lines.flatMap((line) => line.x),
    false,
  );
  const ends = bars.flatMap((bar) => bar.flatMap(({ low, high }) => [low, high]));
  const yDomain = domainOf([...lines.flatMap((line) => line.y), ...ends, ...levels], plot.y.log === true);
  const yTicks = plot.y.log ? { ticks: logTicks(yDomain), tickFormat: scientific } : { ticks: 6 };
  const width = plot.width ?? 640;
  const height = plot.height ?? 400;
  // words above the highest point, markers at the ends
  const room = plot.labels ? { insetTop: 24, insetBottom: 8 } : {};
  return Plot.plot({
    document: document as unknown as Document,
    width,
    height,
    marginLeft,
    marginRight: 20,
    marginTop: 40 + legendHeight,
    marginBottom: 46,
    style: { fontFamily: font, fontSize: '12px', color: dark, background: 'white', overflow: 'visible' },
    x: { ...scale(plot.x, xDomain), inset: plot.labels ? 10 : 0 },
    y: { ...scale(plot.y, yDomain), nice: plot.y.log !== true, inset: plot.y.log ? 6 : 0, ...room },
    marks: [
      Plot.gridY({ stroke: '#000000', strokeOpacity: 0.1, ticks: yTicks.ticks }),
      Plot.gridX({ stroke: '#000000', strokeOpacity: named ? 0.35 : 0.06, ticks: xTicks.ticks }),
      ...(plot.rules ?? []).flatMap((rule) => [
        Plot.ruleY([rule.y], { stroke: '#777777', strokeDasharray: '5 4' }),
        Plot.text([rule.label], {
          y: rule.y,
          frameAnchor: 'left',
          textAnchor: 'start',
          dx: 8,
          dy: -8,
          fill: '#555555',
        }),
      ]),
      ...bars.map((bar, k) =>
        Plot.areaY(marked(k) ? [] : bar, { x: 'x', y1: 'low', y2: 'high', fill: color(k), fillOpacity: 0.16 }),
      ),
      ...bars.map((bar, k) =>
        Plot.ruleX(marked(k) ? bar : [], { x: 'x', y1: 'low', y2: 'high', stroke: color(k), strokeWidth: 1.4 }),
      ),
      ...lines.map((line, k) =>
        Plot.lineY(marked(k) ? [] : line.y, {
          x: line.x,
          stroke: color(k),
          strokeWidth: line.y.length > 500 ? 0.9 : 1.5,
          ...(plot.series[k].dashed ? { strokeDasharray: '6 4' } : {}),
        }),
      ),
      // a line of one point is invisible
      ...lines.map((line, k) =>
        Plot.dot(marked(k) || (line.y.length <= 60 && !unmarked(k)) ? line.y : [], {
          x: line.x,
          y: line.y,
          r: marked(k) ? 3.2 : 2.2,
          fill: color(k),
        }),
      ),
      ...(plot.labels ?? []).map(({ x, y, text, above }) =>
        Plot.text([text], { x: [x], y: [y], dy: above ? -12 : 14, fill: dark, stroke: 'white', strokeWidth: 3 }),
      ),
      Plot.frame({ stroke: dark, strokeOpacity: 0.7 }),
      Plot.axisX({
        label: plot.x.label,
        labelAnchor: 'center',
        labelArrow: 'none',
        labelOffset: 38,
        tickSize: 5,
        ...xTicks,
      }),
      Plot.axisY({
        label: plot.y.label,
        labelAnchor: 'center',
        labelArrow: 'none',
        labelOffset: marginLeft - 12,
        tickSize: 5,
        ...yTicks,
      }),
    ],
  }) as unknown as SVGSVGElement;
}

type Attributes = Record<string, string | number>;

function element(svg: SVGSVGElement, name: string, attributes: Attributes, text = ''): Element {
  const created = svg.ownerDocument.createElementNS('http://www.w3.org/2000/svg', name);
  for (const [key, value] of Object.entries(attributes)) created.setAttribute(key, String(value));
  if (text !== '') created.textContent = text;
  return created;
}

/** Places of the entries of a legend, row after row, and its height. */
function layoutLegend(names: string[], left: number, right: number): { places: [number, number][]; height: number } {
  if (names.length < 2) return { places: [], height: 0 };
  const places: [number, number][] = [];
  let [x, row] = [left, 0];
  for (const name of names) {
    const width = 26 + name.length * 12 * charWidth + 18;
    if (x > left && x + width > right) [x, row] = [left, row + 1];
    places.push([x, row * 18]);
    x += width;
  }
  return { places, height: 20 + row * 18 };
}

/** Width of the longest label of the y axis, pixels. */
function tickWidth(svg: SVGSVGElement): number {
  const labels = svg.querySelectorAll('[aria-label="y-axis tick label"] text');
  const longest = Math.max(0, ...Array.from(labels, (label) => (label.textContent ?? '').length));
  return longest * 12 * charWidth;
}

/** The figure as text: a complete SVG file with white background. Throws nothing for empty or non-finite data. */
export function linePlot(plot: LinePlot): string {
  const width = plot.width ?? 640;
  const names = plot.plain ? [] : plot.series.map((series) => series.name).filter((name) => name !== '');
  const wide = draw(plot, 60, 0);
  const marginLeft = Math.round(Math.max(54, tickWidth(wide) + 36));
  const legend = layoutLegend(names, marginLeft, width - 20);
  const svg = draw(plot, marginLeft, legend.height);
  const title = { x: marginLeft, y: 24, 'text-anchor': 'start', 'font-size': 15, 'font-weight': 600, fill: dark };
  // read aloud, and shown by browsers as a hint
  svg.prepend(element(svg, 'title', {}, plot.title));
  svg.append(element(svg, 'text', title, plot.title));
  const named = plot.series.filter(({ name }) => name !== '');
  legend.places.forEach(([x, y], place) => {
    const k = plot.series.indexOf(named[place]);
    const at = 42 + y;
    const color = colors[colorOf(plot.series, k)];
    const mark =
      plot.series[k].style === 'points'
        ? element(svg, 'circle', { cx: x + 10, cy: at, r: 3.5, fill: color })
        : element(svg, 'line', {
            ...{ x1: x, x2: x + 20, y1: at, y2: at, stroke: color, 'stroke-width': 2.5 },
            ...(plot.series[k].dashed ? { 'stroke-dasharray': '6 4' } : {}),
          });
    svg.append(mark, element(svg, 'text', { x: x + 26, y: at + 4, 'text-anchor': 'start', fill: dark }, names[place]));
  });
  return serialize(svg, width, plot.height ?? 400);
}

/** The text of the file; coordinates to 0.01 pixel, and a rectangle as background, for readers that ignore styles. */
function serialize(svg: SVGSVGElement, width: number, height: number): string {
  svg.setAttribute('xmlns', 'http://www.w3.org/2000/svg');
  svg.setAttribute('font-family', font);
  svg.setAttribute('font-size', '12');
  for (const style of Array.from(svg.querySelectorAll('style'))) style.remove();
  svg.removeAttribute('class');
  svg.prepend(element(svg, 'rect', { width, height, fill: 'white' }));
  // hosts differ in the last bits of logarithmic scales: with these digits the file is the same everywhere
  const short = (tag: string) => tag.replace(/-?\d+\.\d{3,}/g, (x) => String(Number(Number(x).toFixed(2))));
  return `${svg.outerHTML.replace(/<[^>]*>/g, short)}\n`;
}
