/// The committed digit network: as accurate as its file says, with float32 weights and in every ternary format; and its input,
/// from drawings and from the file of test digits.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { before, test } from 'node:test';
import {
  type Layer,
  type Multiply,
  Network,
  floatMultiply,
  imageSize,
  layersOf,
  likeliest,
  pixelsAnImage,
} from '../demo/digits/network.ts';
import { type Drawing, digitOf, drawingOf } from '../demo/digits/preprocessing.ts';
import { type Digits, decodeDigits, encodeDigits, pixelsOf } from '../demo/digits/testset.ts';
import type { FloatTensor, Format, SafetensorsFile, Trilane } from '../package/index.ts';
import { testDigits, trainingDigits, validationSplit } from '../training/data.ts';
import { accuracyOf } from '../training/measuring.ts';
import { safetensorsFile } from '../training/safetensors.ts';
import { ternaryMultiply } from '../training/ternary.ts';
import { type Pen, digitStrokes, drawn } from './strokes.ts';
import { inRepo } from './support.ts';

const { load } = (await import(inRepo('web/dist/index.js'))) as typeof import('../package/index.ts');

const formats: Format[] = ['i2_s', 'tl1', 'tl2'];
const bytes = readFileSync(inRepo('tests/data/digits.safetensors'));
const digits = testDigits();

let trilanes: Trilane[];
let file: SafetensorsFile;
let layers: Layer[];
before(async () => {
  trilanes = await Promise.all([load(), load({ relaxed: false })]);
  file = trilanes[0]!.openSafetensors(bytes, 'digits.safetensors');
  layers = layersOf(file);
});

const quantized = (trilane: Trilane, format: Format, { weights, rows, columns }: Layer): Multiply => {
  const matrix = trilane.quantize(weights, { format, rows, columns });
  return (x) => matrix.multiply(x);
};

test('the file: under 1 MB, three layers, laid out as trilane lays files out', () => {
  assert.ok(bytes.length < 1_000_000, `${bytes.length} bytes`);
  assert.deepEqual(
    layers.map(({ rows, columns, bias }) => [columns, rows, bias.length]),
    [
      [784, 256, 256],
      [256, 128, 128],
      [128, 10, 10],
    ],
  );
  const tensors = file.tensors.map(({ name, shape }) => ({ name, shape, values: file.weights(name) }));
  const asFloats = tensors.map(({ name, shape, values }): [string, FloatTensor] => [name, { shape: [...shape], data: values }]);
  const written = trilanes[0]!.writeSafetensors(Object.fromEntries(asFloats), file.metadata);
  assert.deepEqual(Buffer.from(written), bytes);
  assert.deepEqual(Buffer.from(safetensorsFile(tensors.reverse(), file.metadata)), bytes);
});

test('96 % of the test digits and more, float32 and ternary at most 1.5 points apart, as the file says', () => {
  const { float32, ternary } = accuracyOf(layers, digits);
  assert.ok(float32 >= 0.96 && ternary >= 0.96, `${float32} ${ternary}`);
  assert.ok(Math.abs(float32 - ternary) <= 0.015, `${float32} ${ternary}`);
  const { test_digits, accuracy_float32, accuracy_ternary } = file.metadata;
  assert.deepEqual(
    { test_digits, accuracy_float32, accuracy_ternary },
    {
      test_digits: String(digits.labels.length),
      accuracy_float32: float32.toFixed(4),
      accuracy_ternary: ternary.toFixed(4),
    },
  );
});

test('every format of the package gives the probabilities of the definition, to the bit', () => {
  const pixels = pixelsOf(digits);
  const expected = new Network(layers, layers.map(ternaryMultiply)).probabilities(pixels);
  for (const trilane of trilanes) {
    for (const format of formats) {
      const products = layers.map((layer) => quantized(trilane, format, layer));
      const probabilities = new Network(layers, products).probabilities(pixels);
      assert.ok(Buffer.from(probabilities.buffer).equals(Buffer.from(expected.buffer)), `${trilane.arch} ${format}`);
    }
  }
});

test('the digits: 10,000, a fifth of each class for testing, none of these among the others', () => {
  const training = trainingDigits();
  assert.equal(training.labels.length + digits.labels.length, 10_000);
  const { training: fewer, validation } = validationSplit();
  assert.equal(fewer.labels.length + validation.labels.length, training.labels.length);

  const images = ({ labels, images }: Digits) =>
    Array.from(labels, (_, i) => Buffer.from(images.subarray(i * pixelsAnImage, (i + 1) * pixelsAnImage)).toString('latin1'));
  const known = new Set(images(training));
  assert.equal(known.size, training.labels.length);
  assert.deepEqual(images(digits).filter((image) => known.has(image)), []);
  const unknown = new Set(images(validation));
  assert.deepEqual(images(fewer).filter((image) => unknown.has(image)), []);
  assert.ok([...unknown].every((image) => known.has(image)));

  for (let digit = 0; digit < 10; ++digit) {
    const share = countOf(digits, digit) / (countOf(digits, digit) + countOf(training, digit));
    assert.ok(Math.abs(share - 0.2) < 0.001, `${share} of the digits ${digit}`);
  }
  assert.deepEqual([...digits.labels.subarray(0, 20)], [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
});

const countOf = ({ labels }: Digits, digit: number): number => labels.filter((label) => label === digit).length;

test('the file of test digits: what is written is read; anything else is refused', () => {
  const encoded = encodeDigits(digits);
  assert.equal(encoded.length, 785 * digits.labels.length);
  const decoded = decodeDigits(encoded);
  assert.deepEqual(decoded.labels, digits.labels);
  assert.deepEqual(decoded.images, digits.images);
  assert.deepEqual(pixelsOf(decoded, 7, 2), pixelsOf(digits).subarray(7 * pixelsAnImage, 9 * pixelsAnImage));
  assert.throws(() => decodeDigits(encoded.subarray(1)), /^Error: \d+ bytes are no file of digits of 28 × 28 pixels$/);
  assert.throws(() => decodeDigits(new Uint8Array()), /0 bytes are no file/);
});

test('float32 products of any number of rows from four on, and of several vectors', () => {
  for (const rows of [4, 5, 7, 8]) {
    const weights = Float32Array.from({ length: rows * 3 }, (_, i) => i - 5);
    const y = floatMultiply({ weights, rows, columns: 3 })(Float32Array.of(1, 2, 3, -1, 0, 0.5));
    const expected = [1, 2, 3, -1, 0, 0.5];
    for (let i = 0; i < y.length; ++i) {
      const [vector, row] = [Math.floor(i / rows), i % rows];
      const sum = [0, 1, 2].reduce((all, k) => all + weights[row * 3 + k]! * expected[vector * 3 + k]!, 0);
      assert.equal(y[i], sum, `${rows} rows, entry ${i}`);
    }
  }
});

test('a network without one of its layers is refused', () => {
  const tensors = file.tensors.filter(({ name }) => name !== 'hidden2.weight');
  assert.throws(() => layersOf({ tensors, weights: (name) => file.weights(name) }), /the file has no matrix 'hidden2.weight'/);
  assert.throws(() => new Network(layers, layers.slice(1).map(floatMultiply)), /3 layers need as many products, not 2/);
});

const pens: Pen[] = [
  { size: 280, thickness: 0.075, corner: [0.1, 0.1], side: 0.8 },
  { size: 280, thickness: 0.075, corner: [0, 0], side: 1 },
  { size: 280, thickness: 0.075, corner: [0.45, 0.05], side: 0.5 },
  { size: 560, thickness: 0.05, corner: [0.1, 0.3], side: 0.65 },
  { size: 100, thickness: 0.09, corner: [0.1, 0.1], side: 0.8 },
];

test('digits drawn by pens of several kinds are read right, float32 and ternary', () => {
  const networks = [floatMultiply, ternaryMultiply].map((product) => new Network(layers, layers.map(product)));
  for (const pen of pens) {
    digitStrokes.forEach((strokes, digit) => {
      const pixels = digitOf(drawn(strokes, pen));
      assert.ok(pixels);
      for (const network of networks) assert.equal(likeliest(network.probabilities(pixels))[0], digit, JSON.stringify(pen));
    });
  }
});

/** The mean place of the ink, and the box around it. */
function inkOf(pixels: Float32Array): { x: number; y: number; width: number; height: number } {
  const places = [...pixels.keys()].filter((i) => pixels[i]! > 1e-6);
  const [xs, ys] = [places.map((i) => i % imageSize), places.map((i) => Math.floor(i / imageSize))];
  const mass = pixels.reduce((sum, ink) => sum + ink, 0);
  return {
    x: places.reduce((sum, i, k) => sum + (xs[k]! + 0.5) * pixels[i]!, 0) / mass,
    y: places.reduce((sum, i, k) => sum + (ys[k]! + 0.5) * pixels[i]!, 0) / mass,
    width: Math.max(...xs) - Math.min(...xs) + 1,
    height: Math.max(...ys) - Math.min(...ys) + 1,
  };
}

const near = (is: number, wanted: number, within: number): void =>
  assert.ok(Math.abs(is - wanted) <= within, `${is} is not within ${within} of ${wanted}`);

test('a drawing fills 20 pixels, centred by its mass, wherever and however large it is', () => {
  for (const pen of pens) {
    for (const strokes of digitStrokes) {
      const { x, y, width, height } = inkOf(digitOf(drawn(strokes, pen))!);
      near(x, imageSize / 2, 0.01);
      near(y, imageSize / 2, 0.01);
      const longer = Math.max(width, height); // a box of 20 between pixels touches 21
      assert.ok(longer === 20 || longer === 21, `${width} × ${height}`);
    }
  }
  const one = digitOf(drawn(digitStrokes[5]!, { size: 200, thickness: 0.06, corner: [0, 0], side: 0.6 }))!;
  const moved = digitOf(drawn(digitStrokes[5]!, { size: 200, thickness: 0.06, corner: [0.35, 0.2], side: 0.6 }))!;
  one.forEach((ink, i) => near(ink, moved[i]!, 0.005));
});

test('every pixel is the mean ink of its area', () => {
  // 40 × 40 of ink: 20 × 20 pixels, their middle in the middle.
  const ink = Uint8Array.from({ length: 60 * 60 }, (_, i) => (i % 60 < 40 && i >= 20 * 60 ? 255 : 0));
  const square = digitOf({ size: 60, ink })!;
  square.forEach((value, i) => {
    const inside = [i % imageSize, Math.floor(i / imageSize)].every((place) => place >= 4 && place < 24);
    assert.equal(value, inside ? 1 : 0, `pixel ${i}`);
  });
  // A fifth of the ink everywhere, and a drawing smaller than the result.
  digitOf({ size: 60, ink: ink.map((value) => value && 51) })!.forEach((value, i) => near(value, square[i]! / 5, 1e-6));
  digitOf({ size: 5, ink: new Uint8Array(25).fill(255) })!.forEach((value, i) => near(value, square[i]!, 1e-6));
});

test('ink far from its own centre is not cut off', () => {
  // A block, and a line far away from it that is one pixel thin.
  const size = 100;
  const ink = Uint8Array.from({ length: size * size }, (_, i) => (i % size < 30 || Math.floor(i / size) === 50 ? 255 : 0));
  const pixels = digitOf({ size, ink })!;
  const mass = pixels.reduce((sum, value) => sum + value, 0);
  near(mass, ((20 / size) ** 2 * ink.reduce((sum, value) => sum + value, 0)) / 255, 1e-3);
  assert.equal(inkOf(pixels).width, 20);
});

test('no ink gives no digit; a single point is one', () => {
  assert.equal(digitOf({ size: 28, ink: new Uint8Array(784) }), null);
  const point: Drawing = { size: 280, ink: new Uint8Array(280 * 280).fill(9, 1234, 1235) };
  near(digitOf(point)!.reduce((sum, value) => sum + value, 0), (400 * 9) / 255, 1e-3);
});

test('the opacity of a canvas is its ink, whatever the colour; it must be square', () => {
  const data = Uint8ClampedArray.of(255, 0, 0, 10, 0, 0, 0, 20, 9, 9, 9, 0, 255, 255, 255, 255);
  assert.deepEqual(drawingOf({ width: 2, height: 2, data }), { size: 2, ink: Uint8Array.of(10, 20, 0, 255) });
  assert.throws(() => drawingOf({ width: 4, height: 1, data }), /a drawing must be square, not 4 × 1/);
});
