/// What tests of pages in Chromium share: pages as a person opens them, presses on them, and sees them.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import axe from 'axe-core';
import type { CDPSession, Page, Viewport } from 'puppeteer-core';
import { type Session, newSession } from './browsers.ts';
import { atEnd } from './ending.ts';
import { temporaryFolder } from './support.ts';
import { patienceSeconds, until } from './waiting.ts';

export interface PageOptions {
  scheme?: 'light' | 'dark';
  viewport?: Viewport;
  /** Requests that fail and warnings of the console are complaints, too. */
  strict?: boolean;
  /** Called before the page opens. */
  prepare?: (page: Page) => Promise<unknown>;
}

/** An empty page in Chromium. */
export async function newPage(context: TestContext): Promise<Page> {
  const { page } = (await newSession(context, 'chromium')) as Session & { readonly page: Page };
  page.setDefaultTimeout(patienceSeconds * 1000);
  return page;
}

/** Opens `url` in Chromium, with the console's complaints as failures of the test. */
export async function openPage(
  context: TestContext,
  url: string,
  { scheme = 'light', viewport, strict = false, prepare }: PageOptions = {},
): Promise<Page> {
  const page = await newPage(context);
  const complaints: string[] = [];
  const kinds = strict ? ['error', 'warn'] : ['error'];
  page.on('console', (message) => kinds.includes(message.type()) && complaints.push(message.text()));
  page.on('pageerror', (error) => complaints.push(String(error)));
  if (strict) page.on('requestfailed', (request) => complaints.push(request.url()));
  atEnd(context, async () => {
    await page.evaluate('0'); // what the page complained of before is known after this answer
    assert.deepEqual(complaints, []);
  });
  if (viewport) await page.setViewport(viewport);
  await page.emulateMediaFeatures([{ name: 'prefers-color-scheme', value: scheme }]);
  await prepare?.(page);
  await page.goto(url);
  return page;
}

/** Clicks on an element once it stands still, is in view and can be pressed. */
export const press = (page: Page, selector: string): Promise<void> => page.locator(selector).click();

export const textOf = (page: Page, selector: string) => page.$eval(selector, (element) => element.textContent ?? '');

/** The file that the page saves because of `ask`, under the name that it has to have. */
export async function saved(context: TestContext, page: Page, name: string, ask: () => Promise<unknown>): Promise<Buffer> {
  const downloadPath = temporaryFolder(context);
  const session: CDPSession = await page.createCDPSession();
  const browserContextId = page.browserContext().id;
  await session.send('Browser.setDownloadBehavior', {
    behavior: 'allow',
    downloadPath,
    eventsEnabled: true,
    ...(browserContextId === undefined ? {} : { browserContextId }),
  });
  const whole = new Promise<void>((resolve, reject) => {
    session.on('Browser.downloadProgress', ({ state }) => {
      if (state === 'completed') resolve();
      if (state === 'canceled') reject(new Error(`the download of ${name} was cancelled`));
    });
  });
  await ask();
  await whole;
  return readFileSync(join(downloadPath, name));
}

export interface Shift {
  value: number;
  /** What moved. */
  sources: string[];
}

/**
 * What moved on the page so far although nobody touched it. The browser reports shifts in their order: an element that this moves
 * itself comes last.
 */
export function layoutShifts(page: Page): Promise<Shift[]> {
  return page.evaluate(async () => {
    type LayoutShift = PerformanceEntry & { value: number; sources: { node: Element | null }[] };
    const frame = () => new Promise(requestAnimationFrame);
    const marker = document.body.appendChild(document.createElement('div'));
    marker.style.cssText = 'position: fixed; left: 0; top: 0; width: 40px; height: 40px; background: red';
    const shifts: Shift[] = [];
    const isAll = new Promise<void>((resolve) => {
      new PerformanceObserver((list, observer) => {
        for (const entry of list.getEntries() as LayoutShift[]) {
          const moved = entry.sources.map(({ node }) => node);
          const others = moved.filter((node) => node !== marker);
          if (others.length > 0 || moved.length === 0) {
            shifts.push({ value: entry.value, sources: others.map((node) => node?.outerHTML.slice(0, 80) ?? 'something') });
          }
          if (moved.includes(marker)) {
            observer.disconnect();
            resolve();
          }
        }
      }).observe({ type: 'layout-shift', buffered: true });
    });
    // Two frames: it is drawn in the first, and has to be seen before it moves.
    await frame();
    await frame();
    marker.style.top = '120px';
    await isAll;
    marker.remove();
    return shifts;
  });
}

/** Waits until nothing is wider than the screen: after a change of its size some of the page follows a moment later. */
export async function untilWithin(page: Page, width: number): Promise<void> {
  const widthNow = () => page.evaluate(() => document.documentElement.scrollWidth);
  const tooWide = (limit: number): string[] =>
    Array.from(document.querySelectorAll('body *'))
      .filter((element) => element.getBoundingClientRect().right > limit)
      .map((element) => element.outerHTML.slice(0, 80));
  await until(`a page ${width} pixels wide`, async () => (await widthNow()) === width).catch(async (error: unknown) => {
    assert.fail(`${String(error)}: ${(await page.evaluate(tooWide, width)).join(' ')}`);
  });
}

export type Impact = 'all' | 'serious';

/** What axe finds: everything, or what is at least serious. */
export async function findings(page: Page, impact: Impact): Promise<string[]> {
  await page.evaluate(`${axe.source}; undefined`).catch(() => assert.fail('axe could not be put into the page'));
  return page.evaluate(async (wanted) => {
    const { violations } = await (globalThis as unknown as { axe: typeof axe }).axe.run();
    return violations
      .filter(({ impact: found }) => wanted === 'all' || found === 'serious' || found === 'critical')
      .flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html}`));
  }, impact);
}

/** Waits until a plot is on the screen and its name matches: a plot out of sight is drawn later. Returns its pixels that are not empty. */
export async function inkOf(page: Page, figure: string, name = /./): Promise<number> {
  await page.$eval(figure, (element) => element.scrollIntoView({ block: 'center' }));
  const canvas = `${figure} canvas:not([hidden])[role=img]`;
  const isDrawn = ({ source, flags }: { source: string; flags: string }, selector: string) =>
    new RegExp(source, flags).test(document.querySelector(selector)?.getAttribute('aria-label') ?? '');
  await page
    .waitForFunction(isDrawn, {}, { source: name.source, flags: name.flags }, canvas)
    .catch(async (error: unknown) => assert.fail(`${figure} is not ${name} but ${await page.$eval(figure, ({ outerHTML }) => outerHTML)}: ${error}`));
  return page.$eval(canvas, (element) => {
    const drawn = element as HTMLCanvasElement;
    const { data } = drawn.getContext('2d')!.getImageData(0, 0, drawn.width, drawn.height);
    let ink = 0;
    for (let i = 3; i < data.length; i += 4) if (data[i]! > 0) ++ink;
    return ink;
  });
}
