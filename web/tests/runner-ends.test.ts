/// However a run ends, nothing that it started goes on, and results of an earlier run stay.

import assert from 'node:assert/strict';
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { type BrowserName, testInEachBrowser } from './browsers.ts';
import { hold, siteWith, untilHeld } from './mirror.ts';
import { type Ended, type Program, startRunner } from './processes.ts';
import { temporaryFolder } from './support.ts';
import { until } from './waiting.ts';

/** Starts a run that would go on for ever on a page of this script; `end` ends it. Checks what is left then. */
async function endRun(
  context: TestContext,
  name: BrowserName,
  script: string,
  args: string[],
  end: (run: Program) => Promise<void>,
): Promise<Ended> {
  const folder = temporaryFolder(context);
  const file = join(folder, 'earlier.json');
  writeFileSync(file, 'earlier');

  const run = startRunner(context, ['--browser', name, '--site', siteWith(context, script), '-o', file, ...args]);
  await until('the first process of a browser', () => run.others().length > 0);
  await end(run);
  const result = await run.ended;

  await run.allEnded();
  assert.equal(result.stdout, '');
  assert.equal(result.stderr.trim().split('\n').length, 1, result.stderr);
  assert.equal(readFileSync(file, 'utf8'), 'earlier');
  assert.deepEqual(readdirSync(folder), ['earlier.json']);
  return result;
}

/** A page that holds in the middle of its run, and one that hangs from there on. */
const holds = `${hold};`;
const hangs = `${hold}.then(() => { for (;;); });`;

testInEachBrowser('Ctrl-C while the browser starts', async (context, name) => {
  const ended = await endRun(context, name, holds, [], async (run) => run.signal('SIGINT'));
  assert.match(ended.stderr, /^trilane runner: interrupted \(SIGINT\)/);
  assert.equal(ended.status, 130);
});

testInEachBrowser('Ctrl-C in the middle', async (context, name) => {
  const ended = await endRun(context, name, holds, ['--launches', '3'], async (run) => {
    await untilHeld(run);
    run.signal('SIGINT');
  });
  assert.match(ended.stderr, /^trilane runner: interrupted \(SIGINT\)/);
  assert.equal(ended.status, 130);
});

testInEachBrowser('a request to end while the page hangs', async (context, name) => {
  const ended = await endRun(context, name, hangs, [], async (run) => {
    await untilHeld(run);
    run.signal('SIGTERM');
  });
  assert.match(ended.stderr, /^trilane runner: interrupted \(SIGTERM\)/);
  assert.equal(ended.status, 143);
});

testInEachBrowser('a time-out while the page hangs', async (context, name) => {
  const ended = await endRun(context, name, hangs, ['--timeout', '3'], async () => {});
  assert.match(ended.stderr, /no result after 3 s/);
  assert.equal(ended.status, 1);
});

testInEachBrowser('a browser that dies in the middle', async (context, name) => {
  const ended = await endRun(context, name, holds, [], async (run) => {
    await untilHeld(run);
    await run.killOthers();
  });
  assert.match(ended.stderr, /the browser ended|the page crashed/); // WebKit's driver does not say which
  assert.equal(ended.status, 1);
});
