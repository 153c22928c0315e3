/** Beginning a campaign in a directory, and recognising the one that is there. */
import { join } from 'node:path';
import { differences } from '../campaign/differences.ts';
import type { Json } from '../data/atoms.ts';
import { InputError } from '../data/errors.ts';
import { encodeState } from '../data/state.ts';
import { version } from '../data/version.ts';
import { kernelHash as ownKernels } from '../generated/kernels.ts';
import { type Disk, nodeDisk } from './disk.ts';
import { despiteSweeps, writeAmongSweeps } from './drafts.ts';
import { createFile } from './exclusive.ts';
import { readText, WriteError } from './files.ts';
import { canonicalJson, sha256 } from './hash.ts';

const schema = 'frenkel campaign 1';

/** What campaign.json says. */
export interface CampaignRecord {
  schema: string;
  kind: string;
  /** With all defaults, as the kind's schema gave it. */
  config: Json;
  /** SHA-256 of what gather() gave, by name. */
  resources: Record<string, string>;
  kernelHash: string;
  /** Of frenkel. */
  version: string;
  /** SHA-256 of kind, configuration, resources and kernels. */
  key: string;
}

export interface NewCampaign {
  kind: string;
  config: unknown;
  resources: Record<string, unknown>;
  /** The text of its file. */
  source: string;
  /** Content of extends.json (src/node/campaign-extend.ts), where it goes on from another. */
  extends?: string;
  /** What to do instead where the directory holds another one. */
  advice?: string;
}

function recordOf({ kind, config, resources }: NewCampaign, kernelHash: string): CampaignRecord {
  const names = Object.keys(resources);
  for (const name of names)
    if (!/^[A-Za-z0-9][\w.-]{0,99}$/.test(name)) throw new Error(`${name} is no name of a resource`);
  const hashes = Object.fromEntries(names.map((name) => [name, sha256(encodeState(resources[name]))]));
  const identity = { schema, kind, config: JSON.parse(JSON.stringify(config)) as Json, resources: hashes, kernelHash };
  return { ...identity, version, key: sha256(canonicalJson(identity)) };
}

/** Undefined for what no campaign has: a number that is not finite, lists that are 10,000 deep. */
function keyOf(identity: object): string | undefined {
  try {
    return sha256(canonicalJson(identity as unknown as Json));
  } catch {
    return undefined;
  }
}

/** The campaign that a directory holds, undefined where it holds none. Throws InputError where it cannot be read. */
export function readCampaign(folder: string, disk: Disk = nodeDisk): CampaignRecord | undefined {
  const path = join(folder, 'campaign.json');
  if (disk.stat(path) === undefined) return undefined;
  let found: unknown;
  try {
    found = JSON.parse(readText(path, { disk, limit: 1 << 26 }));
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
  }
  const { key, version: made, ...identity } = Object(found) as CampaignRecord;
  if (identity.schema !== schema || typeof made !== 'string' || key !== keyOf(identity))
    throw new InputError('is no record of a campaign that this version can read, or was edited', { file: path });
  return { ...identity, key, version: made };
}

/** Throws InputError where a campaign was begun with other kernels: its numbers would be those of two programs. */
export function requireSameKernels(folder: string, record: CampaignRecord, kernels: string = ownKernels): void {
  if (record.kernelHash === kernels) return;
  throw new InputError(
    `this campaign was begun with another version of the kernels (frenkel ${record.version}); go on with that version, or begin another directory`,
    { file: folder },
  );
}

/**
 * Begins the campaign in a directory, or finds that it is there already; several processes may do so at once. Throws
 * InputError where the directory holds another campaign (with the differences) or something else, WriteError.
 */
export function createCampaign(
  folder: string,
  campaign: NewCampaign,
  { disk = nodeDisk, kernelHash = ownKernels }: { disk?: Disk; kernelHash?: string } = {},
): CampaignRecord {
  const record = recordOf(campaign, kernelHash);
  const found = readCampaign(folder, disk);
  if (found !== undefined) return accept(folder, found, record, campaign.advice);
  refuseForeign(folder, disk);
  prepareFolders(folder, disk);
  for (const [name, hash] of Object.entries(record.resources)) {
    const path = join(folder, 'resources', `${hash}.bin`);
    if (disk.stat(path) === undefined || sha256(disk.readFile(path)) !== hash)
      writeAmongSweeps(path, encodeState(campaign.resources[name]), disk);
  }
  writeAmongSweeps(join(folder, 'campaign.yaml'), campaign.source, disk);
  if (campaign.extends !== undefined) writeAmongSweeps(join(folder, 'extends.json'), campaign.extends, disk);
  const text = `${JSON.stringify(record, null, 2)}\n`;
  if (despiteSweeps(() => createFile(join(folder, 'campaign.json'), text, disk))) return record;
  return accept(folder, readCampaign(folder, disk) ?? record, record, campaign.advice);
}

function accept(folder: string, found: CampaignRecord, wanted: CampaignRecord, advice = ''): CampaignRecord {
  if (found.key === wanted.key) return found;
  const part = ({ kind, config, resources }: CampaignRecord): Json => ({
    campaign: kind,
    ...Object(config),
    resources,
  });
  const changes = differences(part(found), part(wanted));
  if (changes.length === 0) requireSameKernels(folder, found, wanted.kernelHash);
  throw new InputError(
    `holds another campaign (${changes.join('; ')}); choose another directory with --out, or undo the change${advice}`,
    { file: folder },
  );
}

const ours = /^(campaign\.yaml|campaign\.json|extends\.json|resources|jobs|\..*\.tmp)$/;

function refuseForeign(folder: string, disk: Disk): void {
  const found = disk.stat(folder);
  if (found === undefined) return;
  if (found.kind !== 'folder') throw new InputError('is a file; a directory was expected', { file: folder });
  const foreign = disk.list(folder).find((name) => !ours.test(name));
  if (foreign === undefined) return;
  throw new InputError(`contains ${JSON.stringify(foreign)}, which is no campaign; choose another --out`, {
    file: folder,
  });
}

function prepareFolders(folder: string, disk: Disk): void {
  for (const path of [folder, join(folder, 'resources'), join(folder, 'jobs')]) {
    try {
      disk.makeFolder(path);
      disk.syncFolder(join(path, '..'));
    } catch (error) {
      throw new WriteError(path, error);
    }
  }
}
