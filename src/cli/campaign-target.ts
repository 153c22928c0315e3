/** What a campaign command is given: a campaign's file, or its directory. */
import { existsSync, statSync } from 'node:fs';
import { basename, dirname, isAbsolute, join } from 'node:path';
import { parseCampaign } from '../campaign/config.ts';
import type { CampaignKind, ResourceReader } from '../campaign/job.ts';
import { campaignKinds } from '../campaign/kinds.ts';
import { numberOf } from '../data/elements.ts';
import { InputError } from '../data/errors.ts';
import { createEngine } from '../engine/engine.ts';
import { createCampaign, readCampaign, requireSameKernels } from '../node/campaign-create.ts';
import { openStore, type Store } from '../node/campaign-store.ts';
import { readText } from '../node/files.ts';
import { readPotentialFile, readStructureFile } from '../node/load.ts';
import { howToExtend } from './campaign-advice.ts';

/** A campaign's file, read and checked. */
export interface CampaignFile {
  kind: CampaignKind;
  config: unknown;
  resources: Record<string, unknown>;
  source: string;
  /** Where its directory is, or will be. */
  folder: string;
}

export interface OpenCampaign {
  kind: CampaignKind;
  store: Store;
}

const warn = (message: string) => void process.stderr.write(`frenkel: ${message}\n`);

const isFolder = (path: string) => existsSync(path) && statSync(path).isDirectory();

/** runs/<name of the file>, never above it. */
export function campaignFolder(file: string): string {
  const stem = basename(file).replace(/\.(ya?ml|json)$/i, '');
  return join('runs', stem.replace(/[^\w.-]+/g, '_').replace(/^\.+/, '') || 'campaign');
}

function elementNumber(symbol: string): number {
  const found = numberOf(symbol);
  if (found === undefined) throw new InputError(`${JSON.stringify(symbol)} is no element`);
  return found;
}

function reader(file: string): ResourceReader {
  const folder = dirname(file);
  const structures = (path: string) => readStructureFile(isAbsolute(path) ? path : join(folder, path));
  return {
    potential(what, { overlay, elements = [] } = {}) {
      const species = elements.map(elementNumber);
      const potential = readPotentialFile(what, { species, overlay, folder });
      for (const warning of potential.warnings ?? []) warn(`warning: ${warning}`);
      return potential;
    },
    structure(path) {
      const frames = structures(path);
      return frames[frames.length - 1];
    },
    structures,
  };
}

/** Reads a campaign's file and all that it names. Throws InputError. */
export function readCampaignFile(file: string, out?: string): CampaignFile {
  const source = readText(file, { limit: 1 << 24 });
  const { kind, config } = parseCampaign(source, file, campaignKinds);
  return { kind, config, resources: kind.gather(config, reader(file)), source, folder: out ?? campaignFolder(file) };
}

/**
 * Has the kind look at a campaign that is not begun yet, and passes on what it says. Throws InputError, with the file's name.
 */
export async function checkCampaign(target: string, out?: string): Promise<void> {
  if (isCampaignFolder(target, out)) return;
  const { kind, config, resources, folder } = readCampaignFile(target, out);
  if (kind.check === undefined || readCampaign(folder) !== undefined) return;
  const engine = await createEngine({ threads: 1 });
  try {
    for (const note of kind.check(config, (name) => resources[name], engine)) warn(`note: ${note}`);
  } catch (error) {
    if (error instanceof InputError && error.file === undefined) throw new InputError(error.message, { file: target });
    throw error;
  } finally {
    engine.close();
  }
}

/** True where the target is a directory, else it is taken for a file. Throws InputError where --out has no meaning. */
export function isCampaignFolder(target: string, out?: string): boolean {
  if (!isFolder(target)) return false;
  if (out !== undefined)
    throw new InputError(`--out is for a campaign's file; ${target} is a directory, and its campaign stays in it`);
  return true;
}

/**
 * Opens the campaign of a directory, or of a file: `begin` makes the directory where it is missing. Throws InputError
 * where there is no campaign, another one, or one of another version (unless `read` only).
 */
export function openCampaign(
  target: string,
  { out, begin = false, read = false }: { out?: string; begin?: boolean; read?: boolean } = {},
): OpenCampaign {
  if (isCampaignFolder(target, out)) return openFolder(target, read);
  const file = readCampaignFile(target, out);
  if (!begin && readCampaign(file.folder) === undefined)
    throw new InputError('no campaign has been begun there; begin it with: frenkel campaign run', {
      file: file.folder,
    });
  const record = createCampaign(file.folder, {
    ...file,
    kind: file.kind.name,
    advice: howToExtend(file.kind, readCampaign(file.folder), file.config, file.folder),
  });
  return { kind: file.kind, store: openStore(file.folder, record, { onMessage: warn }) };
}

function openFolder(folder: string, read: boolean): OpenCampaign {
  const record = readCampaign(folder);
  if (record === undefined)
    throw new InputError("holds no campaign (campaign.json is missing); give the campaign's file to begin one", {
      file: folder,
    });
  const kind = campaignKinds.get(record.kind);
  if (kind === undefined)
    throw new InputError(`its campaign is of a kind that this version does not know: ${record.kind}`, {
      file: folder,
    });
  if (!read) requireSameKernels(folder, record);
  return { kind, store: openStore(folder, record, { onMessage: warn }) };
}
