/// Several launches become one baseline, in every browser; the tier that ran a case is told from forced optimised code.

import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { findProgram } from '../runner/browser.ts';
import { findTiers, tiersOf } from '../runner/tiers.ts';
import { parseValid } from './bench.ts';
import { type BrowserName, addressOf, openSession, skipWithout, testInEachBrowser } from './browsers.ts';
import { runner, trilane } from './processes.ts';
import { makeSite, temporaryFolder } from './support.ts';

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

/** A bench page whose cases take three times as long in a browser that calls itself slow. */
const slowOrFast = (context: TestContext): string =>
  makeSite(context, {
    'bench/index.html':
      '<main id="page" data-state="ready"><button id="run">Run</button><a id="download">Download</a></main>' +
      '<script src="page.js"></script>',
    'bench/page.js': `
      const point_estimate = navigator.userAgent === 'slow' ? 300 : 100;
      const benchmarks = ['a', 'b'].map((name) => ({ case: name, arch: 'simd128', estimates: { median: { point_estimate } } }));
      document.getElementById('download').href = URL.createObjectURL(new Blob([JSON.stringify({ benchmarks })]));
      globalThis.trilaneBench = { setTiers: async (text, tiers) => JSON.stringify({ benchmarks: JSON.parse(text).benchmarks.length, tiers }) };
      document.getElementById('run').addEventListener('click', () => (document.getElementById('page').dataset.state = 'done'));`,
  });

test('a Chromium that only has its baseline compiler is found out', { skip: skipWithout('chromium') }, async (context) => {
  const program = join(temporaryFolder(context), 'browser');
  const chromium = findProgram('chromium');
  // The check forces the optimizing compiler by this option: without it, this browser says that it is slow.
  const command = `case "$*" in *--js-flags=--no-liftoff*) exec ${chromium} "$@" ;; esac\nexec ${chromium} --user-agent=slow "$@"`;
  writeFileSync(program, `#!/bin/sh\n${command}\n`, { mode: 0o755 });
  const ended = await runner(['--executable', program, '--site', slowOrFast(context), '--check-tier']);
  assert.equal(ended.status, 0, ended.stderr);
  assert.deepEqual(JSON.parse(ended.stdout), { benchmarks: 2, tiers: { 'a simd128': 'baseline', 'b simd128': 'baseline' } });
});

/** Which of V8's compilers made the code of a small function in Chromium with these flags: as V8 itself says. */
async function compilersOf(context: TestContext, flags: string): Promise<[liftoff: boolean, turbofan: boolean]> {
  const url = await addressOf(context, makeSite(context, { 'index.html': '<!doctype html>' }));
  const session = await openSession(context, 'chromium', url, { args: [`--js-flags=--allow-natives-syntax ${flags}`] });
  // (module (func (export "f")))
  const bytes = [0, 97, 115, 109, 1, 0, 0, 0, 1, 4, 1, 96, 0, 0, 3, 2, 1, 0, 7, 5, 1, 1, 102, 0, 0, 10, 4, 1, 2, 0, 11];
  return session.evaluate(`(async () => {
    const { instance } = await WebAssembly.instantiate(new Uint8Array(${JSON.stringify(bytes)}));
    instance.exports.f();
    return [%IsLiftoffFunction(instance.exports.f), %IsTurboFanFunction(instance.exports.f)];
  })()`);
}

test('the check of the tier forces the optimizing compiler', { skip: skipWithout('chromium') }, async (context) => {
  assert.deepEqual(await compilersOf(context, '--no-liftoff'), [false, true]);
  assert.deepEqual(await compilersOf(context, '--liftoff-only'), [true, false]);
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
