/** Figures of one case as SVG files by name: what was found against temperature. */
import { concentration } from '../../free-energy/formation.ts';
import type { Interval } from '../../free-energy/statistics/interval.ts';
import { type LinePlot, linePlot, type Series } from '../line-plot.ts';
import { qualityFigures } from './quality-figures.ts';
import { defectName, type Study, type StudyCase } from './study.ts';

/** Colours: quasi-harmonic first, then the methods. */
const HARMONIC = 0;
const METHODS = 1;

const low = (values: readonly Interval[], factor = 1) => values.map(({ interval }) => factor * interval[0]);
const high = (values: readonly Interval[], factor = 1) => values.map(({ interval }) => factor * interval[1]);

type Quantity = 'free' | 'entropy' | 'expansion' | 'a';

/** Quasi-harmonic line, curves with their bands, and where sampling was done points with error bars (95 %). */
function along(one: StudyCase, quantity: Quantity, factor = 1): Series[] {
  const harmonic = one.harmonicCurve.map(({ state, entropy, expansion }) => {
    if (quantity === 'free') return factor * state.modeMatched;
    if (quantity === 'a') return factor * state.bulkA;
    return factor * (quantity === 'entropy' ? entropy : expansion);
  });
  const series: Series[] = [
    {
      name: 'quasi-harmonic',
      x: one.harmonicCurve.map(({ temperature }) => temperature),
      y: harmonic,
      color: HARMONIC,
      dashed: true,
    },
  ];
  one.curves.forEach(({ method, curve }, m) => {
    const values = curve.points.map((point) => point[quantity]);
    series.push({
      name: `with anharmonicity (${method})`,
      x: curve.temperatures,
      y: values.map(({ value }) => factor * value),
      low: low(values, factor),
      high: high(values, factor),
      color: METHODS + m,
      plain: true,
    });
    if (quantity === 'entropy' || quantity === 'expansion') return;
    const at = one.temperatures.flatMap(({ temperature, sampled }) =>
      sampled
        .filter((found) => found.method === method)
        .map(({ values: found }) => ({ temperature, value: quantity === 'a' ? found.bulkA : found.modeMatched })),
    );
    const points = at.map(({ value }) => value);
    series.push({
      name: one.curves.length > 1 ? `${method}, 95 %` : 'sampled, 95 %',
      x: at.map(({ temperature }) => temperature),
      y: points.map(({ value }) => factor * value),
      low: low(points, factor),
      high: high(points, factor),
      color: METHODS + m,
      style: 'points',
    });
  });
  return series;
}

/** What anharmonicity adds to F_f. */
function difference(one: StudyCase): Series[] {
  const base = one.harmonicCurve.map(({ state }) => state.modeMatched);
  return along(one, 'free', 1000)
    .slice(1)
    .map((series) => {
      const at = (x: number) => {
        const exact = one.temperatures.find(({ temperature }) => temperature === x)?.harmonic?.modeMatched;
        const k = one.harmonicCurve.findIndex(({ temperature }) => temperature === x);
        return 1000 * (exact ?? base[k]);
      };
      const minus = (values: ArrayLike<number> = []) => Array.from(values, (v, i) => v - at(series.x[i]));
      return { ...series, y: minus(series.y), low: minus(series.low), high: minus(series.high) };
    });
}

/** Concentration per site against 1000 K/T. */
function concentrations(one: StudyCase, orientations: number): Series[] {
  const warm = one.harmonicCurve.filter(({ temperature }) => temperature >= COLD);
  const series: Series[] = [
    {
      name: 'quasi-harmonic',
      x: warm.map(({ temperature }) => 1000 / temperature),
      y: warm.map(({ state }) => state.concentration),
      color: HARMONIC,
      dashed: true,
    },
  ];
  one.curves.forEach(({ method, curve }, m) => {
    const own = one.temperatures.flatMap(({ temperature, sampled }) =>
      sampled
        .filter((found) => found.method === method)
        .map(({ values }) => ({ temperature, c: values.concentration })),
    );
    const shown = own.filter(({ temperature }) => temperature >= COLD);
    const line = curve.points
      .map(({ free }, i) => ({ temperature: curve.temperatures[i], free }))
      .filter(({ temperature }) => temperature >= COLD);
    const factor = (free: number, T: number) => concentration(free, T, orientations);
    series.push(
      {
        name: `with anharmonicity (${method})`,
        x: line.map(({ temperature }) => 1000 / temperature),
        y: line.map(({ temperature, free }) => factor(free.value, temperature)),
        low: line.map(({ temperature, free }) => factor(free.interval[1], temperature)),
        high: line.map(({ temperature, free }) => factor(free.interval[0], temperature)),
        color: METHODS + m,
        plain: true,
      },
      {
        name: one.curves.length > 1 ? `${method}, sampled` : 'sampled',
        x: shown.map(({ temperature }) => 1000 / temperature),
        y: shown.map(({ c }) => c.value),
        color: METHODS + m,
        style: 'points',
      },
    );
  });
  return series;
}

/** K: below, concentrations are not drawn. */
const COLD = 250;

export function figuresOf(study: Study, one: StudyCase): { name: string; caption: string; svg: string }[] {
  const { config } = study;
  if (one.harmonicCurve.length === 0) return [];
  const what = defectName(config);
  const T = { label: 'temperature (K)' };
  const zero = config.pressure === 'zero';
  const figure = (name: string, caption: string, plot: LinePlot) => ({ name, caption, svg: linePlot(plot) });
  const sampled = one.curves.length > 0;
  return [
    figure(
      'formation',
      `Free energy of formation of the ${what}, mode matched, at ${zero ? 'zero pressure' : 'constant volume'}. Bars and band: 95 % intervals of the sampling.`,
      {
        title: `Free energy of formation: ${what}`,
        x: T,
        y: { label: 'F_f (eV)' },
        series: along(one, 'free'),
      },
    ),
    ...(sampled
      ? [
          figure('anharmonic', 'What anharmonicity adds to the quasi-harmonic free energy of formation.', {
            title: 'Anharmonic part of F_f',
            x: T,
            y: { label: 'F_f − F_f quasi-harmonic (meV)' },
            series: difference(one),
          }),
        ]
      : []),
    figure('entropy', 'Entropy of formation, −dF_f/dT along the curve.', {
      title: `Entropy of formation: ${what}`,
      x: T,
      y: { label: 'S_f (k_B)' },
      series: along(one, 'entropy'),
    }),
    figure('concentration', 'Equilibrium concentration per site, exp(−F_f/k_B T).', {
      title: 'Equilibrium concentration',
      x: { label: '1000 K / T' },
      y: { label: 'concentration per site', log: true },
      series: concentrations(one, config.orientations),
    }),
    ...(zero
      ? [
          figure('lattice', 'Lattice constant of the bulk at zero pressure.', {
            title: 'Thermal expansion',
            x: T,
            y: { label: 'a (Å)' },
            series: along(one, 'a'),
          }),
          figure('expansion', 'Coefficient of linear thermal expansion along the curve.', {
            title: 'Coefficient of thermal expansion',
            x: T,
            y: { label: 'α (10⁻⁶/K)' },
            series: along(one, 'expansion', 1e6),
          }),
        ]
      : []),
    ...qualityFigures(one).map(({ name, caption, plot }) => figure(name, caption, plot)),
  ];
}
