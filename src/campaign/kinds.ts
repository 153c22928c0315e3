/** The kinds of campaigns, by the name that `campaign:` in their file says. */
import { countCampaign } from './count.ts';
import type { CampaignKind } from './job.ts';
import { searchCampaign } from './search.ts';
import { vacancyCampaign } from './vacancy.ts';

const kinds: CampaignKind[] = [vacancyCampaign, searchCampaign, countCampaign];

export const campaignKinds: ReadonlyMap<string, CampaignKind> = new Map(kinds.map((kind) => [kind.name, kind]));
