/// The weights of a problem as each of onnxruntime-web's operators wants them: the external data of its model.

import { type Problem, floatWeights, scale } from './problem.ts';
import type { Setting } from './protocol.ts';

/** factor · t + offset of each weight, columns × rows. */
function transposed<T extends Int8Array | Uint8Array | Float32Array>({ rows, columns, ternary }: Problem, to: T, factor: number, offset: number): T {
  for (let column = 0; column < columns; ++column) {
    for (let row = 0; row < rows; ++row) to[column * rows + row] = factor * ternary[row * columns + column]! + offset;
  }
  return to;
}

/** Codes of `bits` bits, the first in a byte's lowest ones; blocks lie one after the other, the last of a row padded with zero weights. */
function packed({ rows, columns, ternary }: Problem, bits: number, blockSize: number): Uint8Array {
  const perByte = 8 / bits;
  const zeroPoint = 1 << (bits - 1); // the operator's, where none is given
  const padded = Math.ceil(columns / blockSize) * blockSize;
  const bytes = new Uint8Array((rows * padded) / perByte);
  for (let row = 0; row < rows; ++row) {
    for (let column = 0; column < padded; ++column) {
      const code = zeroPoint + (column < columns ? ternary[row * columns + column]! : 0);
      const at = row * padded + column;
      bytes[Math.floor(at / perByte)]! |= code << (bits * (at % perByte));
    }
  }
  return bytes;
}

const asBytes = (values: ArrayBufferView) => new Uint8Array(values.buffer, values.byteOffset, values.byteLength);

/** What the model of `setting` names as external. */
export function externalData(setting: Setting, problem: Problem): { path: string; data: Uint8Array }[] {
  const { rows, columns, ternary } = problem;
  const weights = (data: ArrayBufferView) => ({ path: 'weights', data: asBytes(data) });
  switch (setting.kind) {
    case 'float32':
      return setting.operator === 'Gemm, transB'
        ? [weights(floatWeights(problem))]
        : [weights(transposed(problem, new Float32Array(ternary.length), scale, 0))];
    case 'int8':
      return setting.weights === 'int8'
        ? [weights(transposed(problem, new Int8Array(ternary.length), 1, 0))]
        : [weights(transposed(problem, new Uint8Array(ternary.length), 1, 1))];
    default: {
      const blocks = rows * Math.ceil(columns / setting.blockSize);
      return [
        weights(packed(problem, setting.kind === '4-bit' ? 4 : 2, setting.blockSize)),
        { path: 'scales', data: asBytes(new Float32Array(blocks).fill(scale)) },
      ];
    }
  }
}
