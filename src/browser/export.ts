/** The files of a run as texts, as the command line writes them. */
import type { Atoms } from '../data/atoms.ts';
import { version } from '../data/version.ts';
import { extxyzChunks } from '../io/extxyz-write.ts';
import { formatThermoHeader, formatThermoRow } from '../io/thermo.ts';
import type { TaskName, TextFile } from './protocol.ts';
import type { StepRun } from './runs.ts';

const structureText = (atoms: Atoms) => [...extxyzChunks(atoms)].join('');

/** `run`: with its table so far, where there is one. */
export function filesOf(
  start: Atoms,
  reference: string,
  active?: { task: TaskName; run: StepRun; rows: readonly number[][] },
): TextFile[] {
  const files = [{ name: 'start.xyz', text: structureText(start) }];
  if (!active) return files;
  const { run, rows, task } = active;
  const log = [formatThermoHeader(run.columns), ...rows.map(formatThermoRow)].join('');
  const { status, rows: table } = run.result(rows);
  const report = { command: task, version, status, potential: reference, results: table };
  return [
    ...files,
    { name: 'final.xyz', text: structureText(run.atoms()) },
    { name: task === 'md' ? 'log.thermo' : `log.${task}`, text: log },
    { name: 'report.json', text: `${JSON.stringify(report, null, 2)}\n` },
    ...(run.files?.() ?? []),
  ];
}
