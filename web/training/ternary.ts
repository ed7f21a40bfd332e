/// docs/formats.md in plain TypeScript: absmean ternary weights and int8 activations. Slow and short; what the network is
/// measured with here, and a second opinion on the package in the tests.

import type { Layer, Multiply } from '../demo/digits/network.ts';

const chunk = 4096;
const lanes = 32;

/** Mean |w|, to the bit of docs/formats.md: float32 sums of 32 lanes a chunk, the chunks' sums added in float64. */
export function absmean(weights: Float32Array): number {
  let total = 0;
  for (let from = 0; from < weights.length; from += chunk) {
    const sums = new Float32Array(lanes);
    const part = weights.subarray(from, from + chunk);
    part.forEach((weight, i) => (sums[i % lanes]! += Math.abs(weight)));
    for (let half = lanes / 2; half >= 1; half /= 2) {
      for (let lane = 0; lane < half; ++lane) sums[lane]! += sums[lane + half]!;
    }
    total += sums[0]!;
  }
  return Math.fround(total / weights.length);
}

/** sign(w) where 2·|w| > scale, else 0. */
export function signs(weights: Float32Array, scale: number, into: Float32Array = new Float32Array(weights.length)): Float32Array {
  const least = scale / 2;
  for (let i = 0; i < weights.length; ++i) {
    const weight = weights[i]!;
    into[i] = weight > least ? 1 : weight < -least ? -1 : 0;
  }
  return into;
}

/** x·a rounded to −127 … 127, halves to even, into `q`; returns a = 127/max|x|, or 0, with q = 0, where that is not finite. */
export function quantizeVector(x: Float32Array, q: Float32Array): number {
  let most = 0;
  for (let i = 0; i < x.length; ++i) most = Math.max(most, Math.abs(x[i]!));
  const factor = Math.fround(127 / most);
  if (!Number.isFinite(factor)) {
    q.fill(0);
    return 0;
  }
  // Adding and subtracting 1.5·2²³ rounds a float32 below 2²² to an integer.
  const shift = 1.5 * 2 ** 23;
  for (let i = 0; i < x.length; ++i) q[i] = Math.fround(Math.fround(x[i]! * factor) + shift) - shift;
  return factor;
}

/** The product with a layer's weights made ternary, as trilane computes it in every format. */
export function ternaryMultiply({ weights, rows, columns }: Pick<Layer, 'weights' | 'rows' | 'columns'>): Multiply {
  const scale = absmean(weights);
  const ternary = signs(weights, scale);
  return (x) => {
    const vectors = x.length / columns;
    const y = new Float32Array(vectors * rows);
    const q = new Float32Array(columns);
    for (let vector = 0; vector < vectors; ++vector) {
      const factor = quantizeVector(x.subarray(vector * columns, (vector + 1) * columns), q);
      if (factor === 0) continue;
      const unit = Math.fround(scale / factor);
      for (let row = 0; row < rows; ++row) {
        let sum = 0;
        for (let k = 0; k < columns; ++k) sum += ternary[row * columns + k]! * q[k]!;
        y[vector * rows + row] = sum * unit;
      }
    }
    return y;
  };
}
