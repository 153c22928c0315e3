/** Controls that cannot be used now say why: to the mouse that rests on them, and to who hears the page. */

/** `why`: it is greyed for that reason; `otherwise`: what it says where it can be used. */
export function allow(control: HTMLButtonElement, why: string | undefined, otherwise = ''): void {
  if (control.disabled !== (why !== undefined)) control.disabled = why !== undefined;
  const said = why ?? otherwise;
  if (control.title !== said) control.title = said;
  if (why === undefined) control.removeAttribute('aria-description');
  else if (control.getAttribute('aria-description') !== why) control.setAttribute('aria-description', why);
}
