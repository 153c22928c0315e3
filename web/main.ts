/** The page: what was chosen, what the worker says, and the parts that show it. The engine is in the worker alone. */
import { strToU8, zipSync } from 'fflate';
import { asCommand, asScript, type Repeatable } from '../src/browser/commands.ts';
import type {
  Flags,
  Frame,
  Opened,
  Phase,
  PotentialInput,
  Reply,
  Request,
  ResultRow,
  Started,
  StructureInput,
  TaskName,
  TextFile,
} from '../src/browser/protocol.ts';
import { readTextFile } from '../src/browser/text.ts';
import { byId, saveAs } from './dom.ts';
import { effective, showFields } from './fields.ts';
import { type Example, examples } from './gallery.ts';
import { isolate } from './isolate.ts';
import { showLegend } from './legend.ts';
import { fromFragment, toFragment } from './link.ts';
import { createPlots } from './plots.ts';
import type { ColorMode, PerfectMode } from './shade.ts';
import { createTrajectory } from './trajectory.ts';
import { createView } from './view.ts';

const select = (id: string) => byId<HTMLSelectElement>(id);
const button = (id: string) => byId<HTMLButtonElement>(id);

/** What is chosen. */
const chosen: { structure: StructureInput; potential: PotentialInput; task: TaskName; flags: Record<TaskName, Flags> } =
  {
    structure: { recipe: examples[0].recipe },
    potential: { specs: [examples[0].potential], files: [] },
    task: examples[0].task,
    flags: { relax: {}, md: {}, neb: {}, [examples[0].task]: examples[0].flags },
  };
/** What is open and how far it got. */
const now: {
  phase: Phase;
  opened?: Opened;
  rows: number[][];
  ran?: Repeatable;
  options?: Record<string, unknown>;
  speed: number;
  step: number;
  total: number;
} = { phase: 'empty', rows: [], speed: 0, step: 0, total: 0 };

const modes = (): [ColorMode, PerfectMode] => [
  select('color').value as ColorMode,
  select('perfect').value as PerfectMode,
];

const tasks = ['relax', 'md', 'neb'] as const;
const OPENING = 'opening …';

let worker: Worker;
const ask = (request: Request) => worker.postMessage(request);
const view = createView(byId<HTMLCanvasElement>('canvas'));
const plots = createPlots(byId('plots'));
const trajectory = createTrajectory(draw, ({ step, label }) => label ?? `step ${step}`);

function draw(frame: Frame): void {
  view.show(frame);
  if (now.opened) showLegend(byId('legend'), modes()[0], view.range(), now.opened.numbers, view.holes());
  shown = frame;
}
let shown: Frame | undefined;

function alertUser(message: string, good?: number): void {
  byId('message').textContent = message;
  byId('alert').hidden = false;
  const back = button('back');
  back.hidden = good === undefined;
  back.textContent = `Back to step ${good}, the last good state`;
}

function refresh(): void {
  const { phase, opened } = now;
  const active = phase === 'running' || phase === 'paused';
  button('run').disabled = !opened || active;
  button('pause').disabled = !active;
  button('pause').textContent = phase === 'paused' ? 'Resume' : 'Pause';
  button('step').disabled = phase !== 'paused';
  button('stop').disabled = !active;
  for (const id of ['command', 'script']) button(id).disabled = !opened;
  button('script').disabled = !now.options;
  button('zip').disabled = !opened;
  for (const name of ['relax', 'md', 'neb']) {
    const tab = button(`tab-${name}`);
    if (name === 'neb') tab.disabled = !(opened && opened.last > 0);
    tab.setAttribute('aria-selected', String(chosen.task === name));
    tab.tabIndex = chosen.task === name ? 0 : -1;
  }
  document.body.dataset.phase = phase;
  const speed = phase === 'running' && now.speed > 0 ? ` · ${now.speed.toFixed(now.speed < 10 ? 1 : 0)} steps/s` : '';
  const of = now.total > 0 && now.options && 'timestep' in now.options ? ` of ${now.total}` : '';
  byId('state').textContent =
    active || phase === 'done' || phase === 'stopped' || phase === 'failed'
      ? `${phase} · step ${now.step}${of}${speed}`
      : '';
}

function form(): void {
  const { task } = chosen;
  showFields(byId<HTMLFormElement>('options'), task, chosen.flags[task], (flags) => {
    chosen.flags[task] = flags;
    form();
    remember();
  });
  refresh();
}

function current(): Repeatable {
  const { structure, potential, task, flags } = chosen;
  return { structure, potential, task, flags: effective(task, flags[task]) };
}

/** The address says what is on the page, where that is a crystal and an embedded potential. */
function remember(): void {
  const { structure, potential, task, flags } = current();
  const linkable = 'recipe' in structure && potential.files.length === 0;
  button('link').disabled = !linkable;
  const fragment =
    'recipe' in structure && linkable
      ? toFragment({ recipe: structure.recipe, potential: potential.specs[0], task, flags })
      : '';
  history.replaceState(null, '', `${location.pathname}${location.search}${fragment ? `#${fragment}` : ''}`);
}

function open(): void {
  byId('alert').hidden = true;
  now.rows = [];
  now.options = undefined;
  now.ran = undefined;
  byId('title').textContent = OPENING;
  showResults([], '');
  ask({ type: 'open', structure: chosen.structure, potential: chosen.potential });
  form();
  remember();
  plots.begin(chosen.task);
}

function choose(example: Example): void {
  chosen.structure = { recipe: example.recipe };
  chosen.potential = { specs: [example.potential], files: [] };
  chosen.task = example.task;
  chosen.flags[example.task] = example.flags;
  [select('color').value, select('perfect').value] = [example.color, example.perfect];
  view.style(...modes());
  select('potential').value = example.potential;
  press(example.id);
  open();
}

function press(id: string): void {
  for (const item of byId('gallery').children) item.setAttribute('aria-pressed', String(item.id === id));
}

function showResults(rows: ResultRow[], digest: string): void {
  const body = byId('table').querySelector('tbody') as HTMLTableSectionElement;
  body.replaceChildren();
  for (const [name, value, unit] of rows) {
    const row = body.insertRow();
    const head = row.appendChild(document.createElement('th'));
    head.scope = 'row';
    head.textContent = name;
    const cell = row.insertCell();
    cell.textContent = value;
    if (unit === '') Object.assign(cell, { className: 'words', colSpan: 2 });
    else row.insertCell().textContent = unit;
  }
  byId('empty').hidden = rows.length > 0;
  const line = byId('digest');
  line.hidden = digest === '';
  line.replaceChildren('SHA-256 of positions, velocities and energy: ');
  line.appendChild(document.createElement('code')).textContent = digest;
}

const citations = new Map<string, string>();

function onStarted(reply: Started): void {
  const { threads, isolated, memory, potentials } = reply;
  const badge = byId('engine');
  badge.textContent = `${threads} ${threads === 1 ? 'thread' : 'threads'}`;
  Object.assign(badge.dataset, { threads: String(threads), isolated: String(isolated), memory });
  const list = select('potential');
  for (const { name, citation } of potentials) citations.set(name, citation);
  for (const { name, summary } of potentials) list.append(Object.assign(new Option(name, name), { title: summary }));
  list.value = chosen.potential.specs[0] ?? '';
}

function onOpened(reply: Opened): void {
  now.opened = reply;
  byId('title').textContent = `${reply.title} · ${reply.numbers.length} atoms`;
  const reference = citations.get(reply.potential) ?? reply.reference;
  byId('reference').textContent = reference;
  byId('reference').title = reference;
  if (reply.warnings.length > 0) alertUser(reply.warnings.join('\n'));
  trajectory.clear();
  view.open(reply);
  trajectory.add(reply.frame);
}

function on(reply: Reply): void {
  switch (reply.type) {
    case 'started':
      onStarted(reply);
      break;
    case 'notice':
      byId('notice').textContent = reply.text;
      byId('notice').hidden = false;
      break;
    case 'opened':
      onOpened(reply);
      break;
    case 'phase':
      now.phase = reply.phase;
      now.total = reply.total ?? 0;
      break;
    case 'begun':
      now.options = reply.options;
      break;
    case 'progress':
      onProgress(reply);
      break;
    case 'result':
      showResults(reply.rows, reply.digest);
      break;
    case 'sorted':
      onSorted(reply.structure, reply.potentials);
      break;
    case 'path':
      plots.path(reply.curve, reply.images);
      trajectory.set(reply.frames);
      break;
    case 'files':
      download(reply.files);
      break;
    case 'failed':
      onFailed(reply);
  }
  refresh();
}

function onProgress({ rows, step, perSecond, frame }: Extract<Reply, { type: 'progress' }>): void {
  now.rows.push(...rows);
  now.step = step;
  now.speed = perSecond;
  plots.update(now.rows, perSecond === 0);
  if (frame) trajectory.add(frame);
}

function onFailed({ kind, message, good }: Extract<Reply, { type: 'failed' }>): void {
  if (byId('title').textContent === OPENING) {
    byId('title').textContent = 'nothing is open';
    now.opened = undefined;
  }
  alertUser(kind === 'bug' ? `this is a bug of frenkel: ${message}` : message, good);
}

function onSorted(structure: TextFile | undefined, potentials: TextFile[]): void {
  if (structure) {
    chosen.structure = { file: structure };
    press('');
  }
  if (potentials.length > 0) {
    chosen.potential = { specs: [], files: potentials };
    const list = select('potential');
    list.querySelector('option[value=""]')?.remove();
    list.append(new Option(potentials.map((file) => file.name).join(', '), ''));
    list.value = '';
  }
  open();
}

async function take(files: Iterable<File>): Promise<void> {
  try {
    const texts: TextFile[] = [];
    for (const file of files) texts.push({ name: file.name.replace(/\.gz$/i, ''), text: await readTextFile(file) });
    if (texts.length > 0) ask({ type: 'sort', files: texts });
  } catch (error) {
    alertUser(error instanceof Error ? error.message : String(error));
  }
}

function download(files: TextFile[]): void {
  const all = Object.fromEntries(files.map(({ name, text }) => [name, strToU8(text)]));
  if (now.ran) {
    all['command.sh'] = strToU8(`${asCommand(now.ran)}\n`);
    if (now.options) all['script.mjs'] = strToU8(asScript(now.ran, now.options));
  }
  saveAs('frenkel.zip', zipSync(all) as BlobPart, 'application/zip');
}

async function copy(title: string, text: string): Promise<void> {
  const copied = await navigator.clipboard?.writeText(text).then(
    () => true,
    () => false,
  );
  byId('dialog-title').textContent = copied ? `${title}: copied` : title;
  byId('dialog-text').textContent = text;
  byId<HTMLDialogElement>('dialog').showModal();
}

function theme(name: string): void {
  document.documentElement.dataset.theme = name;
  view.recolor();
  plots.restyle();
}

function wire(): void {
  for (const example of examples) {
    const item = Object.assign(document.createElement('button'), { type: 'button', id: example.id });
    const about = document.createElement('small');
    about.textContent = example.about;
    item.append(example.title, about);
    item.addEventListener('click', () => choose(example));
    byId('gallery').append(item);
  }
  button('run').addEventListener('click', () => {
    byId('alert').hidden = true;
    now.rows = [];
    now.ran = current();
    trajectory.clear();
    plots.begin(chosen.task);
    view.steady(chosen.task === 'md');
    showResults([], '');
    ask({ type: 'run', task: now.ran.task, flags: now.ran.flags });
  });
  button('pause').addEventListener('click', () => ask({ type: now.phase === 'paused' ? 'resume' : 'pause' }));
  for (const id of ['step', 'stop'] as const) button(id).addEventListener('click', () => ask({ type: id }));
  button('back').addEventListener('click', () => {
    byId('alert').hidden = true;
    ask({ type: 'back' });
  });
  button('dismiss').addEventListener('click', () => {
    byId('alert').hidden = true;
  });
  for (const name of tasks) {
    const tab = button(`tab-${name}`);
    const pick = () => {
      chosen.task = name;
      form();
      remember();
    };
    tab.addEventListener('click', pick);
    tab.addEventListener('keydown', ({ key }) => {
      if (key !== 'ArrowLeft' && key !== 'ArrowRight') return;
      const next = tasks.indexOf(name) + (key === 'ArrowRight' ? 1 : tasks.length - 1);
      const other = button(`tab-${tasks[next % tasks.length]}`);
      other.click();
      other.focus();
    });
  }
  select('potential').addEventListener('change', () => {
    const name = select('potential').value;
    if (name === '') return;
    chosen.potential = { specs: [name], files: [] };
    open();
  });
  for (const id of ['color', 'perfect'])
    select(id).addEventListener('change', () => {
      view.style(...modes());
      if (shown) draw(shown);
    });
  button('home').addEventListener('click', () => view.home());
  button('command').addEventListener('click', () => copy('Command', asCommand(now.ran ?? current())));
  button('script').addEventListener('click', () => {
    if (now.ran && now.options) copy('Script for Node', asScript(now.ran, now.options));
  });
  button('zip').addEventListener('click', () => ask({ type: 'export' }));
  button('link').addEventListener('click', () => copy('Link', location.href));
  byId('recipe').addEventListener('submit', (event) => {
    event.preventDefault();
    const data = new FormData(byId<HTMLFormElement>('recipe'));
    const text = (name: string) => String(data.get(name) ?? '').trim();
    const defect = text('defect');
    const [kind, element, a] = ['kind', 'element', 'a'].map(text);
    chosen.structure = { recipe: { kind, element, a, repeat: Number(text('repeat')), ...(defect ? { defect } : {}) } };
    press('');
    open();
  });
  wireFiles();
  wireTheme();
}

function wireFiles(): void {
  const input = byId<HTMLInputElement>('files');
  input.addEventListener('change', () => {
    void take([...(input.files ?? [])]);
    input.value = '';
  });
  addEventListener('dragover', (event) => {
    event.preventDefault();
    document.body.classList.add('dropping');
  });
  for (const end of ['dragleave', 'drop']) addEventListener(end, () => document.body.classList.remove('dropping'));
  addEventListener('drop', (event) => {
    event.preventDefault();
    void take([...(event.dataTransfer?.files ?? [])]);
  });
}

function wireTheme(): void {
  const light = matchMedia('(prefers-color-scheme: light)');
  theme(localStorage.getItem('theme') ?? (light.matches ? 'light' : 'dark'));
  button('theme').addEventListener('click', () => {
    const next = document.documentElement.dataset.theme === 'light' ? 'dark' : 'light';
    localStorage.setItem('theme', next);
    theme(next);
  });
}

function startWorker(): void {
  worker = new Worker('./worker.js', { type: 'module' });
  worker.addEventListener('message', ({ data }: MessageEvent<Reply>) => on(data));
  worker.addEventListener('error', ({ message }) => alertUser(`the worker stopped: ${message}; reload the page`));
  const words = new URLSearchParams(location.search);
  const threads = words.has('threads') ? Number(words.get('threads')) : undefined;
  const threadUrl = new URL('./thread.js', location.href).href;
  ask({ type: 'start', threads, threadUrl, ordinary: words.get('memory') === 'ordinary' });
}

async function main(): Promise<void> {
  wire();
  if (await isolate()) return;
  startWorker();
  // another link in the same tab
  addEventListener('hashchange', () => location.reload());
  const linked = fromFragment(location.hash);
  if (!linked) return choose(examples[0]);
  const { recipe, potential, task, flags } = linked;
  Object.assign(chosen, { structure: { recipe }, potential: { specs: [potential], files: [] }, task });
  chosen.flags[task] = flags;
  const same = examples.find((one) => JSON.stringify(one.recipe) === JSON.stringify(recipe) && one.task === task);
  press(same?.id ?? '');
  if (same) [select('color').value, select('perfect').value] = [same.color, same.perfect];
  view.style(...modes());
  open();
}

void main();
