/** The program of a thread that runs one claimed job (see campaign-threads.ts). */
import { parentPort, workerData } from 'node:worker_threads';
import { campaignKinds } from '../campaign/kinds.ts';
import { createEngine } from '../engine/engine.ts';
import { readCampaign } from './campaign-create.ts';
import { driveJob } from './campaign-drive.ts';
import { openStore, readJob } from './campaign-store.ts';
import type { ThreadMessage, ThreadStart } from './campaign-threads.ts';

const start = workerData as ThreadStart;
const say = (message: ThreadMessage) => parentPort?.postMessage(message);
const onMessage = (message: string) => say({ message });

const record = readCampaign(start.folder);
const kind = campaignKinds.get(record?.kind ?? '');
if (record === undefined || kind === undefined) throw new Error(`${start.folder} holds no known campaign`);
const store = openStore(start.folder, record, { onMessage });
const job = readJob(store, start.job);
const flag = new Int32Array(start.flag);
const steps = driveJob({
  store,
  kind,
  job,
  needs: new Map(job.needs.map((id) => [id, readJob(store, id)])),
  claim: { folder: store.jobFolder(job.id), number: start.claim },
  engine: await createEngine({ threads: 1 }),
  checkpointSeconds: start.checkpointSeconds,
  pausing: () => Atomics.load(flag, 0) === 1,
  onMessage,
});
for (let step = steps.next(); ; step = steps.next()) {
  if (step.done) {
    say({ outcome: step.value });
    break;
  }
  say({ progress: step.value });
}
