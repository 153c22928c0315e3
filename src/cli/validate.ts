/** frenkel validate: is the engine's physics right, on this machine? */
import { dirname, join } from 'node:path';
import { Command } from 'commander';
import { version } from '../data/version.ts';
import { writeAtomic } from '../node/files.ts';
import { createEngine } from '../node/threads.ts';
import { linePlot } from '../plot/line-plot.ts';
import { type Validation, validateEngine } from '../verify/validate.ts';
import type { Validated } from '../verify/validation.ts';
import { EXIT, Exit } from './exit.ts';
import { jsonFlag } from './flags.ts';
import { print } from './output.ts';
import { createProgress } from './progress.ts';
import { refuseExisting } from './save.ts';

interface Flags {
  long?: boolean;
  json?: boolean;
  page?: string;
  force?: boolean;
}

export function validateCommand(): Command {
  return new Command('validate')
    .description('the physics of the engine: integrators, ensembles, closed forms, error bars')
    .option('--long', 'ten times the steps, 200 replicas, and SNAP: two minutes and more')
    .option('--page <file>', 'write the report as a Markdown page, its figures beside it')
    .option('--force', 'overwrite them')
    .addOption(jsonFlag())
    .addHelpText(
      'after',
      `
Seeds are fixed: the same build prints the same numbers. Ends with 4 when a check fails.

Example:
  frenkel validate`,
    )
    .action(validate);
}

async function validate(flags: Flags): Promise<void> {
  refuseExisting(flags.page, flags.force);
  const engine = await createEngine({ threads: 1 });
  const progress = createProgress(false);
  try {
    const result = validateEngine(engine, {
      long: flags.long,
      progress: (name) => progress.update(() => name),
    });
    progress.end();
    const about = { version, kernels: engine.hash };
    if (flags.page !== undefined) writePage(flags.page, result, about);
    await print([flags.json ? `${JSON.stringify({ ...about, ...result })}\n` : table(result)]);
    if (!result.passed) throw new Exit(EXIT.physics);
  } finally {
    progress.end();
    engine.close();
  }
}

const number = (x: number) =>
  Number.isInteger(x) ? String(x) : Math.abs(x) >= 0.01 && Math.abs(x) < 1e4 ? x.toPrecision(3) : x.toExponential(1);

const shown = ({ value, limit, least, unit }: Validated) =>
  `${number(value)} (${least ? '≥' : '≤'} ${number(limit)}${unit ? ` ${unit}` : ''})`;

function table({ checks, passed }: Validation): string {
  const rows = checks.map((check) => [
    check.name,
    check.passed ? 'P' : 'F',
    shown(check),
    check.detail ?? '',
    check.system,
  ]);
  const widths = [0, 1, 2].map((c) => Math.max(...rows.map((row) => row[c].length)));
  const lines = rows.map(([name, grade, value, detail, system]) =>
    [name.padEnd(widths[0]), grade, value.padEnd(widths[2]), detail ? `${detail}; ${system}` : system].join('  '),
  );
  const failed = checks.filter((check) => !check.passed).map(({ name, what }) => `${name} failed: ${what}`);
  return `${[...lines, ...failed, passed ? 'valid' : 'NOT valid'].join('\n')}\n`;
}

function writePage(
  path: string,
  { tier, checks, figures, passed }: Validation,
  about: { version: string; kernels: string },
): void {
  const files = figures.map(({ name, ...plot }) => ({ file: `validation-${name}.svg`, plot }));
  for (const { file, plot } of files) writeAtomic(join(dirname(path), file), linePlot(plot));
  const rows = checks.map((check) =>
    [
      check.name,
      check.what,
      check.system,
      `${shown(check)}${check.detail ? `; ${check.detail}` : ''}`,
      check.passed ? 'yes' : '**no**',
    ]
      .map((cell) => cell.replaceAll('|', '\\|'))
      .join(' | '),
  );
  const command = `frenkel validate${tier === 'long' ? ' --long' : ''} --page ${path}`;
  const text = [
    '# Physical validation',
    '',
    `Written by \`${command}\` (version ${about.version}, kernels ${about.kernels.slice(0, 16)}); seeds are fixed, so the`,
    'same kernels give the same numbers on any machine. What is promised and how else it is tested: [trust.md](trust.md).',
    '',
    'σ: standard errors of correlated series (initial monotone sequence). p: Kolmogorov and Smirnov, of samples one',
    'statistical inefficiency apart. Ensembles: the ratio of the distributions at two temperatures or pressures, by maximum',
    'likelihood (Shirts 2013, 10.1021/ct300688p).',
    '',
    '| check | what | system | found (limit) | passed |',
    '|---|---|---|---|---|',
    ...rows.map((row) => `| ${row} |`),
    '',
    passed ? 'All passed.' : '**Not all passed.**',
    '',
    ...files.map(({ file, plot }) => `![${plot.title}](${file})\n`),
  ];
  writeAtomic(path, `${text.join('\n').trimEnd()}\n`);
}
