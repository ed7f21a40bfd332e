/** The development server, which the README names. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startFor } from './processes.ts';
import { inRepo } from './support.ts';

test('npm run dev serves the bench page, isolated', async (context) => {
  const env = { ...process.env, NO_COLOR: '1', FORCE_COLOR: undefined };
  const server = startFor(context, 'npm', ['--prefix', inRepo('web'), 'run', 'dev', '--', '--port', '0'], env);
  const [url] = await server.said(/http:\/\/localhost:\d+\//);
  const page = await fetch(`${url}bench/`);
  assert.equal(page.status, 200);
  assert.equal(page.headers.get('Cross-Origin-Opener-Policy'), 'same-origin');
  assert.match(await page.text(), /trilane bench/);
});
