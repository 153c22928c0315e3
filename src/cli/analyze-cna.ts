/** frenkel analyze cna: crystal structure around each atom. */
import { commonNeighbors, structures } from '../analysis/common-neighbors.ts';
import type { Atoms } from '../data/atoms.ts';
import { formatStructure } from '../io/structure.ts';
import { linePlot } from '../plot/line-plot.ts';
import { type AnalysisFlags, analysisCommand, readFrames, saveBoth } from './analyze-input.ts';
import { print } from './output.ts';
import { refuseExisting, save } from './save.ts';

interface Flags extends AnalysisFlags {
  output?: string;
}

export function commonNeighborsCommand() {
  return analysisCommand('cna', 'fcc, hcp, bcc, icosahedral or other, by adaptive common-neighbour analysis')
    .option('-o, --output <file>', 'extended XYZ with the structure of each atom in column `cna`')
    .addHelpText(
      'after',
      `
Column cna: ${structures.map((name, k) => `${k} ${name}`).join(', ')}. Cells should be wider than two second-neighbour shells.
--json prints {"frames":[{"other","fcc","hcp","bcc","icosahedral"}]}, numbers of atoms.

Example:
  frenkel analyze cna runs/relax-vacancy/final.xyz -o structure.xyz`,
    )
    .action(cna);
}

async function cna(file: string, flags: Flags): Promise<void> {
  refuseExisting(flags.output, flags.force);
  const frames = readFrames(file, flags);
  const kinds = frames.map(commonNeighbors);
  const counts = kinds.map((kind) => structures.map((_, s) => kind.reduce((sum, k) => sum + Number(k === s), 0)));
  const column = (s: number) => Float64Array.from(counts, (row) => row[s]);
  const x = Float64Array.from(frames, (_, k) => k + flags.skip);
  const figure = () =>
    linePlot({
      title: 'Structure',
      x: { label: 'frame' },
      y: { label: 'atoms' },
      series: structures.map((name, s) => ({ name, x, y: column(s) })),
    });
  await saveBoth(flags, { frame: x, ...Object.fromEntries(structures.map((name, s) => [name, column(s)])) }, figure);
  if (flags.output) {
    const marked = frames.map(
      (frame, k): Atoms => ({ ...frame, arrays: { ...frame.arrays, cna: Float64Array.from(kinds[k]) } }),
    );
    await save(flags.output, [formatStructure(marked, 'extxyz')], flags.force);
  }
  if (flags.json) {
    const report = counts.map((row) => Object.fromEntries(structures.map((name, s) => [name, row[s]])));
    await print([`${JSON.stringify({ frames: report })}\n`]);
    return;
  }
  const last = counts[counts.length - 1];
  await print([
    `${frames.length > 1 ? 'last frame: ' : ''}${structures.map((name, s) => `${name} ${last[s]}`).join(', ')}\n`,
  ]);
}
