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
import type { View } from './view.ts';

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
  /** Results that the page shows, under data/. */
  view?: View;
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

const DATA = '/data/';

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

/** The path of an address, decoded; undefined where it is none. */
function pathOf(url: string): string | undefined {
  try {
    const path = decodeURIComponent(new URL(url, 'http://localhost').pathname);
    return path.includes('\0') ? undefined : path;
  } catch {
    return undefined;
  }
}

/** The file that a path means, or undefined; never one outside of the folder. */
function fileOf(folder: string, path: string): string | undefined {
  const file = normalize(join(folder, path.endsWith('/') ? `${path}index.html` : path));
  if (!file.startsWith(folder.endsWith(sep) ? folder : folder + sep)) return undefined;
  return types.has(extname(file)) && existsSync(file) && statSync(file).isFile() ? file : undefined;
}

/** Serves until it is closed. Throws InputError where the port is taken. */
export async function serve({ port, folder = pageFolder(), view, bare = false }: ServeOptions): Promise<Served> {
  const extra = bare ? {} : headers;
  const server = createServer((request, response) => {
    const plain = { ...extra, 'Content-Type': 'text/plain; charset=utf-8' };
    if (!LOCAL.test(request.headers.host ?? ''))
      return answer(response, 403, 'frenkel serves this machine only\n', plain);
    if (request.method !== 'GET' && request.method !== 'HEAD') return answer(response, 405, 'GET only\n', plain);
    const path = pathOf(request.url ?? '/');
    if (view && path?.startsWith(DATA)) {
      const { status, type, body } = view(path.slice(DATA.length));
      // a figure opened by itself runs nothing
      const safe = { ...headers, 'Content-Security-Policy': "default-src 'none'; style-src 'unsafe-inline'; sandbox" };
      return answer(response, status, request.method === 'HEAD' ? '' : body, { ...safe, 'Content-Type': type });
    }
    const file = path === undefined ? undefined : fileOf(normalize(folder), path);
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
