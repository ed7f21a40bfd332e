/// From a drawing to what the network was trained on: MNIST's digits fill a box of 20 × 20 pixels, and lie in their 28 × 28
/// with the centre of mass in the middle.

import { imageSize } from './network.ts';

/** The longer side of the ink, in pixels of the result. */
const boxSize = 20;

/** A square drawing. */
export interface Drawing {
  readonly size: number;
  /** size × size, row by row: 0 paper … 255 ink. */
  readonly ink: ArrayLike<number>;
}

/** The drawing on a transparent square canvas, of strokes of any colour: their opacity is the ink. */
export function drawingOf({ width, height, data }: Pick<ImageData, 'width' | 'height' | 'data'>): Drawing {
  if (width !== height) throw new Error(`a drawing must be square, not ${width} × ${height}`);
  return { size: width, ink: Uint8Array.from({ length: width * height }, (_, i) => data[4 * i + 3]!) };
}

/** 28 × 28 pixels of 0 … 1; null where there is no ink. */
export function digitOf(drawing: Drawing): Float32Array | null {
  const { columns, rows } = inkIn(drawing);
  const [fromX, toX] = extent(columns);
  const [fromY, toY] = extent(rows);
  if (toX <= fromX) return null;
  const scale = boxSize / Math.max(toX - fromX, toY - fromY);
  const shareX = coverage(drawing.size, scale, placed(columns, fromX, toX, scale));
  const shareY = coverage(drawing.size, scale, placed(rows, fromY, toY, scale));

  // Columns first, then rows: every pixel is the mean ink of the area that it covers.
  const narrow = new Float32Array(drawing.size * imageSize);
  for (let y = fromY; y < toY; ++y) {
    for (let x = fromX; x < toX; ++x) {
      const ink = drawing.ink[y * drawing.size + x]! / 255;
      if (ink !== 0) for (const { pixel, share } of shareX[x]!) narrow[y * imageSize + pixel]! += ink * share;
    }
  }
  const digit = new Float32Array(imageSize * imageSize);
  for (let y = fromY; y < toY; ++y) {
    for (const { pixel, share } of shareY[y]!) {
      for (let x = 0; x < imageSize; ++x) digit[pixel * imageSize + x]! += narrow[y * imageSize + x]! * share;
    }
  }
  return digit.map((value) => Math.min(value, 1)); // the shares' rounding
}

/** The sum of ink in every column and in every row. */
function inkIn({ size, ink }: Drawing): { columns: Float64Array; rows: Float64Array } {
  const columns = new Float64Array(size);
  const rows = new Float64Array(size);
  for (let y = 0; y < size; ++y) {
    for (let x = 0; x < size; ++x) {
      columns[x]! += ink[y * size + x]!;
      rows[y]! += ink[y * size + x]!;
    }
  }
  return { columns, rows };
}

/** From the first place with ink to behind the last one. */
function extent(sums: Float64Array): [number, number] {
  let [from, to] = [0, sums.length];
  while (from < to && sums[from] === 0) ++from;
  while (to > from && sums[to - 1] === 0) --to;
  return [from, to];
}

/** Where the drawing's edge comes to lie in the result, so that the centre of mass is its middle and no ink is cut off. */
function placed(sums: Float64Array, from: number, to: number, scale: number): number {
  let moment = 0;
  let mass = 0;
  for (let i = from; i < to; ++i) {
    moment += (i + 0.5) * sums[i]!;
    mass += sums[i]!;
  }
  const wanted = imageSize / 2 - (moment / mass) * scale;
  return Math.min(Math.max(wanted, -from * scale), imageSize - to * scale);
}

/** For every place of the drawing, the pixels it falls on and the share of each that it covers, along one axis. */
function coverage(size: number, scale: number, offset: number): { pixel: number; share: number }[][] {
  return Array.from({ length: size }, (_, place) => {
    const from = offset + place * scale;
    const to = from + scale;
    const shares: { pixel: number; share: number }[] = [];
    for (let pixel = Math.max(Math.floor(from), 0); pixel < Math.min(to, imageSize); ++pixel) {
      shares.push({ pixel, share: Math.min(to, pixel + 1) - Math.max(from, pixel) });
    }
    return shares;
  });
}
