/** A dialog with a text that was copied, or with a table. */
import { byId } from './dom.ts';

export function showDialog(title: string, content: Node): void {
  byId('dialog-title').textContent = title;
  byId('dialog-content').replaceChildren(content);
  byId<HTMLDialogElement>('dialog').showModal();
}

export async function copy(title: string, text: string): Promise<void> {
  const copied = await navigator.clipboard?.writeText(text).then(
    () => true,
    () => false,
  );
  const shown = Object.assign(document.createElement('pre'), { id: 'dialog-text', textContent: text });
  showDialog(copied ? `${title}: copied` : title, shown);
}
