/// The one way to start and end browsers in tests. A file of tests has one browser of each kind; every session is a fresh
/// context of it, which shares nothing with the others and ends with its test.

import { type TestContext, after, test } from 'node:test';
import { type BrowserName, type LaunchOptions, browserNames, startBrowser, whyMissing } from '../runner/browser.ts';
import { type ServerOptions, serve } from '../runner/server.ts';
import type { RunningBrowser, Session } from '../runner/session.ts';
import { atEnd } from './ending.ts';
import { isAll } from './environment.ts';
import { patienceSeconds } from './waiting.ts';

export type { BrowserName } from '../runner/browser.ts';
export type { Session } from '../runner/session.ts';

/** The browsers that TRILANE_TEST_BROWSERS names ("chromium,firefox"); null where it is not set: all that are installed. */
function chosenBrowsers(): Set<BrowserName> | null {
  const text = process.env['TRILANE_TEST_BROWSERS'];
  if (text === undefined) return null;
  const names = text.split(/[\s,]+/).filter(Boolean) as BrowserName[];
  for (const name of names) {
    if (!browserNames.includes(name)) throw new Error(`TRILANE_TEST_BROWSERS names '${name}': choose from ${browserNames.join(', ')}`);
    const missing = whyMissing(name);
    if (missing !== null) throw new Error(`TRILANE_TEST_BROWSERS names ${name}: ${missing}`);
  }
  return new Set(names);
}

const chosen = chosenBrowsers();

/** For a test's option `skip`: why the browser is not tested here, or false. */
export function skipWithout(name: BrowserName): string | false {
  if (chosen !== null) return chosen.has(name) ? false : `TRILANE_TEST_BROWSERS leaves out ${name}`;
  return whyMissing(name) ?? false;
}

/** A test for each browser, skipped with the reason where there is none. */
export function testInEachBrowser(title: string, run: (context: TestContext, name: BrowserName) => Promise<void>): void {
  for (const name of browserNames) {
    test(`${title}, in ${name}`, { skip: skipWithout(name) }, (context) => run(context, name));
  }
}

const running = new Map<string, Promise<RunningBrowser>>();

/**
 * This file's browser of this name with these options. With all tests it is Chromium as people have it, else its headless shell, if it is
 * there: the same engine, and it starts in a fifth of the time.
 */
function browserOf(name: BrowserName, options: LaunchOptions): Promise<RunningBrowser> {
  const key = JSON.stringify([name, options]);
  const known = running.get(key);
  if (known) return known;
  const starting = startBrowser(name, undefined, { measuring: !isAll, ...options });
  running.set(key, starting);
  starting.catch(() => running.delete(key)); // its test fails; the next one may start another
  return starting;
}

after(async () => {
  for (const browser of running.values()) await (await browser).close();
});

/** A page that shares nothing with others, and ends with the test. */
export async function newSession(context: TestContext, name: BrowserName, options: LaunchOptions = {}): Promise<Session> {
  const session = await (await browserOf(name, options)).newSession();
  atEnd(context, () => session.close());
  const waitFor = session.waitFor.bind(session);
  session.waitFor = (expression, seconds = patienceSeconds) => waitFor(expression, seconds);
  return session;
}

/** Opens `url` on a page that shares nothing with others, and ends with the test. */
export async function openSession(
  context: TestContext,
  name: BrowserName,
  url: string,
  options: LaunchOptions = {},
): Promise<Session> {
  const session = await newSession(context, name, options);
  await session.open(url);
  return session;
}

/** Serves `root` until the test ends, longer than the pages that were opened after it; returns the address. */
export async function addressOf(context: TestContext, root: string, options: ServerOptions = {}): Promise<string> {
  const server = await serve(root, options);
  atEnd(context, () => server.close());
  return server.url;
}

/** Browsers that lack what trilane needs or likes; the options are those of openSession(). */
export const chromiumWithoutSimd: LaunchOptions = { args: ['--js-flags=--no-enable-ssse3'] }; // on x86
export const webkitWithoutSimd: LaunchOptions = { env: { JSC_useWasmSIMD: '0' } };
/** WebKit never has relaxed SIMD; Chromium always does. */
export const firefoxWithoutRelaxed: LaunchOptions = { prefs: { 'javascript.options.wasm_relaxed_simd': false } };
