/** What is opened: an example, a crystal that is built, a potential from the list, files that were dropped. */
import type { Opened, PotentialInput, StructureInput } from '../src/browser/protocol.ts';
import { alertUser, calm, type Remedy } from './alert.ts';
import { form, refresh, remember } from './controls.ts';
import { byId, select } from './dom.ts';
import { showFigures } from './figures-card.ts';
import { type Example, examples } from './gallery.ts';
import type { Linked } from './link.ts';
import { showResults } from './results.ts';
import { plots, setModes, stageOpened } from './stage.ts';
import { ask, chosen, now } from './state.ts';

const OPENING = 'opening …';
const citations = new Map<string, string>();

/** What is open, to go back to where nothing comes of another. */
interface Before {
  opened: Opened;
  title: string;
  structure: StructureInput;
  potential: PotentialInput;
  /** The example that it is. */
  pressed: string;
}
let before: Before | undefined;
let pressed = '';

const opening = () => byId('title').textContent === OPENING;

export function open(): void {
  calm();
  byId('title').textContent = OPENING;
  ask({ type: 'open', structure: chosen.structure, potential: chosen.potential });
  form();
  remember();
}

/** Nothing was computed with what is opened now. */
function empty(): void {
  Object.assign(now, { rows: [], options: undefined, ran: undefined, figures: undefined });
  byId('saved').textContent = '';
  showResults([], '');
  showFigures([]);
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
  pressed = id;
  for (const item of byId('gallery').children) {
    item.setAttribute('aria-pressed', String(item.id === id));
    if (item.id === id) item.scrollIntoView({ block: 'nearest', inline: 'nearest' });
  }
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
  // a kept run brings its own
  if (opening()) empty();
  now.opened = reply;
  const title = `${reply.title} · ${reply.numbers.length} atoms`;
  byId('title').textContent = title;
  const reference = citations.get(reply.potential) ?? reply.reference;
  Object.assign(byId('reference'), { textContent: reference, title: reference });
  if (reply.refused !== undefined) {
    const { last: _, ...alone } = chosen.structure;
    chosen.structure = alone;
  }
  const { structure, potential } = chosen;
  before = { opened: reply, title, structure, potential, pressed };
  const said = [...(reply.refused === undefined ? [] : [reply.refused]), ...reply.warnings];
  if (said.length > 0) alertUser(said.join('\n'));
  stageOpened(reply);
}

function goBack(): void {
  if (!before) return;
  now.opened = before.opened;
  byId('title').textContent = before.title;
  Object.assign(chosen, { structure: before.structure, potential: before.potential });
  showPotential();
  press(before.pressed);
  form();
  remember();
  refresh();
}

/**
 * Nothing came of it: what was open stays. Where what was given only waits for its other half, a potential or a structure, it
 * waits, and the way back is offered.
 */
export function notOpened({ still, unfit }: { still: boolean; unfit: boolean }): Remedy | undefined {
  if (!opening()) return undefined;
  if (still && before && !unfit) return void goBack();
  byId('title').textContent = 'nothing is open';
  now.opened = undefined;
  return still && before ? { text: `Back to ${before.title}`, act: goBack } : undefined;
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
