/// A page's worker is kept on one core.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { keepWorkersOnCore, parseCores } from '../runner/cores.ts';
import { addressOf, openSession, testInEachBrowser } from './browsers.ts';
import { makeSite } from './support.ts';

test('lists of cores', () => {
  assert.deepEqual(parseCores('0-3'), [0, 1, 2, 3]);
  assert.deepEqual(parseCores('0,2-3,8'), [0, 2, 3, 8]);
  assert.deepEqual(parseCores(''), []);
});

/** The cores that a process or thread may run on; none where the system does not tell. */
function coresOf(id: number | string): number[] {
  try {
    return parseCores(/^Cpus_allowed_list:\s*(\S+)/m.exec(readFileSync(`/proc/${id}/status`, 'utf8'))![1]!);
  } catch {
    return [];
  }
}

testInEachBrowser('its worker stays where it is told', async (context, name) => {
  const cores = coresOf('self');
  if (cores.length < 2) return context.skip('there is nothing to choose from');
  const site = makeSite(context, {
    'index.html': '<!doctype html><script src="page.js"></script>',
    'page.js': "new Worker('worker.js').onmessage = () => (document.title = 'ready');",
    'worker.js': 'postMessage(0)',
  });
  const session = await openSession(context, name, await addressOf(context, site));
  await session.waitFor("document.title === 'ready'");
  for (const index of [1, 0]) {
    const [thread] = await keepWorkersOnCore(session.processGroup!, index);
    assert.ok(thread, 'there is such a thread');
    assert.deepEqual(coresOf(thread), [cores[index]]);
  }
});
