/**
 * From results to free energies of formation: each temperature by itself with its sampling errors, then what needs several
 * temperatures (entropy, thermal expansion). A pure function of configuration and results.
 */

import { propagate, type Sampled } from '../../free-energy/propagation.ts';
import type { Interval } from '../../free-energy/statistics/interval.ts';
import type { Results } from '../job.ts';
import type { CellName } from './cells.ts';
import { type Case, casesOf, type VacancyConfig } from './config.ts';
import { type Gathered, gatherTemperature, type Missing } from './gather.ts';
import { latticeOf, type Method, methodsOf } from './jobs.ts';
import { type Located, survey } from './plan.ts';
import { type Estimated, type StateNumbers, stateAt, staticFormation } from './state-at.ts';
import { slopes, trendOf } from './trends.ts';

/** What the slope with temperature says: of values along the whole curve. */
export interface Slopes {
  /** k_B: −dF_f/dT, mode matched, at constant pressure or volume as the campaign says. */
  entropy: Interval;
  /** eV: F_f + T S_f. */
  enthalpy: Interval;
  /** 1/K, linear expansion of the bulk. */
  expansion: Interval;
  /** eV: F_f along the curve through all temperatures. */
  smooth: Interval;
}

export interface TemperatureResult {
  temperature: number;
  /** Quasi-harmonic; absent with the reason in `missing`. */
  harmonic?: StateNumbers & { entropy: number; enthalpy: number; expansion: number };
  /** By method. */
  sampled: { method: Method; values: Estimated; slopes?: Slopes; gathered: Gathered }[];
  missing: string[];
}

export interface CaseResult {
  one: Case;
  /** Å, eV/atom at 0 K. */
  lattice?: { a: number; energy: number };
  /** eV, of the defect at 0 K without vibrations: at zero pressure, or constant volume. */
  formationEnergy?: number;
  atoms?: Record<CellName, number>;
  temperatures: TemperatureResult[];
}

/** Everything that is known by now. */
export function assemble(config: VacancyConfig, results: Results): CaseResult[] {
  return casesOf(config).map((one) => assembleCase(config, one, results));
}

function assembleCase(config: VacancyConfig, one: Case, results: Results): CaseResult {
  const { located } = survey(config, one, results);
  const lattice = latticeOf(results, one);
  const found = located.map((at) => harmonicAt(config, one, results, at));
  const temperatures = found.map(({ result }) => result);
  for (const method of methodsOf(config)) {
    const parts = located.flatMap((at, t) => {
      const harmonic = found[t].gathered;
      if (!harmonic) return [];
      const gathered = gatherTemperature(config, one, results, at, method);
      if ('missing' in gathered) {
        temperatures[t].missing.push(...gathered.missing);
        return [];
      }
      return [{ t, gathered, harmonic }];
    });
    const curve = sampledCurve(config, parts);
    parts.forEach(({ t, gathered }, i) => {
      temperatures[t].sampled.push({ method, gathered, ...curve[i] });
    });
  }
  const first = found.find(({ gathered }) => gathered)?.gathered;
  return {
    one,
    ...(lattice ? { lattice: { a: lattice.a, energy: lattice.energy } } : {}),
    ...(first
      ? {
          formationEnergy: staticFormation(config, first),
          atoms: { bulk: first.bulk.states[0].atoms, defect: first.defect.states[0].atoms },
        }
      : {}),
    temperatures,
  };
}

function harmonicAt(
  config: VacancyConfig,
  one: Case,
  results: Results,
  at: Located,
): { result: TemperatureResult; gathered?: Gathered } {
  const { temperature } = at;
  const gathered: Gathered | Missing = gatherTemperature(config, one, results, at);
  if ('missing' in gathered) return { result: { temperature, sampled: [], missing: gathered.missing } };
  const harmonic = { ...stateAt(config, gathered, []), ...slopes(config, gathered) };
  return { result: { temperature, harmonic, sampled: [], missing: [] }, gathered };
}

interface Part {
  t: number;
  gathered: Gathered;
  harmonic: Gathered;
}

/** Values at every temperature, then the slopes of the curve through them, errors from the samples of all. */
function sampledCurve(config: VacancyConfig, parts: readonly Part[]): { values: Estimated; slopes?: Slopes }[] {
  const values = parts.map(({ gathered }) => {
    const names = Object.keys(stateAt(config, gathered, centre(gathered))) as (keyof StateNumbers)[];
    const found = propagate(gathered.samples, (sampled) => {
      const state = stateAt(config, gathered, sampled);
      return names.map((name) => state[name]);
    });
    return Object.fromEntries(names.map((name, q) => [name, found[q]])) as Estimated;
  });
  const trend = trendOf(
    config,
    parts.map(({ harmonic }, i) => ({ harmonic, errors: values[i] })),
  );
  const samples: Sampled[] = parts.flatMap(({ gathered }) => gathered.samples);
  const memory = parts.map(({ gathered }) => remembered(config, gathered));
  const flat = propagate(samples, (all) => {
    let at = 0;
    const states = parts.map(({ gathered }, i) => {
      const own = all.slice(at, at + gathered.samples.length);
      at += own.length;
      return memory[i](own);
    });
    return trend(states);
  });
  const each = parts.length > 0 ? flat.length / parts.length : 0;
  return values.map((found, i) => {
    const [entropy, enthalpy, expansion, smooth] = flat.slice(i * each, (i + 1) * each);
    return { values: found, slopes: { entropy, enthalpy, expansion, smooth } };
  });
}

const centre = ({ samples }: Gathered) => samples.map((sample) => sample.value);

/** stateAt, computed once for the values that most calls share. */
function remembered(config: VacancyConfig, gathered: Gathered): (values: readonly number[]) => StateNumbers {
  const usual = centre(gathered);
  const known = stateAt(config, gathered, usual);
  return (values) => (values.every((v, k) => v === usual[k]) ? known : stateAt(config, gathered, values));
}
