/** Figures of a run of molecular dynamics from its log: the drift of the conserved quantity, and the temperature. */
import type { Thermo } from '../io/thermo.ts';
import { linePlot, type Series } from './line-plot.ts';

/** Column of a log by its name; undefined where it has none. */
function column(thermo: Thermo, name: string): number[] | undefined {
  const index = thermo.columns.indexOf(name);
  return index < 0 ? undefined : thermo.values[index];
}

/** Time in ps, or the step where the log has no time. */
function abscissa(thermo: Thermo): { values: number[]; label: string } {
  const time = column(thermo, 'Time');
  return time === undefined
    ? { values: column(thermo, 'Step') ?? [], label: 'step' }
    : { values: time, label: 'time (ps)' };
}

/** Unit of energy per atom in which values up to `largest` (eV/atom) are easy to read. */
function energyUnit(largest: number): { factor: number; unit: string } {
  if (largest < 1e-3) return { factor: 1e6, unit: 'µeV/atom' };
  if (largest < 1) return { factor: 1e3, unit: 'meV/atom' };
  return { factor: 1, unit: 'eV/atom' };
}

/** Changes of energies since the first row, per atom, in the same unit. */
function changes(
  columns: { name: string; values: number[] }[],
  x: number[],
  atoms: number,
): { series: Series[]; unit: string } {
  const shifted = columns.map(({ name, values }) => ({ name, y: values.map((e) => (e - values[0]) / atoms) }));
  const largest = shifted.reduce((most, { y }) => y.reduce((m, e) => Math.max(m, Math.abs(e)), most), 0);
  const { factor, unit } = energyUnit(largest);
  return { series: shifted.map(({ name, y }) => ({ name, x, y: y.map((e) => factor * e) })), unit };
}

/** Present columns of the log under the names that a legend shows. */
function present(thermo: Thermo, names: [column: string, name: string][]): { name: string; values: number[] }[] {
  return names.flatMap(([key, name]) => {
    const values = column(thermo, key);
    return values === undefined ? [] : [{ name, values }];
  });
}

/**
 * SVG files by name: drift.svg (conserved quantity since the start, per atom), energy.svg (potential, kinetic and
 * conserved energy since the start, per atom), temperature.svg. `atoms` is their number; columns as in log.thermo.
 */
export function thermoFigures(thermo: Thermo, atoms: number): Record<string, string> {
  const { values: x, label } = abscissa(thermo);
  const figures: Record<string, string> = {};
  const energy = (file: string, title: string, names: [string, string][]) => {
    const columns = present(thermo, names);
    if (columns.length === 0) return;
    const { series, unit } = changes(columns, x, atoms);
    figures[file] = linePlot({ title, x: { label }, y: { label: `change since the start (${unit})` }, series });
  };
  energy('drift.svg', 'Drift of the conserved quantity', [['Econserve', 'conserved quantity']]);
  energy('energy.svg', 'Energies', [
    ['PotEng', 'potential'],
    ['KinEng', 'kinetic'],
    ['Econserve', 'conserved'],
  ]);
  const temperature = column(thermo, 'Temp');
  if (temperature !== undefined) {
    figures['temperature.svg'] = linePlot({
      title: 'Temperature',
      x: { label },
      y: { label: 'temperature (K)' },
      series: [{ name: 'temperature', x, y: temperature }],
    });
  }
  return figures;
}
