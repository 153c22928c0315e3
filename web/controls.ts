/** The form and the buttons of the task: what can be pressed follows from where the run is. */
import { asCommand, asScript } from '../src/browser/commands.ts';
import { calm } from './alert.ts';
import { allow } from './allow.ts';
import { write } from './arrange.ts';
import { copy } from './dialog.ts';
import { button, byId } from './dom.ts';
import { showEnds } from './ends.ts';
import { showFields } from './fields.ts';
import { showFigures } from './figures-card.ts';
import { toFragment } from './link.ts';
import { showResults } from './results.ts';
import { plots, trajectory, view } from './stage.ts';
import { ask, chosen, current, now } from './state.ts';
import { stepless, tasks } from './tasks.ts';

const ENDLESS = 'a path needs its other end: drop it below the fields';
const IMPERFECT = 'phonons are of perfect crystals: open one without a defect';

export function refresh(): void {
  const { phase, opened } = now;
  const active = phase === 'running' || phase === 'paused';
  const endless = chosen.task === 'neb' && !opened?.last;
  const nothing = opened ? undefined : 'nothing is open';
  const idle = active ? undefined : 'nothing is running';
  allow(button('run'), nothing ?? (active ? 'a run goes on: stop it first' : endless ? ENDLESS : undefined));
  allow(button('pause'), idle);
  write(button('pause'), phase === 'paused' ? 'Resume' : 'Pause');
  allow(button('step'), phase === 'paused' ? undefined : 'pause the run first', 'one step, then it is held again');
  allow(button('stop'), idle);
  for (const id of ['command', 'zip']) allow(button(id), nothing);
  allow(button('script'), nothing ?? (now.options ? undefined : 'run it first: the script has the options of the run'));
  for (const name of tasks) {
    const tab = button(`tab-${name}`);
    if (name === 'phonons') allow(tab, opened?.perfect ? undefined : (nothing ?? IMPERFECT));
    tab.setAttribute('aria-selected', String(chosen.task === name));
    tab.tabIndex = chosen.task === name ? 0 : -1;
  }
  showEnds(chosen.task === 'neb', active);
  document.body.dataset.phase = phase;
  byId('state').textContent = standing();
}

/** How far the run is, in steps or in the words of its stage. */
function standing(): string {
  const { phase, step, total, speed, says } = now;
  if (phase === 'empty' || phase === 'ready') return '';
  const parts: string[] = [phase];
  if (!stepless.has(now.ran?.task)) {
    const of = total > 0 && now.options && 'timestep' in now.options ? ` of ${total}` : '';
    parts.push(`step ${step}${of}`);
    if (phase === 'running' && speed > 0) parts.push(`${speed.toFixed(speed < 10 ? 1 : 0)} steps/s`);
  }
  if (phase !== 'done' && says) parts.push(says);
  return parts.join(' · ');
}

export function form(): void {
  const { task } = chosen;
  showFields(byId<HTMLFormElement>('options'), task, chosen.flags[task], (flags) => {
    chosen.flags[task] = flags;
    form();
    remember();
  });
  refresh();
}

/** The address says what is on the page, where that is a crystal and an embedded potential. */
export function remember(): void {
  const { structure, potential, task, flags } = current();
  const linkable = 'recipe' in structure && !structure.last && potential.files.length === 0;
  allow(button('link'), linkable ? undefined : 'a link holds no files: it is for crystals and potentials of this page');
  const fragment =
    'recipe' in structure && linkable
      ? toFragment({ recipe: structure.recipe, potential: potential.specs[0], task, flags })
      : '';
  history.replaceState(null, '', `${location.pathname}${location.search}${fragment ? `#${fragment}` : ''}`);
}

/** Before rows of a run arrive. */
export function expect(): void {
  now.rows = [];
  trajectory.clear();
  plots.begin(now.ran?.task ?? chosen.task);
  view.steady(now.ran?.task === 'md');
  showResults([], '');
  now.figures = undefined;
  showFigures([]);
}

export function wireControls(): void {
  button('run').addEventListener('click', () => {
    calm();
    now.ran = current();
    expect();
    ask({ type: 'run', task: now.ran.task, flags: now.ran.flags });
  });
  button('pause').addEventListener('click', () => ask({ type: now.phase === 'paused' ? 'resume' : 'pause' }));
  for (const id of ['step', 'stop'] as const) button(id).addEventListener('click', () => ask({ type: id }));
  button('command').addEventListener('click', () => copy('Command', asCommand(now.ran ?? current())));
  button('script').addEventListener('click', () => {
    if (now.ran && now.options) void copy('Script for Node', asScript(now.ran, now.options));
  });
  button('zip').addEventListener('click', () => ask({ type: 'export' }));
  button('link').addEventListener('click', () => copy('Link', location.href));
  for (const name of tasks) wireTab(name);
  // what is not seen may be closed any moment
  document.addEventListener('visibilitychange', () => {
    if (document.visibilityState === 'hidden') ask({ type: 'save' });
  });
}

function wireTab(name: (typeof tasks)[number]): void {
  const tab = button(`tab-${name}`);
  tab.addEventListener('click', () => {
    chosen.task = name;
    form();
    remember();
  });
  tab.addEventListener('keydown', ({ key }) => {
    if (key !== 'ArrowLeft' && key !== 'ArrowRight') return;
    const free = tasks.filter((one) => !button(`tab-${one}`).disabled);
    const next = free.indexOf(name) + (key === 'ArrowRight' ? 1 : free.length - 1);
    const other = button(`tab-${free[next % free.length]}`);
    other.click();
    other.focus();
  });
}
