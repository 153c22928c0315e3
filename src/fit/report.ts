/** What a fit tells of itself: `frenkel fit --json` prints it, report.json has it. */
import { version } from '../data/version.ts';
import type { FitConfig } from './config.ts';
import type { Errors, Metrics } from './evaluate.ts';
import type { Fit } from './fit.ts';
import type { Weights } from './rows.ts';
import { type PathPoint, standardErrors } from './solution.ts';

export type FlatMetrics = Record<string, number>;

export interface FitReport {
  frenkel: string;
  name: string;
  coefficients: number[];
  names: string[];
  /** Standard deviations of the coefficients by the posterior. */
  errors: number[];
  condition: number;
  scaledCondition: number;
  lambda: number;
  effective: number;
  /** Standard deviation of weighted rows. */
  noise: number;
  logEvidence?: number;
  /** Coefficients that relevance determination has left. */
  relevant?: number;
  rows: number;
  path: PathPoint[];
  warnings: string[];
  /** Of what was fitted: 'all' and every group; unweighted, eV per atom, eV/Å, eV/Å³. */
  metrics: Record<string, FlatMetrics>;
  /** Of the rows that had a weight, all groups together. */
  fitted: FlatMetrics;
  /** Of what was held out. */
  test?: Record<string, FlatMetrics>;
  /** Of the rows held out that would have had a weight, all groups together. */
  tested?: FlatMetrics;
  /** Weights of a search, with its objective, before and after. */
  search?: { weights: Record<string, Weights>; score: number; before: number };
  /** Properties: found and wanted (a0 Å, C GPa, vacancy and dumbbells eV, surfaces J/m²). */
  card?: Record<string, { found: number | null; reference: number }>;
  config: FitConfig;
}

/** energyMAE, energyRMSE, energyMax, energyCount …, as far as there are data. */
export function flatMetrics(metrics: ReadonlyMap<string, Metrics>): Record<string, FlatMetrics> {
  const flat = (what: string, errors: Errors | undefined): [string, number][] =>
    errors === undefined
      ? []
      : [
          [`${what}MAE`, errors.mae],
          [`${what}RMSE`, errors.rmse],
          [`${what}Max`, errors.largest],
          [`${what}Count`, errors.count],
        ];
  return Object.fromEntries(
    [...metrics].map(([group, m]) => [
      group,
      Object.fromEntries([
        ['configurations', m.configurations],
        ['atoms', m.atoms],
        ...flat('energy', m.energy),
        ...flat('force', m.force),
        ...flat('stress', m.stress),
      ]),
    ]),
  );
}

export interface Measured {
  metrics: ReadonlyMap<string, Metrics>;
  fitted: ReadonlyMap<string, Metrics>;
  tested: ReadonlyMap<string, Metrics>;
  /** `tested`, of the labels that have a weight. */
  heldOut: ReadonlyMap<string, Metrics>;
}

export function reportOf(
  { coefficients, names, solution, rows, found }: Fit,
  { metrics, fitted, tested, heldOut }: Measured,
  about: Pick<FitReport, 'name' | 'warnings' | 'config' | 'card'>,
): FitReport {
  const { condition, scaledCondition, lambda, effective, noise, logEvidence, relevant, path } = solution;
  return {
    frenkel: version,
    name: about.name,
    coefficients: [...coefficients],
    names,
    errors: [...standardErrors(solution)],
    condition,
    scaledCondition,
    lambda,
    effective,
    noise,
    ...(logEvidence === undefined ? {} : { logEvidence }),
    ...(relevant === undefined ? {} : { relevant }),
    rows,
    path,
    warnings: about.warnings,
    metrics: flatMetrics(metrics),
    fitted: flatMetrics(fitted).all,
    ...(tested.size > 0 ? { test: flatMetrics(tested), tested: flatMetrics(heldOut).all } : {}),
    ...(found
      ? { search: { weights: Object.fromEntries(found.weights), score: found.score, before: found.before } }
      : {}),
    ...(about.card ? { card: about.card } : {}),
    config: about.config,
  };
}
