/** The runs that this browser keeps: by project, to open again, to compare two, to rename, to delete. */
import type { KeptRun, Project, ResultRow, TaskName } from '../src/browser/protocol.ts';
import { alertUser } from './alert.ts';
import { allow } from './allow.ts';
import { arrange, keyed, write } from './arrange.ts';
import { showDialog } from './dialog.ts';
import { action, button, byId, element } from './dom.ts';
import { type Compared, comparison } from './results.ts';
import { ask, now } from './state.ts';
import { stepless } from './tasks.ts';

/** Chosen to be compared: project and run. */
let picked: string[] = [];
let projects: readonly Project[] = [];

const keyOf = (project: Project, run: KeptRun) => `${project.id}/${run.id}`;

/** Of today the time, of other days the date too. */
function when(time: number): string {
  const then = new Date(time);
  const today = then.toDateString() === new Date().toDateString();
  const date = today ? {} : ({ day: 'numeric', month: 'short' } as const);
  return then.toLocaleString(undefined, { ...date, hour: '2-digit', minute: '2-digit' });
}

function standing({ task, status, step, elsewhere, here }: KeptRun): string {
  // of a run of stages nothing is kept before its end
  const at = stepless.has(task) ? '' : `, step ${step}`;
  if (elsewhere) return `in another tab${at}`;
  if (here && (status === 'running' || status === 'paused')) return 'open here';
  if (status === 'running' || status === 'paused') return `not finished${at}`;
  return `${status}${at}`;
}

const taskNames: Record<TaskName, string> = {
  relax: 'relax',
  md: 'dynamics',
  neb: 'path',
  phonons: 'phonons',
  entropy: 'entropy',
  'free-energy': 'free energy',
};

const nameOf = ({ task, begun }: KeptRun) => `${taskNames[task]}, ${when(begun)}`;

function flagsOf({ flags }: KeptRun): string {
  return Object.entries(flags)
    .map(([name, text]) => (text === '' ? name : `${name} ${text}`))
    .join(', ');
}

/** What the run was asked for, as rows. */
const flagRows = ({ flags }: KeptRun): ResultRow[] =>
  Object.entries(flags).map(([name, text]) => [`--${name}`, text === '' ? 'yes' : text, '']);

/** A run in the list. */
interface RunItem {
  item: HTMLElement;
  show(project: Project, run: KeptRun): void;
}

function runItem(project: Project, run: KeptRun): RunItem {
  const key = keyOf(project, run);
  const box = Object.assign(document.createElement('input'), { type: 'checkbox' });
  box.setAttribute('aria-label', `compare ${nameOf(run)}`);
  box.addEventListener('change', () => {
    picked = box.checked ? [...picked, key].slice(-2) : picked.filter((one) => one !== key);
    render();
  });
  const open = action('', () => ask({ type: 'reopen', project: project.id, run: run.id }));
  open.className = 'kept';
  const where = element('small', '');
  open.append(element('span', '', nameOf(run)), where);
  const away = action('✕', () => ask({ type: 'remove', project: project.id, run: run.id }), `delete ${nameOf(run)}`);
  const item = element('li', '', box, open, away);
  return {
    item,
    show(_, now) {
      box.checked = picked.includes(key);
      allow(open, now.elsewhere ? 'it is open in another tab' : undefined, flagsOf(now));
      write(where, standing(now));
      Object.assign(item.dataset, { status: now.status, task: now.task });
      if (now.here) open.setAttribute('aria-current', 'true');
      else open.removeAttribute('aria-current');
    },
  };
}

/** A project in the list. */
interface ProjectItem {
  item: HTMLDetailsElement;
  show(project: Project): void;
}

function projectItem(project: Project): ProjectItem {
  const { id, potential, atoms } = project;
  const title = element('span', '');
  const summary = element('summary', '', title, element('small', '', ` ${potential}, ${atoms} atoms`));
  const entry = document.createElement('input');
  entry.setAttribute('aria-label', 'name of the project');
  entry.addEventListener('change', () => {
    const text = entry.value.trim();
    if (text !== '') ask({ type: 'rename', project: id, name: text });
  });
  const remove = action('Delete all', () => ask({ type: 'remove', project: id }));
  const list = element('ul', '');
  const runs = keyed(
    (run: KeptRun) => runItem(project, run),
    (one, run) => one.show(project, run),
  );
  const item = element('details', 'project', summary, list, element('div', 'row', entry, remove)) as HTMLDetailsElement;
  item.dataset.id = id;
  let named = '';
  return {
    item,
    show({ name, runs: all }) {
      write(title, name);
      // a name that is being typed stays
      if (name !== named) entry.value = name;
      named = name;
      remove.setAttribute('aria-label', `delete the project ${name}`);
      arrange(
        list,
        runs(all, ({ id }) => id).map(({ item }) => item),
      );
    },
  };
}

const projectItems = keyed(projectItem, (one, project) => one.show(project));

export function showProjects(all: readonly Project[], missing?: string): void {
  projects = all;
  const known = new Set(all.flatMap((project) => project.runs.map((run) => keyOf(project, run))));
  picked = picked.filter((key) => known.has(key));
  byId('missing').hidden = missing === undefined;
  if (missing !== undefined)
    byId('missing').textContent = `Runs end with the tab: ${missing}. Download all saves their files.`;
  render();
}

/** Of the first projects the newest is unfolded, and each that is begun; those that were there stay as they are. */
function render(): void {
  const list = byId('projects');
  const before = new Set(list.children);
  const items = projectItems(projects, ({ id }) => id).map(({ item }) => item);
  items.forEach((item, k) => {
    if (!before.has(item)) item.open = before.size > 0 || k === 0;
  });
  arrange(list, items);
  allow(button('compare'), picked.length === 2 ? undefined : 'tick two runs of the list first');
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

/** A run of stages has nothing to go on from. */
const wholly = () => (now.phase === 'done' ? 'kept' : 'kept once it is done');

export function showSaved(step: number, problem?: string): void {
  byId('saved').textContent = problem ? '' : stepless.has(now.ran?.task) ? wholly() : `kept up to step ${step}`;
  if (problem) alertUser(problem);
}

export function wireHistory(): void {
  button('compare').addEventListener('click', () => {
    const [first, second] = [...picked].sort().map(compared);
    showDialog('Two runs beside each other', comparison(first, second));
  });
}
