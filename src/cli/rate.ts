/** frenkel rate: how often a barrier is crossed, in harmonic transition-state theory. */
import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { Command, Option } from 'commander';
import { harmonicRate, type Rate, vineyardRate } from '../analysis/harmonic-rate.ts';
import type { Atoms } from '../data/atoms.ts';
import { InputError } from '../data/errors.ts';
import { holdAtoms } from '../data/fix.ts';
import { matchEnds } from '../data/match.ts';
import { parseQuantity } from '../data/units.ts';
import { readStructureFile } from '../node/load.ts';
import { createEngine } from '../node/threads.ts';
import { fixFlag, integer, jsonFlag, potentialFlags, quantity } from './flags.ts';
import { type PotentialFlags, readPotential, readStructure } from './input.ts';
import { print } from './output.ts';
import { createProgress } from './progress.ts';

interface Flags extends PotentialFlags {
  types?: string[];
  threads?: number;
  skin: number;
  fix?: string[];
  temperature: number[];
  relax: boolean;
  reverse?: boolean;
  fmax: number;
  steps: number;
  step: number;
  json?: boolean;
}

export function rateCommand(): Command {
  const command = new Command('rate')
    .description('jump rate over a saddle: Vineyard prefactor and harmonic transition-state theory')
    .argument('<minimum>', 'a structure, or the folder of a finished `frenkel neb` that climbed')
    .argument('[saddle]', 'the saddle, where the first is a structure: the same atoms');
  potentialFlags(command)
    .addOption(
      new Option('-T, --temperature <list>', "temperatures: '300 K, 600, 900' (bare number: K)")
        .argParser(parseTemperatures)
        .default([300, 600, 900], '300,600,900'),
    )
    .option('--reverse', 'of a folder: from the last end back')
    .option('--no-relax', 'take both as they are (default: relax the minimum, follow the dimer to the saddle)')
    .addOption(quantity('--fmax <force>', 'of these relaxations', 'force', 'eV/A', '1e-4 eV/A'))
    .addOption(integer('--steps <n>', 'most steps of each', 0, 1000))
    .addOption(quantity('--step <length>', 'displacement of the Hessians', 'length', 'A', '0.001 A'))
    .addOption(fixFlag())
    .addOption(jsonFlag())
    .addHelpText(
      'after',
      `
k = ν* exp(−ΔE/k_B T), ν* = Π ν(minimum)/Π' ν(saddle) (Vineyard 1957), for one jump over this one saddle: count equal
ways yourself (a vacancy in bcc has 8), and where a minimum lies between two equal saddles, halve it: half of those who
reach it go back. Classical; no recrossing, no anharmonicity.
--json prints {"prefactor" (THz),"barrier" (eV),"rates":[{"temperature" (K),"rate" (1/s)}],"modes",
"minimum":{"energy","fmax","moved"},"saddle":{…}} (eV, eV/Å, Å).

Example:
  frenkel neb vacancy.xyz hopped.xyz -p Fe-Ackland-2004 -n 9 --climb --out runs/hop
  frenkel rate runs/hop -p Fe-Ackland-2004 -T 300,600,900`,
    )
    .action(run);
  return command;
}

function parseTemperatures(text: string): number[] {
  const values = text
    .split(',')
    .map((part) => parseQuantity(part.trim(), { dimension: 'temperature', bare: 'K', name: '--temperature' }));
  if (values.every((value) => value > 0)) return values;
  throw new InputError('--temperature: found 0 K; it must be positive');
}

function structures(first: string, second: string | undefined, flags: Flags): { minimum: Atoms; saddle: Atoms } {
  const folder = existsSync(first) && statSync(first).isDirectory();
  if (folder) {
    if (second !== undefined)
      throw new InputError(`${first} is a folder, which has its saddle: one argument was expected`);
    const band = join(first, 'band.xyz');
    if (!existsSync(band)) {
      throw new InputError('no band.xyz: the folder of a finished `frenkel neb` was expected', { file: first });
    }
    const frames = readStructureFile(band, { types: flags.types });
    const [saddle] = readStructureFile(join(first, 'saddle.xyz'), { types: flags.types });
    return { minimum: flags.reverse ? frames[frames.length - 1] : frames[0], saddle };
  }
  if (flags.reverse) throw new InputError('--reverse: it belongs to the folder of a path');
  if (second === undefined)
    throw new InputError('the saddle is missing: give a second structure, or the folder of a path');
  const minimum = readStructure(first, flags.types);
  const { atoms } = matchEnds(minimum, readStructure(second, flags.types), { keepOrder: true });
  return { minimum, saddle: atoms };
}

async function run(first: string, second: string | undefined, flags: Flags): Promise<void> {
  const found = structures(first, second, flags);
  const [minimum, saddle] = [found.minimum, found.saddle].map((atoms) => holdAtoms(atoms, flags.fix ?? []));
  const potential = readPotential(flags, [minimum]);
  const engine = await createEngine({ threads: flags.threads });
  const progress = createProgress(false);
  try {
    const rate = vineyardRate(engine, {
      minimum,
      saddle,
      potential,
      relax: flags.relax,
      fmax: flags.fmax,
      steps: flags.steps,
      skin: flags.skin,
      hessian: {
        step: flags.step,
        progress: (done, total) => progress.update(() => `displacement ${done} of ${total}`),
      },
    });
    progress.end();
    const report = describe(rate, flags.temperature);
    await print([flags.json ? `${JSON.stringify(report)}\n` : summary(report)]);
  } finally {
    progress.end();
    engine.close();
  }
}

const PER_SECOND = 1e12;

function describe({ prefactor, barrier, minimum, saddle }: Rate, temperatures: readonly number[]) {
  const point = ({ energy, fmax, moved }: Rate['minimum']) => ({ energy, fmax, moved });
  return {
    prefactor,
    barrier,
    rates: temperatures.map((temperature) => ({
      temperature,
      rate: PER_SECOND * harmonicRate(prefactor, barrier, temperature),
    })),
    modes: minimum.squares.length,
    minimum: point(minimum),
    saddle: point(saddle),
  };
}

function summary({ prefactor, barrier, rates, minimum, saddle }: ReturnType<typeof describe>): string {
  return `${[
    `prefactor  ${prefactor.toFixed(4)} THz`,
    `barrier    ${barrier.toFixed(6)} eV`,
    ...rates.map(({ temperature, rate }) => `rate       ${rate.toExponential(4)} 1/s at ${temperature} K`),
    `relaxed    minimum by ${minimum.moved.toExponential(1)} Å to ${minimum.fmax.toExponential(1)} eV/Å, saddle by ${saddle.moved.toExponential(1)} Å to ${saddle.fmax.toExponential(1)} eV/Å`,
  ].join('\n')}\n`;
}
