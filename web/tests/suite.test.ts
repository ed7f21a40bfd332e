/// Rules for the tests themselves.

import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { inRepo } from './support.ts';

const folder = inRepo('web/tests');
/** Time passes in until() alone; this file names what it looks for. */
const exempt = ['waiting.ts', 'suite.test.ts'];
const sleeps = /\bsetTimeout\b|timers\/promises|\b(pause|sleep|waitForTimeout)\b\s*\(|\b(sleep|timeout) (-\w+ \w+ )?\d/;
/** Browsers and servers end in an order that browsers.ts keeps. */
const startsAlone = /\b(startBrowser|serve)\(|puppeteer\.launch|\blaunch\b.*runner\/browser\.ts/;

const linesOf = (file: string): [number, string][] => readFileSync(join(folder, file), 'utf8').split('\n').map((line, i) => [i + 1, line]);

function linesWith(pattern: RegExp, exceptions: string[]): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => /\.(ts|js|mjs|html)$/.test(file) && !exceptions.includes(file))
    .flatMap((file) => linesOf(file).flatMap(([number, line]) => (pattern.test(line) ? `${file}:${number}: ${line.trim()}` : [])));
}

test('no test sleeps: it waits for a state, in until()', () => {
  assert.deepEqual(linesWith(sleeps, exempt), []);
});

test('what sleeps is found', () => {
  for (const line of ['await pause(500);', 'setTimeout(resolve, 20)', "from 'node:timers/promises'", '`exec timeout -s KILL 5 x`', 'sleep 3']) {
    assert.match(line, sleeps);
  }
  for (const line of ["['--timeout', '3']", '{ timeout: 5 }']) assert.doesNotMatch(line, sleeps);
});

test('browsers and servers are started in one place', () => {
  const others = ['consumers.test.ts', 'worker.test.ts', 'package.test.ts'];
  assert.deepEqual(linesWith(startsAlone, ['browsers.ts', 'suite.test.ts', ...others]), []);
});
