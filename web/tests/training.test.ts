/// How the digit network is trained: right gradients, the same weights from the same seed, and a command that says what is wrong.

import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { pixelsAnImage } from '../demo/digits/network.ts';
import { vary } from '../training/augmentation.ts';
import { trainingDigits } from '../training/data.ts';
import { train } from '../training/learning.ts';
import { Path, type TrainedLayer, newLayers } from '../training/model.ts';
import { Random } from '../training/random.ts';
import { absmean, quantizeVector, signs } from '../training/ternary.ts';
import { inRepo, skipUnlessAll, start, temporaryFolder } from './support.ts';

const command = (args: string[]) => start(process.execPath, [inRepo('web/training/train.ts'), ...args]).ended;

const uniform = (length: number, random: Random): Float32Array => Float32Array.from({ length }, () => random.between(-1, 1));

/** Adds `step` times `direction` to all parameters. */
function move(layers: TrainedLayer[], directions: Float32Array[], step: number): void {
  layers
    .flatMap(({ weights, bias }) => [weights, bias])
    .forEach((parameters, k) => directions[k]!.forEach((value, i) => (parameters[i]! += step * value)));
}

test('the gradients are those of the loss', () => {
  const random = new Random(3);
  const layers = newLayers([9, 12, 10, 4], random);
  const images = uniform(6 * 9, random);
  const labels = Uint8Array.of(0, 1, 2, 3, 1, 2);
  const path = new Path(layers, 8, false);
  path.learn(images, labels);
  const gradients = layers.flatMap(({ weightGradients, biasGradients }) => [weightGradients.slice(), biasGradients.slice()]);
  for (let round = 0; round < 20; ++round) {
    const directions = gradients.map(({ length }) => uniform(length, random));
    const step = 1e-3;
    move(layers, directions, step);
    const above = path.learn(images, labels);
    move(layers, directions, -2 * step);
    const below = path.learn(images, labels);
    move(layers, directions, step);
    const slope = (above - below) / (2 * step);
    const expected = gradients.reduce((sum, part, k) => sum + part.reduce((all, g, i) => all + g * directions[k]![i]!, 0), 0);
    assert.ok(Math.abs(slope - expected) < 1e-2 * (1 + Math.abs(expected)), `${slope} is not ${expected}`);
  }
});

test('where rounding changes nothing, the ternary way has the gradients of the float32 way', () => {
  const random = new Random(4);
  const learned = [false, true].map((ternary) => {
    const layers = newLayers([5, 4], random);
    layers[0]!.weights.forEach((_, i, weights) => (weights[i] = i % 3 === 0 ? 0.25 : -0.25));
    const loss = new Path(layers, 2, ternary).learn(Float32Array.of(127, 3, 0, -20, 1, 0, 127, 64, 1, 2), Uint8Array.of(2, 0));
    return { loss, gradients: layers.map(({ weightGradients, biasGradients }) => [weightGradients, biasGradients]) };
  });
  assert.deepEqual(learned[1], learned[0]);
});

test('the ternary definition, by hand', () => {
  assert.equal(absmean(Float32Array.of(1, -2, 0, 3)), 1.5);
  assert.deepEqual([...signs(Float32Array.of(0.76, -0.76, 0.75, -0.75, 0), 1.5)], [1, -1, 0, 0, 0]);
  const q = new Float32Array(5);
  assert.equal(quantizeVector(Float32Array.of(127, -2.5, 3.5, -127, 0.4), q), 1);
  assert.deepEqual([...q], [127, -2, 4, -127, 0]);
  assert.equal(quantizeVector(new Float32Array(5), q), 0);
  assert.deepEqual([...q], [0, 0, 0, 0, 0]);
});

test('the same seed trains the same weights, another one others', () => {
  const all = trainingDigits();
  const few = { labels: all.labels.slice(0, 130), images: all.images.slice(0, 130 * pixelsAnImage) };
  const losses: number[] = [];
  const one = train(few, { epochs: 2, seed: 5 }, ({ ternary }) => losses.push(ternary));
  assert.equal(losses.length, 2 * 3);
  assert.deepEqual(train(few, { epochs: 2, seed: 5 }, () => {}), one);
  assert.notDeepEqual(train(few, { epochs: 2, seed: 6 }, () => {}), one);
});

test('varied digits stay within paper and ink, and differ', () => {
  const { images } = trainingDigits();
  const random = new Random(1);
  for (let i = 0; i < 50; ++i) {
    const image = images.subarray(i * pixelsAnImage, (i + 1) * pixelsAnImage);
    const [one, other] = [new Float32Array(pixelsAnImage), new Float32Array(pixelsAnImage)];
    vary(image, random, one);
    vary(image, random, other);
    assert.notDeepEqual(one, other);
    const ink = one.reduce((sum, value) => sum + value, 0);
    const before = image.reduce((sum, value) => sum + value / 255, 0);
    assert.ok(one.every((value) => value >= 0 && value <= 1));
    assert.ok(ink > before / 4 && ink < before * 4, `${before} became ${ink}`);
  }
});

test('random numbers: the whole range, evenly; an order holds everything once', () => {
  const random = new Random(0);
  const counts = new Uint32Array(10);
  for (let i = 0; i < 10_000; ++i) ++counts[Math.floor(10 * random.uniform())]!;
  assert.ok(counts.every((count) => Math.abs(count - 1000) < 150), String(counts));
  const bell = Array.from({ length: 10_000 }, () => random.bell());
  assert.ok(Math.abs(bell.reduce((sum, x) => sum + x, 0)) < 300);
  assert.ok(Math.abs(bell.reduce((sum, x) => sum + x * x, 0) - 10_000) < 500);
  assert.deepEqual(random.order(1000).sort(), Uint32Array.from({ length: 1000 }, (_, i) => i));
});

test('the command: help, and wrong usage in one line', async () => {
  const help = await command(['--help']);
  assert.equal(help.status, 0);
  assert.match(help.stdout, /^usage: node web\/training\/train.ts/);
  for (const [args, message] of [
    [['--epochs', '0'], "train: --epochs '0' is no whole number from 1 to 2³¹\n"],
    [['--epochs', 'many'], "train: --epochs 'many' is no whole number from 1 to 2³¹\n"],
    [['--seed', '-1'], ''],
    [['--speed'], ''],
  ] as const) {
    const ended = await command([...args]);
    assert.equal(ended.status, 2, args.join(' '));
    assert.match(ended.stderr, /^train: .*\n$/);
    if (message) assert.equal(ended.stderr, message);
  }
});

test('the command: one epoch, and the file says how well it went', { skip: skipUnlessAll }, async (context) => {
  const folder = temporaryFolder(context);
  const ended = await command(['--epochs', '1', '--seed', '2', '--out', join(folder, 'x')]);
  assert.equal(ended.status, 0, ended.stderr);
  const said = /^2000 test digits: float32 (\d+\.\d\d) %, ternary (\d+\.\d\d) %\n$/.exec(ended.stderr);
  assert.ok(said, ended.stderr);
  const file = readFileSync(join(folder, 'x'));
  const header = JSON.parse(file.toString('utf8', 8, 8 + Number(file.readBigUInt64LE()))) as { __metadata__: Record<string, string> };
  const { test_digits, accuracy_float32, accuracy_ternary, training } = header.__metadata__;
  assert.equal(test_digits, '2000');
  assert.equal(Number(accuracy_float32).toFixed(4), (Number(said[1]) / 100).toFixed(4));
  assert.equal(Number(accuracy_ternary).toFixed(4), (Number(said[2]) / 100).toFixed(4));
  assert.match(training ?? '', /--epochs 1 --seed 2/);
  assert.ok(Number(accuracy_float32) > 0.5, accuracy_float32); // it has begun to learn

  const refused = await command(['--epochs', '1', '--out', join(folder, 'none', 'x')]);
  assert.equal(refused.status, 1);
  assert.match(refused.stderr, /^train: cannot write '.*x': there is no folder '.*none' that can be written to\n$/);
  assert.deepEqual(readdirSync(folder), ['x']);
});
