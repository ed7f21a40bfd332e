/// However a run ends, nothing that it started goes on, and results of an earlier run stay.

import assert from 'node:assert/strict';
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { type BrowserName, testInEachBrowser } from './browsers.ts';
import { type Ended, makeSite, markedEnvironment, startRunner, temporaryFolder } from './support.ts';

/** Waits for it, and says whether it came. */
async function until(condition: () => boolean, seconds = 30): Promise<boolean> {
  for (const end = Date.now() + seconds * 1000; Date.now() < end; await pause(20)) {
    if (condition()) return true;
  }
  return false;
}

interface Run {
  pid: number;
  /** The processes that the runner started. */
  others(): number[];
  ended: Promise<Ended>;
}

/** Starts a run that would go on for ever; `end` ends it. Checks what is left then. */
async function endRun(context: TestContext, name: BrowserName, args: string[], end: (run: Run) => Promise<void>): Promise<Ended> {
  const page = '<main id="page" data-state="loading"></main><script src="page.js"></script>';
  const site = makeSite(context, { 'bench/index.html': page, 'bench/page.js': args.includes('hangs') ? 'for (;;);' : '' });
  const folder = temporaryFolder(context);
  const file = join(folder, 'earlier.json');
  writeFileSync(file, 'earlier');

  const { env, alive } = markedEnvironment();
  const options = ['--browser', name, '--site', site, '-o', file, ...args.filter((word) => word !== 'hangs')];
  const { pid, ended } = startRunner(options, env);
  const others = () => alive().filter((other) => other !== pid);
  assert.ok(await until(() => others().length > 0)); // the first may end at once: browsers start through helpers
  await end({ pid, others, ended });
  const result = await ended;

  await until(() => alive().length === 0);
  assert.deepEqual(alive(), []);
  assert.equal(result.stdout, '');
  assert.equal(result.stderr.trim().split('\n').length, 1, result.stderr);
  assert.equal(readFileSync(file, 'utf8'), 'earlier');
  assert.deepEqual(readdirSync(folder), ['earlier.json']);
  return result;
}

testInEachBrowser('Ctrl-C while the browser starts', async (context, name) => {
  const ended = await endRun(context, name, [], async ({ pid }) => void process.kill(pid, 'SIGINT'));
  assert.match(ended.stderr, /^trilane runner: interrupted \(SIGINT\)/);
  assert.equal(ended.status, 130);
});

testInEachBrowser('Ctrl-C in the middle', async (context, name) => {
  const ended = await endRun(context, name, ['--launches', '3'], async ({ pid }) => {
    await pause(4000);
    process.kill(pid, 'SIGINT');
  });
  assert.match(ended.stderr, /^trilane runner: interrupted \(SIGINT\)/);
  assert.equal(ended.status, 130);
});

testInEachBrowser('a request to end while the page hangs', async (context, name) => {
  const ended = await endRun(context, name, ['hangs'], async ({ pid }) => {
    await pause(4000);
    process.kill(pid, 'SIGTERM');
  });
  assert.match(ended.stderr, /^trilane runner: interrupted \(SIGTERM\)/);
  assert.equal(ended.status, 143);
});

testInEachBrowser('a time-out while the page hangs', async (context, name) => {
  const ended = await endRun(context, name, ['hangs', '--timeout', '3'], async () => {});
  assert.match(ended.stderr, /no result after 3 s/);
  assert.equal(ended.status, 1);
});

testInEachBrowser('a browser that dies in the middle', async (context, name) => {
  const ended = await endRun(context, name, [], async ({ others }) => {
    await pause(4000);
    for (const pid of others()) {
      try {
        process.kill(pid, 'SIGKILL');
      } catch {
        // It ended when the one before it did.
      }
    }
  });
  assert.match(ended.stderr, /the browser ended|the page crashed|did not start/); // where it was just then
  assert.equal(ended.status, 1);
});
