/**
 * Errors as FitSNAP's table has them: for all and every group, unweighted and weighted rows of energies (eV/atom), forces
 * (eV/Å) and stresses (bar), number, mean absolute and root mean square error, and R² of what the reference leaves.
 */
import { fitsnapBar } from '../io/fitsnap.ts';
import { type Prediction, volumeOf } from './evaluate.ts';
import type { Kind, Weights } from './rows.ts';
import { kinds } from './rows.ts';
import type { Sample } from './samples.ts';

interface Sums {
  count: number;
  absolute: number;
  square: number;
  truth: number;
  truthSquare: number;
}

const none = (): Sums => ({ count: 0, absolute: 0, square: 0, truth: 0, truthSquare: 0 });
const titles = { energy: 'Energy', force: 'Force', stress: 'Stress' } as const;

/** Rows of a kind: what is known and what is predicted, in FitSNAP's units. */
function pairs(sample: Sample, prediction: Prediction, kind: Kind): { truth: number; found: number; at: number }[] {
  const { energy, forces, stress, atoms } = sample;
  const n = atoms.numbers.length;
  if (kind === 'energy')
    return energy === undefined ? [] : [{ truth: energy / n, found: prediction.energy / n, at: 0 }];
  if (kind === 'force') return Array.from(forces ?? [], (truth, at) => ({ truth, found: prediction.forces[at], at }));
  if (!stress) return [];
  const perBar = -fitsnapBar;
  const volume = volumeOf(sample);
  return Array.from(stress, (s, at) => ({
    truth: s * perBar,
    found: (-prediction.virial[at] / volume) * perBar,
    at,
  }));
}

export interface MetricsTable {
  /** `reference`: what it gives for this configuration. */
  add(sample: Sample, prediction: Prediction, reference?: Prediction): void;
  /** Markdown. */
  text(): string;
}

/** `weightsOf`: as for rows, per eV, eV/Å and eV/Å³. */
export function createMetricsTable(weightsOf: (sample: Sample) => Weights): MetricsTable {
  const sums = new Map<string, Map<string, Sums>>();
  const sumOf = (group: string, row: string): Sums => {
    const rows = sums.get(group) ?? new Map<string, Sums>();
    sums.set(group, rows);
    const found = rows.get(row) ?? none();
    rows.set(row, found);
    return found;
  };
  const note = (to: Sums, truth: number, error: number) => {
    to.count++;
    to.absolute += Math.abs(error);
    to.square += error * error;
    to.truth += truth;
    to.truthSquare += truth * truth;
  };
  return {
    add: (sample, prediction, reference) => {
      const weights = weightsOf(sample);
      for (const kind of kinds) {
        const before = reference && pairs(sample, reference, kind);
        const weight = kind === 'stress' ? weights.stress / fitsnapBar : weights[kind];
        for (const [k, { truth, found }] of pairs(sample, prediction, kind).entries()) {
          const left = truth - (before?.[k].found ?? 0);
          for (const group of ['*ALL', sample.group]) {
            note(sumOf(group, `Unweighted ${titles[kind]}`), left, found - truth);
            note(sumOf(group, `Weighted ${titles[kind]}`), weight * left, weight * (found - truth));
          }
        }
      }
    },
    text: () => format(sums),
  };
}

function format(sums: ReadonlyMap<string, ReadonlyMap<string, Sums>>): string {
  const lines: string[][] = [];
  const [all, ...groups] = [...sums.keys()];
  for (const group of all === undefined ? [] : [all, ...groups.sort()]) {
    for (const weighted of ['Unweighted', 'Weighted']) {
      for (const kind of kinds) {
        const row = sums.get(group)?.get(`${weighted} ${titles[kind]}`);
        if (row) lines.push([`('${group}', '${weighted}', '${titles[kind]}')`, ...numbersOf(row)]);
      }
    }
  }
  const head = ['', 'ncount', 'mae', 'rmse', 'rsq'];
  const widths = head.map((name, k) => Math.max(name.length, ...lines.map((line) => line[k].length)));
  const row = (cells: string[]) =>
    `| ${cells.map((cell, k) => (k === 0 ? cell.padEnd(widths[k]) : cell.padStart(widths[k]))).join(' | ')} |`;
  const rule = `|${widths.map((width, k) => (k === 0 ? `:${'-'.repeat(width + 1)}` : `${'-'.repeat(width + 1)}:`)).join('|')}|`;
  return `${[row(head), rule, ...lines.map(row)].join('\n')}\n`;
}

function numbersOf({ count, absolute, square, truth, truthSquare }: Sums): string[] {
  const spread = truthSquare - (truth * truth) / count;
  const shown = [absolute / count, Math.sqrt(square / count), spread > 0 ? 1 - square / spread : Number.NaN];
  return [String(count), ...shown.map((x) => (Number.isFinite(x) ? String(Number(x.toPrecision(6))) : 'nan'))];
}
