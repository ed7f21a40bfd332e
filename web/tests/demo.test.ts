/// The demo page: digits are read right in every format, by every browser, and the page stays in shape.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { copyFileSync, mkdirSync, readFileSync, readdirSync } from 'node:fs';
import { type ServerResponse, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import type { Page } from 'puppeteer-core';
import { isolationHeaders } from '../runner/headers.ts';
import { sourceLink } from '../shared/source-link.ts';
import {
  type Session,
  addressOf,
  chromiumWithoutSimd,
  firefoxWithoutRelaxed,
  openSession,
  skipWithout,
  testInEachBrowser,
  webkitWithoutSimd,
} from './browsers.ts';
import { digits, inState, openDemo, quantizedNatively, site, textOf, textsOf, tiny } from './demo.ts';
import { atEnd } from './ending.ts';
import { type PageOptions, findings, layoutShifts, openPage, press, saved } from './pages.ts';
import { digitStrokes } from './strokes.ts';
import { temporaryFolder } from './support.ts';

async function draw(session: Session, digit: number): Promise<void> {
  for (const stroke of digitStrokes[digit]!) await session.drag('#pad', stroke.map(([x, y]) => [x, y]));
}

const allRead = (digit: number) => `All four read ${digit === 8 ? 'an' : 'a'} ${digit}.`;

const answers = (session: Session) => textsOf(session, '.reading .digit');

testInEachBrowser('digits are drawn and read right by all four', async (context, name) => {
  const session = await openDemo(context, name);
  await session.waitFor(inState('digits', 'ready', 'measured'));
  for (const digit of digitStrokes.keys()) {
    await session.click('#clear');
    await draw(session, digit);
    await session.waitFor(`document.getElementById('reading').textContent === '${allRead(digit)}'`).catch(async () => {
      assert.fail(`${digit} is read as ${String(await answers(session))}`);
    });
    assert.deepEqual(await answers(session), Array(4).fill(String(digit)));
  }
  await session.click('#pad');
  await session.press('Escape');
  await session.waitFor(`document.getElementById('reading').textContent === 'Nothing is drawn.'`);
  assert.deepEqual(await answers(session), Array(4).fill('–'));
});

testInEachBrowser('the test set is measured, and its digits chosen by keyboard', async (context, name) => {
  const session = await openDemo(context, name);
  await session.waitFor(inState('digits', 'measured'));
  const right = (await textsOf(session, '.reading .accuracy')).map(parseFloat);
  for (const share of right) assert.ok(share >= 96, String(right));
  assert.ok(Math.abs(right[0]! - right[1]!) <= 1.5, String(right));
  assert.deepEqual(right.slice(2), [right[1], right[1]]);
  for (const time of await textsOf(session, '.reading .time')) assert.match(time, /^\d.*[nµm]s$/);
  const sizes = (await textsOf(session, '.reading .size')).map(parseFloat);
  assert.deepEqual(sizes[0], 939); // kB: 4 · (784 · 256 + 256 · 128 + 128 · 10)
  assert.ok(sizes[1] === sizes[2] && sizes[3]! < sizes[2]! && sizes[2]! < 939 / 14, String(sizes));

  await session.evaluate(`document.querySelector('#right-samples input').focus()`);
  await session.press('ArrowRight');
  await session.waitFor(`document.getElementById('reading').textContent.startsWith('The test set calls it a 1.')`);
  assert.equal(await session.evaluate(`document.querySelectorAll('#samples :checked').length`), 1);

  // What is shown as read wrong is read wrong.
  await session.evaluate(`document.querySelector('#wrong-samples input').focus()`);
  const before = await textOf(session, '#reading');
  await session.press(' ');
  // The sentence comes when the hand rests.
  await session.waitFor(`document.getElementById('reading').textContent !== ${JSON.stringify(before)}`);
  const label = /calls it an? (\d)/.exec(await textOf(session, '#reading'))?.[1];
  const read = await answers(session);
  assert.ok(read.some((digit) => digit !== label), `${label}: ${String(read)}`);
});

for (const [name, search, options] of [
  ['chromium', '?relaxed=no', {}],
  ['firefox', '', firefoxWithoutRelaxed],
  ['webkit', '', {}],
] as const) {
  test(`without relaxed SIMD the page works and says why, in ${name}`, { skip: skipWithout(name) }, async (context) => {
    const session = await openDemo(context, name, search, options);
    await session.waitFor(inState('digits', 'ready', 'measured'));
    assert.match(await textOf(session, '#engine'), /runs here as WebAssembly with 128-bit SIMD\. Not with relaxed SIMD: .+\.$/);
    await session.click('#clear');
    await draw(session, 2);
    await session.waitFor(`document.getElementById('reading').textContent === '${allRead(2)}'`);
  });
}

for (const [name, options] of [['chromium', chromiumWithoutSimd], ['webkit', webkitWithoutSimd]] as const) {
  test(`without SIMD one sentence says so, in ${name}`, { skip: skipWithout(name) }, async (context) => {
    const session = await openDemo(context, name, '', options);
    await session.waitFor(`document.documentElement.dataset.state === 'failed'`);
    assert.match(await textOf(session, '#engine'), /^trilane needs WebAssembly with SIMD .* take a newer one\.$/);
    assert.equal(await session.evaluate(`document.getElementById('convert').disabled`), true);
    await draw(session, 2); // harms nothing
    assert.deepEqual(await answers(session), Array(4).fill('–'));
  });
}

/** A page of the site in Chromium; complaints and requests that fail are failures of the test. */
const openInChromium = async (context: TestContext, path: string, options: PageOptions = {}): Promise<Page> =>
  openPage(context, (await addressOf(context, site)) + path, { viewport: { width: 1280, height: 900 }, strict: true, ...options });

for (const scheme of ['light', 'dark'] as const) {
  for (const width of [390, 1280]) {
    const title = `accessible and without layout jumps, ${scheme}, ${width} pixels wide`;
    test(title, { skip: skipWithout('chromium') }, async (context) => {
      // So high that all of it is in view: what is not cannot be seen moving.
      const page = await openInChromium(context, 'demo/', { scheme, viewport: { width, height: 7000 } });
      await page.waitForSelector('#digits[data-state=measured]');
      await page.waitForSelector('#weights[data-timed]');
      // Another file, without a click that would excuse what moves.
      const bytes = [...readFileSync(tiny)];
      await page.evaluate((content) => {
        const dataTransfer = new DataTransfer();
        dataTransfer.items.add(new File([new Uint8Array(content)], 'tiny.safetensors'));
        document.querySelector('#drop')!.dispatchEvent(new DragEvent('drop', { dataTransfer, bubbles: true }));
      }, bytes);
      await page.waitForSelector('#weights[data-timed="conv.weight"]');
      await page.evaluate(() => document.querySelector<HTMLButtonElement>('#convert')!.click());
      await page.waitForSelector('#download[href]');
      assert.deepEqual(await layoutShifts(page), []);
      const isWithin = () => page.evaluate(() => document.documentElement.scrollWidth <= innerWidth);
      assert.ok(await isWithin(), 'too wide');
      assert.deepEqual(await findings(page, 'all'), []);
      await page.goto(new URL('..', page.url()).href);
      assert.deepEqual(await findings(page, 'all'), []);
      assert.ok(await isWithin(), 'the first page is too wide');
    });
  }
}

/**
 * Runs on the page: waits until what has come is drawn. That is never before the head's links say that it may be: of a page that
 * has to be whole first, nothing waits here.
 */
async function untilDrawn(): Promise<void> {
  const isBlocked = Array.from(document.querySelectorAll<HTMLLinkElement>('head > link[rel=expect][blocking~=render]')).some(
    ({ href }) => document.getElementById(new URL(href).hash.slice(1)) === null,
  );
  if (document.body === null || isBlocked) return;
  await new Promise(requestAnimationFrame);
  await new Promise(requestAnimationFrame);
}

/** Opens a page of the site that comes line by line: the next one when what has come is drawn. */
async function openByLines(context: TestContext, path: string): Promise<Page> {
  const fast = await addressOf(context, site);
  let drawn = (): Promise<unknown> => Promise.resolve();
  const answerSlowly = async (url: string, response: ServerResponse): Promise<void> => {
    const answer = await fetch(new URL(url, fast));
    const type = answer.headers.get('content-type')!;
    response.writeHead(answer.status, { ...isolationHeaders, 'content-type': type });
    const body = Buffer.from(await answer.arrayBuffer());
    if (type.startsWith('text/html')) {
      for (const line of body.toString().split(/(?<=\n)/)) {
        response.write(line);
        await drawn();
      }
    }
    response.end(type.startsWith('text/html') ? '' : body);
  };
  const answers: Promise<void>[] = [];
  const slow = createServer(({ url }, response) => answers.push(answerSlowly(url!, response)));
  await once(slow.listen(0, '127.0.0.1'), 'listening');
  atEnd(context, async () => {
    slow.close();
    await Promise.all(answers); // the page may have ended before it got them
  });
  const url = `http://127.0.0.1:${(slow.address() as AddressInfo).port}/${path}`;
  return openPage(context, url, {
    viewport: { width: 1280, height: 7000 },
    strict: true,
    prepare: async (page) => {
      drawn = () => page.evaluate(untilDrawn).catch(() => {}); // the empty page that was there first is gone
    },
  });
}

for (const name of ['', 'demo/', 'bench/']) {
  test(`/${name} does not move while it arrives`, { skip: skipWithout('chromium') }, async (context) => {
    assert.deepEqual(await layoutShifts(await openByLines(context, name)), []);
  });
}

test('a finger draws, and does not scroll', { skip: skipWithout('chromium') }, async (context) => {
  const page = await openInChromium(context, 'demo/', { viewport: { width: 390, height: 844, hasTouch: true, isMobile: true } });
  await page.waitForSelector('#digits:not([data-state=loading])');
  const pad = await page.waitForSelector('#pad');
  await pad!.scrollIntoView();
  const box = (await pad!.boundingBox())!;
  const scrolled = await page.evaluate(() => scrollY);
  for (const stroke of digitStrokes[7]!) {
    const points = stroke.map(([x, y]) => [box.x + x * box.width, box.y + y * box.height] as const);
    const touch = await page.touchscreen.touchStart(...points[0]!);
    for (const [x, y] of points) await touch.move(x, y);
    await touch.end();
  }
  await page.waitForFunction((wanted) => document.getElementById('reading')?.textContent === wanted, {}, allRead(7));
  assert.equal(await page.evaluate(() => scrollY), scrolled);
});

test('without the modules the page is readable and says so', { skip: skipWithout('chromium') }, async (context) => {
  const root = temporaryFolder(context);
  for (const file of readdirSync(site, { recursive: true, withFileTypes: true })) {
    if (!file.isFile() || file.name.endsWith('.wasm')) continue;
    const folder = join(root, file.parentPath.slice(site.length));
    mkdirSync(folder, { recursive: true });
    copyFileSync(join(file.parentPath, file.name), join(folder, file.name));
  }
  const session = await openSession(context, 'chromium', `${await addressOf(context, root)}demo/`);
  await session.waitFor(`document.documentElement.dataset.state === 'failed'`);
  assert.match(await textOf(session, '#engine'), /^The WebAssembly module cannot be loaded: .*404/);
  await session.waitFor(`performance.getEntriesByName('first-contentful-paint').length === 1`);
});

test('the download is saved under the name of its file', { skip: skipWithout('chromium') }, async (context) => {
  const page = await openInChromium(context, 'demo/');
  await page.waitForSelector('#weights[data-timed]');
  await press(page, '#options [value=i2_s]');
  await page.waitForSelector('#weights[data-state=ready] #convert:enabled');
  const file = await saved(context, page, 'digits-i2s.safetensors', () => press(page, '#convert'));
  assert.ok((await quantizedNatively(context, digits, ['--format', 'i2_s'])).equals(file));
});

test('the pages link to the repository where the build knows its address', () => {
  const transform = (address: string | null) =>
    (sourceLink(address).transformIndexHtml as (html: string) => string)('<nav><!-- source --></nav>');
  assert.equal(transform('https://example.org/a/b'), '<nav><a href="https://example.org/a/b">Source</a></nav>');
  assert.equal(transform(null), '<nav></nav>');
});
