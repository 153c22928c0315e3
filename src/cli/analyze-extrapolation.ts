/** frenkel analyze extrapolation: how far atoms are from what a fit has learned from. */
import type { Atoms } from '../data/atoms.ts';
import { InputError } from '../data/errors.ts';
import { formatStructure } from '../io/structure.ts';
import { createGrader, readUncertainty } from '../node/fit-limits.ts';
import { createEngine } from '../node/threads.ts';
import { linePlot } from '../plot/line-plot.ts';
import { type AnalysisFlags, analysisCommand, readFrames, saveBoth } from './analyze-input.ts';
import { print } from './output.ts';
import { refuseExisting, save } from './save.ts';

interface Flags extends AnalysisFlags {
  fit?: string;
  output?: string;
}

export function extrapolationCommand() {
  return analysisCommand(
    'extrapolation',
    'how far atoms are from the training set of a fit, and error bars of their energy',
  )
    .option('--fit <folder>', 'of frenkel fit, or its NAME.uncertainty.json')
    .option('-o, --output <file>', 'extended XYZ with columns distance, grade, leverage, deviation')
    .addHelpText(
      'after',
      `
distance: Mahalanobis distance of the atom's descriptor from the environments of its element in the training set. grade:
that over the largest of the training set; above 1 nothing like it was seen. leverage and deviation (eV): of the atom's
energy by the posterior of the coefficients.
--json prints {"frames":[{"grade","atom","distance","deviation"}]}: the largest grade, its atom (from 0), and the
largest distance and deviation.

Example:
  frenkel analyze extrapolation runs/md-hot/trajectory.xyz --fit runs/fit-W -o grades.xyz`,
    )
    .action(extrapolation);
}

async function extrapolation(file: string, flags: Flags): Promise<void> {
  if (flags.fit === undefined) throw new InputError('--fit: is needed, the folder of a fit');
  refuseExisting(flags.output, flags.force);
  const frames = readFrames(file, flags);
  const engine = await createEngine();
  try {
    const grade = createGrader(engine, readUncertainty(flags.fit).uncertainty);
    const all = frames.map(grade);
    const most = (values: Float64Array) => values.reduce((best, x, i) => (x > values[best] ? i : best), 0);
    const rows = all.map(({ grade: grades, distance, deviation }) => {
      const atom = most(grades);
      return { grade: grades[atom], atom, distance: distance[most(distance)], deviation: deviation[most(deviation)] };
    });
    const column = (name: keyof (typeof rows)[number]) => Float64Array.from(rows, (row) => row[name]);
    const x = Float64Array.from(rows, (_, k) => k + flags.skip);
    const figure = () =>
      linePlot({
        title: 'Extrapolation',
        x: { label: 'frame' },
        y: { label: 'largest grade' },
        series: [{ name: 'grade', x, y: column('grade') }],
        rules: [{ y: 1, label: 'farthest of the training set' }],
      });
    const table = {
      grade: column('grade'),
      atom: column('atom'),
      distance: column('distance'),
      deviation: column('deviation'),
    };
    await saveBoth(flags, { frame: x, ...table }, figure);
    if (flags.output) {
      const marked = frames.map((frame, k): Atoms => ({ ...frame, arrays: { ...frame.arrays, ...all[k] } }));
      await save(flags.output, [formatStructure(marked, 'extxyz')], flags.force);
    }
    if (flags.json) return await print([`${JSON.stringify({ frames: rows })}\n`]);
    const last = rows[rows.length - 1];
    await print([
      `${frames.length > 1 ? 'last frame: ' : ''}largest grade ${last.grade.toPrecision(4)} (atom ${last.atom}), distance ${last.distance.toPrecision(4)}, deviation ${last.deviation.toExponential(2)} eV\n`,
    ]);
  } finally {
    engine.close();
  }
}
