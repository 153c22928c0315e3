/**
 * A static server on the loopback interface for the page: a folder, read when it is asked for, with the headers of
 * cross-origin isolation (threads need them) and a policy under which nothing comes from elsewhere.
 */
import { existsSync, readFileSync, statSync } from 'node:fs';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join, normalize, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { InputError } from '../data/errors.ts';

const types = new Map([
  ['.html', 'text/html; charset=utf-8'],
  ['.js', 'text/javascript; charset=utf-8'],
  ['.css', 'text/css; charset=utf-8'],
  ['.svg', 'image/svg+xml'],
  ['.txt', 'text/plain; charset=utf-8'],
]);

/** Scripts and workers of the page itself and compiled kernels; no inline scripts, no other origin, no frames. */
const POLICY = [
  "default-src 'none'",
  "script-src 'self' 'wasm-unsafe-eval'",
  "style-src 'self'",
  "img-src 'self' data: blob:",
  "connect-src 'self'",
  "worker-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

const headers: Record<string, string> = {
  'Content-Security-Policy': POLICY,
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'no-referrer',
  'Cache-Control': 'no-cache',
};

export interface ServeOptions {
  /** 0: any free one. */
  port: number;
  /** The page's; default: the one that was built with the program. */
  folder?: string;
  /** Without the headers, as a plain host: for tests. */
  bare?: boolean;
}

export interface Served {
  url: string;
  close(): Promise<void>;
}

/** Where `npm run build` put the page, beside this module or above it. */
export function pageFolder(): string {
  const places = ['./web/', '../web/', '../../dist/web/'].map((place) =>
    fileURLToPath(new URL(place, import.meta.url)),
  );
  const found = places.find((place) => existsSync(join(place, 'main.js')));
  if (found === undefined) throw new InputError('the page was not built: npm run build:web makes it');
  return found;
}

/** Only this machine asks, by these names: a site elsewhere whose name points here is refused. */
const LOCAL = /^(127\.0\.0\.1|localhost|\[::1\])(:\d+)?$/;

function answer(
  response: ServerResponse,
  status: number,
  body: string | Uint8Array,
  extra: Record<string, string>,
): void {
  response.writeHead(status, extra).end(body);
}

/** The file that an address means, or undefined; never one outside of the folder. */
function fileOf(folder: string, url: string): string | undefined {
  let path: string;
  try {
    path = decodeURIComponent(new URL(url, 'http://localhost').pathname);
  } catch {
    return undefined;
  }
  if (path.includes('\0')) return undefined;
  const file = normalize(join(folder, path.endsWith('/') ? `${path}index.html` : path));
  if (!file.startsWith(folder.endsWith(sep) ? folder : folder + sep)) return undefined;
  return types.has(extname(file)) && existsSync(file) && statSync(file).isFile() ? file : undefined;
}

/** Serves until it is closed. Throws InputError where the port is taken. */
export async function serve({ port, folder = pageFolder(), bare = false }: ServeOptions): Promise<Served> {
  const extra = bare ? {} : headers;
  const server = createServer((request, response) => {
    const plain = { ...extra, 'Content-Type': 'text/plain; charset=utf-8' };
    if (!LOCAL.test(request.headers.host ?? ''))
      return answer(response, 403, 'frenkel serves this machine only\n', plain);
    if (request.method !== 'GET' && request.method !== 'HEAD') return answer(response, 405, 'GET only\n', plain);
    const file = fileOf(normalize(folder), request.url ?? '/');
    if (file === undefined) return answer(response, 404, 'there is no such file\n', plain);
    answer(response, 200, request.method === 'HEAD' ? '' : readFileSync(file), {
      ...extra,
      'Content-Type': types.get(extname(file)) ?? '',
    });
  });
  await new Promise<void>((ready, failed) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      const reason =
        error.code === 'EADDRINUSE' ? 'is taken by another program; give another, or 0 for any' : error.message;
      failed(new InputError(`--port: ${port} ${reason}`));
    });
    server.listen(port, '127.0.0.1', ready);
  });
  const { port: found } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${found}/`,
    close: () =>
      new Promise((done) => {
        server.closeAllConnections();
        server.close(() => done());
      }),
  };
}
