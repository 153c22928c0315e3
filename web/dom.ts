/** Elements of index.html by their id, and small ones that are made. */

export function byId<T extends HTMLElement = HTMLElement>(id: string): T {
  const found = document.getElementById(id);
  if (!found) throw new Error(`index.html has no #${id}`);
  return found as T;
}

export const select = (id: string): HTMLSelectElement => byId<HTMLSelectElement>(id);
export const button = (id: string): HTMLButtonElement => byId<HTMLButtonElement>(id);

/** A button that does something. */
export function action(text: string, act: () => void, label?: string): HTMLButtonElement {
  const made = Object.assign(document.createElement('button'), { type: 'button', textContent: text });
  if (label) made.setAttribute('aria-label', label);
  made.addEventListener('click', act);
  return made;
}

export function element(name: string, className: string, ...children: (Node | string)[]): HTMLElement {
  const made = Object.assign(document.createElement(name), { className });
  made.append(...children);
  return made;
}

export function saveAs(name: string, bytes: BlobPart, type: string): void {
  const url = URL.createObjectURL(new Blob([bytes], { type }));
  Object.assign(document.createElement('a'), { href: url, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}

/** Text in which k_B, U_ref and the like have their index below. */
export function indexed(text: string): (Node | string)[] {
  return text.split(/(?<=\p{L})_(\p{L}+)/u).map((part, k) => (k % 2 === 1 ? element('sub', '', part) : part));
}
