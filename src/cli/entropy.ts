/** frenkel entropy: harmonic vibrational entropy, and what a defect adds to it. */
import { Command, Option } from 'commander';
import {
  classicalThermal,
  type Formation,
  formationEntropy,
  publishedEntropy,
  quantumThermal,
  type Thermal,
} from '../analysis/entropy.ts';
import type { LocalDensity } from '../analysis/local-density.ts';
import { type Vibrations, vibrationBytes, vibrations } from '../analysis/vibrations.ts';
import type { Atoms } from '../data/atoms.ts';
import { determinant } from '../data/cell.ts';
import { symbolOf } from '../data/elements.ts';
import { InputError, PhysicsError } from '../data/errors.ts';
import { inWords, memoryLimit } from '../node/memory.ts';
import { createEngine } from '../node/threads.ts';
import { localDensityFigure } from '../plot/phonons.ts';
import { elementCounts } from './counts.ts';
import { entropyLearnCommand } from './entropy-learn.ts';
import { entropyPredictCommand } from './entropy-predict.ts';
import { stochasticEntropy } from './entropy-stochastic.ts';
import { integer, jsonFlag, potentialFlags, quantity } from './flags.ts';
import { type PotentialFlags, readPotential, readStructure } from './input.ts';
import { print } from './output.ts';
import { createProgress } from './progress.ts';
import { refuseExisting, save } from './save.ts';

interface Flags extends PotentialFlags {
  types?: string[];
  threads?: number;
  bulk?: string;
  temperature?: number;
  relax?: boolean;
  step: number;
  symmetry: boolean;
  check?: boolean;
  local?: string;
  dos?: string;
  atoms?: number[];
  stochastic?: number;
  moments: number;
  near: number;
  seed: number;
  force?: boolean;
  json?: boolean;
}

/** K, for local entropies where none is given; differences between atoms do not depend on it. */
const ROOM = 300;

export function entropyCommand(): Command {
  const command = new Command('entropy')
    .description('harmonic vibrational entropy of a structure, formation entropy of a defect')
    .argument('<defect>', "a relaxed structure in any known format; '-' is standard input");
  potentialFlags(command)
    .option('--bulk <file>', 'the perfect crystal in the same cell')
    .addOption(quantity('-T, --temperature <T>', 'also classical and quantum thermodynamics there', 'temperature', 'K'))
    .option('--relax', 'relax the atoms first, the cell kept')
    .addOption(quantity('--step <length>', 'displacement of the differences', 'length', 'A', '0.001 A'))
    .option('--check', 'compute again with half the step and say what comes out')
    .option('--no-symmetry', 'displace every atom also in a perfect crystal')
    .option('--local <file>', 'CSV of the share of every atom in the classical entropy')
    .option('--dos <file>', 'local densities of states, CSV or SVG by its name, of the atoms of --atoms and the mean')
    .addOption(new Option('--atoms <list>', "of --dos, counted from 0: '0,5,12'").argParser(parseAtoms))
    .addOption(
      integer('--stochastic <vectors>', 'no matrix: random vectors, with error bars; for 5,000 atoms and more', 2),
    )
    .addOption(integer('--moments <n>', 'with --stochastic, Lanczos steps for each vector', 2, 60))
    .addOption(
      quantity(
        '--near <length>',
        'with --stochastic and --bulk, atoms so near to the defect count exactly',
        'length',
        'A',
        '4.2 A',
      ),
    )
    .addOption(integer('--seed <n>', 'with --stochastic', 0, 1))
    .option('--force', 'overwrite that file')
    .addOption(jsonFlag())
    .addHelpText(
      'after',
      `
Entropies in k_B: S = −Σ ln(ħω/1 eV) over all modes but rigid motions. Formation at constant volume, classical:
  as published   S_d − (N_d/N_b) S_b, N the atoms of the files (depends on the unit of energy at finite N)
  mode matched   S_d − (M_d/M_b) S_b, M the modes: the physical one
--json prints {"entropy","bulkEntropy","formation":{"asPublished","modeMatched"},"modes","bulkModes",…}, with -T also
"thermal":{"temperature","classical","quantum","bulk":{"classical","quantum"},"formation" (quantum, mode matched)}, each
{"energy" (eV),"entropy" (k_B),"free" (eV)}; with --check "halfStep", of the same shape. Tabulated potentials have noise
in their second derivatives: check, and try --step '0.01 A'. --stochastic: every entropy is {"value","error"}, one
standard error; bulk and defect share the random vectors. A structure that is no minimum exits with 2 (forces) or 4 (a saddle).

Example:
  frenkel entropy vacancy.xyz --bulk bulk.xyz -p Fe-Ackland-2004 --relax`,
    )
    .action(entropy)
    .enablePositionalOptions()
    .addCommand(entropyLearnCommand())
    .addCommand(entropyPredictCommand());
  return command;
}

function parseAtoms(text: string): number[] {
  if (/^\d{1,9}(,\d{1,9})*$/.test(text)) return text.split(',').map(Number);
  throw new InputError(`--atoms: found ${JSON.stringify(text.slice(0, 60))}; numbers from 0 were expected, as 0,5,12`);
}

async function entropy(file: string, flags: Flags): Promise<void> {
  for (const path of [flags.local, flags.dos]) refuseExisting(path, flags.force);
  if ((flags.dos === undefined) !== (flags.atoms === undefined)) throw new InputError('--dos and --atoms go together');
  if (flags.temperature === 0) throw new InputError('--temperature: found 0 K; it must be positive');
  const defect = readStructure(file, flags.types);
  const bulk = flags.bulk === undefined ? undefined : readStructure(flags.bulk, flags.types);
  const potential = readPotential(flags, bulk ? [defect, bulk] : [defect]);
  if (bulk) for (const warning of mismatches(defect, bulk)) process.stderr.write(`frenkel: warning: ${warning}\n`);
  if (flags.stochastic !== undefined) {
    for (const [name, given] of Object.entries({
      '--local': flags.local,
      '--check': flags.check,
      '--dos': flags.dos,
    })) {
      if (given) throw new InputError(`${name} needs the exact entropy: leave out --stochastic`);
    }
    const named = bulk && flags.bulk ? { name: flags.bulk, atoms: bulk } : undefined;
    await stochasticEntropy({ name: file, atoms: defect }, named, potential, flags);
    return;
  }
  const limit = memoryLimit();
  const local = flags.local === undefined ? undefined : (flags.temperature ?? ROOM);
  const largest = Math.max(defect.numbers.length, bulk?.numbers.length ?? 0);
  process.stderr.write(
    `frenkel: ${3 * largest} rows; ${inWords(vibrationBytes(largest, { local, density: flags.atoms }))} dense, ${inWords(limit)} are free\n`,
  );
  const engine = await createEngine({ threads: flags.threads });
  const progress = createProgress(false);
  const of = (atoms: Atoms, name: string, step: number, withLocal = false): Vibrations => {
    try {
      return vibrations(engine, atoms, potential, {
        step,
        symmetry: flags.symmetry,
        relax: flags.relax,
        spectrum: flags.temperature !== undefined,
        memory: limit,
        ...(withLocal ? { local, density: flags.atoms } : {}),
        progress: (done, total) => progress.update(() => `${name}: displacement ${done} of ${total}`),
      });
    } catch (error) {
      if (error instanceof PhysicsError) throw new PhysicsError(`${name}: ${error.message}`);
      if (error instanceof InputError) throw new InputError(error.message, { file: name });
      throw error;
    }
  };
  try {
    const found = of(defect, file, flags.step, true);
    const reference = bulk && flags.bulk ? of(bulk, flags.bulk, flags.step) : undefined;
    const half = flags.step / 2;
    const checked = flags.check
      ? describe(of(defect, file, half), bulk && flags.bulk ? of(bulk, flags.bulk, half) : undefined, undefined)
      : undefined;
    progress.end();
    for (const [name, { moved }] of [
      [file, found] as const,
      ...(reference ? [[flags.bulk, reference] as const] : []),
    ]) {
      if (flags.relax && moved > 0.01)
        process.stderr.write(`frenkel: ${name}: atoms moved by up to ${moved.toFixed(3)} Å\n`);
    }
    if (flags.dos && found.density) {
      const { dos, atoms = [] } = flags;
      const text = /\.svg$/i.test(dos) ? [localDensityFigure(found.density, atoms)] : densityCsv(found.density, atoms);
      await save(dos, text, flags.force);
    }
    if (flags.local && found.local)
      await save(flags.local, localCsv(defect, found, reference, local ?? ROOM), flags.force);
    const report = { ...describe(found, reference, flags.temperature), ...(checked ? { halfStep: checked } : {}) };
    await print([flags.json ? `${JSON.stringify(report)}\n` : summary(report)]);
  } finally {
    engine.close();
  }
}

/** What makes a formation entropy at constant volume doubtful. */
function mismatches(defect: Atoms, bulk: Atoms): string[] {
  const warnings: string[] = [];
  const [inDefect, inBulk] = [defect, bulk].map(elementCounts);
  const foreign = Object.keys(inDefect).filter((symbol) => !(symbol in inBulk));
  if (foreign.length > 0 || Object.keys(inBulk).length > 1) {
    warnings.push('more than one element: the bulk is the reference of every atom, whatever its element');
  }
  const [volume, reference] = [defect, bulk].map((atoms) => Math.abs(determinant(atoms.cell)));
  const sites = (volume / reference) * bulk.numbers.length;
  if (volume > 0 && reference > 0 && Math.abs(sites - Math.round(sites)) > 1e-4 * sites) {
    warnings.push(
      `the cell of the defect is that of ${sites.toFixed(3)} sites of the bulk: not the same volume, so this is no formation entropy at constant volume`,
    );
  }
  return warnings;
}

interface Thermodynamics {
  temperature: number;
  classical: Thermal;
  quantum: Thermal;
  bulk?: { classical: Thermal; quantum: Thermal };
  /** Quantum, mode matched. */
  formation?: Thermal;
}

interface Report {
  entropy: number;
  bulkEntropy?: number;
  formation?: Formation;
  atoms: number;
  modes: number;
  bulkAtoms?: number;
  bulkModes?: number;
  fmax: number;
  evaluations: number;
  thermal?: Thermodynamics;
  /** The same with half the step. */
  halfStep?: Report;
}

function describe(found: Vibrations, bulk: Vibrations | undefined, temperature: number | undefined): Report {
  return {
    entropy: publishedEntropy(found),
    ...(bulk ? { bulkEntropy: publishedEntropy(bulk), formation: formationEntropy(found, bulk) } : {}),
    atoms: found.atoms,
    modes: found.modes,
    ...(bulk ? { bulkAtoms: bulk.atoms, bulkModes: bulk.modes } : {}),
    fmax: Math.max(found.fmax, bulk?.fmax ?? 0),
    evaluations: found.evaluations + (bulk?.evaluations ?? 0),
    ...(temperature === undefined ? {} : { thermal: thermodynamics(found, bulk, temperature) }),
  };
}

function thermodynamics(found: Vibrations, bulk: Vibrations | undefined, temperature: number): Thermodynamics {
  const both = (v: Vibrations) => ({
    classical: classicalThermal(v, temperature),
    quantum: quantumThermal(v.quanta ?? [], temperature),
  });
  const own = both(found);
  if (!bulk) return { temperature, ...own };
  const reference = both(bulk);
  const ratio = found.modes / bulk.modes;
  const matched = (key: keyof Thermal) => own.quantum[key] - ratio * reference.quantum[key];
  return {
    temperature,
    ...own,
    bulk: reference,
    formation: { energy: matched('energy'), entropy: matched('entropy'), free: matched('free') },
  };
}

function* localCsv(
  atoms: Atoms,
  found: Vibrations,
  bulk: Vibrations | undefined,
  temperature: number,
): Generator<string> {
  const mean = bulk ? classicalThermal(bulk, temperature).entropy / bulk.modes : undefined;
  yield `atom,element,x (A),y (A),z (A),entropy at ${temperature} K (k_B)${mean === undefined ? '' : ',above three modes of the bulk (k_B)'}\n`;
  for (const [i, s] of (found.local ?? []).entries()) {
    const x = Array.from(found.positions.subarray(3 * i, 3 * i + 3));
    yield `${[i, symbolOf(atoms.numbers[i]), ...x, s, ...(mean === undefined ? [] : [s - 3 * mean])].join(',')}\n`;
  }
}

function* densityCsv({ frequency, atoms, mean }: LocalDensity, names: readonly number[]): Generator<string> {
  yield `frequency (THz),${names.map((i) => `atom ${i} (1/THz)`).join(',')},mean (1/THz)\n`;
  for (const [p, nu] of frequency.entries()) yield `${[nu, ...atoms.map((g) => g[p]), mean[p]].join(',')}\n`;
}

function summary(report: Report): string {
  const { formation, thermal, halfStep } = report;
  const k = (value: number) => `${value.toFixed(6)} k_B`;
  const lines = [
    `entropy      ${k(report.entropy)}  (−Σ ln(ħω/1 eV), ${report.atoms} atoms, ${report.modes} modes)`,
    ...(report.bulkEntropy === undefined
      ? []
      : [`bulk         ${k(report.bulkEntropy)}  (${report.bulkAtoms} atoms, ${report.bulkModes} modes)`]),
    ...(formation
      ? [
          `formation    ${k(formation.modeMatched)} mode matched, ${k(formation.asPublished)} as published (constant volume)`,
        ]
      : []),
    ...(thermal ? thermalLines(thermal) : []),
    ...(halfStep
      ? [
          `half step    ${k(halfStep.entropy)}${halfStep.formation ? `; formation ${k(halfStep.formation.modeMatched)} mode matched` : ''}`,
        ]
      : []),
    `minimum      fmax ${report.fmax.toExponential(2)} eV/Å, no imaginary mode; ${report.evaluations} evaluations`,
  ];
  return `${lines.join('\n')}\n`;
}

function thermalLines({ temperature, classical, quantum, bulk, formation }: Thermodynamics): string[] {
  const line = (name: string, { entropy: s, free }: Thermal) =>
    `  ${name.padEnd(20)}S ${s.toFixed(6)} k_B  F ${free.toFixed(6)} eV`;
  return [
    `at ${temperature} K`,
    line('classical', classical),
    line('quantum', quantum),
    ...(bulk ? [line('bulk, classical', bulk.classical), line('bulk, quantum', bulk.quantum)] : []),
    ...(formation ? [line('formation, quantum', formation)] : []),
  ];
}
