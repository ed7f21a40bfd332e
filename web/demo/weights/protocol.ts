/// What the page asks the worker of the weights.

import type { Format, Granularity, ScaleRule } from 'trilane';
import type { Distribution } from './distribution.ts';
import type { Grid } from './grid.ts';

export interface Options {
  readonly format: Format;
  readonly scale: ScaleRule;
  readonly per: Granularity;
}

export interface Matrix {
  readonly weights: Float32Array;
  readonly rows: number;
  readonly columns: number;
}

/** What quantization does to a matrix. */
export interface Preview {
  readonly rows: number;
  readonly columns: number;
  readonly before: Grid;
  readonly after: Grid;
  readonly error: Grid;
  readonly distribution: Distribution;
  /** Of the rows, or the one of all. */
  readonly scales: { readonly least: number; readonly median: number; readonly most: number };
  /** How many weights become −s, 0 and +s. */
  readonly minus: number;
  readonly zero: number;
  readonly plus: number;
  /** Codes and scales. */
  readonly bytes: number;
  readonly bitsPerWeight: number;
  readonly snrDb: number;
  readonly cosine: number;
}

/** Part of a matrix, weight by weight. */
export interface CloseUp {
  readonly before: Grid;
  readonly after: Grid;
  readonly error: Grid;
}

/** Nanoseconds that `weights` weights take. */
export interface Timing {
  readonly ns: number;
  readonly weights: number;
}

export interface WeightMethods {
  /** The .npy file as a safetensors file. */
  fromNpy(file: File): Promise<File>;
  /** Loads the kernels, once, before all that follows; `relaxed`: with relaxed SIMD where there is such. */
  open(relaxed: boolean): Promise<void>;
  /** Quantizes a matrix, or the last one again. What fails leaves the last one in place. */
  preview(matrix: Matrix | null, options: Options): Preview;
  closeUp(row: number, column: number, size: number): CloseUp;
  /** A sample on the matrix and options of the last preview, or on its first rows where it is large. */
  time(operation: 'quantize' | 'dequantize'): Timing;
}
