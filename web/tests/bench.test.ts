/// The bench page in headless Chromium: what it measures is valid, complete, and byte for byte what the native build computes.

import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { before, test } from 'node:test';
import type { Page } from 'puppeteer-core';
import type { Baseline } from '../bench/baseline.ts';
import { inState, openBenchPage, parseValid, stopAfterFirstCase } from './bench.ts';
import { addressOf, skipWithout } from './browsers.ts';
import { press, saved, textOf } from './pages.ts';
import { runner, trilane } from './processes.ts';
import { inRepo, skipUnlessAll } from './support.ts';

const archs = ['scalar', 'simd128', 'relaxed'];
/** Without what measures the machine: the first test of the suite sees that. */
const digestsAlone = ['--quick', '--no-calibration', '--no-check-tier'];

async function runHeadless(args: string[]): Promise<Baseline> {
  const ended = await runner(args);
  assert.equal(ended.status, 0, ended.stderr);
  return parseValid(ended.stdout);
}

async function runNatively(args: string[]): Promise<Baseline> {
  const ended = await trilane(['bench', '--quick', '--no-calibration', '--arch', 'scalar', '--json', '-', ...args]);
  assert.equal(ended.status, 0, ended.stderr);
  return parseValid(ended.stdout);
}

/** Every case on every arch is there, and each output's digest is the native one. */
function assertSameDigests(browser: Baseline, native: Baseline): void {
  const expected = native.benchmarks.flatMap((benchmark) =>
    archs.map((arch) => `${benchmark.case} ${arch} ${benchmark.output_digest}`),
  );
  const seen = browser.benchmarks.map((benchmark) => `${benchmark.case} ${benchmark.arch} ${benchmark.output_digest}`);
  assert.notEqual(expected.length, 0);
  assert.deepEqual(seen.sort(), expected.sort());
}

before(() => assert.ok(existsSync(inRepo('build/native/trilane')), 'build the preset native first'));

test('a quick suite, headless: valid, complete, digests as natively', async () => {
  const filter = ['--filter', '^(de)?quantize/.*/(1024|4096|16384|65536)$'];
  const browser = await runHeadless(['--quick', ...filter]);
  const native = await runNatively(filter);
  assert.equal(native.benchmarks.length, 2 * 3 * 4);
  assertSameDigests(browser, native);

  const { environment } = browser;
  assert.equal(environment.platform, 'browser');
  assert.equal(environment.engine?.name, 'V8');
  assert.match(environment.engine.version, /^\d+\./);
  assert.match(environment.engine.user_agent, /Chrome/);
  assert.equal(environment.cross_origin_isolated, true);
  assert.equal(environment.cpu.model, native.environment.cpu.model);
  assert.ok(environment.timer.resolution_ns > 0);
  assert.equal(typeof environment.fingerprint, 'string');
});

for (const path of ['tests/data/tiny.safetensors', 'tests/data/digits.safetensors', '../shared/data/silero-vad-v5.safetensors']) {
  const skip = !existsSync(inRepo(path)) ? `${path} is not there` : !path.includes('tiny') && skipUnlessAll;
  test(`the tensors of ${path}: digests as natively`, { skip }, async () => {
    const weights = ['--weights', inRepo(path)];
    assertSameDigests(await runHeadless([...digestsAlone, ...weights]), await runNatively(weights));
  });
}

test('a pattern of a file’s tensors, of which no other case has the name', async () => {
  const tensors = ['--weights', inRepo('tests/data/tiny.safetensors'), '--filter', '^quantize/i2_s/.*conv'];
  const { benchmarks } = await runHeadless([...digestsAlone, '--arch', 'simd128', ...tensors]);
  assert.deepEqual(benchmarks.map((one) => one.case), ['quantize/i2_s/conv.weight']); // prettier-ignore
});

test('the committed baselines: valid, and equal digests on all platforms that ran a suite', () => {
  const folders = readdirSync(inRepo('baselines'), { withFileTypes: true }).filter((entry) => entry.isDirectory());
  const digests = new Map<string, string>();
  const platforms = new Map<number, Set<string>>(); // by suite: other inputs are another
  for (const folder of folders) {
    for (const file of readdirSync(inRepo(`baselines/${folder.name}`)).filter((name) => name.endsWith('.json'))) {
      const { benchmarks, environment, suite } = parseValid(readFileSync(inRepo(`baselines/${folder.name}/${file}`), 'utf8'));
      if (!platforms.has(suite.seed)) platforms.set(suite.seed, new Set());
      platforms.get(suite.seed)!.add(environment.engine?.name ?? environment.platform);
      for (const one of benchmarks) {
        const name = `${one.case} of suite ${suite.seed}`;
        assert.equal(one.output_digest, digests.get(name) ?? one.output_digest, `${folder.name}/${file}: ${name}`);
        digests.set(name, one.output_digest);
      }
    }
  }
  assert.notEqual(platforms.size, 0);
  for (const [seed, names] of platforms) assert.ok(names.size > 1, `suite ${seed} has baselines of ${[...names].join()} alone`);
});

const resultRows = (page: Page) => page.$$eval('#results tr:not(.waiting)', (rows) => rows.length);

test('run and stop by hand, then the rest, and the download', async (context) => {
  const page = await openBenchPage(context, '?quick&filter=quantize/tl2/(1024|4096)$');
  const listed = await page.$$eval('#results tr', (rows) => rows.length);
  assert.equal(listed, 2 * 2 * archs.length);

  await page.evaluate(stopAfterFirstCase);
  await page.focus('#run');
  await page.keyboard.press('Enter');
  await inState(page, 'stopped');
  assert.equal(await resultRows(page), 1);
  assert.match(await textOf(page, '#status'), new RegExp(`^Stopped: 1 of ${listed} cases`));

  await press(page, '#run');
  await inState(page, 'done');
  assert.equal(await resultRows(page), listed);
  assert.match(await textOf(page, '#results tr:last-child .median'), /^\d.*[nµm]?s$/);
  assert.match(await textOf(page, '#results tr:last-child .speed-up'), /×$/);
  assert.equal(await page.$eval('#progress', (bar) => (bar as HTMLProgressElement).value), 1);

  const downloaded = parseValid(String(await saved(context, page, 'trilane-baseline.json', () => press(page, '#download'))));
  assert.equal(downloaded.environment.fingerprint, null); // a page does not know the CPU

  const filter = ['--filter', 'quantize/tl2/(1024|4096)$'];
  const headless = await runHeadless([...digestsAlone, ...filter]);
  const identity = ({ benchmarks }: Baseline) => benchmarks.map((b) => [b.case, b.arch, b.output_digest]);
  assert.deepEqual(identity(downloaded), identity(headless));
  assertSameDigests(downloaded, await runNatively(filter));
});

test('products, headless: digests as natively', async () => {
  const filter = ['--filter', '^(pack|gemv|gemm)/.*/640x2560(x8)?$|^quantize_activations/'];
  const browser = await runHeadless([...digestsAlone, ...filter]);
  assertSameDigests(browser, await runNatively(filter));
});

test('in Firefox: digests as natively', { skip: skipWithout('firefox') }, async () => {
  const filter = ['--filter', '^(quantize|dequantize|gemv|gemm)/.*/(1024|640x2560(x8)?)$'];
  assertSameDigests(await runHeadless([...digestsAlone, '--browser', 'firefox', ...filter]), await runNatively(filter));
});

test('a model, headless: digests as natively, tokens a second', { skip: skipUnlessAll }, async () => {
  const args = ['--quick', '--filter', '^model/bitnet-2b4t/tl1$'];
  const browser = await runHeadless([...args, ...digestsAlone.slice(1), '--arch', 'relaxed']);
  const native = await trilane(['bench', ...args, '--no-calibration', '--json', '-']);
  assert.equal(native.status, 0, native.stderr);
  assert.equal(browser.benchmarks[0]!.output_digest, parseValid(native.stdout).benchmarks[0]!.output_digest);
  assert.ok(browser.benchmarks[0]!.throughput.tokens_per_s! > 0);
});

test('a model on the page: tokens a second', async (context) => {
  const page = await openBenchPage(context, '?quick&arch=relaxed&filter=^model/bitnet-2b4t/tl2$');
  await press(page, '#run');
  await inState(page, 'done');
  assert.match(await textOf(page, '#results .elements'), /^\d.*elem\/s, \d.*tokens\/s$/);
});

test('without relaxed SIMD the page says why, and runs simd128', async (context) => {
  const page = await openBenchPage(context, '?relaxed=no&quick&filter=gemv/i2_s/640x2560$');
  const boxes = await page.$$eval('#archs input', (inputs) => inputs.map((input) => (input as HTMLInputElement).value));
  assert.deepEqual(boxes, ['scalar', 'simd128']);
  assert.match(await textOf(page, '#environment'), /Relaxed SIMD\s*no: the address/);
  await press(page, '#run');
  await inState(page, 'done');
  assert.match(await textOf(page, '#results tr:last-child .roof'), /^\d+\s%\sof (int8 peak|bandwidth)$/);
});

test('the options choose the cases', async (context) => {
  const page = await openBenchPage(context, '?arch=scalar');
  const cases = () => page.$$eval('#results tr', (rows) => rows.map((row) => row.cells[0]!.textContent));
  const native = JSON.parse((await trilane(['list', '--json'])).stdout) as { cases: string[] };
  // A page has one thread.
  assert.deepEqual(await cases(), native.cases.filter((name) => !name.includes('/threads=')));
  const setFilter = (text: string) =>
    page.$eval(
      '#filter',
      (input, value) => {
        (input as HTMLInputElement).value = value;
        input.dispatchEvent(new Event('change', { bubbles: true }));
      },
      text,
    );

  await setFilter('^quantize/i2_s/1024$');
  await inState(page, 'ready');
  assert.deepEqual(await cases(), ['quantize/i2_s/1024']);

  await setFilter('(');
  await inState(page, 'failed');
  assert.equal(await page.$eval('#error', (line) => line.checkVisibility()), true);
  assert.match(await textOf(page, '#error'), /\(/);
  assert.deepEqual(await cases(), []);

  await setFilter('');
  await inState(page, 'ready');
  assert.equal(await page.$eval('#error', (line) => line.checkVisibility()), false);
  await press(page, '#archs input[value=scalar]');
  await inState(page, 'ready');
  assert.deepEqual(await cases(), []);
  assert.equal(await page.$('#run:not(:disabled)'), null);
});

test('the site is served isolated, and nothing beside it', async (context) => {
  const address = await addressOf(context, inRepo('web/site'));
  const page = await fetch(`${address}bench/`);
  assert.equal(page.status, 200);
  assert.equal(page.headers.get('Cross-Origin-Opener-Policy'), 'same-origin');
  assert.equal(page.headers.get('Cross-Origin-Embedder-Policy'), 'require-corp');
  for (const path of ['nothing', '%2e%2e/package.json', '..%2fpackage.json', 'bench', '%00', '%']) {
    const { status } = await fetch(address + path);
    assert.ok(status === 404 || status === 400, `${path}: ${status}`);
  }
});
