/** What the worker says, and who shows it. */
import { strToU8, zipSync } from 'fflate';
import { asCommand, asScript } from '../src/browser/commands.ts';
import type { Reply, Started, TextFile } from '../src/browser/protocol.ts';
import { alertUser, notice, type Remedy } from './alert.ts';
import { expect, form, refresh, remember } from './controls.ts';
import { byId, saveAs } from './dom.ts';
import { onSorted } from './dropping.ts';
import { showDrawn } from './figures-card.ts';
import { figuresNow } from './figures-now.ts';
import { showProjects, showSaved } from './history.ts';
import { listPotentials, notOpened, onOpened, press, showPotential } from './opening.ts';
import { rarely } from './rarely.ts';
import { showResults } from './results.ts';
import { allowEntropy, plots, settle, trajectory } from './stage.ts';
import { ask, chosen, now } from './state.ts';
import { stepless } from './tasks.ts';

export function on(reply: Reply): void {
  switch (reply.type) {
    case 'started':
      onStarted(reply);
      break;
    case 'notice':
      notice(reply.text);
      break;
    case 'opened':
      onOpened(reply);
      break;
    case 'reopened':
      onReopened(reply);
      break;
    case 'phase':
      now.phase = reply.phase;
      now.total = reply.total ?? 0;
      settle();
      break;
    case 'begun':
      now.options = reply.options;
      now.columns = reply.columns;
      break;
    case 'progress':
      onProgress(reply);
      break;
    case 'result':
      now.results = reply.rows;
      showResults(reply.rows, reply.digest);
      now.figures = reply.figures;
      void figuresNow().then(showDrawn, (error) => alertUser(`the figures: ${error.message}`));
      break;
    case 'sorted':
      onSorted(reply);
      break;
    case 'curves':
      plots.curves(reply.curves);
      break;
    case 'frames':
      trajectory.set(reply.frames, reply.at);
      break;
    case 'projects':
      showProjects(reply.projects, reply.missing);
      break;
    case 'saved':
      showSaved(reply.step, reply.problem);
      break;
    case 'files':
      void download(reply.files);
      break;
    case 'failed':
      onFailed(reply);
  }
  if (reply.type === 'progress' && reply.perSecond > 0) refreshRarely();
  else refresh();
}

const refreshRarely = rarely(500, refresh);

function onStarted({ threads, isolated, memory, potentials }: Started): void {
  const badge = byId('engine');
  badge.textContent = `${threads} ${threads === 1 ? 'thread' : 'threads'}`;
  Object.assign(badge.dataset, { threads: String(threads), isolated: String(isolated), memory });
  listPotentials(potentials);
}

function onReopened({ structure, potential, task, flags }: Extract<Reply, { type: 'reopened' }>): void {
  Object.assign(chosen, { structure, potential, task });
  chosen.flags[task] = flags;
  now.ran = { structure, potential, task, flags };
  now.options = undefined;
  press('');
  showPotential();
  form();
  remember();
  expect();
}

function onProgress({ rows, step, perSecond, frame, says }: Extract<Reply, { type: 'progress' }>): void {
  now.rows.push(...rows);
  now.step = step;
  now.speed = perSecond;
  now.says = says;
  if (frame) allowEntropy(frame.entropies !== undefined);
  plots.update(now.rows, perSecond === 0);
  if (!frame) return;
  trajectory.add(frame);
  // after the view, which draws then
  requestAnimationFrame(() => ask({ type: 'drawn' }));
}

function onFailed({ kind, message, good, still, unfit }: Extract<Reply, { type: 'failed' }>): void {
  const again = notOpened({ still, unfit });
  const back: Remedy | undefined =
    good === undefined ? again : { text: backTo(good), act: () => ask({ type: 'back' }) };
  alertUser(kind === 'bug' ? `this is a bug of frenkel: ${message}` : message, back);
}

const backTo = (good: number) =>
  stepless.has(now.ran?.task) ? 'Back to its beginning' : `Back to step ${good}, the last good state`;

async function download(files: TextFile[]): Promise<void> {
  const all = Object.fromEntries(files.map(({ name, text }) => [name, strToU8(text)]));
  for (const [name, svg] of Object.entries(await figuresNow())) all[name] = strToU8(svg);
  if (now.ran) {
    all['command.sh'] = strToU8(`${asCommand(now.ran)}\n`);
    if (now.options) all['script.mjs'] = strToU8(asScript(now.ran, now.options));
  }
  saveAs('frenkel.zip', zipSync(all) as BlobPart, 'application/zip');
}
