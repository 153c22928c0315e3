/** frenkel campaign extend: longer runs for a campaign, in a directory of its own that takes over what was computed. */
import { join, relative, resolve } from 'node:path';
import { changeCampaign, parseCampaign } from '../campaign/config.ts';
import type { CampaignKind } from '../campaign/job.ts';
import { campaignKinds } from '../campaign/kinds.ts';
import type { Json } from '../data/atoms.ts';
import { InputError } from '../data/errors.ts';
import { createBoard } from '../node/campaign-board.ts';
import { type CampaignRecord, createCampaign } from '../node/campaign-create.ts';
import { formatExtends, inheritance } from '../node/campaign-extend.ts';
import { openStore } from '../node/campaign-store.ts';
import { readText } from '../node/files.ts';
import { canonicalJson } from '../node/hash.ts';
import { openCampaign } from './campaign-target.ts';
import { print } from './output.ts';

export interface ExtendFlags {
  steps: number;
  out?: string;
  json?: boolean;
}

/** Begins the longer campaign beside the one of the target, and takes over what can be used already. */
export async function extend(target: string, flags: ExtendFlags): Promise<void> {
  const { kind, store } = openCampaign(target);
  const { folder, record } = store;
  const { text, config } = longerFile(kind, record, join(folder, 'campaign.yaml'), flags.steps);
  const out = flags.out ?? besides(folder, lengthOf(kind, record.config), flags.steps);
  const resources = Object.fromEntries(Object.keys(record.resources).map((name) => [name, store.resource(name)]));
  const from = relative(resolve(out), resolve(folder));
  const made = createCampaign(out, { kind: kind.name, config, resources, source: text, extends: formatExtends(from) });
  const longer = openStore(out, made);
  const board = createBoard(longer, kind);
  board.refresh({ write: true });
  const { results, runs } = inheritance(longer, board.jobs);
  const jobs = board.jobs.length - results - runs;
  if (flags.json) return print([`${JSON.stringify({ folder: out, results, runs, jobs })}\n`]);
  await print([
    `${out}: takes over ${results} results of ${folder}; ${runs} runs go on from there, ${jobs} jobs begin anew\n`,
    `frenkel campaign run ${out}\n`,
  ]);
}

/** The file of the longer campaign, and what it says. Throws InputError where there is none, or the campaign's own file is not as it was. */
function longerFile(kind: CampaignKind, record: CampaignRecord, path: string, steps: number) {
  const file = { file: path };
  if (kind.longer === undefined) throw new InputError(`${kind.name}: its runs have no steps to be more of`, file);
  const source = readText(path, { limit: 1 << 24 });
  const known = parseCampaign(source, path, campaignKinds);
  if (canonicalJson(JSON.parse(JSON.stringify(known.config)) as Json) !== canonicalJson(record.config))
    throw new InputError('is not the file that the campaign was begun with', file);
  const changes = changesFor(kind.longer, record.config, steps, path);
  const text = changeCampaign(source, changes);
  const { config } = parseCampaign(text, path, campaignKinds);
  const changed = (one: unknown) => canonicalJson(JSON.parse(JSON.stringify({ ...Object(one), ...changes })) as Json);
  if (changed(config) !== changed(record.config)) {
    const keys = Object.keys(changes).join(', ');
    throw new InputError(`another key has its value by an alias of ${keys}: write it out`, file);
  }
  return { text, config };
}

function changesFor(longer: NonNullable<CampaignKind['longer']>, config: Json, steps: number, path: string) {
  try {
    return longer.file(config, steps);
  } catch (error) {
    throw error instanceof InputError ? new InputError(error.message, { file: path }) : error;
  }
}

const lengthOf = (kind: CampaignKind, config: Json): Json | undefined =>
  kind.longer && (Object(config) as { [key: string]: Json })[kind.longer.key];

/** runs/vacancy becomes runs/vacancy-400000, and this runs/vacancy-800000. */
function besides(folder: string, before: Json | undefined, steps: number): string {
  const name = /(^|\/)\.{1,2}\/*$/.test(folder) ? resolve(folder) : folder.replace(/\/+$/, '');
  const end = `-${before}`;
  return `${name.endsWith(end) ? name.slice(0, -end.length) : name}-${steps}`;
}
