/** The page begins: its parts are wired, the worker with the engine is started, and what the address says is opened. */
import type { Reply } from '../src/browser/protocol.ts';
import { alertUser, wireAlert } from './alert.ts';
import { refresh, wireControls } from './controls.ts';
import { wireDropping } from './dropping.ts';
import { wireEnds } from './ends.ts';
import { examples } from './gallery.ts';
import { wireHistory } from './history.ts';
import { isolate } from './isolate.ts';
import { fromFragment } from './link.ts';
import { choose, follow, wireOpening } from './opening.ts';
import { on } from './replies.ts';
import { wireStage } from './stage.ts';
import { ask, connect, now } from './state.ts';
import { wireTheme } from './theme.ts';
import { startViewing } from './viewing.ts';

function startWorker(): void {
  const worker = new Worker('./worker.js', { type: 'module' });
  connect(worker);
  worker.addEventListener('message', ({ data }: MessageEvent<Reply>) => on(data));
  worker.addEventListener('error', ({ message }) => {
    stopped();
    const again = { text: 'Start again', act: begin };
    alertUser(`the engine stopped: ${message}; what was kept of the run is in the list of runs`, again);
  });
  const words = new URLSearchParams(location.search);
  const threads = words.has('threads') ? Number(words.get('threads')) : undefined;
  const threadUrl = new URL('./thread.js', location.href).href;
  const ordinary = words.get('memory') === 'ordinary';
  ask({ type: 'start', threads, threadUrl, ordinary, keep: words.get('keep') !== 'no' });
}

/** Nothing can be asked of a worker that fell. */
function stopped(): void {
  connect(undefined);
  Object.assign(now, { phase: 'empty', opened: undefined, options: undefined });
  refresh();
}

function begin(): void {
  startWorker();
  if (new URLSearchParams(location.search).has('view')) return void startViewing();
  const linked = fromFragment(location.hash);
  if (linked) follow(linked);
  else choose(examples[0]);
}

async function main(): Promise<void> {
  for (const wire of [wireAlert, wireControls, wireOpening, wireDropping, wireEnds, wireStage, wireHistory, wireTheme])
    wire();
  if (await isolate()) return;
  begin();
  // another tab may have begun or left a run
  addEventListener('focus', () => ask({ type: 'projects' }));
  // another link in the same tab
  addEventListener('hashchange', () => location.reload());
}

void main();
