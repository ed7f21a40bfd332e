/// What the tests of the bench page share.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import type { TestContext } from 'node:test';
import { Ajv2020 } from 'ajv/dist/2020.js';
import type { Page } from 'puppeteer-core';
import type { Baseline } from '../bench/baseline.ts';
import { launch } from '../runner/browser.ts';
import { serve } from '../runner/server.ts';
import { type BrowserName, type Session, openSession } from './browsers.ts';
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
async function address(context: TestContext, search: string): Promise<string> {
  const server = await serve(inRepo('web/site'));
  context.after(() => server.close());
  return `${server.url}bench/${search}`;
}

/** The page at `search` in Chromium, as a person opens it; complaints of the browser's console fail the test at its end. */
export async function openPage(context: TestContext, search: string, state = 'ready'): Promise<Page> {
  const browser = await launch('chromium', undefined);
  context.after(() => browser.close()); // before its server does: it would complain
  const url = await address(context, search);
  const page = await browser.newPage();
  const complaints: string[] = [];
  page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()));
  page.on('pageerror', (error) => complaints.push(String(error)));
  context.after(() => assert.deepEqual(complaints, []));
  await page.goto(url);
  await inState(page, state);
  return page;
}

/** The page at `search` in any of the browsers. */
export async function openBench(context: TestContext, name: BrowserName, search: string): Promise<Session> {
  const session = await openSession(context, name, await address(context, search));
  await session.waitFor(isInState('ready'));
  return session;
}

export const isInState = (state: string): string => `document.querySelector('#page[data-state=${state}]')`;
export const inState = (page: Page, state: string) => page.waitForSelector(`#page[data-state=${state}]`, { timeout: 120_000 });
export const textOf = (page: Page, selector: string) => page.$eval(selector, (element) => element.textContent ?? '');
