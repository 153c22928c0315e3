/** The form and the buttons of the task: what can be pressed follows from where the run is. */
import { asCommand, asScript } from '../src/browser/commands.ts';
import { calm } from './alert.ts';
import { copy } from './dialog.ts';
import { button, byId } from './dom.ts';
import { showEnds } from './ends.ts';
import { showFields } from './fields.ts';
import { showFigures } from './figures-card.ts';
import { toFragment } from './link.ts';
import { showResults } from './results.ts';
import { plots, trajectory, view } from './stage.ts';
import { ask, chosen, current, now } from './state.ts';
import { tasks } from './tasks.ts';

export function refresh(): void {
  const { phase, opened } = now;
  const active = phase === 'running' || phase === 'paused';
  const endless = chosen.task === 'neb' && !opened?.last;
  button('run').disabled = !opened || active || endless;
  button('pause').disabled = !active;
  button('pause').textContent = phase === 'paused' ? 'Resume' : 'Pause';
  button('step').disabled = phase !== 'paused';
  button('stop').disabled = !active;
  for (const id of ['command', 'script', 'zip']) button(id).disabled = !opened;
  button('script').disabled = !now.options;
  for (const name of tasks) {
    const tab = button(`tab-${name}`);
    if (name === 'phonons') tab.disabled = !opened?.perfect;
    tab.setAttribute('aria-selected', String(chosen.task === name));
    tab.tabIndex = chosen.task === name ? 0 : -1;
  }
  showEnds(chosen.task === 'neb', active);
  document.body.dataset.phase = phase;
  const speed = phase === 'running' && now.speed > 0 ? ` · ${now.speed.toFixed(now.speed < 10 ? 1 : 0)} steps/s` : '';
  const of = now.total > 0 && now.options && 'timestep' in now.options ? ` of ${now.total}` : '';
  const known = active || phase === 'done' || phase === 'stopped' || phase === 'failed';
  const says = active && now.says ? ` · ${now.says}` : '';
  byId('state').textContent = known ? `${phase} · step ${now.step}${of}${speed}${says}` : '';
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
  button('link').disabled = !linkable;
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
