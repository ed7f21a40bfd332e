/// What the page asks the worker of the digits.

export const variants = ['float32', 'i2_s', 'tl1', 'tl2'] as const;
export type Variant = (typeof variants)[number];

export interface Opened {
  readonly version: string;
  readonly arch: string;
  readonly whyNotRelaxed: string | null;
  /** Bytes of the layers' weights with their scales, by variant. */
  readonly sizes: Record<Variant, number>;
  /** What the test digits are. */
  readonly labels: Uint8Array;
}

export interface Reading {
  /** The 784 pixels that the network sees, 0 … 1. */
  readonly pixels: Float32Array;
  /** Of the ten digits, by variant. */
  readonly probabilities: Record<Variant, Float32Array>;
}

export interface DigitMethods {
  /** Loads the kernels, the network and the test digits; `relaxed`: with relaxed SIMD where there is such. */
  open(relaxed: boolean): Promise<Opened>;
  /** Reads a drawing on a transparent canvas; null without ink. */
  read(drawing: Pick<ImageData, 'width' | 'height' | 'data'>): Reading | null;
  /** Reads a digit of the test set. */
  readSample(index: number): Reading;
  /** What each variant reads in the test digits from `first` on. */
  score(first: number, count: number): Record<Variant, Uint8Array>;
  /** Nanoseconds of one inference: a sample. */
  time(variant: Variant): number;
  /** What the clock moves by, in milliseconds. */
  clock(): number;
  /** The pixels of test digits, 784 bytes each. */
  images(indices: readonly number[]): Uint8Array[];
}
