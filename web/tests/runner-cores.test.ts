/// A page's worker is kept on one core.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { availableParallelism, platform } from 'node:os';
import { test } from 'node:test';
import { keepWorkersOnCore, parseCores } from '../runner/cores.ts';
import { serve } from '../runner/server.ts';
import { openSession, testInEachBrowser } from './browsers.ts';
import { makeSite } from './support.ts';

test('lists of cores', () => {
  assert.deepEqual(parseCores('0-3'), [0, 1, 2, 3]);
  assert.deepEqual(parseCores('0,2-3,8'), [0, 2, 3, 8]);
  assert.deepEqual(parseCores(''), []);
});

testInEachBrowser('its worker stays where it is told', async (context, name) => {
  if (platform() !== 'linux' || availableParallelism() < 2) return context.skip('there is nothing to choose from');
  const site = makeSite(context, {
    'index.html': '<!doctype html><script src="page.js"></script>',
    'page.js': "new Worker('worker.js').onmessage = () => (document.title = 'ready');",
    'worker.js': 'postMessage(0)',
  });
  const server = await serve(site);
  context.after(() => server.close());
  const session = await openSession(context, name, server.url);
  await session.waitFor("document.title === 'ready'");
  for (const index of [1, 0]) {
    const [thread] = await keepWorkersOnCore(session.processGroup!, index);
    assert.ok(thread, 'there is such a thread');
    const allowed = /^Cpus_allowed_list:\s*(\S+)/m.exec(readFileSync(`/proc/${thread}/status`, 'utf8'))![1]!;
    assert.equal(parseCores(allowed).length, 1);
    assert.equal(allowed, String(parseCores(/^Cpus_allowed_list:\s*(\S+)/m.exec(readFileSync('/proc/self/status', 'utf8'))![1]!)[index]));
  }
});
