/** A report of `inspect` for people: one fact to a line. */
import type { Json } from '../data/atoms.ts';

/** Facts as JSON. */
export type Report = { [key: string]: Json };

const WIDTH = 18;
/** Of facts that have one. */
const units = new Map([
  ['lengths', 'Å'],
  ['angles', '°'],
  ['volume', 'Å^3'],
  ['density', 'g/cm^3'],
  ['nearestDistance', 'Å'],
  ['energy', 'eV'],
  ['cutoff', 'Å'],
  ['masses', 'amu'],
]);
/** Said in other facts, or too long for a line. */
const hidden = new Set(['file', 'kind', 'cell']);

export function inspectText(report: Report): string {
  const title = [report.kind, report.format].filter((word) => word !== undefined).join(', ');
  const lines = [`${report.file}: ${title}${report.compressed ? ', compressed' : ''}`];
  for (const [name, value] of Object.entries(report)) {
    if (hidden.has(name) || name === 'format' || name === 'compressed') continue;
    if (name === 'columns' && report.kind === 'thermo') lines.push(...table(value as Report[]));
    else if (!isEmpty(value)) lines.push(line(name, value));
  }
  return `${lines.join('\n')}\n`;
}

const isEmpty = (value: Json) =>
  value === false ||
  value === 0 ||
  (Array.isArray(value) && value.length === 0) ||
  (typeof value === 'object' && words(value) === '');

function line(name: string, value: Json): string {
  const unit = units.get(name);
  const label = name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
  const text = value === null ? 'none' : words(value);
  return `  ${label.padEnd(WIDTH)}${text}${unit !== undefined && /\d/.test(text) ? ` ${unit}` : ''}`;
}

function words(value: Json): string {
  if (value === true) return 'yes';
  if (typeof value === 'number') return Number.isInteger(value) ? String(value) : String(Number(value.toPrecision(8)));
  if (Array.isArray(value)) {
    if (value.every((item) => typeof item === 'boolean')) return value.map((item) => (item ? 'T' : 'F')).join(' ');
    return value.map(words).join(value.every((item) => typeof item === 'number') ? ' ' : ', ');
  }
  if (value !== null && typeof value === 'object') {
    return Object.entries(value)
      .map(([key, item]) => `${key} ${words(item)}`)
      .join(', ');
  }
  return String(value);
}

/** Columns of a run's table as rows. */
function table(columns: readonly Report[]): string[] {
  const cells = (values: Json[]) => values.map((value) => (value === null ? '-' : words(value)).padStart(16)).join('');
  return [
    `  ${'column'.padEnd(WIDTH)}${cells(['mean', 'drift', 'RMS', 'last'])}`,
    ...columns.map(({ name, mean, drift, rms, last }) => {
      return `  ${String(name).padEnd(WIDTH)}${cells([mean, drift, rms, last])}`;
    }),
  ];
}
