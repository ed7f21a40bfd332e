/// The settings of onnxruntime-web that are tried for each case; the fastest of a kind takes part.

import type { PeerKind, Setting, Shape } from './protocol.ts';

const accuracyLevels = [0, 1, 2, 3, 4];
const blockSizes = [16, 32, 64, 128, 256];

/** Blocks longer than a row only add padding. */
const blockSizesFor = ({ columns }: Shape) => blockSizes.filter((size) => size <= Math.max(columns, blockSizes[0]!));

const float32: Setting[] = [
  { kind: 'float32', operator: 'MatMul', prepack: true },
  { kind: 'float32', operator: 'Gemm, transB', prepack: true },
  { kind: 'float32', operator: 'Gemm', prepack: true },
  { kind: 'float32', operator: 'MatMul', prepack: false },
];

const int8: Setting[] = [
  { kind: 'int8', weights: 'int8' },
  { kind: 'int8', weights: 'uint8' },
];

/** All pairs of block size and accuracy level; quickly, few. */
function blockwise(kind: '4-bit' | '2-bit', shape: Shape, quick: boolean): Setting[] {
  const sizes = blockSizesFor(shape);
  if (!quick) return sizes.flatMap((blockSize) => accuracyLevels.map((accuracyLevel) => ({ kind, blockSize, accuracyLevel })));
  const longest = sizes.slice(-2).map((blockSize): Setting => ({ kind, blockSize, accuracyLevel: 0 }));
  return [...longest, { kind, blockSize: sizes.at(-1)!, accuracyLevel: 4 }];
}

export function settings(shape: Shape, quick: boolean): Record<PeerKind, Setting[]> {
  return {
    float32: quick ? float32.slice(0, 2) : float32,
    int8,
    '4-bit': blockwise('4-bit', shape, quick),
    '2-bit': blockwise('2-bit', shape, quick),
  };
}
