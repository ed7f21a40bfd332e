/** What runs where: the command makes a task, the page gives it to its worker, the worker answers with samples. */

export interface Shape {
  rows: number;
  columns: number;
}

export type PeerKind = 'float32' | 'int8' | '4-bit' | '2-bit';

/** One way to have onnxruntime-web multiply. */
export type Setting =
  | { kind: 'float32'; operator: 'MatMul' | 'Gemm' | 'Gemm, transB'; prepack: boolean }
  | { kind: 'int8'; weights: 'int8' | 'uint8' }
  | { kind: '4-bit' | '2-bit'; blockSize: number; accuracyLevel: number };

/** A setting with its ONNX model, in base 64; the page adds the weights. */
export interface Candidate {
  setting: Setting;
  name: string;
  model: string;
}

export interface Case extends Shape {
  /** How many vectors are multiplied in one call: N. */
  vectors: number;
  candidates: Candidate[];
}

export type Format = 'i2_s' | 'tl1' | 'tl2';

export interface Task {
  cases: Case[];
  /** trilane's format; null leaves trilane out. */
  format: Format | null;
  /** Samples of each contestant. */
  rounds: number;
}

export interface Samples {
  /** "trilane simd128", "onnxruntime-web 2-bit" */
  contestant: string;
  setting: string;
  /** Of the whole product: ‖y − exact‖ / ‖exact‖. */
  relativeError: number;
  /** Calls timed in one sample. */
  calls: number;
  /** Of one call, a sample each. */
  nanoseconds: number[];
}

export interface Answer {
  /** Of the clock that timed it all. */
  tickNanoseconds: number;
  versions: { trilane: string | null; onnxruntimeWeb: string };
  /** Why trilane's relaxed module did not take part; null if it did or was not asked for. */
  whyNotRelaxed: string | null;
  /** In the order of the task's cases. */
  cases: Samples[][];
}

export type Message = { done: number; status: string } | { answer: Answer } | { error: string };
