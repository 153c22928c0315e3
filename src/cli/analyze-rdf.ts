/** frenkel analyze rdf: radial distribution function and coordination. */
import { Option } from 'commander';
import { radialDistribution } from '../analysis/radial.ts';
import { numberOf } from '../data/elements.ts';
import { InputError } from '../data/errors.ts';
import { linePlot } from '../plot/line-plot.ts';
import { type AnalysisFlags, analysisCommand, readFrames, saveBoth } from './analyze-input.ts';
import { integer, quantity } from './flags.ts';
import { print } from './output.ts';

interface Flags extends AnalysisFlags {
  cutoff?: number;
  shells: number;
  pair?: [number, number];
}

export function radialCommand() {
  return analysisCommand('rdf', 'g(r), averaged over the frames')
    .addOption(quantity('--cutoff <length>', 'largest distance, at most half the cell', 'length', 'A'))
    .addOption(integer('--shells <n>', 'histogram bins', 2, 200))
    .addOption(new Option('--pair <A-B>', 'of B around A (default: all atoms)').argParser(parsePair))
    .addHelpText(
      'after',
      `
--json prints {"r","g","neighbors"}: Å; neighbours within the outer edge of the shell, mean over the centres.

Example:
  frenkel analyze rdf runs/md-vacancy/trajectory.xyz --skip 10 --svg rdf.svg`,
    )
    .action(rdf);
}

function parsePair(text: string): [number, number] {
  const [a, b, ...more] = text.split('-').map((symbol) => numberOf(symbol.trim()));
  if (a && b && more.length === 0) return [a, b];
  throw new InputError(`--pair: found ${JSON.stringify(text)}; two symbols were expected, as Fe-Cr`);
}

async function rdf(file: string, flags: Flags): Promise<void> {
  const { r, g, neighbors } = radialDistribution(readFrames(file, flags), flags);
  const figure = () =>
    linePlot({
      title: 'Radial distribution',
      x: { label: 'distance (Å)' },
      y: { label: 'g(r)' },
      series: [{ name: 'g(r)', x: r, y: g }],
      plain: true,
    });
  await saveBoth(flags, { 'r (A)': r, g, neighbors }, figure);
  if (flags.json) {
    await print([`${JSON.stringify({ r: [...r], g: [...g], neighbors: [...neighbors] })}\n`]);
    return;
  }
  const peak = g.reduce((best, value, k) => (value > g[best] ? k : best), 0);
  await print([
    `highest at ${r[peak].toFixed(3)} Å: g = ${g[peak].toFixed(3)}\n`,
    `${neighbors[neighbors.length - 1].toFixed(3)} neighbours within ${(r[r.length - 1] + r[0]).toFixed(3)} Å\n`,
  ]);
}
