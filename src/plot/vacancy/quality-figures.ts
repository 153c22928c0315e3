/** Figures of how the sampling went: A'(ζ) with its bounds, coverage, and convergence with the number of steps. */
import type { Pool, Quality } from '../../campaign/vacancy/quality.ts';
import type { LinePlot, Series } from '../line-plot.ts';
import type { StudyCase } from './study.ts';

interface Figure {
  name: string;
  caption: string;
  plot: LinePlot;
}

/** Temperatures that one figure shows. */
const MOST = 5;
const COVERED = 100;

/** At most `MOST` of them, evenly, the ends among them. */
function some<T>(all: readonly T[]): T[] {
  if (all.length <= MOST) return [...all];
  return Array.from({ length: MOST }, (_, i) => all[Math.round((i * (all.length - 1)) / (MOST - 1))]);
}

export function qualityFigures(one: StudyCase): Figure[] {
  const methods = [...new Set(one.quality.map(({ method }) => method))];
  return methods.flatMap((method) => {
    const shown = some(one.quality.filter((quality) => quality.method === method));
    const suffix = methods.length > 1 ? `-${method}` : '';
    const title = methods.length > 1 ? ` (${method})` : '';
    return [
      ...(['bulk', 'defect'] as const).map((which) => gradient(which, shown, suffix, title)),
      coverage(shown, suffix, title),
      ...convergence(shown, suffix, title),
    ];
  });
}

const nearest = ({ pools }: Quality, which: Pool['which']): Pool[] =>
  pools.filter((pool) => pool.nearest && pool.which === which);

function gradient(which: Pool['which'], shown: readonly Quality[], suffix: string, title: string): Figure {
  const series = shown.flatMap((quality, color): Series[] =>
    nearest(quality, which).map(({ estimate, atoms }) => {
      const factor = 1000 / atoms;
      const points = estimate.gradient;
      return {
        name: `${quality.temperature} K`,
        x: points.map(({ zeta }) => zeta),
        y: points.map(({ value }) => factor * value),
        low: points.map(({ value, error }) => factor * (value - 1.96 * error)),
        high: points.map(({ value, error }) => factor * (value + 1.96 * error)),
        color,
      };
    }),
  );
  const means = shown.flatMap((quality) =>
    nearest(quality, which).map(({ estimate, atoms }) => ({
      y: (1000 * estimate.deltaA) / atoms,
      label: `ΔA ${quality.temperature} K`,
    })),
  );
  return {
    name: `gradient-${which}${suffix}`,
    caption: `⟨U − U_HA⟩ along the coupling ζ in the ${which} cell: it falls from its upper bound of ΔA at ζ = 0 to its lower bound at ζ = 1 (Gibbs–Bogoliubov); dashed: ΔA, its integral. Bands: 95 %.`,
    plot: {
      title: `A'(ζ), ${which} cell${title}`,
      x: { label: 'ζ' },
      y: { label: "A' (meV/atom)" },
      series,
      rules: means.length <= 3 ? means : [],
    },
  };
}

function coverage(shown: readonly Quality[], suffix: string, title: string): Figure {
  return {
    name: `coverage${suffix}`,
    caption: `Independent samples at every ζ, all replicas, the volume nearest to the one that was found (lines: bulk, dashes: defect). Above ${COVERED} everywhere is required.`,
    plot: {
      title: `Coverage${title}`,
      x: { label: 'ζ' },
      y: { label: 'independent samples', log: true },
      series: shown.flatMap((quality, color) =>
        (['bulk', 'defect'] as const).flatMap((which) =>
          nearest(quality, which).map(
            ({ estimate }): Series => ({
              name: which === 'bulk' ? `${quality.temperature} K` : '',
              x: estimate.gradient.map(({ zeta }) => zeta),
              y: estimate.gradient.map(({ effective }) => effective),
              color,
              dashed: which === 'defect',
            }),
          ),
        ),
      ),
      rules: [{ y: COVERED, label: 'required' }],
    },
  };
}

function convergence(shown: readonly Quality[], suffix: string, title: string): Figure[] {
  const with_ = shown.filter(({ course }) => course.steps.length > 0);
  if (with_.length === 0) return [];
  return [
    {
      name: `convergence${suffix}`,
      caption: 'F_f from the first steps of every run, less its final value.',
      plot: {
        title: `Convergence${title}`,
        x: { label: 'steps of each run' },
        y: { label: 'F_f − final (meV)' },
        series: with_.map(({ temperature, course }, color) => {
          const last = course.free[course.free.length - 1];
          return {
            name: `${temperature} K`,
            x: course.steps,
            y: course.free.map((free) => 1000 * (free - last)),
            color,
          };
        }),
      },
    },
  ];
}
