/** The form of a task: a field for every flag that matters, whose text is the command line's. */
import type { Flags, TaskName } from '../src/browser/protocol.ts';
import { arrange, keyed } from './arrange.ts';
import { element } from './dom.ts';

interface Field {
  flag: string;
  label: string;
  fallback: string;
  /** What an empty field means. */
  empty?: string;
  choices?: readonly string[];
  /** What people read in place of the choices. */
  words?: readonly string[];
  /** Only where this ensemble, or cell mode, reads it. */
  when?: (flags: Flags) => boolean;
}

const ensembleIs =
  (...names: string[]) =>
  (flags: Flags) =>
    names.includes(flags.ensemble ?? 'nve');

const METHODS = ['abf', 'extended', 'expanded', 'quadrature', 'bar', 'mbar', 'switching'];

const fields: Record<TaskName, Field[]> = {
  relax: [
    { flag: 'fmax', label: 'until fmax', fallback: '1e-4 eV/A' },
    { flag: 'method', label: 'method', fallback: 'cg', choices: ['cg', 'fire', 'lbfgs'] },
    { flag: 'cell', label: 'cell', fallback: 'fixed', choices: ['fixed', 'iso', 'ortho', 'full'] },
    { flag: 'pressure', label: 'pressure', fallback: '0 GPa', when: (flags) => (flags.cell ?? 'fixed') !== 'fixed' },
    { flag: 'steps', label: 'most steps', fallback: '10000' },
  ],
  md: [
    { flag: 'ensemble', label: 'ensemble', fallback: 'nve', choices: ['nve', 'langevin', 'nhc', 'npt'] },
    { flag: 'temperature', label: 'temperature', fallback: '300 K' },
    { flag: 'steps', label: 'steps', fallback: '1000' },
    { flag: 'timestep', label: 'time step', fallback: '1 fs' },
    { flag: 'friction', label: 'friction', fallback: '1 1/ps', when: ensembleIs('langevin') },
    { flag: 'relaxation', label: 'thermostat time', fallback: '0.1 ps', when: ensembleIs('nhc', 'npt') },
    { flag: 'pressure', label: 'pressure', fallback: '0 GPa', when: ensembleIs('npt') },
    { flag: 'cell-relaxation', label: 'barostat time', fallback: '1 ps', when: ensembleIs('npt') },
    { flag: 'seed', label: 'seed', fallback: '1' },
  ],
  neb: [
    { flag: 'images', label: 'images', fallback: '9' },
    { flag: 'climb', label: 'climbing image', fallback: 'no', choices: ['', 'no'] },
    { flag: 'fmax', label: 'until fmax', fallback: '1e-3 eV/A' },
    { flag: 'spring', label: 'spring', fallback: '5 eV/A^2' },
    { flag: 'steps', label: 'most steps', fallback: '1000' },
  ],
  phonons: [
    { flag: 'supercell', label: 'copies of the cell', fallback: '4,4,4' },
    { flag: 'mesh', label: 'mesh', fallback: '20' },
    { flag: 'path', label: 'path', fallback: '', empty: 'the usual' },
    { flag: 'points', label: 'points of a segment', fallback: '101' },
    { flag: 'step', label: 'displacement', fallback: '0.001 A' },
  ],
  entropy: [
    { flag: 'relax', label: 'relax first', fallback: 'no', choices: ['', 'no'] },
    { flag: 'temperature', label: 'temperature', fallback: '', empty: 'none' },
    { flag: 'local', label: 'share of each atom', fallback: '', choices: ['local.csv', ''], words: ['yes', 'no'] },
  ],
  'free-energy': [
    { flag: 'temperature', label: 'temperature', fallback: '300 K' },
    { flag: 'steps', label: 'steps', fallback: '200000' },
    { flag: 'error', label: 'until error', fallback: '', empty: 'no such end' },
    { flag: 'replicas', label: 'replicas', fallback: '1' },
    { flag: 'method', label: 'method', fallback: 'abf', choices: METHODS },
    { flag: 'reference', label: 'reference', fallback: 'harmonic', choices: ['harmonic', 'einstein'] },
    { flag: 'relax', label: 'relax first', fallback: 'no', choices: ['', 'no'] },
    { flag: 'timestep', label: 'time step', fallback: '2 fs' },
    { flag: 'friction', label: 'friction', fallback: '10 1/ps' },
    { flag: 'seed', label: 'seed', fallback: '1' },
  ],
};

/** A field on the page. */
interface Shown {
  holder: HTMLElement;
  control: HTMLInputElement | HTMLSelectElement;
}

function makeField({ flag, label, empty, choices, words }: Field): Shown {
  const control = choices ? document.createElement('select') : document.createElement('input');
  if (control instanceof HTMLSelectElement)
    for (const [k, choice] of (choices ?? []).entries())
      control.append(new Option(words?.[k] ?? (choice === '' ? 'yes' : choice), choice));
  else if (empty !== undefined) control.placeholder = empty;
  control.name = flag;
  return { holder: element('label', '', label, control), control };
}

let changes = (_flag: string, _text: string) => {};
const shownFields = keyed(
  (field: Field) => {
    const made = makeField(field);
    made.control.addEventListener('change', () => changes(field.flag, made.control.value.trim()));
    return made;
  },
  () => {},
);

/** Fills `form`; `changed` hears the flags that differ from the defaults. */
export function showFields(form: HTMLFormElement, task: TaskName, flags: Flags, changed: (flags: Flags) => void): void {
  const shown = fields[task].filter(({ when }) => when?.(flags) ?? true);
  changes = (flag, text) => {
    const { fallback, choices } = shown.find((field) => field.flag === flag) ?? { fallback: '' };
    const { [flag]: _, ...rest } = flags;
    changed((text === '' && !choices) || text === fallback ? rest : { ...rest, [flag]: text });
  };
  // who goes from field to field finds the next one where it was
  const nodes = shownFields(shown, ({ flag }) => `${task} ${flag}`);
  shown.forEach(({ flag, fallback }, k) => {
    const value = flags[flag] ?? fallback;
    if (nodes[k].control.value !== value) nodes[k].control.value = value;
  });
  arrange(
    form,
    nodes.map(({ holder }) => holder),
  );
}

/** Flags that have an effect. */
export function effective(task: TaskName, flags: Flags): Flags {
  const shown = fields[task].filter(({ when }) => when?.(flags) ?? true).map((field) => field.flag);
  return Object.fromEntries(Object.entries(flags).filter(([name]) => shown.includes(name)));
}
