/** The figures of a run by the functions that draw the command line's: the same SVG, to the byte, under the same names. */
import { gradientFigure } from '../plot/free-energy.ts';
import { pathFigure } from '../plot/path.ts';
import { bandFigure, densityFigure } from '../plot/phonons.ts';
import { relaxationFigures } from '../plot/relaxation.ts';
import { thermoFigures } from '../plot/thermo.ts';
import type { FigureInput } from './figure-input.ts';

/** SVG files by name; `rows` of the run's table under `columns`. */
export function drawFigures(
  input: FigureInput,
  columns: readonly string[],
  rows: readonly (readonly number[])[],
): Record<string, string> {
  const thermo = { columns: [...columns], values: columns.map((_, c) => rows.map((row) => row[c])) };
  switch (input.of) {
    case 'md':
      return thermoFigures(thermo, input.atoms);
    case 'relax':
      return relaxationFigures(thermo, input.fmax);
    case 'neb':
      return { 'path.svg': pathFigure(input.result, input.curve) };
    case 'phonons':
      return {
        'bands.svg': bandFigure(input.path, input.bands, input.branches),
        'dos.svg': densityFigure(input.dos),
      };
    case 'free-energy':
      return { 'gradient.svg': gradientFigure(input.gradient, input.deltaA, input.atoms) };
  }
}
