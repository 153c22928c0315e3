/** Entry of the worker: one session, whose requests are the messages of the page. */
import type { Request } from './protocol.ts';
import { createSession } from './session.ts';

/** The part of a worker's global scope that is used here. */
interface Scope {
  postMessage(message: unknown, transfer: Transferable[]): void;
  addEventListener(type: 'message', listener: (event: MessageEvent<Request>) => void): void;
}

/** Serves a page from within its worker. */
export function serveSession(scope: Scope = globalThis as unknown as Scope): void {
  const handle = createSession((reply, transfer = []) => scope.postMessage(reply, transfer));
  scope.addEventListener('message', ({ data }) => void handle(data));
}
