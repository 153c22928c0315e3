/**
 * Firefox by its own remote protocol (Marionette, what geckodriver speaks): JSON behind its length, over a socket. Playwright
 * asks Debian's Firefox for what it does not have yet.
 */
import { connect } from 'node:net';

export interface Marionette {
  /** Asks for one command; throws `FirefoxError`. */
  send(command: string, parameters?: object): Promise<unknown>;
  close(): void;
}

/** What Firefox says went wrong; `code` is WebDriver's. */
export class FirefoxError extends Error {
  readonly code: string;
  constructor({ error, message }: { error: string; message: string }) {
    super(`Firefox: ${message}`);
    this.code = error;
  }
}

/** The messages that are whole, and what is left; a message is `<bytes>:<JSON>`. */
export function unframe(bytes: Buffer): { messages: unknown[]; rest: Buffer } {
  const messages: unknown[] = [];
  let rest = bytes;
  for (;;) {
    const colon = rest.indexOf(':');
    const end = colon + 1 + Number(rest.subarray(0, Math.max(0, colon)).toString());
    if (colon < 0 || rest.length < end) return { messages, rest };
    messages.push(JSON.parse(rest.subarray(colon + 1, end).toString()));
    rest = rest.subarray(end);
  }
}

interface Asked {
  done(value: unknown): void;
  failed(reason: Error): void;
}

/** Connects to a Firefox that listens on this machine. */
export async function openMarionette(port: number): Promise<Marionette> {
  const socket = connect(port, '127.0.0.1');
  const asked = new Map<number, Asked>();
  let bytes: Buffer = Buffer.alloc(0);
  let count = 0;
  const greeting = new Promise<void>((ready, failed) => {
    socket.on('data', (piece: Buffer) => {
      const { messages, rest } = unframe(Buffer.concat([bytes, piece]));
      bytes = rest;
      for (const message of messages) {
        if (!Array.isArray(message)) {
          ready();
          continue;
        }
        const [, id, error, result] = message;
        const one = asked.get(id);
        asked.delete(id);
        if (error) one?.failed(new FirefoxError(error));
        else one?.done(result);
      }
    });
    const gone = (reason: Error) => {
      failed(reason);
      for (const one of asked.values()) one.failed(reason);
    };
    socket.on('error', gone);
    socket.on('close', () => gone(new Error('Firefox is gone')));
  });
  await greeting;
  return {
    send: (command, parameters = {}) =>
      new Promise((done, failed) => {
        count++;
        asked.set(count, { done, failed });
        const text = JSON.stringify([0, count, command, parameters]);
        socket.write(`${Buffer.byteLength(text)}:${text}`);
      }),
    close: () => socket.destroy(),
  };
}
