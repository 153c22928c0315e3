/**
 * A folder of results that `frenkel view` serves, or a campaign's progress: structures, tables, report and figures; read
 * again while it still changes.
 */
import type { ResultRow } from '../src/browser/protocol.ts';
import { readTextFile } from '../src/browser/text.ts';
import { parseThermo } from '../src/io/thermo.ts';
import type { Overview, ViewedFile } from '../src/node/view.ts';
import { alertUser } from './alert.ts';
import { arrange, keyed, write } from './arrange.ts';
import { byId, element } from './dom.ts';
import { showFigures } from './figures-card.ts';
import { showResults } from './results.ts';
import { plots, setModes } from './stage.ts';
import { ask, now } from './state.ts';

const AGAIN_MS = 2000;
/** Structures in the order of what tells most. */
const structures = [
  /^trajectory\.xyz(\.gz)?$/,
  /^band\.xyz$/,
  /^final\.xyz$/,
  /^saddle\.xyz$/,
  /^checkpoint\.xyz$/,
  /\.xyz(\.gz)?$/,
];
const logs: [name: string, task: 'md' | 'relax'][] = [
  ['log.thermo', 'md'],
  ['log.relax', 'relax'],
];

/** Sizes and times of what was read. */
const seen = new Map<string, string>();

function changed(file: ViewedFile): boolean {
  const state = `${file.size} ${file.modified}`;
  if (seen.get(file.name) === state) return false;
  seen.set(file.name, state);
  return true;
}

const addressOf = ({ name, modified }: ViewedFile) =>
  `data/files/${name.split('/').map(encodeURIComponent).join('/')}?${Math.round(modified)}`;

async function textOf(file: ViewedFile): Promise<string> {
  const response = await fetch(addressOf(file));
  if (!response.ok) throw new Error(`${file.name}: ${(await response.text()).trim()}`);
  return readTextFile(new File([await response.blob()], file.name));
}

async function showStructure(files: readonly ViewedFile[]): Promise<void> {
  const found = structures.map((pattern) => files.find(({ name }) => pattern.test(name))).find(Boolean);
  if (!found || !changed(found)) return;
  ask({ type: 'view', file: { name: found.name.replace(/\.gz$/, ''), text: await textOf(found) } });
}

async function showLog(files: readonly ViewedFile[]): Promise<void> {
  for (const [name, task] of logs) {
    const found = files.find((file) => file.name === name);
    if (!found || !changed(found)) continue;
    const { values } = parseThermo(await textOf(found), name);
    if (now.rows.length === 0) plots.begin(task);
    now.rows = (values[0] ?? []).map((_, row) => values.map((column) => column[row]));
    plots.update(now.rows, true);
  }
}

/** Numbers and words of a report, nested names joined; long lists are counted. */
export function flatten(value: unknown, name = ''): ResultRow[] {
  if (value === null || value === undefined) return [];
  if (Array.isArray(value))
    return value.length <= 6 && value.every((item) => typeof item !== 'object')
      ? [[name, value.join(', '), '']]
      : [[name, `${value.length} entries`, '']];
  if (typeof value === 'object')
    return Object.entries(value).flatMap(([key, item]) => flatten(item, name ? `${name}, ${key}` : key));
  return [[name, String(value), '']];
}

async function showReport(files: readonly ViewedFile[], overview: Overview): Promise<void> {
  const found = files.find(({ name }) => name === 'report.json' || name === 'report/report.json');
  if (found && !changed(found)) return;
  const report = found ? Object(JSON.parse(await textOf(found))) : {};
  showResults(flatten(report.result ?? report.results ?? overview.run?.result), '');
}

function describe({ name, run, campaign, files }: Overview): void {
  document.title = `${name} · frenkel`;
  byId('viewed-name').textContent = name;
  const standing = run ? `${run.command}, ${run.finished ? 'finished' : 'not finished'}` : 'results';
  byId('viewed-state').textContent = campaign ? campaign.lines.slice(1, 2).join('').trim() : standing;
  const bar = byId<HTMLProgressElement>('viewed-progress');
  bar.hidden = campaign === null;
  if (campaign) Object.assign(bar, { max: Math.max(1, campaign.planned), value: campaign.done });
  byId('viewed-lines').textContent = campaign ? campaign.lines.slice(2).join('\n') : '';
  byId('viewed-lines').hidden = !campaign || campaign.lines.length < 3;
  const options = flatten(run?.options).map(([key, text]) => element('li', '', `${key} `, element('b', '', text)));
  byId('viewed-options').replaceChildren(...options);
  arrange(
    byId('viewed-files'),
    fileItems(files, ({ name }) => name).map(({ item }) => item),
  );
}

/** Files to save: read again every two seconds, the same links under the mouse. */
const fileItems = keyed(
  ({ name }: ViewedFile) => {
    const link = Object.assign(document.createElement('a'), { download: name.replace(/^.*\//, ''), textContent: name });
    const size = element('small', '');
    return { link, size, item: element('li', '', link, size) };
  },
  ({ link, size }, file) => {
    link.setAttribute('href', addressOf(file));
    write(size, ` ${sizeOf(file.size)}`);
  },
);

const sizeOf = (bytes: number) =>
  bytes < 1e3 ? `${bytes} B` : bytes < 1e6 ? `${(bytes / 1e3).toFixed(0)} kB` : `${(bytes / 1e6).toFixed(1)} MB`;

/** Reads everything that changed; true where more is to come. */
async function look(): Promise<boolean> {
  const overview: Overview = await (await fetch('data/run.json')).json();
  const { files, run, campaign } = overview;
  describe(overview);
  await showLog(files);
  await showReport(files, overview);
  const figures = files.filter(({ name }) => name.endsWith('.svg'));
  if (figures.filter(changed).length > 0)
    showFigures(figures.map((file) => ({ name: file.name, address: addressOf(file) })));
  await showStructure(files);
  document.body.dataset.viewed = String(Number(document.body.dataset.viewed ?? 0) + 1);
  return campaign ? !campaign.complete : run?.finished === false;
}

export async function startViewing(): Promise<void> {
  document.body.dataset.mode = 'view';
  byId('title').textContent = '';
  setModes('displacement', 'shown');
  for (;;) {
    try {
      if (!(await look())) return;
    } catch (error) {
      alertUser(`the folder cannot be read now: ${(error as Error).message}`);
    }
    await new Promise((again) => setTimeout(again, AGAIN_MS));
  }
}
