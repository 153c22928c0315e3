/** Files that are dropped or chosen: structures and potentials, told apart by the worker; one may be the other end of a path. */
import { withEnd } from '../src/browser/commands.ts';
import type { Sorted, TextFile } from '../src/browser/protocol.ts';
import { readTextFile } from '../src/browser/text.ts';
import { alertUser } from './alert.ts';
import { byId } from './dom.ts';
import { open, press, showPotential } from './opening.ts';
import { ask, chosen } from './state.ts';

/** What they are: a structure in place of the one that is open, or beside it. */
export function onSorted({ structure, last, potentials }: Sorted): void {
  if (structure) {
    chosen.structure = { file: structure };
    press('');
  }
  if (last) {
    chosen.structure = withEnd(chosen.structure, last);
    chosen.task = 'neb';
  }
  if (potentials.length > 0) {
    chosen.potential = { specs: [], files: potentials };
    showPotential();
  }
  open();
}

async function take(files: Iterable<File>, end = false): Promise<void> {
  try {
    const texts: TextFile[] = [];
    for (const file of files) texts.push({ name: file.name.replace(/\.gz$/i, ''), text: await readTextFile(file) });
    if (texts.length > 0) ask({ type: 'sort', files: texts, end });
  } catch (error) {
    alertUser(error instanceof Error ? error.message : String(error));
  }
}

function wireInput(id: string, end: boolean): void {
  const input = byId<HTMLInputElement>(id);
  input.addEventListener('change', () => {
    void take([...(input.files ?? [])], end);
    input.value = '';
  });
}

/** Dropped anywhere they are opened; on what is marked as the other end they are that. */
export function wireDropping(): void {
  wireInput('files', false);
  wireInput('end-file', true);
  const over = (on: boolean) => document.body.classList.toggle('dropping', on);
  addEventListener('dragover', (event) => {
    event.preventDefault();
    over(true);
  });
  addEventListener('dragleave', ({ relatedTarget }) => {
    // between two elements of the page it is still there
    if (relatedTarget === null) over(false);
  });
  addEventListener('drop', (event) => {
    event.preventDefault();
    over(false);
    const end = event.target instanceof Element && event.target.closest('[data-end]') !== null;
    void take([...(event.dataTransfer?.files ?? [])], end);
  });
}
