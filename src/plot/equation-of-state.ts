/** The figure of an equation of state: computed energies and the Birch–Murnaghan fit through them. */
import type { BirchMurnaghan, VolumePoint } from '../analysis/equation-of-state.ts';
import { linePlot } from './line-plot.ts';

const SAMPLES = 200;

/** SVG of energy above the minimum against volume, both per atom (`atoms` of them). */
export function equationOfStateFigure(points: readonly VolumePoint[], fit: BirchMurnaghan, atoms: number): string {
  const volumes = points.map((p) => p.volume);
  const [low, high] = [Math.min(...volumes), Math.max(...volumes)];
  const line = Array.from({ length: SAMPLES + 1 }, (_, k) => low + ((high - low) * k) / SAMPLES);
  const above = (energy: number) => (1000 * (energy - fit.energy)) / atoms;
  return linePlot({
    title: 'Equation of state',
    x: { label: 'volume per atom (Å³)' },
    y: { label: 'energy above the minimum (meV/atom)' },
    series: [
      { name: 'Birch–Murnaghan', x: line.map((v) => v / atoms), y: line.map((v) => above(fit.at(v).energy)) },
      { name: 'computed', x: volumes.map((v) => v / atoms), y: points.map((p) => above(p.energy)), style: 'points' },
    ],
  });
}
