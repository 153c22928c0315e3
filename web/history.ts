/** The runs that this browser keeps: by project, to open again, to compare two, to rename, to delete. */
import type { KeptRun, Project, ResultRow, TaskName } from '../src/browser/protocol.ts';
import { alertUser } from './alert.ts';
import { showDialog } from './dialog.ts';
import { action, button, byId, element } from './dom.ts';
import { type Compared, comparison } from './results.ts';
import { ask } from './state.ts';

/** Chosen to be compared: project and run. */
let picked: string[] = [];
let projects: readonly Project[] = [];

const keyOf = (project: Project, run: KeptRun) => `${project.id}/${run.id}`;

const when = (time: number) =>
  new Date(time).toLocaleString(undefined, { day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit' });

function standing({ status, step, elsewhere, here }: KeptRun): string {
  if (elsewhere) return `in another tab, step ${step}`;
  if (here && (status === 'running' || status === 'paused')) return 'open here';
  if (status === 'running' || status === 'paused') return `not finished, step ${step}`;
  return `${status}, step ${step}`;
}

const taskNames: Record<TaskName, string> = {
  relax: 'relax',
  md: 'dynamics',
  neb: 'path',
  phonons: 'phonons',
  entropy: 'entropy',
  'free-energy': 'free energy',
};

const nameOf = ({ task, begun }: KeptRun) => `${taskNames[task]} of ${when(begun)}`;

function flagsOf({ flags }: KeptRun): string {
  return Object.entries(flags)
    .map(([name, text]) => (text === '' ? name : `${name} ${text}`))
    .join(', ');
}

/** What the run was asked for, as rows. */
const flagRows = ({ flags }: KeptRun): ResultRow[] =>
  Object.entries(flags).map(([name, text]) => [`--${name}`, text === '' ? 'yes' : text, '']);

function runItem(project: Project, run: KeptRun): HTMLElement {
  const key = keyOf(project, run);
  const box = Object.assign(document.createElement('input'), { type: 'checkbox', checked: picked.includes(key) });
  box.setAttribute('aria-label', `compare ${nameOf(run)}`);
  box.addEventListener('change', () => {
    picked = box.checked ? [...picked, key].slice(-2) : picked.filter((one) => one !== key);
    render();
  });
  const open = action('', () => ask({ type: 'reopen', project: project.id, run: run.id }));
  open.className = 'kept';
  open.title = flagsOf(run);
  open.disabled = run.elsewhere;
  open.append(element('span', '', nameOf(run)), element('small', '', standing(run)));
  const away = action('✕', () => ask({ type: 'remove', project: project.id, run: run.id }), `delete ${nameOf(run)}`);
  const item = element('li', '', box, open, away);
  Object.assign(item.dataset, { status: run.status, task: run.task });
  if (run.here) open.setAttribute('aria-current', 'true');
  return item;
}

function projectItem(project: Project, open: boolean): HTMLElement {
  const { id, name, potential, atoms, runs } = project;
  const summary = element('summary', '', name, element('small', '', ` ${potential}, ${atoms} atoms`));
  const entry = Object.assign(document.createElement('input'), { value: name });
  entry.setAttribute('aria-label', 'name of the project');
  entry.addEventListener('change', () => {
    const text = entry.value.trim();
    if (text !== '') ask({ type: 'rename', project: id, name: text });
  });
  const remove = action('Delete all', () => ask({ type: 'remove', project: id }), `delete the project ${name}`);
  const details = element(
    'details',
    'project',
    summary,
    element('ul', '', ...runs.map((run) => runItem(project, run))),
  );
  details.append(element('div', 'row', entry, remove));
  (details as HTMLDetailsElement).open = open;
  return details;
}

export function showProjects(all: readonly Project[], missing?: string): void {
  projects = all;
  const known = new Set(all.flatMap((project) => project.runs.map((run) => keyOf(project, run))));
  picked = picked.filter((key) => known.has(key));
  byId('missing').hidden = missing === undefined;
  if (missing !== undefined)
    byId('missing').textContent = `Runs end with the tab: ${missing}. Download all saves their files.`;
  render();
}

function render(): void {
  const list = byId('projects');
  const folded = new Set(
    [...list.querySelectorAll('details:not([open])')].map((one) => (one as HTMLElement).dataset.id),
  );
  list.replaceChildren(
    ...projects.map((project, k) => {
      const item = projectItem(project, list.childElementCount > 0 ? !folded.has(project.id) : k === 0);
      item.dataset.id = project.id;
      return item;
    }),
  );
  button('compare').disabled = picked.length !== 2;
  button('compare').hidden = projects.length === 0;
  byId('no-projects').hidden = projects.length > 0 || !byId('missing').hidden;
}

function compared(key: string): Compared {
  for (const project of projects)
    for (const run of project.runs)
      if (keyOf(project, run) === key)
        return { name: `${project.name}: ${nameOf(run)}`, rows: [...flagRows(run), ...run.rows], digest: run.digest };
  return { name: '?', rows: [], digest: '' };
}

export function showSaved(step: number, problem?: string): void {
  byId('saved').textContent = problem ? '' : `kept up to step ${step}`;
  if (problem) alertUser(problem);
}

export function wireHistory(): void {
  button('compare').addEventListener('click', () => {
    const [first, second] = [...picked].sort().map(compared);
    showDialog('Two runs beside each other', comparison(first, second));
  });
}
