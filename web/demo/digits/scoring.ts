/// How often each variant is right, and how long it takes: measured in the worker, by pieces, so that drawing goes on meanwhile.

import type { Caller } from '../calls.ts';
import { median } from '../stopwatch.ts';
import { type DigitMethods, type Variant, variants } from './protocol.ts';

/** Test digits a call: a drawing waits for no more than these. */
const digitsACall = 50;
export const timedSamples = 15;

/** What each variant reads in the test digits. */
export type Predictions = Record<Variant, Uint8Array>;

/** Reads the whole test set; `progress` hears of the predictions so far. */
export async function predictAll(
  caller: Caller<DigitMethods>,
  total: number,
  progress: (predictions: Predictions, done: number) => void,
): Promise<Predictions> {
  const predictions: Predictions = {
    float32: new Uint8Array(total),
    i2_s: new Uint8Array(total),
    tl1: new Uint8Array(total),
    tl2: new Uint8Array(total),
  };
  for (let first = 0; first < total; first += digitsACall) {
    const piece = await caller.call('score', first, digitsACall);
    for (const variant of variants) predictions[variant].set(piece[variant], first);
    progress(predictions, Math.min(first + digitsACall, total));
  }
  return predictions;
}

/** The share of the first `done` digits that are read right. */
export function accuracy(predictions: Uint8Array, labels: Uint8Array, done = labels.length): number {
  let right = 0;
  for (let i = 0; i < done; ++i) if (predictions[i] === labels[i]) ++right;
  return right / done;
}

/** Times one inference of each variant by turns; `progress` hears of the medians so far, in nanoseconds. */
export async function timeAll(
  caller: Caller<DigitMethods>,
  progress: (medians: Record<Variant, number>, done: number, of: number) => void,
): Promise<void> {
  const times: Record<Variant, number[]> = { float32: [], i2_s: [], tl1: [], tl2: [] };
  for (const variant of variants) await caller.call('time', variant); // warms up
  for (let round = 1; round <= timedSamples; ++round) {
    for (const variant of variants) times[variant].push(await caller.call('time', variant));
    const { float32, i2_s, tl1, tl2 } = times;
    const medians = { float32: median(float32), i2_s: median(i2_s), tl1: median(tl1), tl2: median(tl2) };
    progress(medians, round, timedSamples);
  }
}

/** The test digits that some variant reads wrong, at most `most`: first those on which the variants differ. */
export function hardest(predictions: Predictions, labels: Uint8Array, most: number): number[] {
  const wrongBy = (index: number) => variants.filter((variant) => predictions[variant][index] !== labels[index]).length;
  const wrong = [...labels.keys()].filter((index) => wrongBy(index) > 0);
  const differ = wrong.filter((index) => wrongBy(index) < variants.length);
  const agree = wrong.filter((index) => wrongBy(index) === variants.length);
  const few = differ.slice(0, Math.max(Math.ceil(most / 2), most - agree.length));
  return [...few, ...agree].slice(0, most).sort((a, b) => labels[a]! - labels[b]!);
}
