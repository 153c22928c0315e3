/** A run as the fragment of an address: crystals by their recipe, potentials by name, options as they were typed. */
import type { Flags, Recipe, TaskName } from '../src/browser/protocol.ts';
import { tasks } from './tasks.ts';

export interface Linked {
  recipe: Recipe;
  potential: string;
  task: TaskName;
  flags: Flags;
}

export function toFragment({ recipe, potential, task, flags }: Linked): string {
  const { kind, element, a, repeat, defect, to, elastic, size } = recipe;
  const all = {
    kind,
    element,
    a,
    repeat: String(repeat),
    ...(defect ? { defect } : {}),
    ...(to === undefined ? {} : { to: String(to) }),
    ...(elastic ? { elastic } : {}),
    ...(size ? { size } : {}),
    potential,
    task,
  };
  const words = new URLSearchParams(all);
  for (const [name, text] of Object.entries(flags)) words.append(`--${name}`, text);
  return words.toString();
}

/** Undefined where the fragment is of no run; values are checked where they are used. */
export function fromFragment(fragment: string): Linked | undefined {
  const words = new URLSearchParams(fragment.replace(/^#/, ''));
  const [kind, element, a, potential] = ['kind', 'element', 'a', 'potential'].map((name) => words.get(name));
  if (!kind || !element || !a || !potential) return undefined;
  const [defect, to, elastic, size] = ['defect', 'to', 'elastic', 'size'].map((name) => words.get(name));
  const flags = Object.fromEntries(
    [...words].filter(([name]) => name.startsWith('--')).map(([name, text]) => [name.slice(2), text]),
  );
  return {
    recipe: {
      kind,
      element,
      a,
      repeat: Number(words.get('repeat')),
      ...(defect ? { defect } : {}),
      ...(to ? { to: Number(to) } : {}),
      ...(elastic ? { elastic } : {}),
      ...(size ? { size } : {}),
    },
    potential,
    task: tasks.find((name) => name === words.get('task')) ?? 'relax',
    flags,
  };
}
