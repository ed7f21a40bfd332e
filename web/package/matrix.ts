import type { MainModule, Matrix } from '../../build/wasm/web/trilane-kernels.d.mts';
import { Handle, checked } from './handles.ts';
import type { Bytes, Format, Granularity, Quality, ScaleRule } from './types.ts';
import { requireArray } from './values.ts';

/** @internal A TernaryMatrix around what the module returned, or its error. */
export let makeMatrix: (module: MainModule, matrix: Matrix | null) => TernaryMatrix;
/** @internal What a TernaryMatrix is around. */
export let handleOf: (matrix: TernaryMatrix) => Matrix;

/**
 * Ternary weights, packed for the fastest product here. They lie in WebAssembly memory: call {@link free} when they are no longer
 * needed, or declare them with `using`. What was forgotten is freed when the object is collected, some time.
 */
export class TernaryMatrix {
  readonly rows: number;
  readonly columns: number;
  readonly format: Format;
  readonly scale: ScaleRule;
  /** What shares one scale. */
  readonly per: Granularity;
  /** Size of codes and scales as files hold them. */
  readonly bytes: number;
  readonly #module: MainModule;
  readonly #handle: Handle<Matrix>;

  static {
    makeMatrix = (module, matrix) => new TernaryMatrix(module, checked(module, matrix));
    handleOf = (matrix) => matrix.#handle.get();
  }

  private constructor(module: MainModule, matrix: Matrix) {
    this.rows = matrix.rows;
    this.columns = matrix.columns;
    this.format = matrix.format as Format;
    this.scale = matrix.scale as ScaleRule;
    this.per = matrix.per as Granularity;
    this.bytes = matrix.bytes;
    this.#module = module;
    this.#handle = new Handle(this, matrix, 'matrix');
  }

  /** Padding and scales counted: 2 or 1.67 for a large matrix, more for a small one. */
  get bitsPerWeight(): number {
    return (8 * this.bytes) / (this.rows * this.columns);
  }

  /**
   * y = W · x, for one vector or several: x is N × columns, y is N × rows, both row-major.
   *
   * x is quantized to int8 (each vector by its own largest), the sums are exact, and the floats have the same bits on every
   * platform.
   *
   * @param x N · columns floats
   * @param y where the result goes, N · rows floats; a new array by default
   * @throws {TrilaneError} `size_mismatch`; `not_finite` for NaN or infinity in x, naming the index
   */
  multiply(x: Float32Array, y?: Float32Array): Float32Array {
    requireArray(x, 'Float32Array', 'x');
    if (y !== undefined) requireArray(y, 'Float32Array', 'y');
    return checked(this.#module, this.#handle.get().multiply(x, y ?? null));
  }

  /**
   * s·t of each weight, row-major.
   *
   * @param weights where they go, rows · columns floats; a new array by default
   * @throws {TrilaneError} `size_mismatch`
   */
  dequantize(weights?: Float32Array): Float32Array {
    if (weights !== undefined) requireArray(weights, 'Float32Array', 'weights');
    return checked(this.#module, this.#handle.get().dequantize(weights ?? null));
  }

  /** The codes as files hold them: row after row, each padded to whole blocks. */
  codes(): Bytes {
    return checked(this.#module, this.#handle.get().codes() as Bytes | null);
  }

  /** One scale, or one a row. */
  scales(): Float32Array {
    return checked(this.#module, this.#handle.get().scales());
  }

  /**
   * How near this is to the weights that it was made of.
   *
   * @throws {TrilaneError} `size_mismatch`
   */
  quality(original: Float32Array): Quality {
    requireArray(original, 'Float32Array', 'original');
    return checked(this.#module, this.#handle.get().quality(original));
  }

  /** Gives the memory back. Any further use throws; a second free() does nothing. */
  free(): void {
    this.#handle.free();
  }

  [Symbol.dispose](): void {
    this.free();
  }
}
