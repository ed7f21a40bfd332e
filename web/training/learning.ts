/// Training from seed to weights.

import { type Layer, classes, layerNames, pixelsAnImage } from '../demo/digits/network.ts';
import type { Digits } from '../demo/digits/testset.ts';
import { Adam } from './adam.ts';
import { vary } from './augmentation.ts';
import { Path, type TrainedLayer, newLayers } from './model.ts';
import { Random } from './random.ts';

const sizes = [pixelsAnImage, 256, 128, classes];
const batch = 50;
const highestRate = 5e-3;
const weightDecay = 0.01;
/** Steps until the rate is at its highest. */
const warmUp = 200;

export interface Plan {
  readonly epochs: number;
  readonly seed: number;
}

/** How far the training is: the share of all steps that are done, and the last batch's mean cross entropies. */
export interface Progress {
  readonly done: number;
  readonly epoch: number;
  readonly float32: number;
  readonly ternary: number;
}

/**
 * Trains the network on these digits, each varied anew in every epoch. A step follows the gradients of both losses, with the
 * weights as they are and with the weights made ternary, so that one set of weights serves both.
 */
export function train(digits: Digits, { epochs, seed }: Plan, onProgress: (progress: Progress) => void): Layer[] {
  const random = new Random(seed);
  const layers = newLayers(sizes, random);
  const float32 = new Path(layers, batch, false);
  const ternary = new Path(layers, batch, true);
  const optimisers = layers.flatMap(({ weights, weightGradients, bias, biasGradients }) => [
    new Adam(weights, weightGradients, weightDecay),
    new Adam(bias, biasGradients, 0),
  ]);

  const count = digits.labels.length;
  const steps = epochs * Math.ceil(count / batch);
  let step = 0;
  for (let epoch = 1; epoch <= epochs; ++epoch) {
    const order = random.order(count);
    for (let from = 0; from < count; from += batch) {
      const chosen = order.subarray(from, from + batch);
      const { labels, images } = varied(digits, chosen, random);
      const losses = { float32: float32.learn(images, labels), ternary: ternary.learn(images, labels) };
      const rate = rateAt(step, steps);
      for (const optimiser of optimisers) optimiser.step(rate, chosen.length);
      ++step;
      onProgress({
        done: step / steps,
        epoch,
        float32: losses.float32 / chosen.length,
        ternary: losses.ternary / chosen.length,
      });
    }
  }
  return layers.map((layer, i) => asInFile(layerNames[i]!, layer));
}

/** Up in a line, then down half a cosine to 0. */
const rateAt = (step: number, steps: number): number =>
  highestRate * Math.min(1, (step + 1) / warmUp) * 0.5 * (1 + Math.cos((Math.PI * step) / steps));

function varied(digits: Digits, chosen: Uint32Array, random: Random): { labels: Uint8Array; images: Float32Array } {
  const images = new Float32Array(chosen.length * pixelsAnImage);
  const labels = new Uint8Array(chosen.length);
  chosen.forEach((index, i) => {
    labels[i] = digits.labels[index]!;
    const image = digits.images.subarray(index * pixelsAnImage, (index + 1) * pixelsAnImage);
    vary(image, random, images.subarray(i * pixelsAnImage, (i + 1) * pixelsAnImage));
  });
  return { labels, images };
}

/** Weights output by output. */
function asInFile(name: string, { inputs, outputs, weights, bias }: TrainedLayer): Layer {
  const transposed = Float32Array.from({ length: weights.length }, (_, i) => {
    const output = Math.floor(i / inputs);
    return weights[(i % inputs) * outputs + output]!;
  });
  return { name, rows: outputs, columns: inputs, weights: transposed, bias };
}
