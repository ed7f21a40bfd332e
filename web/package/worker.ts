/// <reference path="./disposable.d.ts" preserve="true" />
/** The kernels in a Web Worker, so that a page stays responsive: the same calls, each a promise. */
import { throwIfAborted } from './abort.ts';
import type { CallOptions } from './call-options.ts';
import { Connection } from './connection.ts';
import { chooseModule } from './engine.ts';
import { TrilaneError } from './errors.ts';
import { loadFailed } from './load-failed.ts';
import type { FileReply, MatrixReply, Methods, Reference } from './protocol.ts';
import { makeRegistry } from './registry.ts';
import type { FloatTensor } from './trilane.ts';
import type {
  Activations,
  ArchName,
  Bytes,
  CompiledModule,
  FileQuantizeOptions,
  Format,
  Granularity,
  Quality,
  QuantizeOptions,
  ScaleRule,
  Storage,
  TensorInfo,
} from './types.ts';
import { isShared, requireArray, requireBlob, requireDuration, requireMetadata, requireObject, requireSignal } from './values.ts';
import { createWorker, createWorkerOtherwise } from './worker-source.ts';

export { TrilaneError } from './errors.ts';
export type { CallOptions } from './call-options.ts';
export type { FloatTensor } from './trilane.ts';
export type * from './types.ts';

export interface SendOptions extends CallOptions {
  /** true: the arrays' buffers move to the worker instead of being copied, and are empty here afterwards. */
  transfer?: boolean | undefined;
}

export interface ConvertOptions extends CallOptions {
  /** Told the share that is done, 0 … 1, after each tensor. */
  onProgress?: ((done: number) => void) | undefined;
}

export interface WorkerOptions extends CallOptions {
  /** As for `load()`. */
  relaxed?: boolean | undefined;
  /** As for `load()`. */
  module?: CompiledModule | undefined;
  /** How long the worker may take to start, once the module is there. Default 60,000; Infinity for no limit. */
  timeoutMs?: number | undefined;
}

function buffersOf(arrays: ArrayBufferView[], { transfer }: SendOptions): Transferable[] {
  if (!transfer) return [];
  // A SharedArrayBuffer is never copied, and cannot be moved.
  const buffers = arrays.map((array) => array.buffer).filter((buffer) => !isShared(buffer));
  return [...new Set(buffers as ArrayBuffer[])];
}

/** The worker's hold on an object is given back when the page's is collected. */
const registry = makeRegistry<{ connection: Connection; reference: Reference }>(({ connection, reference }) =>
  connection.release(reference),
);

class Remote {
  readonly #connection: Connection;
  readonly #what: string;
  #reference: Reference | null;

  constructor(owner: object, connection: Connection, reference: Reference, what: string) {
    this.#connection = connection;
    this.#reference = reference;
    this.#what = what;
    registry?.register(owner, { connection, reference }, this);
  }

  get(): Reference {
    if (this.#reference === null) throw new TrilaneError('freed', `This ${this.#what} was freed.`);
    return this.#reference;
  }

  free(): void {
    if (this.#reference === null) return;
    registry?.unregister(this);
    this.#connection.release(this.#reference);
    this.#reference = null;
  }
}

let makeMatrix: (connection: Connection, reply: MatrixReply) => WorkerMatrix;
/** Throws `invalid_argument` if the matrix is in another worker, where its number is something else's. */
let referenceOf: (matrix: WorkerMatrix, connection: Connection) => Reference;
let makeFile: (connection: Connection, reply: FileReply) => WorkerFile;
let makeWorker: (connection: Connection, loaded: ReturnType<Methods['load']>) => TrilaneWorker;

/** A `TernaryMatrix` in the worker. */
export class WorkerMatrix {
  readonly rows: number;
  readonly columns: number;
  readonly format: Format;
  readonly scale: ScaleRule;
  readonly per: Granularity;
  readonly bytes: number;
  readonly #connection: Connection;
  readonly #remote: Remote;

  static {
    makeMatrix = (connection, reply) => new WorkerMatrix(connection, reply);
    referenceOf = (matrix, connection) => {
      if (matrix.#connection === connection) return matrix.#remote.get();
      throw new TrilaneError('invalid_argument', 'This matrix is in another worker.');
    };
  }

  private constructor(connection: Connection, reply: MatrixReply) {
    this.rows = reply.rows;
    this.columns = reply.columns;
    this.format = reply.format;
    this.scale = reply.scale;
    this.per = reply.per;
    this.bytes = reply.bytes;
    this.#connection = connection;
    this.#remote = new Remote(this, connection, reply.reference, 'matrix');
  }

  get bitsPerWeight(): number {
    return (8 * this.bytes) / (this.rows * this.columns);
  }

  async multiply(x: Float32Array, options: SendOptions = {}): Promise<Float32Array> {
    requireArray(x, 'Float32Array', 'x');
    const transfer = buffersOf([x], options);
    return this.#connection.request('multiply', [this.#remote.get(), x], { ...options, transfer });
  }

  async dequantize(options: CallOptions = {}): Promise<Float32Array> {
    return this.#connection.request('matrixDequantize', [this.#remote.get()], options);
  }

  async codes(options: CallOptions = {}): Promise<Bytes> {
    return this.#connection.request('codes', [this.#remote.get()], options);
  }

  async scales(options: CallOptions = {}): Promise<Float32Array> {
    return this.#connection.request('scales', [this.#remote.get()], options);
  }

  async quality(original: Float32Array, options: SendOptions = {}): Promise<Quality> {
    requireArray(original, 'Float32Array', 'original');
    const transfer = buffersOf([original], options);
    return this.#connection.request('matrixQuality', [this.#remote.get(), original], { ...options, transfer });
  }

  free(): void {
    this.#remote.free();
  }

  [Symbol.dispose](): void {
    this.free();
  }
}

/** A `SafetensorsFile` in the worker, read from a Blob by slices: a file of any size will do. */
export class WorkerFile {
  readonly name: string;
  readonly tensors: readonly TensorInfo[];
  readonly metadata: Readonly<Record<string, string>>;
  readonly #connection: Connection;
  readonly #remote: Remote;

  static {
    makeFile = (connection, reply) => new WorkerFile(connection, reply);
  }

  private constructor(connection: Connection, reply: FileReply) {
    this.name = reply.name;
    this.tensors = reply.tensors;
    this.metadata = reply.metadata;
    this.#connection = connection;
    this.#remote = new Remote(this, connection, reply.reference, 'file');
  }

  async weights(tensor: string, options: CallOptions = {}): Promise<Float32Array> {
    return this.#connection.request('weights', [this.#remote.get(), tensor], options);
  }

  async matrix(tensor: string, options: CallOptions = {}): Promise<WorkerMatrix> {
    const reply = await this.#connection.request('fileMatrix', [this.#remote.get(), tensor], options);
    return makeMatrix(this.#connection, reply);
  }

  /** The quantized file. Aborting takes effect after the tensor that is under way. */
  async quantize(options: FileQuantizeOptions, convert: ConvertOptions = {}): Promise<Blob> {
    requireObject(options, 'options');
    const { format, scale, per, include, exclude } = options;
    return this.#connection.request('fileQuantize', [this.#remote.get(), { format, scale, per, include, exclude }], convert);
  }

  /** The file with its quantized tensors as F32 again. */
  async dequantize(convert: ConvertOptions = {}): Promise<Blob> {
    return this.#connection.request('fileDequantize', [this.#remote.get()], convert);
  }

  free(): void {
    this.#remote.free();
  }

  [Symbol.dispose](): void {
    this.free();
  }
}

/** The kernels in a worker. Calls are done one after the other. Get it from {@link startWorker}. */
export class TrilaneWorker {
  readonly version: string;
  readonly arch: ArchName;
  readonly whyNotRelaxed: string | null;
  readonly #connection: Connection;

  static {
    makeWorker = (connection, loaded) => new TrilaneWorker(connection, loaded);
  }

  private constructor(connection: Connection, loaded: ReturnType<Methods['load']>) {
    this.#connection = connection;
    this.version = loaded.version;
    this.arch = loaded.arch;
    this.whyNotRelaxed = loaded.whyNotRelaxed;
  }

  async quantize(weights: Float32Array, options: QuantizeOptions, send: SendOptions = {}): Promise<WorkerMatrix> {
    // Only what is known is sent: a proxy, or an object with functions, cannot be.
    requireArray(weights, 'Float32Array', 'weights');
    requireObject(options, 'options');
    const { format, rows, columns, scale, per } = options;
    const transfer = buffersOf([weights], send);
    const parameters = [weights, { format, rows, columns, scale, per }] as const;
    return makeMatrix(this.#connection, await this.#connection.request('quantize', [...parameters], { ...send, transfer }));
  }

  async fromStorage(storage: Storage, send: SendOptions = {}): Promise<WorkerMatrix> {
    requireObject(storage, 'storage');
    const { format, rows, columns, codes, scales, scale } = storage;
    requireArray(codes, 'Uint8Array', 'codes');
    requireArray(scales, 'Float32Array', 'scales');
    const transfer = buffersOf([codes, scales], send);
    const sent: Storage = { format, rows, columns, codes, scales, scale };
    return makeMatrix(this.#connection, await this.#connection.request('fromStorage', [sent], { ...send, transfer }));
  }

  async quantizeActivations(x: Float32Array, columns?: number, send: SendOptions = {}): Promise<Activations> {
    requireArray(x, 'Float32Array', 'x');
    const transfer = buffersOf([x], send);
    return this.#connection.request('quantizeActivations', [x, columns ?? x.length], { ...send, transfer });
  }

  async quality(original: Float32Array, restored: Float32Array, send: SendOptions = {}): Promise<Quality> {
    requireArray(original, 'Float32Array', 'original');
    requireArray(restored, 'Float32Array', 'restored');
    const transfer = buffersOf([original, restored], send);
    return this.#connection.request('quality', [original, restored], { ...send, transfer });
  }

  /** Opens a safetensors file, which the worker reads by slices. Errors name it by its `File.name`. */
  async openSafetensors(file: Blob, options: CallOptions = {}): Promise<WorkerFile> {
    requireBlob(file, 'the file');
    const { name } = file as { name?: unknown };
    const named = typeof name === 'string' && name !== '' ? name : 'the file';
    return makeFile(this.#connection, await this.#connection.request('openSafetensors', [file, named], options));
  }

  async writeSafetensors(
    tensors: Record<string, WorkerMatrix | FloatTensor>,
    metadata: Record<string, string> = {},
    options: CallOptions = {},
  ): Promise<Bytes> {
    requireMetadata(metadata);
    requireObject(tensors, 'tensors');
    const sent: Record<string, Reference | FloatTensor> = Object.fromEntries(
      Object.entries(tensors).map(([name, tensor]) => [name, this.#sent(name, tensor)]),
    );
    return this.#connection.request('writeSafetensors', [sent, { ...metadata }], options);
  }

  #sent(name: string, tensor: WorkerMatrix | FloatTensor): Reference | FloatTensor {
    if (tensor instanceof WorkerMatrix) return referenceOf(tensor, this.#connection);
    requireObject(tensor, `tensor '${name}'`);
    const { shape, data } = tensor;
    requireArray(data, 'Float32Array', `tensor '${name}': data`);
    return { shape: Array.isArray(shape) ? [...shape] : shape, data };
  }

  /** Ends the worker and frees all that is in it. Calls under way reject with the code `freed`. */
  terminate(): void {
    this.#connection.end('freed', 'This worker was terminated.');
  }

  [Symbol.dispose](): void {
    this.terminate();
  }
}

/**
 * Starts a worker and loads the kernels in it.
 *
 * @throws {TrilaneError} `unsupported` where there are no workers, `load_failed` if its script cannot be loaded or says nothing for
 * `timeoutMs`; else as `load()`. The signal's reason if that is aborted before the worker has started.
 */
export async function startWorker(options: WorkerOptions = {}): Promise<TrilaneWorker> {
  requireObject(options, 'options');
  const { relaxed = true, module: given, signal, timeoutMs = 60_000 } = options;
  requireSignal(signal);
  requireDuration(timeoutMs, 'timeoutMs');
  if (typeof Worker !== 'function') {
    throw new TrilaneError('unsupported', 'There are no Web Workers here: take load(), which needs none.');
  }
  throwIfAborted(signal);
  const { module, whyNotRelaxed } = await chooseModule(relaxed, given);
  throwIfAborted(signal);
  const start = async (worker: Worker): Promise<TrilaneWorker> => {
    const connection = new Connection(worker);
    const tooLate = () => connection.end('load_failed', `The worker did not start within ${timeoutMs} ms (timeoutMs).`);
    const timer = Number.isFinite(timeoutMs) ? setTimeout(tooLate, timeoutMs) : undefined;
    try {
      return makeWorker(connection, await connection.request('load', [module, whyNotRelaxed, given !== undefined], { signal }));
    } catch (error) {
      connection.end('freed', 'This worker did not start.');
      throw error;
    } finally {
      clearTimeout(timer);
    }
  };
  let worker: Worker;
  try {
    worker = createWorker();
  } catch (error) {
    // Its script comes from another origin, the page's policy forbids it, or a bundle that is not an ES module lost its address.
    throw loadFailed(error, 'Bundle it as an ES module from your own origin, or call load() in a worker of your own.', 'worker');
  }
  try {
    return await start(worker);
  } catch (error) {
    if (!(error instanceof TrilaneError && error.code === 'crash')) throw error;
    try {
      if (createWorkerOtherwise) return await start(await createWorkerOtherwise());
    } catch {
      throwIfAborted(signal);
      // Else what went wrong first says more.
    }
    throw new TrilaneError('load_failed', error.message, { cause: error });
  }
}
