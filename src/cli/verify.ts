/** frenkel verify: the checks of a potential, before it is trusted. */
import { Command } from 'commander';
import { parseElement } from '../data/elements.ts';
import { InputError } from '../data/errors.ts';
import type { Engine } from '../engine/engine.ts';
import { isInline } from '../io/inline.ts';
import { createEngine } from '../node/threads.ts';
import type { Check } from '../verify/grade.ts';
import { type Verification, verifyPotential } from '../verify/potential.ts';
import { finely } from '../verify/threads.ts';
import { EXIT, Exit } from './exit.ts';
import { integer, jsonFlag, namedPotentialFlags, quantity } from './flags.ts';
import { type PotentialFlags, readPotentialOf } from './input.ts';
import { print } from './output.ts';
import { createProgress } from './progress.ts';

interface Flags extends PotentialFlags {
  elements?: string[];
  distance?: number;
  evaluations: number;
  json?: boolean;
}

export function verifyCommand(): Command {
  const command = new Command('verify').description(
    "the checks of a potential: OpenKIM's verification checks, and that threads and cells do not matter",
  );
  namedPotentialFlags(command);
  command
    .option('--elements <symbols>', "elements of an inline form, such as 'Fe,Ni'", (text) =>
      text.split(',').map((symbol) => symbol.trim()),
    )
    .addOption(
      quantity(
        '--distance <length>',
        'of the neighbours in the crystals tried (default: its bcc crystal)',
        'length',
        'A',
      ),
    )
    .addOption(integer('--evaluations <n>', 'evaluations of the check of memory', 1, 1000))
    .addOption(jsonFlag())
    .addHelpText(
      'after',
      `
Grades: P or F; for errors that rounding explains OpenKIM's letters (A to 7.0e-9, B to 2.2e-6, C to 7.0e-4, D to 0.22).
Ends with 4 when a check fails, unless it is informational.

Example:
  frenkel verify -p W.snapcoeff -p W.snapparam --json`,
    )
    .action(verify);
  return command;
}

async function verify(flags: Flags): Promise<void> {
  if (!flags.elements && flags.potential?.some(isInline))
    throw new InputError('--elements is missing: an inline form holds for any, so say for which it is to be checked');
  const potential = readPotentialOf(
    flags,
    (flags.elements ?? []).map((symbol) => parseElement(symbol, '--elements')),
  );
  const engines: Engine[] = [];
  const progress = createProgress(false);
  try {
    for (const threads of [1, 2, 3]) engines.push(await createEngine({ threads }));
    const [engine, ...others] = engines;
    const report = verifyPotential(engine, potential, {
      others: others.map(finely),
      distance: flags.distance,
      evaluations: flags.evaluations,
      progress: (name) => progress.update(() => name),
    });
    progress.end();
    const kernels = engine.hash;
    await print([flags.json ? `${JSON.stringify({ ...report, kernels })}\n` : table(report)]);
    if (!report.passed) throw new Exit(EXIT.physics);
  } finally {
    progress.end();
    for (const engine of engines) engine.close();
  }
}

function table({ name, elements, cutoff, distance, checks, passed }: Verification): string {
  const rows = checks.map((check) => [check.name, check.grade, shown(check), check.detail ?? '', check.category]);
  const widths = [0, 1, 2].map((c) => Math.max(...rows.map((row) => row[c].length)));
  const lines = rows.map(([first, grade, value, detail, category]) =>
    [
      first.padEnd(widths[0]),
      grade.padEnd(widths[1]),
      value.padEnd(widths[2]),
      `${detail}${category === 'informational' ? ' (informational)' : ''}`,
    ]
      .join('  ')
      .trimEnd(),
  );
  const failed = checks.filter((check) => !check.passed);
  const end = failed.map((check) => `${check.name} failed: ${check.what}`);
  return `${[
    `${name}: ${elements.join(' ')}, cutoff ${cutoff} Å; neighbours at ${distance.toFixed(3)} Å`,
    ...lines,
    ...end,
    passed ? 'verified' : 'NOT verified',
  ].join('\n')}\n`;
}

function shown({ value, limit, unit }: Check): string {
  const number = (x: number) => (x === 0 || (Number.isInteger(x) && x < 1e6) ? String(x) : x.toExponential(1));
  return `${number(value)} (limit ${number(limit)}${unit ? ` ${unit}` : ''})`;
}
