/** What is opened: an example, a crystal that is built, a potential from the list, files that were dropped. */
import type { Opened } from '../src/browser/protocol.ts';
import { alertUser, calm } from './alert.ts';
import { form, remember } from './controls.ts';
import { byId, select } from './dom.ts';
import { type Example, examples } from './gallery.ts';
import type { Linked } from './link.ts';
import { showResults } from './results.ts';
import { plots, setModes, trajectory, view } from './stage.ts';
import { ask, chosen, now } from './state.ts';

const OPENING = 'opening …';
const citations = new Map<string, string>();

export function open(): void {
  calm();
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

export function choose(example: Example): void {
  chosen.structure = { recipe: example.recipe };
  chosen.potential = { specs: [example.potential], files: [] };
  chosen.task = example.task;
  chosen.flags[example.task] = example.flags;
  setModes(example.color, example.perfect);
  select('potential').value = example.potential;
  press(example.id);
  open();
}

/** What a link says. */
export function follow({ recipe, potential, task, flags }: Linked): void {
  Object.assign(chosen, { structure: { recipe }, potential: { specs: [potential], files: [] }, task });
  chosen.flags[task] = flags;
  const same = examples.find((one) => JSON.stringify(one.recipe) === JSON.stringify(recipe) && one.task === task);
  press(same?.id ?? '');
  if (same) setModes(same.color, same.perfect);
  open();
}

export function press(id: string): void {
  for (const item of byId('gallery').children) item.setAttribute('aria-pressed', String(item.id === id));
}

/** Potentials that need no file. */
export function listPotentials(all: readonly { name: string; summary: string; citation: string }[]): void {
  const list = select('potential');
  for (const { name, citation } of all) citations.set(name, citation);
  list.replaceChildren(...all.map(({ name, summary }) => Object.assign(new Option(name, name), { title: summary })));
  showPotential();
}

/** The list shows what is chosen; files under their names. */
export function showPotential(): void {
  const { specs, files } = chosen.potential;
  const list = select('potential');
  list.querySelector('option[value=""]')?.remove();
  if (files.length > 0) list.append(new Option(files.map((file) => file.name).join(', '), ''));
  list.value = specs[0] ?? '';
}

export function onOpened(reply: Opened): void {
  now.opened = reply;
  byId('title').textContent = `${reply.title} · ${reply.numbers.length} atoms`;
  const reference = citations.get(reply.potential) ?? reply.reference;
  Object.assign(byId('reference'), { textContent: reference, title: reference });
  if (reply.refused !== undefined) {
    const { last: _, ...alone } = chosen.structure;
    chosen.structure = alone;
  }
  const said = [...(reply.refused === undefined ? [] : [reply.refused]), ...reply.warnings];
  if (said.length > 0) alertUser(said.join('\n'));
  trajectory.clear();
  view.open(reply);
  trajectory.add(reply.frame);
}

/** Nothing came of it. */
export function notOpened(): void {
  if (byId('title').textContent !== OPENING) return;
  byId('title').textContent = 'nothing is open';
  now.opened = undefined;
}

export function wireOpening(): void {
  for (const example of examples) {
    const item = Object.assign(document.createElement('button'), { type: 'button', id: example.id });
    const about = document.createElement('small');
    about.textContent = example.about;
    item.append(example.title, about);
    item.addEventListener('click', () => choose(example));
    byId('gallery').append(item);
  }
  select('potential').addEventListener('change', () => {
    const name = select('potential').value;
    if (name === '') return;
    chosen.potential = { specs: [name], files: [] };
    open();
  });
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
}
