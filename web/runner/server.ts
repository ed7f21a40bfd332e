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
  '.wasm': 'application/wasm',
};

const headers = {
  ...isolationHeaders,
  'Content-Security-Policy':
    "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; connect-src 'self' blob:; img-src 'self' data:",
  'Cache-Control': 'no-store',
};

/** The file that `path` asks for below `root`, or null: no way leads out of the root. */
async function find(root: string, path: string): Promise<{ file: string; size: number } | null> {
  const wanted = path.endsWith('/') ? `${path}index.html` : path;
  const file = join(root, wanted);
  if (wanted.includes('\0') || !file.startsWith(root + sep)) return null;
  const found = await stat(file).catch(() => null);
  return found?.isFile() ? { file, size: found.size } : null;
}

/** Serves the files below `root`, cross-origin isolated, to this machine only. */
export async function serve(root: string): Promise<{ url: string; close(): void }> {
  const server = createServer((request, response) => {
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
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
}
