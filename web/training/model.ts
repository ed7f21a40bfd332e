/// The network while it is trained: float32 and ternary at once, over one set of weights.

import type { Random } from './random.ts';
import { quantizeVector, signs } from './ternary.ts';

/** A layer's parameters and their gradients. Weights lie input by input, so that an input of 0 costs nothing. */
export interface TrainedLayer {
  readonly inputs: number;
  readonly outputs: number;
  readonly weights: Float32Array;
  readonly bias: Float32Array;
  readonly weightGradients: Float32Array;
  readonly biasGradients: Float32Array;
}

/** Weights of variance 2/inputs, which keeps the variance through a ReLU (He et al., 2015). */
export function newLayers(sizes: readonly number[], random: Random): TrainedLayer[] {
  return sizes.slice(1).map((outputs, i) => {
    const inputs = sizes[i]!;
    const deviation = Math.sqrt(2 / inputs);
    return {
      inputs,
      outputs,
      weights: Float32Array.from({ length: inputs * outputs }, () => deviation * random.bell()),
      bias: new Float32Array(outputs),
      weightGradients: new Float32Array(inputs * outputs),
      biasGradients: new Float32Array(outputs),
    };
  });
}

/** One layer's numbers of one batch; every array holds an image after the other. */
interface Stage {
  readonly layer: TrainedLayer;
  /** The weights as they are multiplied. */
  readonly matrix: Float32Array;
  /** The layer's input, and the same as it is multiplied. */
  readonly x: Float32Array;
  readonly multiplied: Float32Array;
  /** The sums; on the way back, the loss's gradient in them. */
  readonly z: Float32Array;
}

/**
 * One way through the layers: with the weights as they are, or with ternary weights and int8 inputs. The way back treats that
 * rounding as if it were not there (the straight-through estimator).
 */
export class Path {
  readonly #ternary: boolean;
  readonly #stages: Stage[];

  constructor(layers: readonly TrainedLayer[], batch: number, ternary: boolean) {
    this.#ternary = ternary;
    this.#stages = layers.map((layer) => {
      const x = new Float32Array(batch * layer.inputs);
      return {
        layer,
        matrix: ternary ? new Float32Array(layer.weights.length) : layer.weights,
        x,
        multiplied: ternary ? new Float32Array(x.length) : x,
        z: new Float32Array(batch * layer.outputs),
      };
    });
  }

  /** Adds the gradients of the images' cross entropy to the layers'; returns the sum of the cross entropy. */
  learn(images: Float32Array, labels: Uint8Array): number {
    const count = labels.length;
    this.#stages[0]!.x.set(images);
    this.#stages.forEach((stage, i) => {
      if (this.#ternary) quantize(stage, count);
      multiply(stage, count);
      const next = this.#stages[i + 1];
      if (next !== undefined) for (let j = 0; j < count * stage.layer.outputs; ++j) next.x[j] = Math.max(stage.z[j]!, 0);
    });
    const last = this.#stages.at(-1)!;
    const loss = crossEntropy(last.z, last.layer.outputs, labels);
    for (let i = this.#stages.length - 1; i >= 0; --i) {
      addGradients(this.#stages[i]!, count);
      const before = this.#stages[i - 1];
      if (before !== undefined) inputGradients(this.#stages[i]!, count, before.z);
    }
    return loss;
  }
}

function quantize({ layer, matrix, x, multiplied }: Stage, count: number): void {
  const scale = mean(layer.weights);
  signs(layer.weights, scale, matrix);
  for (let i = 0; i < matrix.length; ++i) matrix[i]! *= scale;
  for (let image = 0; image < count; ++image) {
    const [from, to] = [image * layer.inputs, (image + 1) * layer.inputs];
    const factor = quantizeVector(x.subarray(from, to), multiplied.subarray(from, to));
    if (factor !== 0) for (let i = from; i < to; ++i) multiplied[i]! /= factor;
  }
}

/** Mean |w|; in another order than docs/formats.md sums, which can change its last bit. */
function mean(weights: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < weights.length; ++i) sum += Math.abs(weights[i]!);
  return sum / weights.length;
}

/** z = x·W + b. */
function multiply({ layer, matrix, multiplied, z }: Stage, count: number): void {
  for (let image = 0; image < count; ++image) {
    z.set(layer.bias, image * layer.outputs);
    addRows(multiplied, image * layer.inputs, 1, layer.inputs, matrix, z, image * layer.outputs, layer.outputs);
  }
}

function addGradients({ layer, multiplied, z }: Stage, count: number): void {
  for (let i = 0; i < layer.inputs; ++i) {
    addRows(multiplied, i, layer.inputs, count, z, layer.weightGradients, i * layer.outputs, layer.outputs);
  }
  for (let i = 0; i < count * layer.outputs; ++i) layer.biasGradients[i % layer.outputs]! += z[i]!;
}

/** The gradient in the sums of the layer before: none where its ReLU gave 0. */
function inputGradients({ layer, matrix, x, z }: Stage, count: number, into: Float32Array): void {
  const { inputs, outputs } = layer;
  for (let image = 0; image < count; ++image) {
    for (let i = 0; i < inputs; ++i) {
      let [even, odd] = [0, 0];
      if (x[image * inputs + i]! > 0) {
        const row = i * outputs;
        const at = image * outputs;
        for (let j = 0; j < outputs; j += 2) {
          even += matrix[row + j]! * z[at + j]!;
          odd += matrix[row + j + 1]! * z[at + j + 1]!;
        }
      }
      into[image * inputs + i] = even + odd;
    }
  }
}

const nonzero = new Uint32Array(1024);

/** Adds Σ factors[from + k·stride] · (row k of `rows`), k < count, to `width` values of `into`; factors of 0 cost nothing. */
function addRows(
  factors: Float32Array,
  from: number,
  stride: number,
  count: number,
  rows: Float32Array,
  into: Float32Array,
  at: number,
  width: number,
): void {
  let found = 0;
  for (let k = 0; k < count; ++k) if (factors[from + k * stride] !== 0) nonzero[found++] = k;
  let n = 0;
  // Four rows at a time: `into` is loaded and stored a quarter as often.
  for (; n + 4 <= found; n += 4) {
    const [k0, k1, k2, k3] = [nonzero[n]!, nonzero[n + 1]!, nonzero[n + 2]!, nonzero[n + 3]!];
    const f0 = factors[from + k0 * stride]!;
    const f1 = factors[from + k1 * stride]!;
    const f2 = factors[from + k2 * stride]!;
    const f3 = factors[from + k3 * stride]!;
    const [r0, r1, r2, r3] = [k0 * width, k1 * width, k2 * width, k3 * width];
    for (let j = 0; j < width; ++j) {
      into[at + j]! += f0 * rows[r0 + j]! + f1 * rows[r1 + j]! + (f2 * rows[r2 + j]! + f3 * rows[r3 + j]!);
    }
  }
  for (; n < found; ++n) {
    const k = nonzero[n]!;
    const factor = factors[from + k * stride]!;
    for (let j = 0; j < width; ++j) into[at + j]! += factor * rows[k * width + j]!;
  }
}

/** Turns each image's scores into the gradient of the cross entropy in them: softmax less 1 at the label. Returns its sum. */
function crossEntropy(scores: Float32Array, classes: number, labels: Uint8Array): number {
  let loss = 0;
  labels.forEach((label, image) => {
    const values = scores.subarray(image * classes, (image + 1) * classes);
    const most = Math.max(...values);
    const powers = values.map((value) => Math.exp(value - most));
    const sum = powers.reduce((all, power) => all + power, 0);
    loss += Math.log(sum) + most - values[label]!;
    for (let i = 0; i < classes; ++i) values[i] = powers[i]! / sum - (i === label ? 1 : 0);
  });
  return loss;
}
