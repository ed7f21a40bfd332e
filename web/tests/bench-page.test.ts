/// The bench page as people use it: choosing cases, plots as results arrive, comparing baselines, and that everybody can.

import assert from 'node:assert/strict';
import { readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, before, test } from 'node:test';
import type { Page } from 'puppeteer-core';
import type { Baseline, Comparison } from '../bench/baseline.ts';
import { shuffled } from '../bench/order.ts';
import type { TrilaneBench } from '../bench/protocol.ts';
import { inState, isInState, openBench, openBenchPage, parseValid, stopAfterFirstCase } from './bench.ts';
import { type Session, addressOf, testInEachBrowser } from './browsers.ts';
import { findings, inkOf, layoutShifts, openPage, press, textOf, untilWithin } from './pages.ts';
import { trilane } from './processes.ts';
import { inRepo, temporaryFolder } from './support.ts';

declare const trilaneBench: TrilaneBench; // on the page

const few = '?quick&filter=^quantize/(i2_s|tl2)/(1024|4096)$';

/** The native build's baseline of these cases, as a file's text. */
async function nativeBaseline(filter: string): Promise<string> {
  const ended = await trilane(['bench', '--quick', '--filter', filter, '--json', '-']);
  assert.equal(ended.status, 0, ended.stderr);
  return ended.stdout;
}

let native = '';
before(async () => {
  native = await nativeBaseline('^quantize/(i2_s|tl2)/(1024|4096)$');
});

/** What `trilane compare --format json` says of two baselines. */
async function compareNatively(context: TestContext, a: string, b: string, ...options: string[]): Promise<Comparison> {
  const folder = temporaryFolder(context);
  const files = [join(folder, 'a.json'), join(folder, 'b.json')];
  [a, b].forEach((text, i) => writeFileSync(files[i]!, text));
  const { stdout } = await trilane(['compare', ...options, '--format', 'json', ...files]);
  return JSON.parse(stdout) as Comparison;
}

/** Drops files on the page, as a person would. */
function drop(files: { name: string; text: string }[]): void {
  const dataTransfer = new DataTransfer();
  for (const { name, text } of files) dataTransfer.items.add(new File([text], name));
  const target = document.querySelector('#comparison-title')!;
  for (const type of ['dragover', 'drop']) {
    target.dispatchEvent(new DragEvent(type, { dataTransfer, bubbles: true, cancelable: true }));
  }
}

/** The text of every cell of a table's body. */
const tableOf = (selector: string) =>
  Array.from(document.querySelectorAll<HTMLTableRowElement>(`${selector} tbody tr`), (row) =>
    Array.from(row.cells, (cell) => cell.textContent ?? ''),
  );

const downloaded = async () => (await fetch(document.querySelector<HTMLAnchorElement>('#download')!.href)).text();

async function run(session: Session): Promise<void> {
  await session.click('#run');
  await session.waitFor(isInState('done'));
}

// ----------------------------------------------------------------------------------------------------------- choosing

const casesOf = (page: Page) => page.$$eval('#results th', (cells) => [...new Set(cells.map((cell) => cell.textContent))]);
const filterOf = (page: Page) => page.$eval('#filter', (input) => (input as HTMLInputElement).value);

/** Clicks on a chip and waits for the list that it leads to. */
async function chip(page: Page, group: string, value: string): Promise<void> {
  await press(page, `#${group} .chip:has(input[value="${value}"])`);
  await inState(page, 'ready');
}

test('chips compose the pattern', async (context) => {
  const page = await openBenchPage(context, '?arch=scalar');
  const { cases: all } = JSON.parse((await trilane(['list', '--json'])).stdout) as { cases: string[] };
  const matching = (pattern: RegExp) => all.filter((name) => !name.includes('/threads=') && pattern.test(name));

  await chip(page, 'formats', 'tl2');
  assert.deepEqual(await casesOf(page), matching(/\/tl2(\/|$)/)); // the model's name ends with it
  await chip(page, 'operations', 'gemv');
  await chip(page, 'operations', 'gemm');
  assert.deepEqual(await casesOf(page), matching(/^gem[vm]\/tl2\//));

  await press(page, '#choices summary');
  await chip(page, 'inputs', '640x2560');
  await chip(page, 'inputs', '640x2560x8');
  assert.deepEqual(await casesOf(page), ['gemv/tl2/640x2560', 'gemm/tl2/640x2560x8']);
  assert.equal(await filterOf(page), '^(gemv|gemm)/tl2/(640x2560|640x2560x8)$');
  assert.equal(await textOf(page, '#chosen-inputs'), '640x2560, 640x2560x8');

  // What would leave nothing cannot be chosen.
  assert.ok(await page.$('#operations input[value=quantize]:disabled'));
  assert.ok(await page.$('#inputs input[value="1024"]:disabled'));
  assert.ok(await page.$('#operations input[value=gemv]:not(:disabled)'));

  // A pattern by hand is what counts; the chips no longer say what is chosen.
  await page.$eval('#filter', (input) => ((input as HTMLInputElement).value = ''));
  await page.type('#filter', '^pack/i2_s/4096x4096$');
  await page.keyboard.press('Tab');
  await page.waitForFunction(() => document.querySelectorAll('#results tr').length === 1);
  assert.deepEqual(await casesOf(page), ['pack/i2_s/4096x4096']);
  assert.equal(await page.$('.chip input:checked'), null);

  // With the keyboard.
  await page.focus('#operations input[value=model]');
  await page.keyboard.press('Space');
  await inState(page, 'ready');
  await page.waitForFunction(() => document.querySelectorAll('#results tr').length === 3);
  assert.deepEqual(await casesOf(page), matching(/^model\//));
});

test('chips of the tensors of a file', async (context) => {
  const page = await openBenchPage(context, '?arch=scalar');
  const input = (await page.$('#weights'))!;
  await (input as Awaited<ReturnType<typeof page.waitForSelector<'input'>>>)!.uploadFile(inRepo('tests/data/tiny.safetensors'));
  await page.waitForSelector('#inputs input[value="conv.weight"]');
  await inState(page, 'ready');
  await press(page, '#choices summary');
  await chip(page, 'inputs', 'conv.weight');
  await chip(page, 'formats', 'i2_s');
  await chip(page, 'operations', 'quantize');
  assert.deepEqual(await casesOf(page), ['quantize/i2_s/conv.weight']);
});

test('cases run in the order of a seed and are listed in the suite’s', async (context) => {
  const page = await openBenchPage(context, `${few}&order=7`);
  const listed = await page.$$eval('#results tr', (rows) => rows.map((row) => `${row.cells[0]!.textContent} ${row.cells[1]!.textContent}`));
  await page.evaluate(() => {
    const seen: string[] = [];
    new MutationObserver(() => {
      const row = document.querySelector<HTMLTableRowElement>('#results tr[aria-busy=true]');
      const name = row && `${row.cells[0]!.textContent} ${row.cells[1]!.textContent}`;
      if (name && name !== seen.at(-1)) seen.push(name);
      document.body.dataset['order'] = JSON.stringify(seen);
    }).observe(document.querySelector('#results')!, { subtree: true, attributes: true });
  });
  await press(page, '#run');
  await inState(page, 'done');
  const order = JSON.parse(await page.$eval('body', (body) => body.dataset['order']!)) as string[];
  assert.deepEqual(order, shuffled(listed.length, 7).map((index) => listed[index]));
  assert.notDeepEqual(order, listed);
  const { benchmarks } = parseValid(await page.evaluate(downloaded));
  assert.deepEqual(benchmarks.map((one) => `${one.case} ${one.arch}`), listed);
  // The scalar arch may have come last: every row has its ratio to it.
  assert.equal(await page.$$eval('#results .speed-up', (cells) => cells.filter((cell) => cell.textContent === '').length), 0);
});

test('without calibration and plots, as the headless runner asks for it', async (context) => {
  const page = await openBenchPage(context, '?quick&arch=simd128&filter=^gemv/i2_s/640x2560$&calibrate=no&plots=no');
  await press(page, '#run');
  await inState(page, 'done');
  assert.equal(await page.$eval('#plots', (section) => section.checkVisibility()), false);
  assert.equal(await textOf(page, '#results .roof'), '');
  const { benchmarks, calibration } = parseValid(await page.evaluate(downloaded));
  assert.deepEqual(calibration, { bandwidth: [], int8_mac: [] });
  assert.equal(benchmarks[0]!.roofline, null);
});

test('with ?prepare the first case of the order is set up before the page is ready, and runs as it is', async (context) => {
  const page = await openBenchPage(context, '?quick&arch=simd128&filter=^quantize/i2_s/(1024|4096|16384)$&calibrate=no&order=7');
  await page.evaluateOnNewDocument(() => {
    const asked: [string, unknown][] = [];
    const send = Worker.prototype.postMessage;
    Worker.prototype.postMessage = function (this: Worker, message: { method: string; parameters: unknown[] }) {
      asked.push([message.method, message.parameters[0]]);
      send.call(this, message);
    } as typeof send;
    Object.assign(globalThis, { asked });
  });
  const [first, ...others] = shuffled(3, 7);
  const asked = async (): Promise<unknown[]> => {
    const all = await page.evaluate(() => (globalThis as unknown as { asked: [string, unknown][] }).asked.splice(0));
    return all.filter(([method]) => method !== 'open' && method !== 'baseline').flat();
  };
  await page.goto(`${page.url()}&prepare`);
  await inState(page, 'ready');
  assert.deepEqual(await asked(), ['prepare', first]);
  const run = async () => {
    await press(page, '#run');
    await inState(page, 'done');
    return asked();
  };
  const runs = [first, ...others].flatMap((index) => ['run', index]);
  assert.deepEqual(await run(), runs);
  assert.deepEqual(await run(), ['prepare', first, ...runs]); // all anew
  assert.equal(parseValid(await page.evaluate(downloaded)).benchmarks.length, 3);
});

test('an order that is none', async (context) => {
  const page = await openBenchPage(context, '?order=soon', 'failed');
  assert.match(await textOf(page, '#error'), /order=soon/);
});

test('a seed’s order is a permutation, and another seed’s is another', () => {
  const orders = [1, 2, 4294967295].map((seed) => shuffled(50, seed));
  for (const order of orders) assert.deepEqual([...order].sort((a, b) => a - b), [...Array(50).keys()]);
  assert.deepEqual(shuffled(50, 1), orders[0]);
  assert.notDeepEqual(orders[0], orders[1]);
  assert.deepEqual(shuffled(0, 1), []);
});

// ---------------------------------------------------------------------------------------------------- running, plots

/** A plot is drawn, and named so. */
const assertDrawn = async (page: Page, figure: string, name: RegExp): Promise<void> =>
  assert.ok((await inkOf(page, figure, name)) > 500, figure);

test('plots of a run: drawn, named, loaded when needed, redrawn in the other scheme', async (context) => {
  const page = await openBenchPage(context, few);
  const loaded = () => page.evaluate(() => performance.getEntriesByType('resource').map(({ name }) => name));
  const chunk = (name: string) => /\/draw-[^/]*\.js$/.test(name);
  assert.ok(!(await loaded()).some(chunk));
  assert.equal(await page.$eval('#plots', (section) => section.checkVisibility()), false);
  await page.emulateMediaFeatures([{ name: 'prefers-color-scheme', value: 'light' }]);
  await press(page, '#run');
  await inState(page, 'done');

  await assertDrawn(page, '#throughput-plot', /^Throughput of quantize by size, 6 lines\. Fastest: .*, \S+\s[GM]elem\/s in quantize\//);
  await assertDrawn(page, '#archs-plot', /^Archs beside each other in quantize, 4096\. Fastest: i2_s .*; tl2 /);
  await assertDrawn(page, '#roofline-plot', /^Roofline of this page: 12 points\. Nearest to its bound: quantize/);
  assert.ok((await loaded()).some(chunk));

  await page.select('#plot-input', '1024');
  await page.waitForFunction(() => document.querySelector('#archs-plot canvas')?.getAttribute('aria-label')?.includes('quantize, 1024.'));

  await page.$eval('#archs-plot', (figure) => figure.scrollIntoView({ block: 'center' }));
  const picture = () => page.$eval('#archs-plot canvas', (canvas) => (canvas as HTMLCanvasElement).toDataURL());
  const light = await picture();
  await page.emulateMediaFeatures([{ name: 'prefers-color-scheme', value: 'dark' }]);
  await page.waitForFunction((before) => document.querySelector<HTMLCanvasElement>('#archs-plot canvas')!.toDataURL() !== before, {}, light);
});

test('what was measured while the page was hidden is marked', async (context) => {
  const page = await openBenchPage(context, '?quick&arch=scalar&arch=simd128&filter=^quantize/i2_s/(1024|4096)$');
  assert.equal(await textOf(page, '#notes'), '');
  await page.evaluate(() => {
    let hidden = false;
    Object.defineProperty(document, 'hidden', { get: () => hidden });
    // Out of sight for a moment, while the second case is measured.
    new MutationObserver((_, observer) => {
      if (document.querySelectorAll<HTMLTableRowElement>('#results tr')[1]?.ariaBusy !== 'true') return;
      observer.disconnect();
      for (hidden of [true, false]) document.dispatchEvent(new Event('visibilitychange'));
    }).observe(document.querySelector('#results')!, { subtree: true, attributes: true });
  });
  await press(page, '#run');
  await inState(page, 'done');
  assert.match(await textOf(page, '#notes'), /hidden while a case was measured/);
  assert.deepEqual(await page.$$eval('#results tr', (rows) => rows.map((row) => row.querySelector('.disturbed') !== null)), [false, true, false, false]);
});

test('where this runs is shown', async (context) => {
  const page = await openBenchPage(context, few);
  const facts = await textOf(page, '#environment');
  assert.match(facts, /EngineV8 \d+\.\d+/);
  assert.match(facts, /Cross-origin isolatedyes/);
  assert.match(facts, /Clock tick, measured\d/);
  assert.match(facts, /JIT tierunknown to a page/);
});

test('a page that is not isolated says what that spoils', async (context) => {
  const address = await addressOf(context, inRepo('web/site'), { bare: true });
  const page = await openPage(context, `${address}bench/?quick`, {
    // Without service workers a page cannot isolate itself.
    prepare: (one) => one.evaluateOnNewDocument(() => delete (Navigator.prototype as { serviceWorker?: unknown }).serviceWorker),
  });
  await inState(page, 'ready');
  const sentence = /Not cross-origin isolated, so the clock ticks only every 100\s?µs/;
  assert.match(await textOf(page, '#notes'), sentence);
  assert.match(await textOf(page, '#environment'), sentence);
});

// ---------------------------------------------------------------------------------------------------------- comparing

/** Of the bench modules in the site: with and without relaxed SIMD. */
function sizesOfModules(): number[] {
  const assets = inRepo('web/site/assets');
  const modules = readdirSync(assets).filter((name) => /^trilane-bench-.*\.wasm$/.test(name));
  return modules.map((name) => statSync(join(assets, name)).size);
}

testInEachBrowser('run, stop, drop a native baseline: the same ratios as the command line', async (context, name) => {
  const session = await openBench(context, name, few);
  await session.evaluate(stopAfterFirstCase);
  await session.click('#run');
  await session.waitFor(isInState('stopped'));
  const partial = parseValid(await session.evaluate(downloaded));
  assert.equal(partial.benchmarks.length, 1);
  const { module_bytes } = partial.build;
  if (name === 'webkit') assert.equal(module_bytes, undefined); // WebKitGTK does not tell a worker
  else assert.ok(sizesOfModules().includes(module_bytes!), `a module of ${module_bytes} bytes`);
  assert.equal(await session.evaluate(`document.querySelectorAll('#baselines li').length`), 1);

  await run(session);
  const own = await session.evaluate(downloaded);
  assert.ok(parseValid(own).benchmarks.length > partial.benchmarks.length);
  assert.equal(await session.evaluate(`document.querySelectorAll('#baselines li').length`), 1); // the last run alone
  assert.match(await session.evaluate(`document.querySelector('#comparison-status').textContent`), /One more is needed/);

  await session.evaluate(drop, [{ name: 'native.json', text: native }]);
  await session.waitFor(`document.querySelector('#comparison-result').checkVisibility()`);
  const expected = await compareNatively(context, own, native, '--cross');
  assert.ok(expected.pairs.length >= 8);
  const rows = await session.evaluate(tableOf, '#comparison-table');
  const interval = ({ lower_bound, upper_bound }: { lower_bound: number; upper_bound: number }) =>
    `${lower_bound.toFixed(3)} … ${upper_bound.toFixed(3)}`;
  const share = (value: number | null) => (value === null ? '' : `${Math.round(value * 100)}\u00a0%`);
  assert.deepEqual(
    rows.map(([name, a, , ofA, b, , ofB, ratio, bounds]) => [name, a, ofA, b, ofB, ratio, bounds]),
    expected.pairs.map((pair) => [
      pair.case + (pair.fastest ? '' : ' same arch'),
      pair.a.arch,
      share(pair.a.share_of_bandwidth_bound),
      pair.b.arch,
      share(pair.b.share_of_bandwidth_bound),
      pair.ratio.point_estimate.toFixed(2),
      interval(pair.ratio.confidence_interval),
    ]),
  );
  assert.match(await session.evaluate(`document.querySelector('#comparison-status').textContent`), /all outputs are equal/);
});

test('two baselines of one machine get verdicts, as on the command line', async (context) => {
  const other = await nativeBaseline('^quantize/(i2_s|tl2)/(1024|4096)$');
  const page = await openBenchPage(context, few);
  await page.evaluate(drop, [{ name: 'a.json', text: native }, { name: 'b.json', text: other }]); // prettier-ignore
  await page.waitForSelector('#comparison-table .verdict');
  const { pairs } = await compareNatively(context, native, other);
  const rows = await page.evaluate(tableOf, '#comparison-table');
  assert.deepEqual(
    rows.map(([name, arch, , , ratio, , verdict]) => [name, arch, ratio, verdict]),
    pairs.map((pair) => [pair.case, pair.a.arch, pair.ratio.point_estimate.toFixed(3), pair.verdict]),
  );
  await assertDrawn(page, '#ratios-plot', new RegExp(`in quantize, ${pairs.length} cases`));
  await assertDrawn(page, '#platforms-plot', /quantize by size, 4 lines/);

  // Across platforms: no verdicts; and back.
  await press(page, '#cross');
  await page.waitForSelector('#comparison-table .fastest');
  assert.equal(await page.$('#comparison-table td.verdict'), null);
  const { pairs: across } = await compareNatively(context, other, native, '--cross');
  await press(page, '#swap');
  await page.waitForFunction((first) => document.querySelector('#comparison-table td.ratio')?.textContent === first, {}, across[0]!.ratio.point_estimate.toFixed(2));
});

const loadedNames = (page: Page) => page.$$eval('#baselines strong', (names) => names.map((name) => name.textContent));

test('a bad file gets a sentence, and nothing is lost', async (context) => {
  const page = await openBenchPage(context, few);
  const future = native.replace('trilane.baseline/1', 'trilane.baseline/2');
  const broken = JSON.parse(native) as Baseline;
  (broken.benchmarks[0] as { elements: unknown }).elements = 'many';
  await page.evaluate(drop, [
    { name: 'native.json', text: native },
    { name: 'photo.jpg', text: '\u0000\u0001' },
    { name: 'cut.json', text: native.slice(0, 1000) },
    { name: 'future.json', text: future },
    { name: 'broken.json', text: JSON.stringify(broken) },
    { name: 'again.json', text: native },
    { name: 'empty.json', text: '' },
  ]);
  await page.waitForFunction(() => document.querySelectorAll('#comparison-error .line').length === 6);
  const complaints = await page.$$eval('#comparison-error .line', (lines) => lines.map((line) => line.textContent ?? ''));
  const expected = [/^photo\.jpg is not JSON/, /^cut\.json is not JSON/, /future\.json.*baseline\/2/, /broken\.json: \/benchmarks\/0\/elements/, /^again\.json is here already, as native\.json$/, /^empty\.json is not JSON/];
  expected.forEach((pattern, i) => assert.match(complaints[i]!, pattern));
  for (const complaint of complaints) assert.doesNotMatch(complaint, /\n/);
  assert.deepEqual(await loadedNames(page), ['native.json']);

  // The next file is welcome, and the complaints are gone.
  await page.evaluate(drop, [{ name: 'native.json', text: native.replace('Z"', '.5Z"') }]);
  await page.waitForSelector('#comparison-result:not([hidden])');
  assert.equal(await page.$eval('#comparison-error', (line) => line.checkVisibility()), false);
  assert.deepEqual(await loadedNames(page), ['native.json', 'native.json (2)']);

  await press(page, '#baselines li:nth-child(2) button');
  await page.waitForFunction(() => document.querySelector('#comparison-status')!.textContent!.startsWith('One more'));
  assert.deepEqual(await loadedNames(page), ['native.json']);
  assert.equal(await page.$eval('#comparison-result', (result) => result.checkVisibility()), false);
});

test('outputs that differ are named, and their times are not shown', async (context) => {
  const page = await openBenchPage(context, few);
  const wrong = JSON.parse(native) as Baseline;
  for (const one of wrong.benchmarks) if (one.case === 'quantize/tl2/1024') one.output_digest = 'xxh3:0000000000000000';
  await page.evaluate(drop, [{ name: 'a.json', text: native }, { name: 'b.json', text: JSON.stringify(wrong) }]); // prettier-ignore
  await page.waitForFunction(() => document.querySelector('#comparison-status')!.textContent!.includes('differ'));
  assert.equal(await textOf(page, '#comparison-status'), 'Outputs differ, so times mean nothing: quantize/tl2/1024.');
  assert.equal(await page.$eval('#comparison-result', (result) => result.checkVisibility()), false);
});

test('what a baseline’s tier spoils is said beside it', async (context) => {
  const page = await openBenchPage(context, few);
  const slow = JSON.parse(native) as Baseline;
  slow.benchmarks[0]!.compiled = 'baseline';
  await page.evaluate(drop, [{ name: 'slow.json', text: JSON.stringify(slow) }, { name: 'native.json', text: native }]); // prettier-ignore
  await page.waitForSelector('#comparison-result:not([hidden])');
  const said = await page.$$eval('#baselines li', (items) => items.map((item) => item.querySelector('.spoiler')?.textContent ?? ''));
  const total = slow.benchmarks.length;
  assert.match(said[0]!, new RegExp(`^1 of ${total} cases ran in the JIT's baseline tier, ${slow.benchmarks[0]!.case} on `));
  assert.equal(said[1], '');
});

test('the runner’s calls: merge, setTiers, compare', async (context) => {
  const page = await openBenchPage(context, '?quick&filter=^quantize/i2_s/1024$');
  const launches: string[] = [];
  for (let launch = 0; launch < 2; ++launch) {
    await press(page, '#run');
    await inState(page, 'done');
    launches.push(await page.evaluate(downloaded));
  }
  const merged = parseValid(await page.evaluate((texts) => trilaneBench.merge(texts), launches));
  assert.equal(merged.suite.launches, 2);
  const tiers = { 'quantize/i2_s/1024 scalar': 'baseline', 'quantize/i2_s/1024 simd128': 'optimizing' } as const;
  const told = parseValid(await page.evaluate((text, of) => trilaneBench.setTiers(text, of), launches[0]!, tiers));
  assert.deepEqual(told.benchmarks.map(({ compiled }) => compiled), ['baseline', 'optimizing', 'unknown']);
  const compared = await page.evaluate(([a, b]) => trilaneBench.compare(a!, b!, true), launches);
  // exp() and log() of two C libraries may differ in the last digit.
  const digits = (value: unknown) => JSON.stringify(value, (_, one) => (typeof one === 'number' ? one.toPrecision(12) : one));
  assert.equal(digits(JSON.parse(compared)), digits(await compareNatively(context, launches[0]!, launches[1]!, '--cross')));

  const failing = page.evaluate(([a], b) => trilaneBench.merge([a!, b]), launches, native);
  await assert.rejects(failing, /baseline 2 differs from the first in its (build|environment)/);
  const unknown = page.evaluate((text) => trilaneBench.setTiers(text, { 'pack/i2_s/1 scalar': 'baseline' }), launches[0]!);
  await assert.rejects(unknown, /no case 'pack\/i2_s\/1' on 'scalar'/);
});

// ------------------------------------------------------------------------------------------------------- for everybody

test('no serious or critical findings of axe, and nothing wider than the screen', async (context) => {
  const page = await openBenchPage(context, few);
  await page.evaluate(drop, [{ name: 'nothing.json', text: '' }, { name: 'native.json', text: native }]); // prettier-ignore
  await page.waitForSelector('#baselines li'); // the page has scrolled there: what is clicked next stays where it is
  await press(page, '#run');
  await inState(page, 'done');
  await page.waitForSelector('#comparison-result:not([hidden])');
  await press(page, '#choices summary');
  await press(page, '#operations .chip');
  await inState(page, 'ready');
  for (const width of [1280, 390]) {
    await page.setViewport({ width, height: 844 });
    await untilWithin(page, width);
    for (const scheme of ['light', 'dark']) {
      await page.emulateMediaFeatures([{ name: 'prefers-color-scheme', value: scheme }]);
      assert.deepEqual(await findings(page, 'serious'), []);
    }
  }
});

test('the page does not jump while it loads', async (context) => {
  for (const width of [1280, 390]) {
    const page = await openBenchPage(context, '', 'ready', { viewport: { width, height: 844 } });
    const shift = (await layoutShifts(page)).reduce((sum, { value }) => sum + value, 0);
    assert.ok(shift < 0.02, `${shift} at ${width} pixels`);
  }
});

test('a committed baseline is read as it is', async (context) => {
  const page = await openBenchPage(context, few);
  const folder = inRepo('baselines/intel-xeon-2-cores');
  const files = ['native.json', 'chromium.json', 'firefox.json'].map((name) => ({ name, text: readFileSync(join(folder, name), 'utf8') }));
  await page.evaluate(drop, files);
  await page.waitForSelector('#comparison-result:not([hidden])');
  assert.deepEqual(await loadedNames(page), files.map(({ name }) => name));
  await assertDrawn(page, '#platforms-plot', /quantize by size, 9 lines/);
});
