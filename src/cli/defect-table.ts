/** Results of frenkel defect formation as a table, as JSON, and as files. */
import { type DefectState, listed } from '../analysis/defect-state.ts';
import { infiniteCell } from '../analysis/finite-size.ts';
import { moduli } from '../analysis/moduli.ts';
import { gpaPerPressure } from '../data/units.ts';
import { type SizeSeries, sizeFigure } from '../plot/defects.ts';
import type { Store, StoredEnergy } from './defect-store.ts';

/** One line of the table. */
export interface Row {
  name: string;
  size?: number;
  result: StoredEnergy;
  /** eV, and of which defect n are counted. */
  binding?: number;
  single?: string;
  /** What the single one became, where there is no binding energy for that. */
  unbound?: string;
}

export interface BulkReport {
  /** Å, of cubic crystals. */
  a?: number;
  /** eV and Å^3, per atom. */
  energy: number;
  volume: number;
  /** (6,6) eV/Å^3. */
  C: Float64Array;
  /** (6) eV/Å^3, tension positive. */
  stress: number[];
}

/** GPa: above this the bulk is under stress that its elastic constants do not stand for. */
const STRESSED = 0.05;

function bulkJson({ a, energy, volume, C }: BulkReport) {
  return {
    ...(a === undefined ? {} : { a }),
    energy,
    volume,
    modulus: moduli(C.map((c) => c * gpaPerPressure)).hill.bulk,
  };
}

function rowJson({ name, size, result, binding, single }: Row, bulk: BulkReport) {
  const { cellRelaxation: cell, change, before: _, after } = result;
  return {
    name,
    ...(size === undefined ? {} : { size }),
    atoms: result.atoms,
    sites: result.sites,
    energy: result.energy,
    unrelaxed: result.unrelaxed,
    binding: binding ?? null,
    single: single ?? null,
    relaxationVolume: result.relaxationVolume / bulk.volume,
    dipole: result.dipole,
    ...(cell ? { relaxationVolumeByCell: cell.volume / bulk.volume, energyAtZeroStress: cell.energy } : {}),
    ...(result.lowestEigenvalue === undefined ? {} : { lowestEigenvalue: result.lowestEigenvalue }),
    converged: result.converged,
    fmax: result.fmax,
    steps: result.steps,
    moved: result.moved,
    ...(change ? { kept: change.kept, became: change.kept ? null : change.text } : {}),
    ...(after ? { wignerSeitz: after } : {}),
  };
}

interface Limit {
  name: string;
  energy: SizeSeries;
  volume: SizeSeries;
}

/** Lines in 1/N of every name with several sizes that stayed what it is. */
function limitsOf(rows: readonly Row[], bulk: BulkReport): Limit[] {
  const names = [...new Set(rows.filter(({ size }) => size !== undefined).map(({ name }) => name))];
  return names.flatMap((name) => {
    const own = rows.filter((row) => row.name === name && !changed(row));
    const sites = own.map(({ result }) => result.sites);
    if (new Set(sites).size < 2) return [];
    const series = (values: number[]): SizeSeries => ({ name, sites, values, ...infiniteCell(sites, values) });
    return [
      {
        name,
        energy: series(own.map(({ result }) => result.energy)),
        volume: series(own.map(({ result }) => result.relaxationVolume / bulk.volume)),
      },
    ];
  });
}

export function reportOf(rows: readonly Row[], bulk: BulkReport) {
  if (rows.length === 1) return { ...rowJson(rows[0], bulk), bulk: bulkJson(bulk) };
  const limits = limitsOf(rows, bulk).map(({ name, energy, volume }) => ({
    name,
    energy: energy.limit,
    relaxationVolume: volume.limit,
    spread: energy.spread ?? null,
  }));
  return {
    bulk: bulkJson(bulk),
    defects: rows.map((row) => rowJson(row, bulk)),
    ...(limits.length > 0 ? { limits } : {}),
  };
}

/** report.json, table.csv, and the figures of sizes. */
export function saveTable(store: Store, rows: readonly Row[], bulk: BulkReport, report: object): void {
  store.write('report.json', `${JSON.stringify(report, null, 1)}\n`);
  store.write('table.csv', [...csvOf(rows, bulk)].join(''));
  const limits = limitsOf(rows, bulk);
  if (limits.length === 0) return;
  store.write(
    'energy.svg',
    sizeFigure(
      limits.map((l) => l.energy),
      'formation energy',
      'eV',
    ),
  );
  store.write(
    'volume.svg',
    sizeFigure(
      limits.map((l) => l.volume),
      'relaxation volume',
      'Ω',
    ),
  );
}

function* csvOf(rows: readonly Row[], bulk: BulkReport): Generator<string> {
  yield 'name,size,atoms,sites,energy (eV),unrelaxed (eV),binding (eV),relaxation volume (atoms),by cell (atoms),Pxx (eV),Pyy (eV),Pzz (eV),Pyz (eV),Pxz (eV),Pxy (eV),converged,became\n';
  for (const { name, size, result, binding } of rows) {
    const p = result.dipole;
    const became = result.change?.kept === false ? result.change.text.replaceAll(',', '') : '';
    const cells = [
      name,
      size ?? '',
      result.atoms,
      result.sites,
      result.energy,
      result.unrelaxed,
      binding ?? '',
      result.relaxationVolume / bulk.volume,
      result.cellRelaxation ? result.cellRelaxation.volume / bulk.volume : '',
      ...[p[0][0], p[1][1], p[2][2], p[1][2], p[0][2], p[0][1]],
      result.converged,
      became,
    ];
    yield `${cells.join(',')}\n`;
  }
}

const labelOf = ({ name, size }: Row) => (size === undefined ? name : `${name} (${size}³)`);

export function warningsOf(rows: readonly Row[], bulk: BulkReport): string[] {
  const stress = Math.max(...bulk.stress.map(Math.abs)) * gpaPerPressure;
  return [
    ...(stress > STRESSED
      ? [`the bulk is under a stress of ${stress.toFixed(2)} GPa: relaxation volumes are rough; relax its cell first`]
      : []),
    ...rows
      .filter(({ result }) => !result.converged)
      .map((row) => `${labelOf(row)} did not converge: fmax ${row.result.fmax.toExponential(2)} eV/Å`),
    ...rows
      .filter(({ result }) => (result.lowestEigenvalue ?? 0) < 0)
      .map(
        (row) =>
          `${labelOf(row)} is on a saddle: its Hessian has the eigenvalue ${row.result.lowestEigenvalue?.toFixed(4)} eV/Å²; a start without its symmetry ends lower`,
      ),
    ...rows.filter(changed).map((row) => `${labelOf(row)} ${row.result.change?.text}`),
    ...rows
      .filter(({ unbound }) => unbound !== undefined)
      .map((row) => `${labelOf(row)} has no binding energy: ${row.single} by itself ${row.unbound}`),
  ];
}

/** Rows whose defect turned into another: they are of that one. */
export const changed = ({ result }: Row): boolean => result.change?.kept === false;

const columns = ['defect', 'sites', 'atoms', 'E_f (eV)', 'unrelaxed', 'binding', 'ΔΩ (Ω)', 'tr P/3 (eV)'];

export function summaryOf(rows: readonly Row[], bulk: BulkReport, folder: string): string {
  const cell = rows.some(({ result }) => result.cellRelaxation);
  const checked = rows.some(({ result }) => result.lowestEigenvalue !== undefined);
  const head = [...columns, ...(cell ? ['ΔΩ by cell', 'E_f at σ=0'] : []), ...(checked ? ['λ_min (eV/Å²)'] : [])];
  const lines = rows.map((row) => {
    const { name, result, binding } = row;
    const p = result.dipole;
    const { cellRelaxation: c } = result;
    return [
      changed(row) ? `${name} *` : name,
      `${result.sites}`,
      `${result.atoms}`,
      result.energy.toFixed(5),
      result.unrelaxed.toFixed(4),
      binding === undefined ? '–' : binding.toFixed(5),
      (result.relaxationVolume / bulk.volume).toFixed(4),
      ((p[0][0] + p[1][1] + p[2][2]) / 3).toFixed(4),
      ...(cell ? [c ? (c.volume / bulk.volume).toFixed(4) : '–', c ? c.energy.toFixed(5) : '–'] : []),
      ...(checked ? [result.lowestEigenvalue?.toFixed(4) ?? '–'] : []),
    ];
  });
  const { modulus } = bulkJson(bulk);
  const constant = bulk.a === undefined ? '' : `a ${bulk.a.toFixed(6)} Å, `;
  const only = rows.length === 1 ? details(rows[0].result) : [];
  return [
    `bulk: ${constant}${bulk.energy.toFixed(9)} eV/atom, Ω ${bulk.volume.toFixed(6)} Å^3, B ${modulus.toFixed(2)} GPa`,
    ...aligned([head, ...lines]),
    ...rows.filter(changed).map((row) => `* ${labelOf(row)} ${row.result.change?.text}: the numbers are of that`),
    ...limitsOf(rows, bulk).map(
      ({ name, energy, volume }) =>
        `infinite cell, ${name}: ${energy.limit.toFixed(4)}${plusMinus(energy.spread)} eV, ΔΩ ${volume.limit.toFixed(4)}${plusMinus(volume.spread)} Ω`,
    ),
    ...only,
    `results in ${folder}/`,
    '',
  ].join('\n');
}

function details({ dipole, after }: StoredEnergy): string[] {
  return [
    ...dipole.map((row, i) => `${i === 0 ? 'P (eV)' : '      '}  ${row.map((x) => clean(x).padStart(10)).join('')}`),
    ...(after ? [`Wigner–Seitz: ${wignerSeitzLine(after)}`] : []),
  ];
}

/** How far the two largest cells alone lead elsewhere. */
const plusMinus = (spread: number | undefined): string => (spread === undefined ? '' : ` (± ${spread.toFixed(4)})`);

const clean = (x: number): string => x.toFixed(4).replace(/^-(0\.0+)$/, '$1');

function wignerSeitzLine(state: DefectState): string {
  const { vacancies, interstitials, antisites } = state;
  const foreign = antisites > 0 ? `, ${antisites} sites with another element` : '';
  const defects = state.defects.length > 0 ? `: ${listed(state)}` : '';
  return `${vacancies} empty sites, ${interstitials} atoms too many${foreign}${defects}`;
}

/** Columns as wide as their widest cell, the first to the left. */
function aligned(table: readonly string[][]): string[] {
  const widths = table[0].map((_, k) => Math.max(...table.map((row) => row[k].length)));
  return table.map((row) =>
    row.map((text, k) => (k === 0 ? text.padEnd(widths[k]) : text.padStart(widths[k] + 2))).join(''),
  );
}
