/// Pictures and figures of weights, in a worker: a large matrix takes seconds.

import { type TernaryMatrix, type Trilane, load } from 'trilane';
import { answerWith } from '../calls.ts';
import { Stopwatch } from '../stopwatch.ts';
import { distributionOf } from './distribution.ts';
import { type Grid, GridBuilder, difference } from './grid.ts';
import { npyToSafetensors } from './npy.ts';
import type { Matrix, Options, Preview, Timing, WeightMethods } from './protocol.ts';

/** Weights that are restored at a time: the second whole copy is never made. */
const weightsAPiece = 1 << 20;

/** Weights that are timed: some way out of the caches, and quick. */
const timedWeights = 1 << 22;

interface Quantized {
  readonly options: Options;
  readonly codes: Uint8Array;
  readonly scales: Float32Array;
}

interface Source extends Matrix {
  readonly before: Grid;
  readonly distribution: Preview['distribution'];
}

let trilane: Trilane;
let source: Source;
let quantized: Quantized;
let stopwatches: Record<'quantize' | 'dequantize', Stopwatch>;
/** The rows that are timed, quantized. */
let timed: TernaryMatrix | null = null;

function measureSource(matrix: Matrix): Source {
  const grid = new GridBuilder(matrix.rows, matrix.columns);
  grid.add(0, matrix.weights);
  return { ...matrix, before: grid.finish(), distribution: distributionOf(matrix.weights) };
}

/** Rows of the matrix as they come back from its codes. */
function restore(of: Matrix, { options, codes, scales }: Quantized, first: number, count: number): Float32Array {
  const rowBytes = codes.length / of.rows;
  const matrix = trilane.fromStorage({
    format: options.format,
    rows: count,
    columns: of.columns,
    codes: codes.subarray(first * rowBytes, (first + count) * rowBytes),
    scales: scales.length === 1 ? scales : scales.subarray(first, first + count),
  });
  try {
    return matrix.dequantize();
  } finally {
    matrix.free();
  }
}

function summarise(of: Source, now: Quantized): Pick<Preview, 'after' | 'minus' | 'zero' | 'plus' | 'scales'> {
  const grid = new GridBuilder(of.rows, of.columns);
  const rowsAPiece = Math.max(1, Math.floor(weightsAPiece / of.columns));
  let [minus, plus] = [0, 0];
  for (let first = 0; first < of.rows; first += rowsAPiece) {
    const piece = restore(of, now, first, Math.min(rowsAPiece, of.rows - first));
    grid.add(first, piece);
    for (const value of piece) {
      if (value < 0) ++minus;
      else if (value > 0) ++plus;
    }
  }
  const sorted = now.scales.slice().sort();
  return {
    after: grid.finish(),
    minus,
    zero: of.rows * of.columns - minus - plus,
    plus,
    scales: { least: sorted[0]!, median: sorted[sorted.length >> 1]!, most: sorted.at(-1)! },
  };
}

function prepareTiming({ weights, rows, columns }: Matrix, options: Options): void {
  timed?.free();
  const few = Math.min(rows, Math.max(1, Math.floor(timedWeights / columns)));
  const part = weights.subarray(0, few * columns);
  const matrix = trilane.quantize(part, { ...options, rows: few, columns });
  timed = matrix;
  stopwatches = {
    quantize: new Stopwatch(() => trilane.quantize(part, { ...options, rows: few, columns }).free()),
    dequantize: new Stopwatch(() => void matrix.dequantize()),
  };
}

/** Part of a matrix as a grid of single weights. */
function cut(weights: Float32Array, columns: number, column: number, rows: number, wide: number): Grid {
  const values = new Float32Array(rows * wide);
  for (let row = 0; row < rows; ++row) {
    const from = row * columns + column;
    values.set(weights.subarray(from, from + wide), row * wide);
  }
  return { rows, columns: wide, rowStep: 1, columnStep: 1, values };
}

answerWith<WeightMethods>({
  fromNpy: npyToSafetensors,

  async open(relaxed) {
    trilane = await load({ relaxed });
  },

  preview(matrix, options) {
    const { weights, rows, columns } = matrix ?? source;
    const codec = trilane.quantize(weights, { ...options, rows, columns });
    try {
      const next = matrix ? measureSource(matrix) : source;
      const now = { options, codes: codec.codes(), scales: codec.scales() };
      const summary = summarise(next, now);
      const { snrDb, cosine } = codec.quality(weights);
      prepareTiming(next, options);
      source = next;
      quantized = now;
      return {
        rows,
        columns,
        before: next.before,
        error: difference(summary.after, next.before),
        distribution: next.distribution,
        bytes: codec.bytes,
        bitsPerWeight: codec.bitsPerWeight,
        snrDb,
        cosine,
        ...summary,
      };
    } finally {
      codec.free();
    }
  },

  closeUp(wantedRow, wantedColumn, size) {
    // The matrix may have become a smaller one since.
    const row = Math.max(0, Math.min(wantedRow, source.rows - size));
    const column = Math.max(0, Math.min(wantedColumn, source.columns - size));
    const high = Math.min(size, source.rows - row);
    const wide = Math.min(size, source.columns - column);
    const rows = source.weights.subarray(row * source.columns, (row + high) * source.columns);
    const before = cut(rows, source.columns, column, high, wide);
    const after = cut(restore(source, quantized, row, high), source.columns, column, high, wide);
    return { before, after, error: difference(after, before) };
  },

  time(operation): Timing {
    return { ns: stopwatches[operation].sample(), weights: timed!.rows * timed!.columns };
  },
});
