/// The report's page, opened from a disk: everything is drawn, nothing is loaded, names are text.

import assert from 'node:assert/strict';
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, before, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import type { Page } from 'puppeteer-core';
import { ratioTicks } from '../report/charts/forest.ts';
import { stripOf } from '../report/charts/samples.ts';
import type { MeasuredBaseline, MeasuredBenchmark } from '../report/data.ts';
import { firstCases } from '../report/limits.ts';
import { addressOf, openSession, testInEachBrowser } from './browsers.ts';
import { atEnd } from './ending.ts';
import { findings, inkOf, newPage, openPage, textOf } from './pages.ts';
import { trilane } from './processes.ts';
import { inRepo, makeSite, temporaryFolder } from './support.ts';
import { until } from './waiting.ts';

const template = inRepo('build/report/report.html');
const committed = (name: string) => inRepo(`baselines/amd-epyc-2-cores/${name}.json`);
const platforms = ['native', 'chromium', 'firefox', 'webkit'].map(committed);
const read = (name: string) => JSON.parse(readFileSync(committed(name), 'utf8')) as MeasuredBaseline;

before(() => assert.ok(existsSync(template), 'build the report first: npm run build:report'));

/** The page of these files, as the command line makes it. */
async function reportOf(context: TestContext, files: string[], ...options: string[]): Promise<string> {
  const output = join(temporaryFolder(context), 'report.html');
  const ended = await trilane(['report', ...files, '--template', template, '-o', output, ...options]);
  assert.equal(ended.status, 0, ended.stderr);
  return output;
}

/** Files with these contents. */
function write(context: TestContext, baselines: Record<string, MeasuredBaseline>): string[] {
  const folder = temporaryFolder(context);
  return Object.entries(baselines).map(([name, baseline]) => {
    writeFileSync(join(folder, `${name}.json`), JSON.stringify(baseline));
    return join(folder, `${name}.json`);
  });
}

/** The page in Chromium, without a network; complaints and requests fail the test at its end. */
async function open(context: TestContext, file: string): Promise<Page> {
  const url = pathToFileURL(file).href;
  const requests: string[] = [];
  atEnd(context, () => assert.deepEqual(requests, []));
  const page = await openPage(context, url, {
    prepare: async (one) => {
      one.on('request', (request) => {
        if (request.url() !== url && !request.url().startsWith('data:')) requests.push(request.url());
      });
      await one.setOfflineMode(true);
    },
  });
  await page.waitForSelector('[data-state=shown]');
  return page;
}

/** A digest of a plot's picture when it is on the screen. */
async function pictureOf(page: Page, figure: string): Promise<number> {
  await inkOf(page, figure);
  return page.$eval(`${figure} canvas`, (element) => {
    const canvas = element as HTMLCanvasElement;
    return [...canvas.toDataURL()].reduce((digest, character) => (digest * 31 + character.charCodeAt(0)) | 0, 0);
  });
}

const nameOf = (page: Page, figure: string) => page.$eval(`${figure} canvas`, (canvas) => canvas.getAttribute('aria-label') ?? '');
/** Opens the table below a plot. */
const rowsOf = (page: Page, figure: string) =>
  page.$eval(`${figure} details`, async (details) => {
    const folded = details as HTMLDetailsElement;
    if (!folded.open) {
      const isOpen = new Promise((resolve) => folded.addEventListener('toggle', resolve, { once: true })); // the page's listener came before
      folded.open = true;
      await isOpen;
    }
    return Array.from(details.querySelectorAll('tbody tr'), (row) => Array.from(row.children, (cell) => cell.textContent ?? ''));
  });

/** What axe finds when everything is unfolded. */
async function findingsUnfolded(page: Page): Promise<string[]> {
  await page.evaluate(() => document.querySelectorAll('details').forEach((one) => (one.open = true)));
  return findings(page, 'serious');
}

const plots = ['#throughput-plot', '#archs-plot', '#roofline-plot', '#samples-plot'];

/** Two baselines of one machine, with five launches each: case 0 slower, case 1 faster, the others the same. */
function beforeAndAfter(): { before: MeasuredBaseline; after: MeasuredBaseline } {
  const baseline = read('native');
  baseline.benchmarks = baseline.benchmarks.slice(0, 8);
  baseline.suite.launches = 5;
  const with5 = (factor: (index: number) => number): MeasuredBaseline => ({
    ...baseline,
    benchmarks: baseline.benchmarks.map((one, index) => ({
      ...one,
      launches: Array.from({ length: 5 }, (_, launch) => ({
        iterations: one.launches[0]!.iterations,
        times_ns: one.launches[0]!.times_ns.map((time) => time * factor(index) * (1 + launch * 0.0002)),
      })),
    })),
  });
  return { before: with5(() => 1), after: with5((index) => [1.1, 0.8, 1.01, 0.99][index] ?? 1) };
}

// -------------------------------------------------------------------------------------------------------- in a browser

test('platforms: every plot is drawn from a disk, and nothing is loaded', async (context) => {
  const page = await open(context, await reportOf(context, platforms, '--title', 'Four platforms'));
  assert.equal(await page.title(), 'Four platforms');
  for (const figure of [...plots, '#platforms-plot', '#changes-plot']) {
    assert.ok((await inkOf(page, figure)) > 500, figure);
    assert.ok((await rowsOf(page, figure)).length > 0, figure);
  }
  assert.match(await nameOf(page, '#changes-plot'), /^Time of B over time of A in quantize, 18 cases: B is faster in 0, not in 18/);
  assert.match(await textOf(page, '#changes-sentence'), /no verdicts\. All outputs are equal/);
  assert.equal(await page.$$eval('#comparison option', ({ length }) => length), 3);
  assert.deepEqual(await page.$$eval('#environment-table thead th', (cells) => cells.slice(1).map((cell) => cell.textContent)), [
    'native', 'chromium', 'firefox', 'webkit',
  ]);
  assert.match(await textOf(page, '#environment-table'), /AMD EPYC.*V8 156/s);
  assert.equal(await page.$$eval('#glance-table tbody tr', ({ length }) => length), 7);
});

test('choices redraw', async (context) => {
  const page = await open(context, await reportOf(context, [committed('native')]));
  const look = (figure: string) => pictureOf(page, figure);
  /** A plot that was out of sight is drawn anew only when the browser has noticed that it is not. */
  const assertRedrawn = (figure: string, before: number) => until(`another ${figure}`, async () => (await look(figure)) !== before);

  const samples = await look('#samples-plot');
  await page.select('#samples-case', 'gemv/i2_s/640x2560');
  await assertRedrawn('#samples-plot', samples);
  assert.match(await nameOf(page, '#samples-plot'), /^Samples of gemv\/i2_s\/640x2560, avx512vnni by launch: \d+ in 1 launch/);
  assert.equal((await rowsOf(page, '#samples-plot')).length, 1);

  const throughput = await look('#throughput-plot');
  await page.select('#operation', 'gemv');
  await assertRedrawn('#throughput-plot', throughput);
  assert.match(await nameOf(page, '#throughput-plot'), /^Throughput of gemv by size/);

  const roofline = await look('#roofline-plot');
  await page.type('#pattern', '^gemv/tl2/');
  await assertRedrawn('#roofline-plot', roofline);
  assert.match(await textOf(page, '#matching'), /^\d of 78 cases match/);
  assert.ok((await rowsOf(page, '#throughput-plot')).every(([name]) => name!.startsWith('gemv/tl2/')));

  await page.type('#pattern', '(');
  assert.match(await textOf(page, '#matching'), /no regular expression/);
  assert.equal(await page.$eval('#pattern', (input) => input.getAttribute('aria-invalid')), 'true');
});

test('one machine twice: verdicts', async (context) => {
  const page = await open(context, await reportOf(context, write(context, beforeAndAfter())));
  assert.deepEqual(await page.$$eval('#verdicts li', (items) => items.map((item) => item.textContent)), [
    '1 regressed', '1 improved', '0 inconclusive', '1 slower within tolerance', '1 faster within tolerance', '4 pass',
  ]);
  assert.match(
    await textOf(page, '#changes-sentence'),
    /1 of 8 regressed, 1 of 8 improved, 1 of 8 slower within tolerance, 1 of 8 faster within tolerance\. All outputs are equal/,
  );
  assert.ok((await inkOf(page, '#changes-plot')) > 500);
  assert.match(await nameOf(page, '#changes-plot'), /8 of them: 1 regressed, 1 improved, 0 inconclusive, 1 slower within tolerance, 1 faster within tolerance, 4 pass/);
  const rows = await rowsOf(page, '#changes-plot');
  assert.deepEqual(
    rows.map((row) => row.at(-1)),
    ['regressed', 'improved', 'slower within tolerance', 'faster within tolerance', ...Array(4).fill('pass')],
  );
  assert.equal(rows[0]![4], '1.100');
  // Both files' launches on one axis.
  assert.ok((await inkOf(page, '#samples-plot')) > 500);
  assert.equal((await rowsOf(page, '#samples-plot')).length, 10);
});

test('outputs that differ: no times', async (context) => {
  const { before: a, after: b } = beforeAndAfter();
  b.benchmarks[0]!.output_digest = 'xxh3:0000000000000000';
  const page = await open(context, await reportOf(context, write(context, { a, b })));
  assert.match(await textOf(page, '#changes-sentence'), /outputs differ, so times mean nothing: quantize/);
  assert.equal(await page.$$eval('#verdicts li', ({ length }) => length), 0);
  assert.equal(await page.$eval('#changes-plot details', (details) => (details as HTMLElement).hidden), true);
});

test('names are text, whatever they are', async (context) => {
  const hostile = '</script><script>globalThis.ran = 1</script><img src=x onerror="globalThis.ran = 1"><!--\u2028';
  const baseline = read('native');
  baseline.benchmarks = baseline.benchmarks.slice(0, 2);
  baseline.benchmarks[1] = { ...baseline.benchmarks[1]!, case: hostile, arch: hostile, format: hostile };
  baseline.environment.cpu.model = hostile;
  baseline.build.flags = hostile;
  const [file] = write(context, { '<img src=x onerror=globalThis.ran=1>': baseline });
  const page = await open(context, await reportOf(context, [file!, file!], '--title', hostile));
  for (const figure of plots) await inkOf(page, figure);
  const rows = await rowsOf(page, '#roofline-plot');
  assert.ok(rows.some(([name]) => name === hostile));
  assert.equal(await textOf(page, '#title'), hostile);
  assert.ok((await textOf(page, '#environment-table')).includes(hostile));
  await page.select('#samples-case', hostile);
  assert.equal(await page.evaluate(() => (globalThis as { ran?: number }).ran), undefined);
  assert.equal(await page.$$eval('img, script', ({ length }) => length), 2); // the data and the page's own
});

test('the policy lets nothing else run', async (context) => {
  const file = await reportOf(context, [committed('native')]);
  const tampered = join(temporaryFolder(context), 'tampered.html');
  writeFileSync(tampered, readFileSync(file, 'utf8').replace('</main>', '<script>globalThis.ran = 1</script></main>'));
  const page = await newPage(context);
  await page.goto(pathToFileURL(tampered).href);
  await page.waitForSelector('[data-state=shown]');
  assert.equal(await page.evaluate(() => (globalThis as { ran?: number }).ran), undefined);
  assert.equal(await page.evaluate(() => fetch('data:,x').then(() => 'loaded', () => 'refused')), 'refused');
});

test('ten thousand cases', async (context) => {
  const baseline = read('native');
  const [one] = baseline.benchmarks;
  const launches = [{ iterations: one!.launches[0]!.iterations.slice(0, 10), times_ns: one!.launches[0]!.times_ns.slice(0, 10) }];
  baseline.benchmarks = Array.from({ length: 10_000 }, (_, i): MeasuredBenchmark => ({
    ...one!,
    case: `quantize/i2_s/layer.${i}`,
    elements: one!.elements + i,
    launches,
  }));
  const page = await open(context, await reportOf(context, write(context, { a: baseline, b: baseline })));
  for (const figure of [...plots, '#changes-plot']) assert.ok((await inkOf(page, figure)) > 500, figure);
  assert.match(await textOf(page, '#throughput-plot .left-out'), /The first 600 of 20,000 entries are plotted/);
  assert.match(await textOf(page, '#roofline-plot .left-out'), /The first 600 of 10,000 entries/);
  assert.match(await textOf(page, '#changes-plot .left-out'), /The first 40 of 10,000 ratios/);
  assert.equal((await rowsOf(page, '#throughput-plot')).length, 500);
  await page.type('#pattern', '\\.9999$');
  assert.equal((await rowsOf(page, '#throughput-plot')).length, 2);
});

test('numbers beyond all measure', async (context) => {
  const baseline = read('native');
  baseline.benchmarks = baseline.benchmarks.slice(0, 3);
  const extreme = (index: number, ns: number) => {
    const one = structuredClone(baseline.benchmarks[index]!);
    const median = { ...one.estimates.median, point_estimate: ns };
    median.confidence_interval = { ...median.confidence_interval, lower_bound: ns / 2, upper_bound: ns };
    one.estimates = { ...one.estimates, median };
    one.launches = [{ iterations: [1], times_ns: [ns] }];
    baseline.benchmarks[index] = one;
  };
  extreme(0, 1e-200);
  extreme(1, 1e250);
  const page = await open(context, await reportOf(context, write(context, { baseline })));
  for (const figure of plots) await inkOf(page, figure);
  assert.equal((await rowsOf(page, '#throughput-plot')).length, 3);
});

test('everybody can use it', async (context) => {
  const file = await reportOf(context, write(context, beforeAndAfter()));
  for (const scheme of ['light', 'dark']) {
    for (const width of [1280, 360]) {
      const page = await open(context, file);
      await page.setBypassCSP(true); // for axe alone
      await page.emulateMediaFeatures([{ name: 'prefers-color-scheme', value: scheme }]);
      await page.setViewport({ width, height: 800 });
      await page.reload();
      await page.waitForSelector('[data-state=shown]');
      assert.deepEqual(await findingsUnfolded(page), [], `${scheme}, ${width}`);
      assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), `wider than ${width}`);
    }
  }
});

test('on paper every plot is drawn, on white', async (context) => {
  const page = await open(context, await reportOf(context, platforms));
  await page.emulateMediaFeatures([{ name: 'prefers-color-scheme', value: 'dark' }]);
  const seen = await page.$$eval('canvas[role=img]', ({ length }) => length);
  await page.evaluate(() => {
    addEventListener('afterprint', () => {
      document.body.dataset['printed'] = String(document.querySelectorAll('canvas[role=img]').length);
    });
  });
  const pdf = await page.pdf();
  assert.ok(pdf.length > 20_000);
  await page.waitForSelector('body[data-printed]');
  assert.ok(seen < 6, 'all of them are on the screen anyhow');
  assert.equal(await page.$eval('body', (body) => body.dataset['printed']), '6');
});

testInEachBrowser('the page is drawn under its policy', async (context, name) => {
  const file = await reportOf(context, platforms.slice(0, 2));
  // Firefox and WebKit are not driven to pages of the disk.
  const url = await addressOf(context, makeSite(context, { 'index.html': readFileSync(file, 'utf8') }), { bare: true });
  const session = await openSession(context, name, url);
  await session.waitFor(`document.querySelector('[data-state=shown]')`);
  await session.evaluate(() => document.querySelector('#samples-plot')!.scrollIntoView());
  await session.waitFor(`document.querySelector('#samples-plot canvas[role=img]')`);
});

test('the bare template says what it is', async (context) => {
  const page = await openPage(context, pathToFileURL(template).href);
  assert.match(await textOf(page, '#failure'), /trilane report FILES -o report\.html fills it/);
  assert.ok(statSync(template).size < 400_000);
});

// --------------------------------------------------------------------------------------------------------------- parts

test('limits keep cases whole', () => {
  const entries = ['a', 'b', 'a', 'c', 'b'].map((name) => ({ case: name }));
  assert.deepEqual(firstCases(entries, 5).shown, entries);
  assert.deepEqual(firstCases(entries, 3).shown.map((one) => one.case), ['a', 'a']);
  assert.deepEqual(firstCases(entries, 1).shown.map((one) => one.case), ['a']);
});

test('a strip has its quartiles', () => {
  const strip = stripOf('x', 1, { iterations: [2, 2, 2, 2, 2], times_ns: [10, 2, 8, 4, 6] });
  assert.deepEqual([strip.least, strip.q1, strip.median, strip.q3, strip.most], [1, 2, 3, 4, 5]);
  assert.deepEqual(strip.samples, [5, 1, 4, 2, 3]);
});

test('ticks around 1', () => {
  assert.deepEqual(ratioTicks(0.98, 1.021).map((tick) => Number(tick.toFixed(3))), [0.98, 0.985, 0.99, 0.995, 1, 1.005, 1.01, 1.015, 1.02]);
  assert.deepEqual(ratioTicks(0.5, 2).map((tick) => Number(tick.toFixed(3))), [0.6, 0.8, 1, 1.2, 1.4, 1.6, 1.8, 2]);
  assert.deepEqual(ratioTicks(0.1, 10), [0.1, 0.2, 0.5, 1, 2, 5, 10]);
});
