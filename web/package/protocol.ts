import type { FloatTensor } from './trilane.ts';
import type {
  Activations,
  ArchName,
  Bytes,
  FileQuantizeOptions,
  Format,
  Granularity,
  Quality,
  QuantizeOptions,
  ScaleRule,
  Storage,
  TensorInfo,
} from './types.ts';

/** An object that stays in the worker, by its number. */
export type Reference = number;

export interface MatrixReply {
  reference: Reference;
  rows: number;
  columns: number;
  format: Format;
  scale: ScaleRule;
  per: Granularity;
  bytes: number;
}

export interface FileReply {
  reference: Reference;
  name: string;
  tensors: TensorInfo[];
  metadata: Record<string, string>;
}

/** What the page asks of the worker. */
export interface Methods {
  /** The page has fetched and compiled the module: where that lies, it alone can know in every bundler. */
  load(compiled: WebAssembly.Module, whyNotRelaxed: string | null, given: boolean): { version: string; arch: ArchName; whyNotRelaxed: string | null };
  quantize(weights: Float32Array, options: QuantizeOptions): MatrixReply;
  fromStorage(storage: Storage): MatrixReply;
  quantizeActivations(x: Float32Array, columns: number): Activations;
  quality(original: Float32Array, restored: Float32Array): Quality;
  writeSafetensors(tensors: Record<string, Reference | FloatTensor>, metadata: Record<string, string>): Bytes;
  openSafetensors(file: Blob, name: string): FileReply;
  multiply(matrix: Reference, x: Float32Array): Float32Array;
  matrixDequantize(matrix: Reference): Float32Array;
  codes(matrix: Reference): Bytes;
  scales(matrix: Reference): Float32Array;
  matrixQuality(matrix: Reference, original: Float32Array): Quality;
  weights(file: Reference, tensor: string): Float32Array;
  fileMatrix(file: Reference, tensor: string): MatrixReply;
  fileQuantize(file: Reference, options: FileQuantizeOptions): Blob;
  fileDequantize(file: Reference): Blob;
}

export type Method = keyof Methods;

export type ToWorker =
  | { id: number; method: Method; parameters: unknown[] }
  /** The answer to this request is no longer wanted. */
  | { cancel: number }
  | { release: Reference };

/** Marked, so that a worker of another kind that has this script in it does not take its own messages for these. */
export interface ToWorkerMessage {
  trilane: ToWorker;
}

export type FromWorker =
  | { id: number; result: unknown }
  | { id: number; error: { code: string; message: string } }
  /** 0 … 1 */
  | { id: number; progress: number };
