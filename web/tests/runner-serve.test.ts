/// scripts/demo and the server behind it.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import { addressOf } from './browsers.ts';
import { atEnd } from './ending.ts';
import { start, startFor } from './processes.ts';
import { inRepo, makeSite } from './support.ts';

const demo = inRepo('scripts/demo');
const server = (...args: string[]) => start(process.execPath, [inRepo('web/runner/serve.ts'), ...args]).ended;

test('scripts/demo serves the built pages, isolated, until Ctrl-C', async (context) => {
  const program = startFor(context, demo, ['--no-build']);
  const [, address] = await program.said(/^(.*)\n/);
  for (const path of ['', 'demo/', 'bench/']) {
    const page = await fetch(address + path);
    assert.equal(page.status, 200, path);
    assert.equal(page.headers.get('Content-Type'), 'text/html; charset=utf-8');
    assert.equal(page.headers.get('Cross-Origin-Opener-Policy'), 'same-origin');
    assert.equal(page.headers.get('Cross-Origin-Embedder-Policy'), 'require-corp');
    assert.match(page.headers.get('Content-Security-Policy') ?? '', /^default-src 'self'; script-src 'self' 'wasm-unsafe-eval';/);
  }
  program.signal('SIGINT');
  assert.equal((await program.ended).status, 0);
});

test('scripts/demo and the server say what is wrong', async (context) => {
  for (const args of [['--port', 'x'], ['--port', '65536'], ['--port'], ['--bogus']]) {
    const script = await start(demo, args).ended;
    assert.equal(script.status, 2, args.join(' '));
    assert.match(script.stderr, /^demo: error: .*\n$/);
  }
  assert.match((await start(demo, ['--help']).ended).stdout, /^usage: scripts\/demo /);

  const bad = await server('--port', '99999');
  assert.equal(bad.status, 2);
  assert.match(bad.stderr, /^trilane server: --port '99999'.*\n$/);
  const empty = await server('--site', makeSite(context, { 'no.html': '' }));
  assert.equal(empty.status, 1);
  assert.match(empty.stderr, /^trilane server: no built site.*\n$/);

  const other = createServer().listen(0, '127.0.0.1');
  atEnd(context, () => other.close());
  await once(other, 'listening');
  const { port } = other.address() as AddressInfo;
  const taken = await server('--port', String(port));
  assert.equal(taken.status, 1);
  assert.equal(taken.stderr, `trilane server: port ${port} is taken: name another with --port\n`);
});

test('files are served as what they are', async (context) => {
  const types = {
    'a.css': 'text/css; charset=utf-8',
    'a.js': 'text/javascript; charset=utf-8',
    'a.json': 'application/json; charset=utf-8',
    'a.svg': 'image/svg+xml',
    'a.wasm': 'application/wasm',
    'a.webmanifest': 'application/manifest+json',
    'a.safetensors': 'application/octet-stream',
    'a.bin': 'application/octet-stream',
    'a.npy': 'application/octet-stream',
  };
  const address = await addressOf(context, makeSite(context, Object.fromEntries(Object.keys(types).map((name) => [name, name]))));
  for (const [name, type] of Object.entries(types)) {
    const response = await fetch(address + name);
    assert.equal(response.headers.get('Content-Type'), type);
    assert.equal(await response.text(), name);
  }
});
