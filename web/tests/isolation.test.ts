/// Where headers cannot be set, a service worker isolates the site's pages after one reload; where they are set, there is none.

import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import type { LaunchOptions } from '../runner/browser.ts';
import type { ServerOptions } from '../runner/server.ts';
import { type BrowserName, addressOf, openSession, skipWithout, testInEachBrowser } from './browsers.ts';
import { inRepo } from './support.ts';

async function openBench(context: TestContext, name: BrowserName, server: ServerOptions, options: LaunchOptions = {}) {
  return openSession(context, name, `${await addressOf(context, inRepo('web/site'), server)}bench/`, options);
}

const isReady = `document.getElementById('page')?.dataset.state === 'ready'`;
const workers = 'navigator.serviceWorker.getRegistrations().then((found) => found.length)';

testInEachBrowser('without headers a page becomes isolated, and stays so', async (context, name) => {
  const session = await openBench(context, name, { bare: true });
  await session.waitFor(`crossOriginIsolated && ${isReady}`);
  assert.equal(await session.evaluate(workers), 1);
  for (const path of ['demo/', 'bench/']) {
    await session.open(new URL(`../${path}`, await session.evaluate<[], string>('location.href')).href);
    assert.equal(await session.evaluate('crossOriginIsolated'), true, path);
  }
});

testInEachBrowser('with the headers there is no service worker', async (context, name) => {
  const session = await openBench(context, name, {});
  await session.waitFor(isReady);
  assert.equal(await session.evaluate('crossOriginIsolated'), true);
  assert.equal(await session.evaluate(workers), 0);
});

test('without service workers the page works all the same', { skip: skipWithout('firefox') }, async (context) => {
  const session = await openBench(context, 'firefox', { bare: true }, { prefs: { 'dom.serviceWorkers.enabled': false } });
  await session.waitFor(isReady);
  assert.equal(await session.evaluate('crossOriginIsolated'), false);
});

test('a page that cannot be isolated is not reloaded again and again', { skip: skipWithout('firefox') }, async (context) => {
  // With this preference off Firefox never isolates.
  const prefs = { 'dom.postMessage.sharedArrayBuffer.withCOOP_COEP': false };
  const session = await openBench(context, 'firefox', { bare: true }, { prefs });
  await session.waitFor(`${isReady} && performance.getEntriesByType('navigation')[0].type === 'reload'`);
  // All that a page does before it reloads itself, after it did so: on the page that was reloaded, and on a new one.
  const address = await session.evaluate<[], string>('location.href');
  for (const type of ['reload', 'navigate']) {
    if (type === 'navigate') await session.open(address);
    await session.waitFor(isReady);
    await session.evaluate(async () => {
      const [registration] = await navigator.serviceWorker.getRegistrations();
      await navigator.serviceWorker.register(registration!.active!.scriptURL);
      await navigator.serviceWorker.ready;
    });
    assert.equal(await session.evaluate(`performance.getEntriesByType('navigation')[0].type`), type);
    assert.equal(await session.evaluate('crossOriginIsolated'), false);
  }
});
