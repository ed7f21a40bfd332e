/// What the tests of the demo page share.

import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, before } from 'node:test';
import type { LaunchOptions } from '../runner/browser.ts';
import { type BrowserName, type Session, addressOf, openSession } from './browsers.ts';
import { inRepo, temporaryFolder, trilane } from './support.ts';

export const site = inRepo('web/site');
export const tiny = inRepo('tests/data/tiny.safetensors');
export const digits = inRepo('tests/data/digits.safetensors');

before(() => {
  assert.ok(existsSync(join(site, 'demo/index.html')), 'build the site first');
  assert.ok(existsSync(inRepo('build/native/trilane')), 'build the preset native first');
});

export async function openDemo(
  context: TestContext,
  name: BrowserName,
  search = '',
  options: LaunchOptions = {},
): Promise<Session> {
  return openSession(context, name, `${await addressOf(context, site)}demo/${search}`, options);
}

/** For waitFor(): the section is in one of these states. */
export const inState = (id: string, ...states: string[]): string =>
  `${JSON.stringify(states)}.includes(document.getElementById('${id}').dataset.state)`;

export const textOf = (session: Session, selector: string): Promise<string> =>
  session.evaluate((wanted) => document.querySelector(wanted)!.textContent ?? '', selector);

export const textsOf = (session: Session, selector: string): Promise<string[]> =>
  session.evaluate((wanted) => Array.from(document.querySelectorAll(wanted), (one) => one.textContent ?? ''), selector);

/** What the command line makes of a file. */
export async function quantizedNatively(context: TestContext, file: string, options: string[]): Promise<Buffer> {
  const output = join(temporaryFolder(context), 'quantized.safetensors');
  const ended = await trilane(['quantize', file, '-o', output, ...options]);
  assert.equal(ended.status, 0, ended.stderr);
  return readFileSync(output);
}
