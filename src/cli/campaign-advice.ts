/** What a user may have meant whose campaign's file is not that of the directory any more. */
import type { CampaignKind } from '../campaign/job.ts';
import type { Json } from '../data/atoms.ts';
import type { CampaignRecord } from '../node/campaign-create.ts';
import { canonicalJson } from '../node/hash.ts';

/** Where a campaign's file asks for longer runs, and for nothing else that its directory does not have: how to get them; '' elsewhere. */
export function howToExtend(
  kind: CampaignKind,
  record: CampaignRecord | undefined,
  config: unknown,
  folder: string,
): string {
  const key = kind.longer?.key;
  if (key === undefined || record?.kind !== kind.name) return '';
  const [before, after] = [record.config, JSON.parse(JSON.stringify(config))].map((one) => Object(one));
  const others = ({ [key]: _, ...rest }: { [key: string]: Json }) => canonicalJson(rest);
  if (others(before) !== others(after) || !(after[key] > before[key])) return '';
  return `; longer runs that go on from these: frenkel campaign extend ${folder} --steps ${after[key]}`;
}
