/** The panel for what went wrong, with what can be done about it. */
import { button, byId } from './dom.ts';

export interface Remedy {
  text: string;
  act(): void;
}

let remedy: Remedy | undefined;

export function alertUser(message: string, offered?: Remedy): void {
  byId('message').textContent = message;
  byId('alert').hidden = false;
  remedy = offered;
  button('back').hidden = offered === undefined;
  button('back').textContent = offered?.text ?? '';
}

export function calm(): void {
  byId('alert').hidden = true;
}

/** A line that stays: what the browser lacks. */
export function notice(text: string): void {
  byId('notice').textContent = text;
  byId('notice').hidden = false;
}

export function wireAlert(): void {
  button('dismiss').addEventListener('click', calm);
  button('back').addEventListener('click', () => {
    calm();
    remedy?.act();
  });
}
