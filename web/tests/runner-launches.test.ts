/// Several launches become one baseline, in every browser; the tier that ran a case is told from forced optimised code.

import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { findProgram } from '../runner/browser.ts';
import { findTiers, tiersOf } from '../runner/tiers.ts';
import { parseValid } from './bench.ts';
import { type BrowserName, skipWithout, testInEachBrowser } from './browsers.ts';
import { runner, temporaryFolder, trilane } from './support.ts';

const engines: Record<BrowserName, string> = { chromium: 'V8', firefox: 'SpiderMonkey', webkit: 'JavaScriptCore' };

testInEachBrowser('three launches are one baseline, with digests as natively', async (_, name) => {
  const filter = ['--quick', '--filter', '^(quantize/tl2/1024|gemv/(i2_s|tl1|tl2)/640x2560)$'];
  const ended = await runner(['--browser', name, '--launches', '3', ...filter]);
  assert.equal(ended.status, 0, ended.stderr);
  const merged = parseValid(ended.stdout);
  const samples = JSON.parse(ended.stdout) as { benchmarks: { launches: unknown[] }[] };
  assert.equal(merged.suite.launches, 3);
  assert.ok(samples.benchmarks.every(({ launches }) => launches.length === 3));
  assert.equal(merged.environment.engine?.name, engines[name]);
  assert.match(merged.environment.engine.version, name === 'webkit' ? /^2\.\d+\.\d+$/ : /^\d+\./);

  const native = await trilane(['bench', '--arch', 'scalar', '--json', '-', ...filter]);
  const digests = new Map(parseValid(native.stdout).benchmarks.map((one) => [one.case, one.output_digest]));
  assert.deepEqual(new Set(merged.benchmarks.map((one) => one.case)), new Set(digests.keys()));
  for (const one of merged.benchmarks) assert.equal(one.output_digest, digests.get(one.case), `${one.case} ${one.arch}`);
  const archs = name === 'webkit' ? ['scalar', 'simd128'] : ['relaxed', 'scalar', 'simd128'];
  assert.deepEqual([...new Set(merged.benchmarks.map((one) => one.arch))].sort(), archs);
  assert.ok(merged.benchmarks.every((one) => one.compiled === 'unknown'));
});

const baselineOf = (medians: Record<string, number>) =>
  JSON.stringify({
    benchmarks: Object.entries(medians).map(([key, median]) => {
      const [name, arch] = key.split(' ');
      return { case: name, arch, estimates: { median: { point_estimate: median } } };
    }),
  });

test('a case is optimised up to 1.25 times the time of forced optimised code', () => {
  const tiers = tiersOf(
    baselineOf({ 'a scalar': 100, 'a simd128': 125, 'b scalar': 126, 'b simd128': 300, 'only/here scalar': 1 }),
    baselineOf({ 'a scalar': 110, 'a simd128': 100, 'b scalar': 100, 'b simd128': 100, 'only/there scalar': 1 }),
  );
  assert.deepEqual(tiers, { 'a scalar': 'optimizing', 'a simd128': 'optimizing', 'b scalar': 'baseline', 'b simd128': 'baseline' });
});

test('a case that seems to be baseline code gets a second look', async () => {
  const asked: [string, boolean][] = [];
  const forced = { 'a.b/x scalar': 100, 'a.b/x simd128': 10, 'c scalar': 100, 'c simd128': 10, 'd scalar': 7 };
  const tiers = await findTiers(
    baselineOf({ ...forced, 'a.b/x scalar': 300, 'a.b/x simd128': 13, 'c simd128': 30 }),
    'some filter',
    async (filter, optimized) => {
      asked.push([filter, optimized]);
      return baselineOf(optimized ? forced : { ...forced, 'a.b/x scalar': 300, 'c scalar': 300 });
    },
  );
  assert.deepEqual(tiers, {
    'a.b/x scalar': 'baseline', // both times
    'a.b/x simd128': 'optimizing', // the second time
    'c scalar': 'optimizing', // it was at first: nobody asked again
    'c simd128': 'optimizing',
    'd scalar': 'optimizing',
  });
  const narrowed = '^(a\\.b/x|c)$';
  assert.deepEqual(asked, [['some filter', true], [narrowed, false], [narrowed, true]]); // prettier-ignore
});

test('a Chromium that only has its baseline compiler is found out', { skip: skipWithout('chromium') }, async (context) => {
  const program = join(temporaryFolder(context), 'browser');
  const chromium = findProgram('chromium');
  // The check's own flag is left alone: of two values of one option it is not certain which counts.
  const command = `case "$*" in *--no-liftoff*) exec ${chromium} "$@" ;; esac\nexec ${chromium} --js-flags=--liftoff-only "$@"`;
  writeFileSync(program, `#!/bin/sh\n${command}\n`, { mode: 0o755 });
  // Here the baseline compiler's code takes three times as long.
  const args = ['--quick', '--check-tier', '--arch', 'simd128', '--filter', '^dequantize/.*/(16384|65536)$'];
  const ended = await runner(['--executable', program, ...args]);
  assert.equal(ended.status, 0, ended.stderr);
  const tiers = parseValid(ended.stdout).benchmarks.map((one) => one.compiled);
  assert.equal(tiers.length, 6);
  // A busy machine may hide it in some.
  assert.ok(tiers.filter((tier) => tier === 'baseline').length >= 3, tiers.join());
});

test('launches and checks that make no sense', async () => {
  for (const [args, pattern] of [
    [['--launches', '0'], /--launches '0'/],
    [['--launches', '1.5'], /--launches '1.5'/],
    [['--browser', 'firefox', '--check-tier'], /--check-tier is for chromium, not for firefox/],
  ] as const) {
    const ended = await runner([...args]);
    assert.equal(ended.status, 2);
    assert.match(ended.stderr, pattern);
    assert.equal(ended.stderr.trim().split('\n').length, 1);
  }
});
