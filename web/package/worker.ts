/// <reference lib="esnext.disposable" preserve="true" />
/** The kernels in a Web Worker, so that a page stays responsive: the same calls, each a promise. */
import { Connection } from './connection.ts';
import { chooseVariant, compile, loadFailed } from './engine.ts';
import { TrilaneError } from './errors.ts';
import type { FileReply, MatrixReply, Methods, Reference } from './protocol.ts';
import type { FloatTensor } from './trilane.ts';
import type {
  Activations,
  ArchName,
  CallOptions,
  FileQuantizeOptions,
  Format,
  Granularity,
  Quality,
  QuantizeOptions,
  ScaleRule,
  Storage,
  TensorInfo,
} from './types.ts';
import { variants } from './variants.ts';
import { createWorker, createWorkerOtherwise } from './worker-source.ts';

export { TrilaneError } from './errors.ts';
export type { FloatTensor } from './trilane.ts';
export type * from './types.ts';

export interface SendOptions extends CallOptions {
  /** true: the arrays' buffers move to the worker instead of being copied, and are empty here afterwards. */
  transfer?: boolean;
}

export interface ConvertOptions extends CallOptions {
  /** Told the share that is done, 0 … 1, after each tensor. */
  onProgress?: (done: number) => void;
}

export interface WorkerOptions extends CallOptions {
  /** As for `load()`. */
  relaxed?: boolean;
}

function buffersOf(arrays: ArrayBufferView[], { transfer }: SendOptions): Transferable[] {
  return transfer ? [...new Set(arrays.map((array) => array.buffer as ArrayBuffer))] : [];
}

/** The worker's hold on an object is given back when the page's is collected. */
const registry = new FinalizationRegistry<{ connection: Connection; reference: Reference }>(({ connection, reference }) =>
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
    registry.register(owner, { connection, reference }, this);
  }

  get(): Reference {
    if (this.#reference === null) throw new TrilaneError('freed', `This ${this.#what} was freed.`);
    return this.#reference;
  }

  free(): void {
    if (this.#reference === null) return;
    registry.unregister(this);
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
    const transfer = buffersOf([x], options);
    return this.#connection.request('multiply', [this.#remote.get(), x], { ...options, transfer });
  }

  async dequantize(options: CallOptions = {}): Promise<Float32Array> {
    return this.#connection.request('matrixDequantize', [this.#remote.get()], options);
  }

  async codes(options: CallOptions = {}): Promise<Uint8Array> {
    return this.#connection.request('codes', [this.#remote.get()], options);
  }

  async scales(options: CallOptions = {}): Promise<Float32Array> {
    return this.#connection.request('scales', [this.#remote.get()], options);
  }

  async quality(original: Float32Array, options: SendOptions = {}): Promise<Quality> {
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
    return this.#connection.request('fileQuantize', [this.#remote.get(), options], convert);
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
    const transfer = buffersOf([weights], send);
    return makeMatrix(this.#connection, await this.#connection.request('quantize', [weights, options], { ...send, transfer }));
  }

  async fromStorage(storage: Storage, send: SendOptions = {}): Promise<WorkerMatrix> {
    const transfer = buffersOf([storage.codes, storage.scales], send);
    return makeMatrix(this.#connection, await this.#connection.request('fromStorage', [storage], { ...send, transfer }));
  }

  async quantizeActivations(x: Float32Array, columns = x.length, send: SendOptions = {}): Promise<Activations> {
    const transfer = buffersOf([x], send);
    return this.#connection.request('quantizeActivations', [x, columns], { ...send, transfer });
  }

  async quality(original: Float32Array, restored: Float32Array, send: SendOptions = {}): Promise<Quality> {
    const transfer = buffersOf([original, restored], send);
    return this.#connection.request('quality', [original, restored], { ...send, transfer });
  }

  /** Opens a safetensors file, which the worker reads by slices. Errors name it by its `File.name`. */
  async openSafetensors(file: Blob, options: CallOptions = {}): Promise<WorkerFile> {
    if (!(file instanceof Blob)) throw new TrilaneError('invalid_argument', 'a worker reads a Blob or a File, and this is none');
    const name = file instanceof File && file.name ? file.name : 'the file';
    return makeFile(this.#connection, await this.#connection.request('openSafetensors', [file, name], options));
  }

  async writeSafetensors(
    tensors: Record<string, WorkerMatrix | FloatTensor>,
    metadata: Record<string, string> = {},
    options: CallOptions = {},
  ): Promise<Uint8Array> {
    const entries = Object.entries(tensors);
    const sent = entries.map(
      ([name, tensor]) => [name, tensor instanceof WorkerMatrix ? referenceOf(tensor, this.#connection) : tensor] as const,
    );
    return this.#connection.request('writeSafetensors', [Object.fromEntries(sent), metadata], options);
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
 * @throws {TrilaneError} `unsupported` where there are no workers, `load_failed` if its script cannot be loaded; else as `load()`.
 * The signal's reason if that is aborted before the worker has started.
 */
export async function startWorker(options: WorkerOptions = {}): Promise<TrilaneWorker> {
  const { relaxed = true, signal } = options;
  if (typeof Worker !== 'function') {
    throw new TrilaneError('unsupported', 'There are no Web Workers here: take load(), which needs none.');
  }
  signal?.throwIfAborted();
  const { name, whyNotRelaxed } = await chooseVariant(relaxed);
  const compiled = await compile(variants[name]);
  signal?.throwIfAborted();
  const start = async (worker: Worker): Promise<TrilaneWorker> => {
    const connection = new Connection(worker);
    try {
      return makeWorker(connection, await connection.request('load', [compiled, name, whyNotRelaxed], { signal }));
    } catch (error) {
      connection.end('freed', 'This worker did not start.');
      throw error;
    }
  };
  let worker: Worker;
  try {
    worker = createWorker();
  } catch (error) {
    // Its script comes from another origin, or the page's policy forbids it.
    throw loadFailed(error, 'worker');
  }
  try {
    return await start(worker);
  } catch (error) {
    if (!(error instanceof TrilaneError && error.code === 'crash')) throw error;
    try {
      if (createWorkerOtherwise) return await start(await createWorkerOtherwise());
    } catch {
      signal?.throwIfAborted();
      // Else what went wrong first says more.
    }
    throw new TrilaneError('load_failed', error.message, { cause: error });
  }
}
