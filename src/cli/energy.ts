/** frenkel energy: energy, forces and virial of every frame of files, or of a stream of frames. */
import { Command } from 'commander';
import type { Atoms } from '../data/atoms.ts';
import { determinant } from '../data/cell.ts';
import { InputError, PhysicsError } from '../data/errors.ts';
import type { Potential } from '../data/potential.ts';
import { stressOf } from '../data/stress.ts';
import { gpaPerPressure } from '../data/units.ts';
import type { Engine } from '../engine/engine.ts';
import { createSystem } from '../engine/system.ts';
import { createExtxyzReader } from '../io/extxyz.ts';
import { fmax } from '../methods/fmax.ts';
import { readStructureFile, writeStructureFile } from '../node/load.ts';
import { createEngine } from '../node/threads.ts';
import { jsonFlag, potentialFlags } from './flags.ts';
import { type PotentialFlags, readPotential } from './input.ts';
import { print } from './output.ts';

interface Flags extends PotentialFlags {
  types?: string[];
  threads?: number;
  json?: boolean;
  stream?: boolean;
  out?: string;
  force?: boolean;
}

interface Answer {
  atoms: Atoms;
  /** eV. */
  energy: number;
  /** (n) eV. */
  energies: Float64Array;
  /** (n,3) eV/Å. */
  forces: Float64Array;
  /** xx yy zz yz xz xy, eV, −∂E/∂ε. */
  virial: Float64Array;
}

export function energyCommand(): Command {
  const command = new Command('energy')
    .description('energy, per-atom energies, forces and virial of every frame')
    .argument('<files...>', "structures of any known format; '-' is standard input");
  potentialFlags(command)
    .addOption(jsonFlag())
    .option('--out <file>', 'write the frames with energy, forces and stress (extended XYZ, or by suffix)')
    .option('--force', 'overwrite that file')
    .option('--stream', "with '-': read extended XYZ frames as they come, answer each with one JSON line")
    .addHelpText(
      'after',
      `
--json prints {"frames":[{"energy","energies","forces","virial"}]}: eV, eV/Å; virial 3×3 in eV, = −∂E/∂ε
(positive under compression); forces n×3; the atoms' order is the file's.

Example:
  frenkel energy vacancy.xyz -p Fe-Ackland-2004 --json`,
    )
    .action(energy);
  return command;
}

async function energy(files: string[], flags: Flags): Promise<void> {
  const engine = await createEngine({ threads: flags.threads });
  try {
    if (flags.stream) await stream(engine, files, flags);
    else await evaluateFiles(engine, files, flags);
  } finally {
    engine.close();
  }
}

/** A fresh system per frame, its memory given back afterwards. */
function evaluate(engine: Engine, atoms: Atoms, potential: Potential, file: string, index: number): Answer {
  const mark = engine.mark();
  try {
    const system = createSystem(engine, atoms, potential, { skin: 0 });
    const total = system.evaluate();
    const { energies, f, virial } = system;
    return { atoms, energy: total, energies: energies.slice(), forces: f.slice(), virial: virial.slice() };
  } catch (error) {
    if (error instanceof InputError || error instanceof PhysicsError) {
      const where = index > 0 ? `frame ${index} (counted from 0): ` : '';
      throw new InputError(`${where}${error.message}`, { file });
    }
    throw error;
  } finally {
    engine.release(mark);
  }
}

async function evaluateFiles(engine: Engine, files: string[], flags: Flags): Promise<void> {
  const frames = files.flatMap((file) =>
    readStructureFile(file, { types: flags.types }).map((atoms, index) => ({ file, index, atoms })),
  );
  const potential = readPotential(
    flags,
    frames.map(({ atoms }) => atoms),
  );
  const answers = frames.map(({ file, index, atoms }) => evaluate(engine, atoms, potential, file, index));
  if (flags.out) writeStructureFile(flags.out, answers.map(withResults), { force: flags.force });
  if (flags.json) {
    await print(jsonChunks(answers));
    return;
  }
  const rows = answers.map(({ atoms, energy: total, forces, virial }, i) => {
    const n = atoms.numbers.length;
    const volume = Math.abs(determinant(atoms.cell));
    const pressure = ((virial[0] + virial[1] + virial[2]) / (3 * volume)) * gpaPerPressure;
    const cells = [total.toFixed(9), (total / n).toFixed(9), fmax(forces).toExponential(3)];
    const last = volume > 0 ? `, P ${pressure.toFixed(6)} GPa` : '';
    return `${frames[i].file}${frames[i].index > 0 ? `#${frames[i].index}` : ''}: ${n} atoms, E ${cells[0]} eV (${cells[1]} eV/atom), fmax ${cells[2]} eV/Å${last}\n`;
  });
  await print(rows);
}

/** The configuration with its results, as ASE names them; stress = −W/V. */
function withResults({ atoms, energy: total, energies, forces, virial }: Answer): Atoms {
  const stress = stressOf(virial, atoms.cell);
  const info = { ...atoms.info, energy: total, ...(stress ? { stress } : {}) };
  return { ...atoms, info, arrays: { ...atoms.arrays, energies, forces } };
}

/** The JSON object in pieces: one string of a million atoms' forces would be too long. */
function* jsonChunks(answers: readonly Answer[]): Generator<string> {
  yield '{"frames":[';
  for (const [i, answer] of answers.entries()) {
    if (i > 0) yield ',';
    yield* frameChunks(answer);
  }
  yield ']}\n';
}

const CHUNK = 3 * 4096;

function* frameChunks({ energy: total, energies, forces, virial }: Answer): Generator<string> {
  yield `{"energy":${total},"energies":[`;
  for (let i = 0; i < energies.length; i += CHUNK) yield (i > 0 ? ',' : '') + energies.subarray(i, i + CHUNK).join(',');
  yield '],"forces":[';
  for (let i = 0; i < forces.length; i += CHUNK) {
    let text = '';
    for (let k = i; k < Math.min(forces.length, i + CHUNK); k += 3) {
      text += `${k > 0 ? ',' : ''}[${forces[k]},${forces[k + 1]},${forces[k + 2]}]`;
    }
    yield text;
  }
  const [xx, yy, zz, yz, xz, xy] = virial;
  yield `],"virial":[[${xx},${xy},${xz}],[${xy},${yy},${yz}],[${xz},${yz},${zz}]]}`;
}

/** Answers every frame that comes on stdin with one line. */
async function stream(engine: Engine, files: string[], flags: Flags): Promise<void> {
  if (files.length !== 1 || files[0] !== '-')
    throw new InputError("--stream reads standard input: give '-' as the only file");
  const reader = createExtxyzReader({ file: 'standard input' });
  const known = new Map<string, Potential>();
  let index = 0;
  const answer = async (frames: Atoms[]): Promise<void> => {
    for (const atoms of frames) {
      const elements = [...new Set(atoms.numbers)].sort().join(' ');
      const potential = known.get(elements) ?? readPotential(flags, [atoms]);
      known.set(elements, potential);
      await print([...frameChunks(evaluate(engine, atoms, potential, 'standard input', index++)), '\n']);
    }
  };
  process.stdin.setEncoding('utf8');
  for await (const chunk of process.stdin) await answer(reader.push(chunk as string));
  await answer(reader.end());
}
