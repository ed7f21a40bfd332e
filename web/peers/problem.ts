/// One product that all contestants compute: ternary weights with one scale, and activations that int8 holds.

import type { Shape } from './protocol.ts';

/** A float32: −scale, 0 and scale are exact in every contestant's weights. */
export const scale = Math.fround(0.0123);

/** The greatest activation: 127 / max|x| is then 1, and trilane's int8 activations are the float32 ones. */
const greatest = 127;

export interface Problem extends Shape {
  /** −1, 0 and 1, row-major. */
  ternary: Int8Array;
}

/** Numbers from 0 to 2³² − 1, the same ones for the same seed. */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x9e3779b9) | 0;
    let mixed = Math.imul(state ^ (state >>> 16), 0x21f0aaad);
    mixed = Math.imul(mixed ^ (mixed >>> 15), 0x735a2d97);
    return (mixed ^ (mixed >>> 15)) >>> 0;
  };
}

export function makeProblem({ rows, columns }: Shape): Problem {
  const next = random(1);
  const ternary = new Int8Array(rows * columns);
  for (let i = 0; i < ternary.length; ++i) ternary[i] = (next() % 3) - 1;
  return { rows, columns, ternary };
}

/** The weights as float32, row-major. */
export function floatWeights({ ternary }: Problem): Float32Array {
  const weights = new Float32Array(ternary.length);
  for (let i = 0; i < weights.length; ++i) weights[i] = ternary[i]! * scale;
  return weights;
}

/** `vectors` rows of whole numbers; each begins with the greatest one. */
export function makeActivations(columns: number, vectors: number): Float32Array {
  const next = random(2);
  const x = new Float32Array(vectors * columns);
  for (let i = 0; i < x.length; ++i) x[i] = i % columns === 0 ? greatest : (next() % (2 * greatest + 1)) - greatest;
  return x;
}

/** The product by definition: its sums are whole numbers below 2⁵³, so only the scaling rounds. */
export function exactProduct({ rows, columns, ternary }: Problem, x: Float32Array): Float64Array {
  const vectors = x.length / columns;
  const y = new Float64Array(vectors * rows);
  for (let vector = 0; vector < vectors; ++vector) {
    for (let row = 0; row < rows; ++row) {
      let sum = 0;
      for (let column = 0; column < columns; ++column) sum += ternary[row * columns + column]! * x[vector * columns + column]!;
      y[vector * rows + row] = sum * scale;
    }
  }
  return y;
}

/** ‖y − exact‖ / ‖exact‖; infinite where the lengths differ. */
export function relativeError(y: Float32Array, exact: Float64Array): number {
  if (y.length !== exact.length) return Infinity;
  let error = 0;
  let norm = 0;
  for (let i = 0; i < y.length; ++i) {
    error += (y[i]! - exact[i]!) ** 2;
    norm += exact[i]! ** 2;
  }
  return Math.sqrt(error / norm);
}
