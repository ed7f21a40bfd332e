import type { Browser, ElementHandle, Page } from 'puppeteer-core';
import { firstLine } from './browser.ts';
import type { Machine } from '../bench/protocol.ts';

export interface RunOptions {
  quick: boolean;
  filter: string;
  archs: string[];
  weights: string | undefined;
  machine: Machine;
  timeoutSeconds: number;
  /** Called twice a second with what the page's progress line says. */
  onProgress(status: string): void;
}

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** What ends a run from outside of it: rejects when the page or the browser dies, or an exception goes uncaught. */
function failureOf(page: Page, browser: Browser): Promise<never> {
  return new Promise((_, reject) => {
    page.once('error', () => reject(new Error('the page crashed')));
    page.once('pageerror', (error) => reject(new Error(`the page threw an exception: ${firstLine(error)}`)));
    page.once('close', () => reject(new Error('the page was closed')));
    browser.once('disconnected', () => reject(new Error('the browser ended')));
  });
}

/** Waits until the page leaves `state`; returns the state that it then is in. */
async function waitWhile(page: Page, state: string, onProgress: (status: string) => void): Promise<string | undefined> {
  for (;;) {
    const seen = await page.evaluate(() => ({
      state: document.getElementById('page')?.dataset['state'],
      status: document.getElementById('status')?.textContent ?? '',
      error: document.getElementById('error')?.textContent ?? '',
    }));
    if (seen.state === 'failed') throw new Error(`the page failed: ${seen.error}`);
    if (seen.state !== state) return seen.state;
    onProgress(seen.status);
    await pause(500);
  }
}

async function drive(page: Page, url: string, options: RunOptions): Promise<string> {
  const response = await page.goto(url, { timeout: 0 });
  if (!response?.ok()) throw new Error(`the page is not there (${response?.status() ?? 'no answer'}): ${url}`);
  await waitWhile(page, 'loading', options.onProgress);
  if (options.weights !== undefined) {
    const input = (await page.$('#weights')) as ElementHandle<HTMLInputElement>;
    await input.uploadFile(options.weights);
    await waitWhile(page, 'loading', options.onProgress);
  }
  if ((await page.$('#run:not(:disabled)')) === null) throw new Error('no case matches');
  await page.click('#run');
  await waitWhile(page, 'loading', options.onProgress);
  const end = await waitWhile(page, 'running', options.onProgress);
  if (end !== 'done') throw new Error(`the page ended its run in the state '${end}'`);
  // What a person would get by clicking on the link.
  return page.evaluate(async () => (await fetch(document.querySelector<HTMLAnchorElement>('#download')!.href)).text());
}

/** Runs the bench page at `site` in a fresh page of `browser`, as a person would, and returns its baseline. */
export async function runBenchPage(browser: Browser, site: string, options: RunOptions): Promise<string> {
  const url = new URL('bench/', site);
  if (options.quick) url.searchParams.set('quick', '');
  if (options.filter) url.searchParams.set('filter', options.filter);
  for (const arch of options.archs) url.searchParams.append('arch', arch);
  url.searchParams.set('machine', JSON.stringify(options.machine));

  const page = await browser.newPage();
  const failure = failureOf(page, browser);
  failure.catch(() => {}); // the page closes at the end of a good run, too
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<never>((_, reject) => {
    const late = () => reject(new Error(`no result after ${options.timeoutSeconds} s (--timeout)`));
    timer = setTimeout(late, options.timeoutSeconds * 1000);
  });
  const run = drive(page, url.href, options);
  run.catch(() => {}); // it also fails, less clearly, when the page is gone
  try {
    return await Promise.race([run, failure, timeout]);
  } catch (error) {
    // A call that was under way when the connection broke knows less of it.
    throw browser.connected ? error : new Error('the browser ended');
  } finally {
    clearTimeout(timer);
  }
}
