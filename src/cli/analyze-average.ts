/** frenkel analyze average: the structure that thermal motion is about. */
import { averageStructure } from '../analysis/average.ts';
import { formatStructure } from '../io/structure.ts';
import { linePlot } from '../plot/line-plot.ts';
import { analysisCommand, readPaths, saveBoth, type TimedFlags } from './analyze-input.ts';
import { print } from './output.ts';
import { refuseExisting, save } from './save.ts';

interface Flags extends TimedFlags {
  output?: string;
}

export function averageCommand() {
  return analysisCommand('average', 'mean positions and cell, and the root mean square displacement of each atom')
    .option('-o, --output <file>', 'extended XYZ of the mean structure, displacements in column `rms` (Å)')
    .option('--unwrap', 'follow atoms across the boundaries: for files with wrapped positions')
    .option('--drift', 'keep the motion of the centre of mass')
    .addHelpText(
      'after',
      `
--csv and --svg: root mean square displacement of each atom. --json prints {"frames","rms" (Å, each atom),"mean"}.

Example:
  frenkel analyze average runs/md-vacancy/trajectory.xyz --skip 10 -o mean.xyz`,
    )
    .action(average);
}

async function average(file: string, flags: Flags): Promise<void> {
  refuseExisting(flags.output, flags.force);
  const { frames, path } = readPaths(file, flags);
  const mean = averageStructure(frames, path);
  const { rms } = mean.arrays;
  const atom = Float64Array.from(rms, (_, i) => i);
  const figure = () =>
    linePlot({
      title: 'Root mean square displacement',
      x: { label: 'atom' },
      y: { label: 'rms (Å)' },
      series: [{ name: 'rms', x: atom, y: rms, style: 'points' }],
      plain: true,
    });
  await saveBoth(flags, { atom, 'rms (A)': rms }, figure);
  if (flags.output) await save(flags.output, [formatStructure([mean], 'extxyz')], flags.force);
  const all = Math.sqrt(rms.reduce((sum, u) => sum + u * u, 0) / rms.length);
  if (flags.json) {
    await print([`${JSON.stringify({ frames: frames.length, rms: [...rms], mean: all })}\n`]);
    return;
  }
  const most = rms.reduce((best, u, i) => (u > rms[best] ? i : best), 0);
  await print([
    `${frames.length} frames: rms displacement ${all.toFixed(4)} Å; atom ${most} most, ${rms[most].toFixed(4)} Å\n`,
  ]);
}
