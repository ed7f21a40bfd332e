/// The plots' data and the chips' patterns: pure functions, on a committed baseline.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { type Baseline, type Comparison, boundOf } from '../bench/baseline.ts';
import { archsBeside } from '../bench/charts/archs.ts';
import { type RatePoint, type Source, distinct, inputOf, operationOf } from '../bench/charts/data.ts';
import { logTicks, short } from '../bench/charts/options.ts';
import { plottedPairs, ratios } from '../bench/charts/ratios.ts';
import { roofline } from '../bench/charts/roofline.ts';
import type { Theme } from '../bench/charts/theme.ts';
import { throughputBySize } from '../bench/charts/throughput.ts';
import { type Choice, availableIn, composeFilter, groups, inputsByOperations, valuesOf } from '../bench/choice.ts';
import type { Case } from '../bench/protocol.ts';
import { inRepo, trilane } from './support.ts';

const folder = 'baselines/intel-xeon-2-cores';
const read = (name: string) => JSON.parse(readFileSync(inRepo(`${folder}/${name}.json`), 'utf8')) as Baseline;
const source = (name: string): Source => ({ name, ...read(name) });
const chromium = source('chromium');
const native = source('native');

const theme: Theme = {
  text: 'rgb(0, 0, 0)',
  quiet: 'rgb(1, 1, 1)',
  line: 'rgb(2, 2, 2)',
  good: 'rgb(0, 128, 0)',
  bad: 'rgb(128, 0, 0)',
  warning: 'rgb(128, 128, 0)',
  series: Array.from({ length: 6 }, (_, i) => `rgb(${i}, 0, 255)`),
  font: 'sans-serif',
};

test('operations and inputs are told from a benchmark', () => {
  const one = (name: string, threads = 1) => native.benchmarks.find((candidate) => candidate.case === name && candidate.threads === threads)!;
  assert.equal(operationOf(one('gemv/tl2/640x2560')), 'gemv');
  assert.equal(operationOf(one('gemm/tl2/640x2560x8')), 'gemm × 8');
  assert.equal(operationOf(one('model/bitnet-2b4t/i2_s/threads=2', 2)), 'model, 2 threads');
  assert.equal(inputOf(one('gemm/tl2/640x2560x8')), '640x2560x8');
  assert.equal(inputOf(one('model/bitnet-2b4t/i2_s/threads=2', 2)), 'bitnet-2b4t');
  assert.equal(inputOf(one('quantize_activations/int8/2560')), '2560');
});

test('throughput by size: a line a format and arch, points by size, intervals around them', () => {
  const { config } = throughputBySize([chromium], 'quantize', theme)!;
  const { datasets } = config.data;
  assert.deepEqual(
    datasets.map(({ label }) => label).sort(),
    ['i2_s', 'tl1', 'tl2'].flatMap((format) => ['scalar', 'simd128', 'relaxed'].map((arch) => `${format}, ${arch}`)).sort(),
  );
  for (const { data } of datasets) {
    const points = data as RatePoint[];
    assert.deepEqual(points.map(({ x }) => x), [1024, 4096, 16384, 65536, 262144, 4194304]);
    for (const { y, yMin, yMax } of points) assert.ok(yMin <= y && y <= yMax);
  }
  const first = chromium.benchmarks.find(({ case: name, arch }) => name === 'quantize/tl2/65536' && arch === 'simd128')!;
  const line = datasets.find(({ label }) => label === 'tl2, simd128')!;
  const point = (line.data as RatePoint[]).find(({ label }) => label === 'quantize/tl2/65536')!;
  assert.ok(Math.abs(point.y / first.throughput.elements_per_s - 1) < 1e-9);
  // An arch has its colour, a format its marks.
  assert.equal(distinct(datasets.map(({ borderColor }) => borderColor)).length, 3);
  assert.equal(distinct(datasets.map(({ pointStyle }) => pointStyle)).length, 3);
  assert.equal(throughputBySize([chromium], 'nothing', theme), null);
});

test('throughput of several baselines: a line a format and baseline, of the fastest arch', () => {
  const { datasets } = throughputBySize([chromium, native], 'gemv', theme)!.config.data;
  assert.deepEqual(datasets.map(({ label }) => label), ['chromium', 'native'].flatMap((name) => ['i2_s', 'tl1', 'tl2'].map((format) => `${name}: ${format}`)));
  const best = (from: Source) =>
    Math.max(...from.benchmarks.filter((one) => one.case === 'gemv/i2_s/640x2560').map((one) => one.throughput.elements_per_s));
  for (const [i, from] of [[0, chromium], [3, native]] as const) {
    const point = (datasets[i]!.data as RatePoint[]).find(({ label }) => label === 'gemv/i2_s/640x2560')!;
    assert.ok(Math.abs(point.y / best(from) - 1) < 1e-9);
  }
});

test('archs beside each other: a bar an arch and format', () => {
  const { labels, datasets } = archsBeside([native], 'gemm × 32', '2560x2560x32', theme)!.config.data;
  assert.deepEqual(labels, ['i2_s', 'tl1', 'tl2']);
  assert.deepEqual(datasets.map(({ label }) => label), ['scalar', 'ssse3', 'avx2', 'avx512vnni']);
  for (const { data } of datasets) assert.equal(data.length, 3);
  assert.equal(new Set(datasets.map(({ backgroundColor }) => backgroundColor)).size, datasets.length);
  assert.equal(archsBeside([native], 'gemm × 32', 'nothing', theme), null);

  const both = archsBeside([native, chromium], 'gemm × 32', '2560x2560x32', theme)!.config.data.datasets;
  assert.equal(both.length, 7);
  assert.equal(new Set(both.map(({ backgroundColor }) => backgroundColor)).size, both.length);
});

test('roofline: every case of one thread below its own bound, the bounds at the roofs', () => {
  const { config, name } = roofline(chromium, theme)!;
  const { datasets } = config.data;
  const points = datasets.filter(({ showLine }) => !showLine);
  const roofs = datasets.filter(({ showLine }) => showLine);
  assert.deepEqual(points.map(({ label }) => label), ['scalar', 'simd128', 'relaxed']);
  assert.equal(points.flatMap(({ data }) => data).length, chromium.benchmarks.length);
  assert.match(name, new RegExp(`${chromium.benchmarks.length} points`));
  assert.equal(roofs.length, 2 + 3); // two bandwidths, three int8 peaks
  const peak = chromium.calibration!.int8_mac.find(({ arch }) => arch === 'simd128')!.gmac_per_s * 1e9;
  const flat = roofs.find(({ label }) => label === 'int8 peak, simd128')!.data as RatePoint[];
  assert.deepEqual(flat.map(({ y }) => y), [peak, peak]);
  // A case bound by the peak ends at it.
  const bound = chromium.benchmarks.find((one) => one.arch === 'simd128' && one.roofline?.bound === 'int8_mac')!;
  const point = (points[1]!.data as RatePoint[]).find(({ label }) => label === bound.case)!;
  assert.ok(Math.abs(point.yMax / peak - 1) < 1e-9);
  assert.equal(boundOf(bound), bound.roofline!.int8_mac_ns);

  // Of several threads only the single one has roofs that fit.
  const shown = roofline(native, theme)!.config.data.datasets.filter(({ showLine }) => !showLine);
  assert.equal(shown.flatMap(({ data }) => data).length, native.benchmarks.filter(({ threads }) => threads === 1).length);
  assert.equal(roofline({ ...chromium, calibration: null }, theme), null);
});

test('ratios: a bar a case, from 1', async () => {
  const files = ['native', 'chromium'].map((name) => inRepo(`${folder}/${name}.json`));
  const ended = await trilane(['compare', '--cross', '--format', 'json', ...files]);
  const comparison = JSON.parse(ended.stdout) as Comparison;
  const pairs = plottedPairs(comparison).filter(({ case: name }) => name.startsWith('quantize/'));
  const { config, name } = ratios(pairs, 'quantize', theme)!;
  const [bars] = config.data.datasets;
  assert.equal(bars!.data.length, 3 * 6);
  assert.equal(bars!.base, 1);
  assert.deepEqual((bars!.data as RatePoint[]).map(({ x }) => x), pairs.map(({ ratio }) => ratio.point_estimate));
  assert.match(name, /18 cases: B is faster in \d+, not in \d+/);
  assert.equal(ratios([], 'quantize', theme), null);
});

test('ticks of a logarithmic axis', () => {
  assert.deepEqual(logTicks(0.15, 30), [0.2, 0.5, 1, 2, 5, 10, 20]);
  assert.deepEqual(logTicks(15, 55), [20, 30, 40, 50]);
  assert.deepEqual(logTicks(1e3, 5e6), [1e3, 1e4, 1e5, 1e6]);
  assert.deepEqual([0.25, 1, 999, 65536, 2e7, 1.5e9].map(short), ['0.25', '1', '999', '65.5\u00a0k', '20\u00a0M', '1.5\u00a0G']);
});

// The suite as the page lists it, told from the baseline.
const cases: Case[] = chromium.benchmarks.map((one) => ({ case: one.case, arch: one.arch, op: one.op, format: one.format, input: inputOf(one) }));
const names = distinct(cases.map((one) => one.case));
const choose = (chosen: Partial<Record<(typeof groups)[number], string[]>>): Choice => ({
  op: new Set(chosen.op),
  format: new Set(chosen.format),
  input: new Set(chosen.input),
});

test('a choice’s pattern matches exactly what is chosen', () => {
  assert.equal(composeFilter(cases, choose({})), '');
  const some = (values: string[]) => [[], [values[0]!], [values[1]!, values.at(-1)!]];
  let tried = 0;
  for (const op of [...some(valuesOf(cases, 'op')), ['model', 'gemm']]) {
    for (const format of some(valuesOf(cases, 'format'))) {
      for (const input of [...some(valuesOf(cases, 'input')), ['bitnet-2b4t']]) {
        const choice = choose({ op, format, input });
        const chosen = cases.filter((one) => groups.every((group) => choice[group].size === 0 || choice[group].has(one[group])));
        const pattern = composeFilter(cases, choice);
        if (chosen.length === 0 || pattern === '') continue;
        const expression = new RegExp(pattern);
        assert.deepEqual(names.filter((name) => expression.test(name)), distinct(chosen.map((one) => one.case)), pattern);
        ++tried;
      }
    }
  }
  assert.ok(tried > 15, String(tried));
});

test('names of tensors are taken as they are', () => {
  const tensor: Case = { case: 'pack/tl1/a.b%2Bc', arch: 'scalar', op: 'pack', format: 'tl1', input: 'a.b%2Bc' };
  const other: Case = { ...tensor, case: 'pack/tl1/aXb%2Bc', input: 'aXb%2Bc' };
  const pattern = new RegExp(composeFilter([tensor, other], choose({ input: ['a.b%2Bc'] })));
  assert.deepEqual([tensor, other].map((one) => pattern.test(one.case)), [true, false]);
});

test('what leaves no case is not available', () => {
  const choice = choose({ op: ['gemv'] });
  assert.deepEqual([...availableIn(cases, choice, 'format')], ['i2_s', 'tl1', 'tl2']);
  assert.ok(!availableIn(cases, choice, 'input').has('1024'));
  assert.ok(availableIn(cases, choice, 'op').has('quantize')); // its own group does not count
});

test('inputs stand with the operations that work on them', () => {
  const rows = inputsByOperations(cases);
  assert.deepEqual(rows.find(([, inputs]) => inputs.includes('640x2560'))?.[0], ['pack', 'gemv']);
  assert.deepEqual(rows.flatMap(([, inputs]) => inputs).sort(), valuesOf(cases, 'input').sort());
});
