/** Figures of phonons: bands along a path with its special points, and the density of states. */
import type { BandPath } from '../analysis/band-path.ts';
import type { LocalDensity } from '../analysis/local-density.ts';
import type { DensityOfStates } from '../analysis/phonon-mesh.ts';
import { linePlot } from './line-plot.ts';

/** SVG; `bands`: for each segment (points, branches) THz. */
export function bandFigure(path: BandPath, bands: readonly Float64Array[], branches: number): string {
  return linePlot({
    title: 'Phonon dispersion',
    x: { label: 'wave vector', ticks: path.ticks },
    y: { label: 'frequency (THz)' },
    plain: true,
    series: path.segments.flatMap(({ distance }, s) =>
      Array.from({ length: branches }, (_, branch) => ({
        name: `branch ${branch + 1}`,
        x: distance,
        y: distance.map((_, i) => shown(bands[s][i * branches + branch])),
      })),
    ),
  });
}

/** Rounding at Γ would pull the axis below 0. */
const shown = (value: number) => (Math.abs(value) < 1e-3 ? 0 : value);

/** SVG of states per THz and primitive cell. */
export function densityFigure({ frequency, density }: DensityOfStates): string {
  return linePlot({
    title: 'Phonon density of states',
    x: { label: 'frequency (THz)' },
    y: { label: 'states per THz and primitive cell' },
    series: [{ name: 'total', x: frequency, y: density }],
  });
}

/** SVG of the local densities of some atoms beside the mean. */
export function localDensityFigure({ frequency, atoms, mean }: LocalDensity, names: readonly number[]): string {
  return linePlot({
    title: 'Local vibrational density of states',
    x: { label: 'frequency (THz)' },
    y: { label: 'states per THz and atom' },
    series: [
      ...atoms.map((density, a) => ({ name: `atom ${names[a]}`, x: frequency, y: density })),
      { name: 'mean', x: frequency, y: mean },
    ],
  });
}
