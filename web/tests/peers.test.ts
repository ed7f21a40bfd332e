/// The comparison with onnxruntime-web, run small: everyone takes part, and what they compute is what is asked for. No times are judged.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { exactProduct, floatWeights, makeActivations, makeProblem, relativeError, scale } from '../peers/problem.ts';
import type { Report } from '../peers/report.ts';
import { geometricMean, median } from '../peers/statistics.ts';
import { inRepo, skipUnlessAll, start, temporaryFolder } from './support.ts';

const peers = (args: string[]) => start(process.execPath, [inRepo('web/peers/run.ts'), '--no-build', ...args]).ended;

const contestants = ['trilane simd128', 'trilane relaxed', 'float32', 'int8', '4-bit', '2-bit'].map((name) =>
  name.startsWith('trilane') ? name : `onnxruntime-web ${name}`,
);

test('a small run: all contestants, verified results, every ratio', { skip: skipUnlessAll }, async (context) => {
  const file = join(temporaryFolder(context), 'peers.md');
  const launches = 2;
  // 200 columns fill neither trilane's blocks nor those of MatMulNBits.
  const ended = await peers(['--quick', '--shape', '96x200', '--launches', String(launches), '--json', '-', '--markdown', file]);
  assert.equal(ended.status, 0, ended.stderr);
  assert.equal(ended.stderr, '');
  const report = JSON.parse(ended.stdout) as Report;

  assert.equal(report.whyNotRelaxed, null);
  assert.equal(report.environment.cross_origin_isolated, true);
  assert.match(report.versions.onnxruntimeWeb, /^\d+\.\d+/);
  assert.match(report.versions.trilane ?? '', /^\d+\.\d+/);
  assert.deepEqual(
    report.cases.map(({ rows, columns, vectors }) => [rows, columns, vectors]),
    [1, 32].map((vectors) => [96, 200, vectors]),
  );
  for (const one of [...report.cases, report.overhead]) {
    assert.deepEqual(one.contestants.map(({ name }) => name), contestants);
    assert.equal(one.ratios.length, 2 * 4);
    for (const { name, relativeError, setting, nanoseconds, ...rest } of one.contestants) {
      const isExact = name.startsWith('trilane') || name.endsWith('float32');
      assert.ok(relativeError < (isExact ? 1e-5 : 1e-2), `${name}: ${relativeError}`);
      assert.ok(nanoseconds.interval[0] <= nanoseconds.value && nanoseconds.value <= nanoseconds.interval[1]);
      assert.equal(rest.launches.length, launches);
      for (const launch of rest.launches) {
        assert.equal(launch.nanoseconds.length, report.rounds);
        // A sample lasts 1000 ticks.
        for (const sample of launch.nanoseconds) assert.ok(sample * launch.callsPerSample >= 999 * report.tickNanoseconds);
      }
      if (name.startsWith('trilane')) {
        assert.equal(setting, 'i2_s');
        continue;
      }
      const tried = report.tried.find(
        (trial) => trial.contestant === name && trial.rows === one.rows && trial.columns === one.columns && trial.vectors === one.vectors,
      );
      assert.ok(tried && tried.settings.length >= 2);
      const [fastest] = tried.settings.sort((a, b) => a.nanoseconds - b.nanoseconds);
      assert.equal(setting, fastest!.setting);
    }
  }
  const text = readFileSync(file, 'utf8');
  for (const vectors of [1, 32]) assert.match(text, new RegExp(`^\\| 96 × 200 \\| +${vectors} \\| .*\\d`, 'm'));
});

test('a wrong product is noticed', () => {
  const problem = makeProblem({ rows: 8, columns: 12 });
  const x = makeActivations(12, 2);
  const exact = exactProduct(problem, x);
  const weights = floatWeights(problem);
  assert.ok(weights.every((weight) => weight === 0 || Math.abs(weight) === scale));
  const y = new Float32Array(16);
  for (let i = 0; i < 16; ++i) {
    for (let k = 0; k < 12; ++k) y[i]! += weights[(i % 8) * 12 + k]! * x[Math.floor(i / 8) * 12 + k]!;
  }
  assert.ok(relativeError(y, exact) < 1e-6);
  assert.ok(relativeError(y.map((value, i) => (i === 3 ? y[4]! : value)), exact) > 1e-2);
  assert.equal(relativeError(y.subarray(1), exact), Infinity);
});

test('medians and geometric means with their intervals', () => {
  assert.equal(median([3, 1, 2]), 2);
  assert.equal(median([4, 1, 3, 2]), 2.5);
  // Logarithms 0, 1, 2: mean 1, deviation 1; Student's t for two degrees of freedom is 4.303.
  const { value, interval } = geometricMean([1, Math.E, Math.E ** 2]);
  const half = 4.303 / Math.sqrt(3);
  assert.ok(Math.abs(Math.log(value) - 1) < 1e-12);
  assert.ok(Math.abs(Math.log(interval[0]) - (1 - half)) < 1e-9);
  assert.ok(Math.abs(Math.log(interval[1]) - (1 + half)) < 1e-9);
});

test('wrong usage is one line and status 2; help is help', async () => {
  const wrong = [
    ['--shape', '3'],
    ['--shape', '0x5'],
    ['--shape', '99999x99999'],
    ['--launches', '1'],
    ['--browser', 'lynx'],
    ['--format', 'q4'],
    ['--timeout', 'soon'],
    ['--nonsense'],
    ['argument'],
  ];
  for (const [i, ended] of (await Promise.all(wrong.map(peers))).entries()) {
    assert.equal(ended.status, 2, wrong[i]!.join(' '));
    assert.match(ended.stderr, /^trilane peers: [^\n]+\n$/);
    assert.equal(ended.stdout, '');
  }
  const help = await peers(['--help']);
  assert.equal(help.status, 0);
  assert.match(help.stdout, /^usage: scripts\/peers/);
});
