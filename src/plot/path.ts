/** The figure of a path between two minima: the spline through the images, the images, and the barriers. */
import type { NebResult } from '../tasks/neb-result.ts';
import { linePlot } from './line-plot.ts';

/** SVG of energy (eV) above the first end against the reaction coordinate; `curve`: [s (Å), energy (eV)] of the spline. */
export function pathFigure(result: NebResult, curve: readonly (readonly [number, number])[]): string {
  const [zero] = result.energies;
  const climbing = result.climbing.filter((k) => k < result.energies.length);
  const at = (images: number[]) => ({
    x: images.map((k) => result.reactionCoordinate[k]),
    y: images.map((k) => result.energies[k] - zero),
  });
  const others = result.energies.map((_, k) => k).filter((k) => !climbing.includes(k));
  const label = (energy: number) => `${(energy - zero).toFixed(3)} eV`;
  const inner = result.minima.slice(1, -1);
  return linePlot({
    title: 'Energy along the path',
    x: { label: 'reaction coordinate (Å)' },
    y: { label: 'energy above the first end (eV)' },
    series: [
      { name: 'spline', x: curve.map(([s]) => s), y: curve.map(([, energy]) => energy - zero) },
      { name: 'images', ...at(others), style: 'points' },
      ...(climbing.length > 0 ? [{ name: 'climbing', ...at(climbing), style: 'points' as const }] : []),
    ],
    labels: [
      ...result.saddles.map((p) => ({
        x: p.reactionCoordinate,
        y: p.energy - zero,
        text: label(p.energy),
        above: true,
      })),
      ...inner.map((p) => ({ x: p.reactionCoordinate, y: p.energy - zero, text: label(p.energy), above: false })),
    ],
  });
}
