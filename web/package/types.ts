/** A Uint8Array on an ArrayBuffer of its own. TypeScript has a word for that since 5.7: `Uint8Array<ArrayBuffer>`. */
export type Bytes = ReturnType<typeof Uint8Array.of>;

/** A compiled module, where the types know of WebAssembly. */
export type CompiledModule = typeof globalThis extends { WebAssembly: { Module: { prototype: infer Module } } } ? Module : object;

/** A storage format of ternary codes: 2 bits a weight (`i2_s`, `tl1`) or 1.67 (`tl2`). */
export type Format = 'i2_s' | 'tl1' | 'tl2';

/** How the scale s of w ≈ s·t is found: mean |w| (BitNet b1.58, the default) or max |w|. */
export type ScaleRule = 'absmean' | 'absmax';

/** What shares one scale. */
export type Granularity = 'tensor' | 'row';

/** The kernels in use: plain WebAssembly SIMD, with relaxed instructions, or none at all. */
export type ArchName = 'scalar' | 'simd128' | 'relaxed';

export interface QuantizeOptions {
  format: Format;
  rows: number;
  columns: number;
  /** Default `absmean`. */
  scale?: ScaleRule | undefined;
  /** Default `tensor`. */
  per?: Granularity | undefined;
}

/** A quantized matrix as files hold it. */
export interface Storage {
  format: Format;
  rows: number;
  columns: number;
  /** Row after row, each padded to whole blocks. */
  codes: Uint8Array;
  /** One for the matrix, or one a row. */
  scales: Float32Array;
  /** What the scales were found by, for files that are written from it; default `absmean`. */
  scale?: ScaleRule | undefined;
}

/** float32 vectors as int8: x ≈ q / a, each vector by its own largest. */
export interface Activations {
  q: Int8Array;
  /** A factor a vector, 127 / max|x|; infinity for a vector that is zero. */
  a: Float32Array;
  /** Σq of each vector. */
  sums: Int32Array;
}

/** How near a quantized matrix is to the original. */
export interface Quality {
  /** Signal to noise in decibel: 10·log10(Σw² / Σ(w − s·t)²). */
  snrDb: number;
  /** Cosine of the angle between the two. */
  cosine: number;
  /** Share of weights that became 0. */
  zeros: number;
}

/** What was quantized into a tensor of a file. */
export interface QuantizedInfo {
  format: Format;
  scale: ScaleRule;
  per: Granularity;
  /** The shape and the dtype that it had. */
  shape: number[];
  dtype: string;
}

export interface TensorInfo {
  name: string;
  /** `F32`, `BF16`, `U8` …, as in the file. */
  dtype: string;
  shape: number[];
  elements: number;
  bytes: number;
  /** Whether quantizing the file takes it: F32, F16 or BF16 of at least two dimensions. */
  quantizable: boolean;
  /** null unless trilane quantized it. */
  quantized: QuantizedInfo | null;
}

/** How a file's tensors are quantized. */
export interface FileQuantizeOptions {
  format: Format;
  /** Default `absmean`. */
  scale?: ScaleRule | undefined;
  /** Default `tensor`. */
  per?: Granularity | undefined;
  /** Only tensors whose name matches. */
  include?: RegExp | undefined;
  /** No tensor whose name matches. */
  exclude?: RegExp | undefined;
}

/** Bytes that can be read at any place, at once: what a file of any size is read through, slice by slice. */
export interface RandomAccess {
  /** In bytes. */
  readonly size: number;
  /** Exactly `length` bytes from `offset` on; null if they cannot be read. */
  read(offset: number, length: number): Uint8Array | null;
}
