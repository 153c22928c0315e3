import { describe, expect, it } from 'vitest';
import { decimate } from '../src/plot/decimate.ts';
import { linePlot } from '../src/plot/line-plot.ts';
import { relaxationFigures } from '../src/plot/relaxation.ts';
import { thermoFigures } from '../src/plot/thermo.ts';

/** Coordinates of the lines of a figure: one list of [x, y] per path of the line marks. */
function lines(svg: string): [number, number][][] {
  const groups = [...svg.matchAll(/<g [^>]*aria-label="line"[^>]*>(.*?)<\/g>/gs)];
  return groups.map(([, inner]) => {
    const d = /\sd="([^"]*)"/.exec(inner)?.[1] ?? '';
    return [...d.matchAll(/[ML](-?[\d.]+),(-?[\d.]+)/g)].map((m) => [Number(m[1]), Number(m[2])]);
  });
}

/** Every start tag has its end tag, in order: well-formed as far as brackets go. */
function checkTags(svg: string): void {
  const open: string[] = [];
  for (const [, close, name, self] of svg.matchAll(/<(\/?)([a-z]+)(?:\s[^<>]*?)?(\/?)>/gi)) {
    if (self) continue;
    if (close) expect(open.pop()).toBe(name);
    else open.push(name);
  }
  expect(open).toEqual([]);
}

describe('linePlot', () => {
  const x = [0, 1, 2, 3, 10];
  const y = [5, 7, 6, 9, 2];
  const plot = { title: 'A & B < C', x: { label: 'time (ps)' }, y: { label: 'T (K)' } };
  const svg = linePlot({
    ...plot,
    series: [
      { name: 'one', x, y },
      { name: 'two', x, y: y.map((v) => v + 1) },
    ],
  });

  it('is a standalone SVG with title, labels, legend and a background', () => {
    checkTags(svg);
    expect(svg).toMatch(/^<svg [^>]*xmlns="http:\/\/www\.w3\.org\/2000\/svg"/);
    expect(svg).toMatch(/width="640"/);
    for (const text of ['A &amp; B &lt; C', 'time (ps)', 'T (K)', '>one<', '>two<', 'fill="white"', 'font-family'])
      expect(svg).toContain(text);
    expect(svg).not.toMatch(/NaN|undefined|Infinity/);
    expect(linePlot({ ...plot, series: [{ name: 'one', x, y }] })).not.toContain('>one<');
  });

  it('puts the points where they belong', () => {
    const [first, second] = lines(svg);
    expect(first).toHaveLength(5);
    // affine: pixels follow from two points
    const [[px0, py0], , , , [px4]] = first;
    const slope = (second[0][1] - py0) / 1;
    first.forEach(([px, py], i) => {
      expect(px).toBeCloseTo(px0 + ((px4 - px0) * x[i]) / 10, 1);
      expect(Math.abs(py - (py0 + slope * (y[i] - y[0])))).toBeLessThan(0.1);
    });
    expect(px4).toBeCloseTo(620, 1);
    expect(slope).toBeLessThan(0);
  });

  it('logarithmic axes have powers of ten at equal distances', () => {
    const log = linePlot({
      ...plot,
      y: { label: 'fmax', log: true },
      series: [{ name: 'f', x: [0, 1, 2, 3], y: [1, 0.1, 0, 1e-3] }],
    });
    const [points] = lines(log);
    expect(points).toHaveLength(3);
    expect((points[2][1] - points[0][1]) / (points[1][1] - points[0][1])).toBeCloseTo(3, 2);
    for (const label of ['10⁰', '10⁻¹', '10⁻³']) expect(log).toContain(label);
  });

  it('survives empty, constant and non-finite data', () => {
    for (const values of [[], [1], [3, 3, 3], [0, 0], [Number.NaN, 1, Number.POSITIVE_INFINITY, 2]]) {
      for (const log of [false, true]) {
        const figure = linePlot({
          ...plot,
          y: { label: 'y', log },
          series: [{ name: 's', x: values.map((_, i) => i), y: values }],
        });
        checkTags(figure);
        expect(figure).not.toMatch(/NaN|undefined|Infinity/);
      }
    }
  });

  it('has the same bytes every time', () => {
    const again = linePlot({
      ...plot,
      series: [
        { name: 'one', x, y },
        { name: 'two', x, y: y.map((v) => v + 1) },
      ],
    });
    expect(again).toBe(svg);
  });
});

describe('decimate', () => {
  it('keeps the ends, the extremes and the order', () => {
    const n = 100_003;
    const x = Float64Array.from({ length: n }, (_, i) => i);
    const y = x.map((i) => (i * 7919) % 1000);
    y[54_321] = 5000;
    y[77_777] = -5000;
    const small = decimate({ name: '', x, y }, 2000);
    expect(small.x.length).toBeLessThanOrEqual(2000);
    expect(small.x.length).toBeGreaterThan(1900);
    expect([small.x[0], small.x[small.x.length - 1]]).toEqual([0, n - 1]);
    expect([Math.max(...small.y), Math.min(...small.y)]).toEqual([5000, -5000]);
    expect(small.x.every((v, i) => i === 0 || v > small.x[i - 1])).toBe(true);
    expect(small.y.every((v, i) => v === y[small.x[i]])).toBe(true);
  });
});

describe('figures', () => {
  it('of dynamics', () => {
    const thermo = {
      columns: ['Step', 'Time', 'Temp', 'PotEng', 'KinEng', 'Econserve'],
      values: [
        [0, 1, 2],
        [0, 0.001, 0.002],
        [300, 310, 290],
        [-10, -10.1, -9.9],
        [1, 1.1, 0.9],
        [-9, -9.0000001, -9],
      ],
    };
    const figures = thermoFigures(thermo, 2);
    expect(Object.keys(figures)).toEqual(['drift.svg', 'energy.svg', 'temperature.svg']);
    expect(figures['drift.svg']).toContain('µeV/atom');
    expect(figures['energy.svg']).toContain('meV/atom');
    expect(figures['energy.svg']).toContain('>potential<');
    expect(lines(figures['energy.svg'])).toHaveLength(3);
    for (const svg of Object.values(figures)) checkTags(svg);
    expect(thermoFigures({ columns: ['Step'], values: [[0]] }, 2)).toEqual({});
  });
  it('of relaxations', () => {
    const log = {
      columns: ['Step', 'PotEng', 'Fmax'],
      values: [
        [0, 1, 2],
        [-1, -2, -2.5],
        [1, 0.1, 0.001],
      ],
    };
    const figures = relaxationFigures(log, 1e-4);
    expect(Object.keys(figures)).toEqual(['relaxation-energy.svg', 'relaxation-fmax.svg']);
    expect(figures['relaxation-fmax.svg']).toContain('converged below 0.0001 eV/Å');
    expect(lines(figures['relaxation-energy.svg'])[0]).toHaveLength(2);
    for (const svg of Object.values(figures)) checkTags(svg);
  });
});
