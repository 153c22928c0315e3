/** The report of a search: all configurations as one extended XYZ file to learn from, a table, and counts by group. */

import type { CampaignView } from '../campaign/job.ts';
import { datasetFrames, type FoundGroup, foundGroups } from '../campaign/search/dataset.ts';
import { extxyzChunks } from '../io/extxyz-write.ts';

export interface SearchReport {
  /** By name: configurations.xyz, search.csv, report.json. */
  files: Record<string, string | Iterable<string>>;
  summary: string;
}

export function searchReport(view: CampaignView): SearchReport {
  const groups = foundGroups(view);
  const counts = groups.map(countsOf);
  const report = {
    campaign: view.kind,
    identity: view.identity,
    config: view.config,
    groups: counts,
    failed: failuresOf(view),
  };
  return {
    files: {
      'configurations.xyz': framesOf(groups),
      'search.csv': table(groups),
      'report.json': `${JSON.stringify(report, null, 2)}\n`,
    },
    summary: counts.map(line).join(''),
  };
}

function framesOf(groups: readonly FoundGroup[]): Iterable<string> {
  return {
    *[Symbol.iterator]() {
      for (const frame of datasetFrames(groups)) yield* extxyzChunks(frame);
    },
  };
}

const failuresOf = ({ failed }: CampaignView) => Object.fromEntries([...failed].sort(([a], [b]) => (a < b ? -1 : 1)));

function countsOf({ id, candidates, distinct, configurations }: FoundGroup) {
  const labels = configurations.flatMap(({ entropy }) => (entropy === undefined ? [] : [entropy]));
  const n = labels.length;
  const mean = labels.reduce((sum, s) => sum + s, 0) / n;
  const spread = Math.sqrt(labels.reduce((sum, s) => sum + (s - mean) ** 2, 0) / n);
  const saddles = configurations.filter(({ failed }) => failed !== undefined).length;
  return {
    id,
    candidates,
    distinct,
    kept: configurations.length,
    labels: n,
    saddles,
    ...(n > 0 ? { mean, spread } : {}),
  };
}

function line({ id, candidates, distinct, labels, saddles, mean, spread }: ReturnType<typeof countsOf>): string {
  const entropies =
    mean === undefined
      ? 'no labels yet'
      : `${labels} with S_f = ${mean.toFixed(2)} ± ${(spread ?? 0).toFixed(2)} k_B (mean, spread)`;
  const bad = saddles > 0 ? `, ${saddles} that are no minima` : '';
  return `${id.padEnd(14)}${distinct} configurations of ${candidates} minima; ${entropies}${bad}\n`;
}

function table(groups: readonly FoundGroup[]): string {
  const rows = groups.flatMap(({ configurations }) =>
    configurations.map(({ group, minimum, formationEnergy, entropy, published, failed }, k) => {
      const { walk, event, barrier, inertia, points } = minimum;
      const note = failed === undefined ? '' : JSON.stringify(failed);
      return [group, k, walk, event, barrier, formationEnergy, entropy, published, points, inertia, note].join(',');
    }),
  );
  const head =
    'group,number,walk,event,barrier (eV),formation energy (eV),formation entropy (k_B),as published (k_B),sites,inertia (Å^4),note';
  return `${[head, ...rows].join('\n')}\n`;
}
