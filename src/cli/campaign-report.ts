/** Reports of campaigns: what each kind makes of its results, written into the folder report/ of the directory. */
import { join } from 'node:path';
import type { CampaignKind, CampaignView } from '../campaign/job.ts';
import type { Json } from '../data/atoms.ts';
import { createBoard } from '../node/campaign-board.ts';
import { type Store, viewOf } from '../node/campaign-store.ts';
import { writeAmongSweeps } from '../node/drafts.ts';
import type { Content } from '../node/files.ts';
import { canonicalJson } from '../node/hash.ts';
import { searchReport } from '../plot/search-report.ts';
import { vacancyReport } from '../plot/vacancy-report.ts';

/** A report: files by name, and lines for the terminal; a pure function of the view, so that everybody gets the same bytes. */
export type Reporter = (view: CampaignView) => { files: Record<string, Content>; summary?: string };

/** By the kind's name; the others get report.json alone. */
const reporters = new Map<string, Reporter>([
  ['vacancy', vacancyReport],
  ['search', searchReport],
]);

/** All results as they are. */
function plainReport({ kind, config, identity, results, failed }: CampaignView): ReturnType<Reporter> {
  const report = {
    campaign: kind,
    identity,
    config: config as Json,
    results: Object.fromEntries([...results].sort(([a], [b]) => (a < b ? -1 : 1))),
    failed: Object.fromEntries([...failed].sort(([a], [b]) => (a < b ? -1 : 1))),
  };
  const text = `${JSON.stringify(JSON.parse(canonicalJson(report as unknown as Json)), null, 2)}\n`;
  return { files: { 'report.json': text } };
}

export interface WrittenReport {
  folder: string;
  files: string[];
  /** Jobs that have no result yet, or never will. */
  missing: number;
  /** The main results in lines for the terminal; '' where the kind has none. */
  summary: string;
}

/** Writes the report of what is there, whole or not. Throws WriteError. */
export function writeReport(store: Store, kind: CampaignKind): WrittenReport {
  const board = createBoard(store, kind);
  board.refresh();
  const view = viewOf(store, board.jobs);
  const { files, summary = '' } = (reporters.get(kind.name) ?? plainReport)(view);
  const folder = join(store.folder, 'report');
  for (const [name, content] of Object.entries(files)) writeAmongSweeps(join(folder, name), content, store.disk);
  return { folder, files: Object.keys(files), missing: board.jobs.length - view.results.size, summary };
}
