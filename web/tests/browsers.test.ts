/// What the other tests take for granted of the browsers.

import assert from 'node:assert/strict';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import type { LaunchOptions } from '../runner/browser.ts';
import {
  type BrowserName,
  type Session,
  addressOf,
  chromiumWithoutSimd,
  firefoxWithoutRelaxed,
  openSession,
  skipWithout,
  testInEachBrowser,
  webkitWithoutSimd,
} from './browsers.ts';
import { makeSite } from './support.ts';

const page = `<!doctype html><link rel="stylesheet" href="page.css" />
<input id="file" type="file" /><input id="text" /><button id="button">press</button><button id="break">break</button><div id="pad"></div>
<script src="page.js"></script>`;

const script = `
button.onclick = () => button.textContent = 'pressed';
const events = [];
for (const name of ['pointerdown', 'pointermove', 'pointerup'])
  pad.addEventListener(name, ({ type, offsetX, offsetY }) => events.push([type, offsetX, offsetY]));
document.getElementById('break').onclick = () => { throw new Error('broken on purpose'); };`;

/** The pad lies at whole pixels, whatever the font of what is above it. */
const style = '#pad { position: absolute; left: 8px; top: 200px; width: 200px; height: 100px }';

/** A small page in `name`. */
async function openPage(context: TestContext, name: BrowserName, path = '', options: LaunchOptions = {}): Promise<Session> {
  const url = await addressOf(context, makeSite(context, { 'index.html': page, 'page.js': script, 'page.css': style }));
  return openSession(context, name, url + path, options);
}

testInEachBrowser('a page is driven from outside', async (context, name) => {
  const session = await openPage(context, name);
  assert.equal(await session.evaluate('crossOriginIsolated'), true);
  assert.deepEqual(await session.evaluate(async (a: number, b: { c: string }) => [a + 1, b.c, null], 1, { c: 'x' }), [2, 'x', null]);
  await assert.rejects(session.evaluate('nothing.there'), /nothing/);
  await assert.rejects(session.waitFor('false', 0.3), /waited 0.3 s for false/);

  await session.click('#button');
  await session.waitFor(`button.textContent === 'pressed'`);
  await session.click('#text');
  await session.press('a', 'b', 'ArrowLeft', 'c', 'Tab');
  assert.deepEqual(await session.evaluate('[text.value, document.activeElement.id]'), ['acb', 'button']);

  const folder = makeSite(context, { 'some file.txt': 'its text' });
  await session.setFile('#file', join(folder, 'some file.txt'));
  assert.equal(await session.evaluate('file.files[0].text()'), 'its text');

  await session.drag('#pad', [[0.25, 0.5], [0.5, 0.25], [0.75, 0.5]]); // prettier-ignore
  const events = await session.evaluate<[], [string, number, number][]>('events');
  const pressed = events.slice(events.findIndex(([type]) => type === 'pointerdown'));
  assert.deepEqual(pressed[0], ['pointerdown', 50, 50]);
  assert.ok(pressed.some(([type, x, y]) => type === 'pointermove' && x === 100 && y === 25), JSON.stringify(pressed));
  assert.deepEqual(pressed.at(-1), ['pointerup', 150, 50]);

  await session.resize(1000, 700);
  await session.waitFor('innerWidth === 1000');
  assert.deepEqual([...(await session.screenshot()).slice(1, 4)], [...Buffer.from('PNG')]);
});

testInEachBrowser('an exception that nobody catches is a failure', async (context, name) => {
  const session = await openPage(context, name);
  await session.evaluate('true'); // from here on WebKit's page is watched
  await session.click('#break');
  await assert.rejects(session.waitFor('false'), /the page threw an exception: .*broken on purpose/);
});

testInEachBrowser('a page that is not there', async (context, name) => {
  await assert.rejects(openPage(context, name, 'nowhere'), /the page is not there \(404\)/);
});

testInEachBrowser('pages share nothing', async (context, name) => {
  const url = await addressOf(context, makeSite(context, { 'index.html': page, 'page.js': '', 'page.css': '' }));
  for (const _ of [1, 2]) {
    const session = await openSession(context, name, url);
    assert.equal(await session.evaluate(`localStorage.getItem('mark')`), null);
    await session.evaluate(`localStorage.setItem('mark', 'here')`);
  }
});

// (module (func (result v128) …)) with i32.const 0, i8x16.splat, i8x16.popcnt; and with i8x16.relaxed_swizzle of two splats.
const simd = [0, 97, 115, 109, 1, 0, 0, 0, 1, 5, 1, 96, 0, 1, 123, 3, 2, 1, 0, 10, 10, 1, 8, 0, 65, 0, 253, 15, 253, 98, 11];
const relaxed = [
  0, 97, 115, 109, 1, 0, 0, 0, 1, 5, 1, 96, 0, 1, 123, 3, 2, 1, 0, 10, 15, 1, 13, 0, 65, 0, 253, 15, 65, 0, 253, 15, 253, 128, 2, 11,
];

async function abilities(context: TestContext, name: BrowserName, options: LaunchOptions = {}): Promise<boolean[]> {
  const session = await openPage(context, name, '', options);
  return session.evaluate((...modules: number[][]) => modules.map((bytes) => WebAssembly.validate(new Uint8Array(bytes))), simd, relaxed);
}

const cases: [title: string, name: BrowserName, options: LaunchOptions, expected: [simd: boolean, relaxed: boolean]][] = [
  ['Chromium has relaxed SIMD', 'chromium', {}, [true, true]],
  ['Firefox has relaxed SIMD', 'firefox', {}, [true, true]],
  ['WebKit has SIMD alone', 'webkit', {}, [true, false]],
  ['Chromium can be without SIMD', 'chromium', chromiumWithoutSimd, [false, false]],
  ['WebKit can be without SIMD', 'webkit', webkitWithoutSimd, [false, false]],
  ['Firefox can be without relaxed SIMD', 'firefox', firefoxWithoutRelaxed, [true, false]],
];
for (const [title, name, options, expected] of cases) {
  test(title, { skip: skipWithout(name) }, async (context) => {
    assert.deepEqual(await abilities(context, name, options), expected);
  });
}
