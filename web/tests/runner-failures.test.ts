/// Whatever goes wrong in the browser, the headless runner ends non-zero with one line, and old results stay.

import assert from 'node:assert/strict';
import { cpSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { findProgram } from '../runner/browser.ts';
import { skipWithout, testInEachBrowser } from './browsers.ts';
import { hold, onceLookedAt, siteWith, untilHeld } from './mirror.ts';
import { type Ended, runner, startRunner } from './processes.ts';
import { inRepo, temporaryFolder } from './support.ts';

const chromium = findProgram('chromium');

function assertOneLine(ended: Ended, status: number, pattern: RegExp): void {
  assert.equal(ended.stdout, '');
  assert.match(ended.stderr, pattern);
  assert.equal(ended.stderr.trim().split('\n').length, 1, ended.stderr);
  assert.equal(ended.status, status);
}

testInEachBrowser('a missing browser', async (context, name) => {
  const empty = temporaryFolder(context);
  const ended = await runner(['--browser', name], { ...process.env, PATH: empty, DISPLAY: '' });
  const missing = name === 'webkit' ? /found no webkit \(no WebKitWebDriver, no Xvfb\)/ : new RegExp(`found no ${name} on the PATH`);
  assertOneLine(ended, 1, missing);
});

testInEachBrowser('a program that is no browser', async (_, name) => {
  const browser = ['--browser', name, '--executable'];
  assertOneLine(await runner([...browser, '/bin/false']), 1, new RegExp(`${name} did not start`));
  assertOneLine(await runner([...browser, '/nonexistent']), 1, /'\/nonexistent' is no program/);
});

testInEachBrowser('an exception on the page', async (context, name) => {
  const site = siteWith(context, onceLookedAt('throw new Error("broken on purpose");'));
  assertOneLine(await runner(['--browser', name, '--site', site]), 1, /the page threw an exception: .*broken on purpose/);
});

testInEachBrowser('an error that the page shows', async (context, name) => {
  const site = siteWith(
    context,
    'document.getElementById("error").textContent = "no such thing"; document.getElementById("page").dataset.state = "failed"',
  );
  assertOneLine(await runner(['--browser', name, '--site', site]), 1, /the page failed: no such thing/);
});

testInEachBrowser('a time-out', async (context, name) => {
  const site = siteWith(context, '');
  assertOneLine(await runner(['--browser', name, '--site', site, '--timeout', '2']), 1, /no result after 2 s/);
});

testInEachBrowser('a page that hangs', async (context, name) => {
  const site = siteWith(context, 'for (;;);');
  assertOneLine(await runner(['--browser', name, '--site', site, '--timeout', '3']), 1, /no result after 3 s/);
});

/** A program that starts a browser as `command` says, with the runner's arguments in "$@". */
function browserWrapper(context: TestContext, command: string): string {
  const program = join(temporaryFolder(context), 'browser');
  writeFileSync(program, `#!/bin/sh\n${command}\n`, { mode: 0o755 });
  return program;
}

test('a page that crashes', async (context) => {
  const program = browserWrapper(context, `exec ${chromium} --js-flags=--max-old-space-size=32 "$@"`);
  const site = siteWith(context, onceLookedAt('for (const held = []; ; ) held.push(new Array(100000).fill({}));'));
  assertOneLine(await runner(['--site', site, '--executable', program]), 1, /the page crashed/);
});

test('a browser that ends', { skip: skipWithout('chromium') }, async (context) => {
  const run = startRunner(context, ['--site', siteWith(context, hold)]);
  await untilHeld(run);
  await run.killOthers(); // its first process before the others
  assertOneLine(await run.ended, 1, /the browser ended/);
});

/** The built site, with what `change` does to its assets. */
function brokenSite(context: TestContext, pattern: RegExp, change: (file: string) => void): string {
  const site = temporaryFolder(context);
  cpSync(inRepo('web/site'), site, { recursive: true });
  const assets = join(site, 'assets');
  const broken = readdirSync(assets).filter((name) => pattern.test(name));
  assert.notEqual(broken.length, 0);
  for (const name of broken) change(join(assets, name));
  return site;
}

test('a worker that is not there, and one that breaks', async (context) => {
  const missing = brokenSite(context, /^worker-.*\.js$/, (file) => rmSync(file));
  assertOneLine(await runner(['--site', missing]), 1, /the page failed: The benchmark worker stopped/);
  const broken = brokenSite(context, /^worker-.*\.js$/, (file) => writeFileSync(file, 'throw new Error("on purpose")'));
  assertOneLine(await runner(['--site', broken]), 1, /the page failed: The benchmark worker stopped: .*on purpose/);
});

test('a module that does not load', async (context) => {
  const site = brokenSite(context, /\.wasm$/, (file) => truncateSync(file, 1000));
  assertOneLine(await runner(['--site', site]), 1, /the page failed: The benchmark module broke: /);
});

test('a site that is not built', async (context) => {
  assertOneLine(await runner(['--site', temporaryFolder(context)]), 1, /no built site/);
});

test('a pattern that nothing matches, and one that is none', async () => {
  assertOneLine(await runner(['--filter', 'no_such_case']), 1, /no case matches/);
  assertOneLine(await runner(['--filter', '(']), 1, /the page failed: .*\(/);
});

test('an arch that is not there', async () => {
  assertOneLine(await runner(['--arch', 'avx2']), 1, /no arch 'avx2'.*scalar.*simd128/);
});

test('weights that are none', async (context) => {
  const file = join(temporaryFolder(context), 'weights.safetensors');
  writeFileSync(file, 'these are no tensors');
  assertOneLine(await runner(['--weights', file]), 1, /the page failed: /);
  assertOneLine(await runner(['--weights', `${file}.missing`]), 1, /there is no file/);
});

test('wrong usage', async () => {
  assertOneLine(await runner(['--bogus']), 2, /--bogus/);
  assertOneLine(await runner(['--browser', 'netscape']), 2, /netscape.*chromium, firefox, webkit/);
  assertOneLine(await runner(['--timeout', 'soon']), 2, /soon/);
});

test('results of an earlier run survive a failure', async (context) => {
  const folder = temporaryFolder(context);
  const file = join(folder, 'chromium.json');
  writeFileSync(file, 'earlier');
  assertOneLine(await runner(['--site', siteWith(context, 'throw new Error("no")'), '-o', file]), 1, /no/);
  assert.equal(readFileSync(file, 'utf8'), 'earlier');
  assert.deepEqual(readdirSync(folder), ['chromium.json']);
});

test('an output that cannot be written', async () => {
  const args = ['--quick', '--filter', '^quantize/i2_s/1024$', '-o', inRepo('no/such/folder/x.json')];
  assertOneLine(await runner(args), 1, /x\.json/);
});
