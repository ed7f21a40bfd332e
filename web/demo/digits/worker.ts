/// The digit network in a worker, so that drawing never waits for it.

import { type Format, load, type Trilane } from 'trilane';
import { answerWith } from '../calls.ts';
import { Stopwatch, clockTick } from '../stopwatch.ts';
import { testDigitsUrl, weightsUrl } from './assets.ts';
import { type Layer, Network, floatMultiply, layersOf, likeliest, pixelsAnImage } from './network.ts';
import { digitOf, drawingOf } from './preprocessing.ts';
import { type DigitMethods, type Variant, variants } from './protocol.ts';
import { type Digits, decodeDigits, pixelsOf } from './testset.ts';

interface Reader {
  readonly network: Network;
  readonly bytes: number;
  readonly stopwatch: Stopwatch;
}

let readers: Record<Variant, Reader>;
let digits: Digits;

async function fetchBytes(url: string): Promise<Uint8Array> {
  const response = await fetch(url);
  if (!response.ok) throw new Error(`The digit network could not be loaded: ${response.status} ${response.statusText}.`);
  return new Uint8Array(await response.arrayBuffer());
}

/** The network with float32 weights, or with ternary ones in a format. */
function readerOf(trilane: Trilane, layers: Layer[], variant: Variant, sample: Float32Array): Reader {
  const matrices = variant === 'float32' ? [] : layers.map((layer) => quantized(trilane, layer, variant));
  const products =
    variant === 'float32' ? layers.map(floatMultiply) : matrices.map((matrix) => (x: Float32Array) => matrix.multiply(x));
  const network = new Network(layers, products);
  const floatBytes = layers.reduce((sum, { weights }) => sum + weights.byteLength, 0);
  const bytes = variant === 'float32' ? floatBytes : matrices.reduce((sum, matrix) => sum + matrix.bytes, 0);
  return { network, bytes, stopwatch: new Stopwatch(() => network.probabilities(sample)) };
}

const quantized = (trilane: Trilane, { weights, rows, columns }: Layer, format: Format) =>
  trilane.quantize(weights, { format, rows, columns });

const ofEach = <T>(value: (variant: Variant) => T): Record<Variant, T> =>
  Object.fromEntries(variants.map((variant) => [variant, value(variant)])) as Record<Variant, T>;

const read = (pixels: Float32Array) => ({
  pixels,
  probabilities: ofEach((variant) => readers[variant].network.probabilities(pixels)),
});

answerWith<DigitMethods>({
  async open(relaxed) {
    const [trilane, weights, tests] = await Promise.all([load({ relaxed }), fetchBytes(weightsUrl), fetchBytes(testDigitsUrl)]);
    const file = trilane.openSafetensors(weights, 'digits.safetensors');
    const layers = layersOf(file);
    file.free();
    digits = decodeDigits(tests);
    readers = ofEach((variant) => readerOf(trilane, layers, variant, pixelsOf(digits, 0, 1)));
    const { version, arch, whyNotRelaxed } = trilane;
    return { version, arch, whyNotRelaxed, sizes: ofEach((variant) => readers[variant].bytes), labels: digits.labels };
  },
  read(drawing) {
    const pixels = digitOf(drawingOf(drawing));
    return pixels && read(pixels);
  },
  readSample: (index) => read(pixelsOf(digits, index, 1)),
  score(first, count) {
    const pixels = pixelsOf(digits, first, count);
    return ofEach((variant) => likeliest(readers[variant].network.probabilities(pixels)));
  },
  time: (variant) => readers[variant].stopwatch.sample(),
  clock: clockTick,
  images: (indices) =>
    indices.map((index) => digits.images.slice(index * pixelsAnImage, (index + 1) * pixelsAnImage)),
});
