/** Figures of γ-surfaces: a line over its fault vector, or a map over the plane in its true shape, with a scale. */
import type { GammaSurface } from '../analysis/surface.ts';
import { joulePerSquareMetre } from '../analysis/surface.ts';
import { linePlot } from './line-plot.ts';

/** Colours from low to high, equally spaced: dark to light also in grey (viridis). */
const stops = ['#440154', '#472d7b', '#3b528b', '#2c728e', '#21918c', '#28ae80', '#5ec962', '#addc30', '#fde725'];
/** Pieces of a cell of the grid along each side. */
const FINE = 4;
const [WIDTH, HEIGHT] = [640, 520];
const frame = { left: 70, right: 120, top: 50, bottom: 60 };

function colour(share: number): string {
  const at = Math.min(Math.max(share, 0), 1) * (stops.length - 1);
  const k = Math.min(Math.floor(at), stops.length - 2);
  const part = (from: number) => {
    const [a, b] = [stops[k], stops[k + 1]].map((stop) => Number.parseInt(stop.slice(from, from + 2), 16));
    return Math.round(a + (at - k) * (b - a))
      .toString(16)
      .padStart(2, '0');
  };
  return `#${part(1)}${part(3)}${part(5)}`;
}

/** SVG; `names` of the vectors, as the user gave them. */
export function gammaFigure(surface: GammaSurface, names: readonly string[]): string {
  return surface.vectors.length === 1 ? line(surface, names[0]) : map(surface, names);
}

function line({ plane, points }: GammaSurface, name: string): string {
  const [x, y] = [points.map((p) => p.shares[0]), points.map((p) => p.energy * joulePerSquareMetre)];
  return linePlot({
    title: `γ-line of (${plane.join(' ')})`,
    x: { label: `shift in parts of ${name}` },
    y: { label: 'energy (J/m²)' },
    series: [{ name: 'γ', x, y }],
  });
}

type Place = (s: number, t: number) => [number, number];

/** From parts of the two vectors to pixels, the same scale in both directions. */
function placement([p, q]: readonly (readonly [number, number])[]): Place {
  // the first vector to the right
  const length = Math.sqrt(p[0] ** 2 + p[1] ** 2);
  const [c, s] = [p[0] / length, p[1] / length];
  // and the second upwards, if that takes a look from below
  const up = p[0] * q[1] - p[1] * q[0] < 0 ? -1 : 1;
  const turn = ([x, y]: readonly [number, number]) => [c * x + s * y, up * (c * y - s * x)];
  const [a, b] = [turn(p), turn(q)];
  const corners = [[0, 0], a, b, [a[0] + b[0], a[1] + b[1]]];
  const [low, high] = [0, 1]
    .map((axis) => corners.map((corner) => corner[axis]))
    .reduce<[number[], number[]]>(
      ([lows, highs], values) => [
        [...lows, Math.min(...values)],
        [...highs, Math.max(...values)],
      ],
      [[], []],
    );
  const [width, height] = [WIDTH - frame.left - frame.right, HEIGHT - frame.top - frame.bottom];
  const scale = Math.min(width / (high[0] - low[0]), height / (high[1] - low[1]));
  const inset = [(width - scale * (high[0] - low[0])) / 2, (height - scale * (high[1] - low[1])) / 2];
  return (u, v) => [
    frame.left + inset[0] + scale * (u * a[0] + v * b[0] - low[0]),
    HEIGHT - frame.bottom - inset[1] - scale * (u * a[1] + v * b[1] - low[1]),
  ];
}

const text = (x: number, y: number, content: string, more = '') =>
  `<text x="${x.toFixed(1)}" y="${y.toFixed(1)}" ${more}>${content}</text>`;

function map({ plane, vectors, points }: GammaSurface, names: readonly string[]): string {
  const at = placement(vectors);
  const rows = new Set(points.map((p) => p.shares[0])).size - 1;
  const columns = points.length / (rows + 1) - 1;
  const energy = (i: number, j: number) => points[i * (columns + 1) + j].energy * joulePerSquareMetre;
  const most = points.reduce((top, p) => Math.max(top, p.energy * joulePerSquareMetre), 1e-12);
  const between = (s: number, t: number) => {
    const [i, j] = [Math.min(Math.floor(s), rows - 1), Math.min(Math.floor(t), columns - 1)];
    const [u, v] = [s - i, t - j];
    const low = energy(i, j) * (1 - v) + energy(i, j + 1) * v;
    return low * (1 - u) + (energy(i + 1, j) * (1 - v) + energy(i + 1, j + 1) * v) * u;
  };
  const cells: string[] = [];
  for (let i = 0; i < rows * FINE; i++) {
    for (let j = 0; j < columns * FINE; j++) {
      const corner = (di: number, dj: number) =>
        at((i + di) / (rows * FINE), (j + dj) / (columns * FINE))
          .map((x) => x.toFixed(1))
          .join();
      const fill = colour(between((i + 0.5) / FINE, (j + 0.5) / FINE) / most);
      const outline = [corner(0, 0), corner(1, 0), corner(1, 1), corner(0, 1)].join(' ');
      cells.push(`<polygon points="${outline}" fill="${fill}" stroke="${fill}" stroke-width="1"/>`);
    }
  }
  const outline = [at(0, 0), at(1, 0), at(1, 1), at(0, 1)].map((p) => p.map((x) => x.toFixed(1)).join()).join(' ');
  const [origin, first, second] = [at(0, 0), at(0.5, 0), at(0, 0.5)];
  const title = `γ-surface of (${plane.join(' ')})`;
  return `${[
    `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${HEIGHT}" viewBox="0 0 ${WIDTH} ${HEIGHT}" font-family="'Helvetica Neue', Helvetica, Arial, 'Liberation Sans', 'DejaVu Sans', sans-serif" font-size="12" fill="#222222">`,
    `<title>${title}</title>`,
    `<rect width="${WIDTH}" height="${HEIGHT}" fill="white"/>`,
    text(frame.left, 28, title, 'font-size="15" font-weight="600"'),
    ...cells,
    `<polygon points="${outline}" fill="none" stroke="#222222" stroke-opacity="0.7"/>`,
    text(first[0], first[1] + 22, names[0], 'text-anchor="middle"'),
    text(second[0] - 10, second[1], names[1], 'text-anchor="end"'),
    text(origin[0] - 6, origin[1] + 16, '0', 'text-anchor="end"'),
    ...scaleBar(most),
    '</svg>',
  ].join('\n')}\n`;
}

function scaleBar(most: number): string[] {
  const [x, top, height, steps] = [WIDTH - 92, frame.top + 10, HEIGHT - frame.top - frame.bottom - 20, 60];
  const bars = Array.from({ length: steps }, (_, k) => {
    const y = top + (height * (steps - 1 - k)) / steps;
    return `<rect x="${x}" y="${y.toFixed(2)}" width="16" height="${(height / steps + 0.5).toFixed(2)}" fill="${colour((k + 0.5) / steps)}"/>`;
  });
  const ticks = [0, 0.25, 0.5, 0.75, 1].map((share) =>
    text(x + 22, top + height * (1 - share) + 4, (share * most).toFixed(2)),
  );
  return [...bars, ...ticks, text(x + 8, top - 10, 'J/m²', 'text-anchor="middle"')];
}
