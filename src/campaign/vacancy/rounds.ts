/**
 * A campaign with a target error samples in rounds. The first has runs of equal length at every volume; from its errors,
 * their correlations and the weight of each volume in F_f follow the lengths of the next round, so that the error of F_f,
 * not that of each run, is what was asked for at least cost. Runs of one round and replica draw the same random numbers in both
 * cells and at all volumes; rounds have replicas of their own. All depends on results of earlier rounds alone.
 */
import { PhysicsError } from '../../data/errors.ts';
import { varianceMatrix } from '../../free-energy/propagation.ts';
import type { Results } from '../job.ts';
import type { CellName } from './cells.ts';
import type { Case, VacancyConfig } from './config.ts';
import { type Gathered, gatherTemperature } from './gather.ts';
import type { Method } from './jobs.ts';
import { lengthsOf } from './lengths.ts';
import type { Located } from './located.ts';
import { type Stratum, share } from './sharing.ts';
import { stateAt } from './state-at.ts';

const ROUNDS = 8;
/** Steps of a volume grow by no more in a round: the errors of a short one are not known well enough for a long one. */
const GROWTH = 3;
/** Of the target: errors that are estimated scatter. */
const AIM = 0.97;
/** Independent samples that a volume needs at every ζ, so that its check passes (src/free-energy/checks.ts) and not by chance. */
const SAMPLES = 140;
/** The variance of F_f over the sum of the volumes' parts is believed between this and its inverse. */
const SHARED = 0.3;

interface Volume extends Stratum {
  k: number;
  /** Steps of a chain of replicas, those of equilibration included. */
  spent: number;
}

/**
 * Steps of the next round by k, none where F_f is good enough or nothing more may be spent; undefined where something that
 * decides is missing.
 */
export function nextRound(
  config: VacancyConfig,
  one: Case,
  results: Results,
  { at, method, round }: { at: Located; method: Method; round: number },
): Map<number, number> | undefined {
  const next = new Map<number, number>();
  if (config.error === undefined || round >= ROUNDS) return next;
  const gathered = gatherTemperature(config, one, results, at, method);
  if ('missing' in gathered) return undefined;
  const found = volumesOf(config, gathered);
  if (!found) return next;
  const { volumes, variance } = found;
  const good = Math.sqrt(variance) <= config.error;
  const sum = volumes.reduce((total, volume) => total + volume.variance, 0);
  const shared = Math.max(SHARED, Math.min(1 / SHARED, variance / sum));
  const target = good ? Number.POSITIVE_INFINITY : (AIM * config.error) ** 2 / shared;
  const wanted = target < Infinity ? share(volumes, target) : volumes.map(({ steps, least }) => Math.max(steps, least));
  const { record, equilibration, first } = lengthsOf(config);
  volumes.forEach(({ k, steps, spent }, i) => {
    const more = (Math.min(wanted[i], GROWTH * steps) - steps) / config.replicas;
    if (!(more > 0.02 * (steps / config.replicas))) return;
    const length = Math.max(first / 2, record * Math.ceil((more + equilibration) / record));
    const allowed = record * Math.floor(Math.min(length, config.steps - spent) / record);
    if (allowed >= 2 * equilibration) next.set(k, allowed);
  });
  return next;
}

const cells: readonly CellName[] = ['bulk', 'defect'];

/** What each volume adds to the variance of F_f. */
function volumesOf(config: VacancyConfig, gathered: Gathered): { volumes: Volume[]; variance: number } | undefined {
  const matrix = matrixOf(config, gathered);
  if (!matrix) return undefined;
  const runs = cells.flatMap((which) => gathered[which].runs);
  const variance = matrix.flat().reduce((sum, part) => sum + part, 0);
  const ks = [...new Set(runs.map(({ k }) => k))];
  const volumes = ks.map((k): Volume => {
    const own = runs.filter((run) => run.k === k);
    let part = 0;
    for (const a of own) for (const b of own) part += matrix[a.sample][b.sample];
    const here = cells
      .map((which) => gathered[which].runs.filter((run) => run.k === k))
      .filter((all) => all.length > 0);
    const counted = here.map((all) => all.reduce((sum, { result }) => sum + result.counted, 0));
    const least = here.map((all, c) => {
      const independent = all.reduce((sum, { result }) => sum + result.independentSamples, 0);
      return (SAMPLES * counted[c]) / Math.max(1, independent);
    });
    const spent = here.map((all) => all.reduce((sum, { result }) => sum + result.steps, 0) / config.replicas);
    return {
      ...{ k, variance: Math.max(part, 1e-4 * variance), steps: Math.min(...counted), cost: here.length },
      ...{ least: Math.max(...least), spent: Math.max(...spent) },
    };
  });
  return variance > 0 ? { volumes, variance } : undefined;
}

function matrixOf(config: VacancyConfig, gathered: Gathered): number[][] | undefined {
  try {
    return varianceMatrix(gathered.samples, (values) => stateAt(config, gathered, values).modeMatched);
  } catch (error) {
    // a temperature without a state has no error either
    if (error instanceof PhysicsError) return undefined;
    throw error;
  }
}
