import { once } from 'node:events';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join, sep } from 'node:path';
import { pipeline } from 'node:stream';
import { isolationHeaders } from './headers.ts';

const contentTypes: Record<string, string> = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.wasm': 'application/wasm',
  '.webmanifest': 'application/manifest+json',
};

const policy = [
  "default-src 'self'",
  "script-src 'self' 'wasm-unsafe-eval'",
  "connect-src 'self' blob:",
  "img-src 'self' data: blob:",
  "worker-src 'self' blob:",
];

const safeHeaders = { ...isolationHeaders, 'Content-Security-Policy': policy.join('; ') };

/** A pattern of many cases makes a long address, and a page's address is also in the headers of what it asks for. */
const longestHeaders = 1 << 20;

export interface ServerOptions {
  /** 0: one that is free. */
  port?: number;
  /** As a host serves on which headers cannot be set: neither isolated nor with a content security policy. */
  bare?: boolean;
}

export interface Server {
  url: string;
  close(): void;
}

/** The file that `path` asks for below `root`, or null: no way leads out of the root. */
async function find(root: string, path: string): Promise<{ file: string; size: number } | null> {
  const wanted = path.endsWith('/') ? `${path}index.html` : path;
  const file = join(root, wanted);
  if (wanted.includes('\0') || !file.startsWith(root + sep)) return null;
  const found = await stat(file).catch(() => null);
  return found?.isFile() ? { file, size: found.size } : null;
}

/** Serves the files below `root`, cross-origin isolated, to this machine only. */
export async function serve(root: string, { port = 0, bare = false }: ServerOptions = {}): Promise<Server> {
  const headers = { 'Cache-Control': 'no-store', ...(bare ? {} : safeHeaders) };
  const server = createServer({ maxHeaderSize: longestHeaders }, (request, response) => {
    void (async () => {
      let path: string;
      try {
        path = decodeURIComponent(new URL(request.url ?? '/', 'http://localhost').pathname);
      } catch {
        response.writeHead(400, headers).end();
        return;
      }
      const found = request.method === 'GET' ? await find(root, path) : null;
      if (!found) {
        response.writeHead(404, headers).end('not found');
        return;
      }
      const type = contentTypes[extname(found.file)] ?? 'application/octet-stream';
      response.writeHead(200, { ...headers, 'Content-Type': type, 'Content-Length': found.size });
      pipeline(createReadStream(found.file), response, () => {});
    })();
  });
  server.listen(port, '127.0.0.1');
  await once(server, 'listening'); // rejects on 'error'
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
}
