/// What the tests of the bench page share.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import type { TestContext } from 'node:test';
import { Ajv2020 } from 'ajv/dist/2020.js';
import type { Page } from 'puppeteer-core';
import type { Baseline } from '../bench/baseline.ts';
import { type BrowserName, type Session, addressOf, openSession } from './browsers.ts';
import { type PageOptions, openPage } from './pages.ts';
import { inRepo } from './support.ts';

const schema = JSON.parse(readFileSync(inRepo('baselines/schema.json'), 'utf8')) as object;
// Formats are annotations to ajv itself.
const validate = new Ajv2020({ allErrors: true, validateFormats: false }).compile(schema);

export function parseValid(text: string): Baseline {
  const baseline = JSON.parse(text) as Baseline;
  assert.ok(validate(baseline), JSON.stringify(validate.errors, null, 2));
  return baseline;
}

/** The address of the bench page of the built site, served until the test ends. */
const addressOfBench = async (context: TestContext, search: string): Promise<string> =>
  `${await addressOf(context, inRepo('web/site'))}bench/${search}`;

/** The page at `search` in Chromium, as a person opens it; complaints of the browser's console fail the test at its end. */
export async function openBenchPage(context: TestContext, search: string, state = 'ready', options: PageOptions = {}): Promise<Page> {
  const page = await openPage(context, await addressOfBench(context, search), options);
  await inState(page, state);
  return page;
}

/** The page at `search` in any of the browsers. */
export async function openBench(context: TestContext, name: BrowserName, search: string): Promise<Session> {
  const session = await openSession(context, name, await addressOfBench(context, search));
  await session.waitFor(isInState('ready'));
  return session;
}

export const isInState = (state: string): string => `document.querySelector('#page[data-state=${state}]')`;
export const inState = (page: Page, state: string) => page.waitForSelector(`#page[data-state=${state}]`);

/** Runs on the page: presses the button to stop as soon as a first case has ended, before the next one begins. */
export function stopAfterFirstCase(): void {
  const results = document.querySelector('#results')!;
  new MutationObserver((_, observer) => {
    if (!results.querySelector('tr:not(.waiting):not([aria-busy=true])')) return;
    observer.disconnect();
    document.querySelector<HTMLButtonElement>('#stop')!.click();
  }).observe(results, { subtree: true, attributes: true, childList: true });
}
