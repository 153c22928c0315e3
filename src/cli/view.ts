/** frenkel view: a run folder, or a campaign's progress, in the page; nothing is changed. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { Command } from 'commander';
import { serve } from '../node/serve.ts';
import { type Overview, viewFolder } from '../node/view.ts';
import { describeStatus, statusOf } from './campaign-status.ts';
import { openCampaign } from './campaign-target.ts';
import { checkPort, portFlag, untilInterrupted } from './serve.ts';

export function viewCommand(): Command {
  return new Command('view')
    .description('show a run folder, or the progress of a campaign, in a browser tab')
    .argument('<folder>', 'of a run, of a campaign, or with structures, tables and figures')
    .addOption(portFlag())
    .addHelpText(
      'after',
      `
Structures and trajectories with a slider, tables, the report and the figures of the folder; what still runs is read
again every two seconds. Read only, to this machine only; Ctrl-C ends it.

Example:
  frenkel view runs/relax-vacancy`,
    )
    .action(async (folder: string, { port }: { port: number }) => {
      checkPort(port);
      const campaign = existsSync(join(folder, 'campaign.json')) ? campaignOf(folder) : undefined;
      await untilInterrupted(await serve({ port, view: viewFolder(folder, campaign) }), '?view');
    });
}

/** The state of a campaign, whoever works on it. Throws InputError for a damaged one. */
function campaignOf(folder: string): () => Overview['campaign'] {
  const { store, kind } = openCampaign(folder, { read: true });
  return () => {
    const status = statusOf(store, kind);
    const { planned, finished, failed, complete } = status;
    return {
      lines: describeStatus(status).trimEnd().split('\n'),
      done: finished,
      planned,
      failed: Object.keys(failed).length,
      complete,
    };
  };
}
