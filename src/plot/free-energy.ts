/** The figure of a free energy: the gradient along the coupling with its 95 % band, and the bounds of Gibbs and Bogoliubov. */
import type { GradientPoint } from '../free-energy/result.ts';
import { linePlot } from './line-plot.ts';

/** SVG of A'(ζ), meV per atom (`atoms` of them). */
export function gradientFigure(gradient: readonly GradientPoint[], deltaA: number, atoms: number): string {
  const scale = 1000 / atoms;
  const x = gradient.map(({ zeta }) => zeta);
  const line = (sign: number) => gradient.map(({ value, error }) => scale * (value + sign * 1.96 * error));
  return linePlot({
    title: 'Mean force along the coupling',
    x: { label: 'coupling ζ (0: reference, 1: potential)' },
    y: { label: "A'(ζ) = ⟨ΔU⟩ (meV/atom)" },
    series: [
      { name: "A'(ζ)", x, y: line(0) },
      { name: '95 %, above', x, y: line(1) },
      { name: '95 %, below', x, y: line(-1) },
    ],
    rules: [{ y: scale * deltaA, label: `ΔA = ${(scale * deltaA).toFixed(3)} meV/atom` }],
  });
}

/** CSV of the same, eV. */
export function gradientCsv(gradient: readonly GradientPoint[]): string {
  const rows = gradient.map(({ zeta, value, error, effective }) => [zeta, value, error, effective].join(','));
  return `${['zeta,gradient (eV),standard error (eV),independent samples', ...rows].join('\n')}\n`;
}
