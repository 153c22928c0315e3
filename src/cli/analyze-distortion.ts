/** frenkel analyze distortion: the robust distance of every environment from those of a reference. */
import { Option } from 'commander';
import type { Atoms } from '../data/atoms.ts';
import { symbolOf } from '../data/elements.ts';
import { InputError } from '../data/errors.ts';
import type { Engine } from '../engine/engine.ts';
import { basisOf, parseDescriptor } from '../fit/descriptor-config.ts';
import type { Describe } from '../fit/environments.ts';
import { type Distortion, learnDistortion } from '../free-energy/statistics/distortion.ts';
import { formatStructure } from '../io/structure.ts';
import { readStructureFile } from '../node/load.ts';
import { describeBasis } from '../node/run-fit.ts';
import { createEngine } from '../node/threads.ts';
import { linePlot } from '../plot/line-plot.ts';
import { type AnalysisFlags, analysisCommand, readFrames, saveBoth } from './analyze-input.ts';
import { print } from './output.ts';
import { refuseExisting, save } from './save.ts';

interface Flags extends AnalysisFlags {
  reference?: string;
  descriptor: string;
  seed: bigint;
  output?: string;
}

export function distortionCommand() {
  return analysisCommand('distortion', 'distortion score: robust distance of environments from those of the bulk')
    .option('--reference <file>', 'frames of the bulk, displaced as temperature displaces them')
    .option('--descriptor <what>', 'of environments', 'bso4 jmax=2 rcut=5A')
    .addOption(
      new Option('--seed <n>', 'of the random starts').default(1n, '1').argParser((text) => {
        if (/^\d{1,19}$/.test(text)) return BigInt(text);
        throw new InputError('--seed: a whole number was expected, not negative');
      }),
    )
    .option('-o, --output <file>', 'extended XYZ with the score of each atom in column `distortion`')
    .addHelpText(
      'after',
      `
Location and scatter of the reference are those of the minimum covariance determinant (of its elements apart), so that
defects in it do no harm. The reference needs more environments than twice the components. 97.5 % of a normal bulk are
below the threshold. --json prints {"threshold","frames":[{"above","largest","atom"}]}: atoms above it, the largest score.

Example:
  frenkel analyze distortion vacancy.xyz --reference runs/md-bulk/trajectory.xyz -o score.xyz`,
    )
    .action(distortion);
}

async function distortion(file: string, flags: Flags): Promise<void> {
  if (flags.reference === undefined) throw new InputError('--reference: is needed, frames of the bulk');
  refuseExisting(flags.output, flags.force);
  const frames = readFrames(file, flags);
  const reference = readStructureFile(flags.reference, { types: flags.types });
  const engine = await createEngine();
  try {
    const species = [...new Set([...reference, ...frames].flatMap(({ numbers }) => [...numbers]))].sort(
      (a, b) => a - b,
    );
    const describe = describeBasis(engine, { basis: basisOf(parseDescriptor(flags.descriptor), species) });
    const learned = learn(engine, reference, describe, flags);
    const scores = frames.map((atoms) => scoreOf(atoms, describe, learned));
    await report(frames, scores, learned, flags);
  } finally {
    engine.close();
  }
}

function learn(
  engine: Engine,
  frames: Atoms[],
  describe: Describe,
  { seed, reference }: Flags,
): Map<number, Distortion> {
  const rows = new Map<number, number[][]>();
  for (const atoms of frames) {
    const values = describe(atoms);
    const size = values.length / atoms.numbers.length;
    for (const [i, z] of atoms.numbers.entries()) {
      const known = rows.get(z) ?? [];
      rows.set(z, known);
      known.push([...values.subarray(i * size, (i + 1) * size)]);
    }
  }
  return new Map(
    [...rows].map(([z, list]): [number, Distortion] => {
      try {
        return [z, learnDistortion(engine, Float64Array.from(list.flat()), list[0].length, seed)];
      } catch (error) {
        if (!(error instanceof InputError)) throw error;
        throw new InputError(`${symbolOf(z)}: ${error.message}`, { file: reference });
      }
    }),
  );
}

function scoreOf(atoms: Atoms, describe: Describe, learned: ReadonlyMap<number, Distortion>): Float64Array {
  const values = describe(atoms);
  const size = values.length / atoms.numbers.length;
  return Float64Array.from(atoms.numbers, (z, i) => {
    const own = learned.get(z);
    if (own) return own.score(values.subarray(i * size, (i + 1) * size))[0];
    throw new InputError(`the reference has no ${symbolOf(z)}`);
  });
}

async function report(
  frames: Atoms[],
  scores: Float64Array[],
  learned: ReadonlyMap<number, Distortion>,
  flags: Flags,
): Promise<void> {
  const limit = (z: number) => learned.get(z)?.threshold ?? 0;
  const threshold = Math.max(...[...learned.values()].map((own) => own.threshold));
  const rows = scores.map((score, k) => {
    const atom = score.reduce((best, x, i) => (x > score[best] ? i : best), 0);
    const above = score.reduce((sum, x, i) => sum + Number(x > limit(frames[k].numbers[i])), 0);
    return { above, largest: score[atom], atom };
  });
  const column = (name: keyof (typeof rows)[number]) => Float64Array.from(rows, (row) => row[name]);
  const x = Float64Array.from(rows, (_, k) => k + flags.skip);
  const figure = () =>
    linePlot({
      title: 'Distortion',
      x: { label: 'frame' },
      y: { label: 'largest score' },
      series: [{ name: 'score', x, y: column('largest') }],
      rules: [{ y: threshold, label: '97.5 % of the bulk' }],
    });
  await saveBoth(flags, { frame: x, above: column('above'), largest: column('largest'), atom: column('atom') }, figure);
  if (flags.output) {
    const marked = frames.map((frame, k): Atoms => ({ ...frame, arrays: { ...frame.arrays, distortion: scores[k] } }));
    await save(flags.output, [formatStructure(marked, 'extxyz')], flags.force);
  }
  if (flags.json) return print([`${JSON.stringify({ threshold, frames: rows })}\n`]);
  const last = rows[rows.length - 1];
  await print([
    `${frames.length > 1 ? 'last frame: ' : ''}${last.above} atoms above ${threshold.toPrecision(4)}, largest ${last.largest.toPrecision(4)} (atom ${last.atom})\n`,
  ]);
}
