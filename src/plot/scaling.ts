/** Table and figure of a free energy along temperatures: what lies beyond the harmonic crystal, with its 95 % band. */
import type { ScaledFreeEnergy } from '../free-energy/scaling.ts';
import { linePlot } from './line-plot.ts';

type Point = ScaledFreeEnergy & { harmonic: number; anharmonic: number };

/** CSV, K and eV. */
export function scalingCsv(curve: readonly Point[]): string {
  const rows = curve.map((p) =>
    [p.temperature, p.F, p.error, ...p.interval, p.harmonic, p.anharmonic, p.dissipation].join(','),
  );
  const head = 'T (K),F (eV),standard error (eV),95 % from (eV),to (eV),harmonic (eV),anharmonic (eV),dissipation (eV)';
  return `${[head, ...rows].join('\n')}\n`;
}

/** SVG of F − F_harmonic, meV per atom (`atoms` of them). */
export function scalingFigure(curve: readonly Point[], atoms: number): string {
  const x = curve.map(({ temperature }) => temperature);
  const scale = 1000 / atoms;
  const beyond = (of: (p: Point) => number) => curve.map((p) => scale * (of(p) - p.harmonic));
  return linePlot({
    title: 'Anharmonic free energy by reversible scaling',
    x: { label: 'temperature (K)' },
    y: { label: 'F − F_harmonic (meV/atom)' },
    series: [
      { name: 'F − F_harmonic', x, y: beyond((p) => p.F) },
      { name: '95 %, above', x, y: beyond((p) => p.interval[1]) },
      { name: '95 %, below', x, y: beyond((p) => p.interval[0]) },
    ],
  });
}
