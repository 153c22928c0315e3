/** Figures of a relaxation from its log: how far the energy is above its last value, and the largest force. */
import type { Thermo } from '../io/thermo.ts';
import { linePlot } from './line-plot.ts';

/**
 * SVG files by name: relaxation-energy.svg (energy above the lowest, meV, logarithmic) and relaxation-fmax.svg (eV/Å,
 * logarithmic) against the step. `fmax`: the threshold, eV/Å, drawn as a line.
 */
export function relaxationFigures(log: Thermo, fmax?: number): Record<string, string> {
  const values = (name: string) => log.values[log.columns.indexOf(name)] ?? [];
  const step = values('Step');
  const energy = values('PotEng');
  const lowest = energy.reduce((least, e) => Math.min(least, e), Number.POSITIVE_INFINITY);
  return {
    'relaxation-energy.svg': linePlot({
      title: 'Relaxation: energy',
      x: { label: 'step' },
      y: { label: 'energy above the lowest (meV)', log: true },
      series: [{ name: 'energy', x: step, y: energy.map((e) => 1000 * (e - lowest)) }],
    }),
    'relaxation-fmax.svg': linePlot({
      title: 'Relaxation: largest force',
      x: { label: 'step' },
      y: { label: 'fmax (eV/Å)', log: true },
      series: [{ name: 'fmax', x: step, y: values('Fmax') }],
      rules: fmax === undefined ? [] : [{ y: fmax, label: `converged below ${fmax} eV/Å` }],
    }),
  };
}
