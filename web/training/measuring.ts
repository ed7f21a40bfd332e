import { type Layer, type Multiply, Network, floatMultiply, likeliest } from '../demo/digits/network.ts';
import { type Digits, pixelsOf } from '../demo/digits/testset.ts';
import { ternaryMultiply } from './ternary.ts';

export interface Accuracy {
  readonly float32: number;
  readonly ternary: number;
}

/** The shares of digits that the network reads right: with its weights as they are, and made ternary. */
export function accuracyOf(layers: readonly Layer[], digits: Digits): Accuracy {
  return { float32: shareRight(layers, floatMultiply, digits), ternary: shareRight(layers, ternaryMultiply, digits) };
}

/** The share that is read right with products that `product` makes of the layers. */
export function shareRight(layers: readonly Layer[], product: (layer: Layer) => Multiply, digits: Digits): number {
  const network = new Network(layers, layers.map(product));
  const read = likeliest(network.probabilities(pixelsOf(digits)));
  return read.filter((digit, i) => digit === digits.labels[i]).length / read.length;
}
