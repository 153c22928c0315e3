/** The two ends of a path, as the Path tab shows them. */
import { allow } from './allow.ts';
import { button, byId } from './dom.ts';
import { open } from './opening.ts';
import { chosen, now } from './state.ts';

/** Both ends are files: they can change places. */
function swapped() {
  const { structure } = chosen;
  return 'file' in structure && structure.last ? { file: structure.last, last: structure.file } : undefined;
}

/** `shown`: the tab is that of paths; `busy`: a run goes on. */
export function showEnds(shown: boolean, busy: boolean): void {
  byId('ends').hidden = !shown;
  const last = now.opened?.last;
  const { structure } = chosen;
  const note = last?.note ? `: ${last.note}` : '';
  byId('ends-state').textContent = last
    ? `To ${last.name}${note}`
    : 'A path needs its other end: the same atoms, moved.';
  button('swap').hidden = !swapped();
  button('without').hidden = !structure.last;
  for (const id of ['swap', 'without']) allow(button(id), busy ? 'a run goes on: stop it first' : undefined);
}

export function wireEnds(): void {
  button('swap').addEventListener('click', () => {
    chosen.structure = swapped() ?? chosen.structure;
    open();
  });
  button('without').addEventListener('click', () => {
    const { last: _, ...alone } = chosen.structure;
    chosen.structure = alone;
    open();
  });
}
