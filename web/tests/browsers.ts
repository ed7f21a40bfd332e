import { type TestContext, test } from 'node:test';
import { type BrowserName, type LaunchOptions, browserNames, startBrowser, whyMissing } from '../runner/browser.ts';
import type { Session } from '../runner/session.ts';

export type { BrowserName } from '../runner/browser.ts';
export type { Session } from '../runner/session.ts';

// An end by 'exit' ends the browsers, too.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => process.exit(1));

export const installedBrowsers = (): BrowserName[] => browserNames.filter((name) => whyMissing(name) === null);

/** For a test's option `skip`: why the browser cannot be started here, or false. */
export const skipWithout = (name: BrowserName): string | false => whyMissing(name) ?? false;

/** A test for each browser, skipped with the reason where there is none. */
export function testInEachBrowser(title: string, run: (context: TestContext, name: BrowserName) => Promise<void>): void {
  for (const name of browserNames) {
    test(`${title}, in ${name}`, { skip: skipWithout(name) }, (context) => run(context, name));
  }
}

/** Opens `url` in a browser of its own, which ends with the test. */
export async function openSession(
  context: TestContext,
  name: BrowserName,
  url: string,
  options: LaunchOptions = {},
): Promise<Session> {
  const browser = await startBrowser(name, undefined, options);
  context.after(() => browser.close());
  const session = await browser.newSession();
  await session.open(url);
  return session;
}

/** Browsers that lack what trilane needs or likes; the options are those of openSession(). */
export const chromiumWithoutSimd: LaunchOptions = { args: ['--js-flags=--no-enable-ssse3'] }; // on x86
export const webkitWithoutSimd: LaunchOptions = { env: { JSC_useWasmSIMD: '0' } };
/** WebKit never has relaxed SIMD; Chromium always does. */
export const firefoxWithoutRelaxed: LaunchOptions = { prefs: { 'javascript.options.wasm_relaxed_simd': false } };
