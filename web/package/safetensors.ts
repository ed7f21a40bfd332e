import type { Conversion as ModuleConversion, File as ModuleFile, MainModule } from '../../build/wasm/web/trilane-kernels.d.mts';
import { Callbacks } from './callbacks.ts';
import { TrilaneError } from './errors.ts';
import { Handle, checked } from './handles.ts';
import { type TernaryMatrix, makeMatrix } from './matrix.ts';
import type { Bytes, FileQuantizeOptions, RandomAccess, TensorInfo } from './types.ts';
import { isBuffer, requireArray, requireFits, requireName, requireObject, requirePattern, typedArrayName } from './values.ts';

export type WritePiece = (offset: number, bytes: Bytes) => void;

/** A Conversion around what the module returned, or its error. */
let makeConversion: (module: MainModule, conversion: ModuleConversion | null, callbacks: Callbacks) => Conversion;
/** @internal Opens a file. */
export let makeFile: (module: MainModule, source: RandomAccess, name: string) => SafetensorsFile;

/**
 * A new file in the making, a tensor a step, so that a page can breathe and show progress in between. Not every piece comes in the
 * order of its offset.
 */
export class Conversion {
  /** Size of the new file. */
  readonly fileSize: number;
  readonly #module: MainModule;
  readonly #handle: Handle<ModuleConversion>;
  /** Those of the file. */
  readonly #callbacks: Callbacks;
  #begun = false;

  static {
    makeConversion = (module, conversion, callbacks) => new Conversion(module, checked(module, conversion), callbacks);
  }

  private constructor(module: MainModule, conversion: ModuleConversion, callbacks: Callbacks) {
    this.fileSize = conversion.fileSize;
    this.#module = module;
    this.#handle = new Handle(this, conversion, 'conversion');
    this.#callbacks = callbacks;
  }

  /** Share of the old file's bytes that are done, 0 … 1. */
  get progress(): number {
    const { done, total } = this.#handle.get();
    return total === 0 ? 1 : done / total;
  }

  /**
   * Converts the next tensor and hands the bytes to `write`.
   *
   * @returns whether there is more to do
   * @throws {TrilaneError} as quantizing and reading do, naming the tensor
   */
  step(write: WritePiece): boolean {
    this.#begun = true;
    const tryToWrite = (offset: number, bytes: Uint8Array): boolean =>
      this.#callbacks.run(() => {
        write(offset, bytes as Bytes);
        return true;
      }) ?? false;
    return this.#callbacks.checked(this.#module, this.#handle.use((conversion) => conversion.step(tryToWrite)));
  }

  /**
   * All steps at once: the whole file.
   *
   * @throws {TrilaneError} as step(); `invalid_argument` after a step(), whose bytes went elsewhere
   */
  finish(): Bytes {
    if (this.#begun) throw new TrilaneError('invalid_argument', 'finish() makes the whole file: call it before any step()');
    const file = this.#wholeFile();
    while (this.step((offset, bytes) => file.set(bytes, offset)));
    return file;
  }

  #wholeFile(): Bytes {
    try {
      return new Uint8Array(this.fileSize);
    } catch (error) {
      const size = `${(this.fileSize / 1e9).toFixed(1)} GB`;
      throw new TrilaneError('out_of_memory', `there is no memory for a file of ${size}: write it piece by piece with step()`, { cause: error });
    }
  }

  free(): void {
    this.#handle.free();
  }

  [Symbol.dispose](): void {
    this.free();
  }
}

/** A safetensors file, its header checked. Tensors are read when they are asked for. Free it as a matrix. */
export class SafetensorsFile {
  readonly name: string;
  readonly tensors: readonly TensorInfo[];
  readonly metadata: Readonly<Record<string, string>>;
  readonly #module: MainModule;
  readonly #handle: Handle<ModuleFile>;
  readonly #callbacks: Callbacks;

  static {
    makeFile = (module, source, name) => {
      const callbacks = new Callbacks();
      const read = (offset: number, length: number) => callbacks.run(() => readSlice(source, offset, length));
      const file = callbacks.checked(module, module.openFile(source.size, read, name));
      return new SafetensorsFile(module, file, callbacks, name);
    };
  }

  private constructor(module: MainModule, file: ModuleFile, callbacks: Callbacks, name: string) {
    this.name = name;
    this.#callbacks = callbacks;
    this.#module = module;
    this.#handle = new Handle(this, file, 'file');
    const { tensors, metadata } = JSON.parse(checked(module, file.describe())) as Pick<SafetensorsFile, 'tensors' | 'metadata'>;
    this.tensors = tensors;
    this.metadata = metadata;
  }

  /**
   * A tensor's weights as float32: F32, F16 and BF16 widened exactly, a quantized tensor dequantized.
   *
   * @throws {TrilaneError} `invalid_argument` for a name or a dtype that it has not, `corrupt_data`, `io`
   */
  weights(tensor: string): Float32Array {
    this.#require(tensor);
    return this.#callbacks.checked(this.#module, this.#handle.use((file) => file.weights(tensor)));
  }

  /**
   * A quantized tensor, ready to multiply.
   *
   * @throws {TrilaneError} `invalid_argument` if there is no such tensor or it is not quantized, `corrupt_data`, `io`
   */
  matrix(tensor: string): TernaryMatrix {
    this.#require(tensor);
    const matrix = this.#handle.use((file) => file.matrix(tensor));
    return makeMatrix(this.#module, this.#callbacks.checked(this.#module, matrix));
  }

  /**
   * The quantized file, byte for byte as the command `trilane quantize` writes it: every F32, F16 and BF16 tensor of at least two
   * dimensions that `include` and `exclude` choose; the others pass through.
   * A file without such tensors is copied.
   *
   * @throws {TrilaneError} `bad_file` if it is quantized already, or `include` and `exclude` leave out all such tensors
   */
  quantize(options: FileQuantizeOptions): Conversion {
    requireObject(options, 'options');
    const { format, scale = 'absmean', per = 'tensor', include, exclude } = options;
    requirePattern(include, 'include');
    requirePattern(exclude, 'exclude');
    const chosen = this.tensors.filter(({ name }) => !(include && !matches(include, name)) && !(exclude && matches(exclude, name)));
    for (const [what, value] of Object.entries({ format, scale, per })) requireName(value, what);
    for (const tensor of chosen) if (tensor.quantizable) this.#requireFits(tensor);
    const names = chosen.map(({ name }) => name);
    return makeConversion(this.#module, this.#handle.get().quantize(format, scale, per, names), this.#callbacks);
  }

  /**
   * The file with its quantized tensors as F32 again, as the command `trilane dequantize` writes it.
   *
   * @throws {TrilaneError} `bad_file` if none is quantized and some could be; without any such tensor the file is copied
   */
  dequantize(): Conversion {
    for (const tensor of this.tensors) if (tensor.quantized) this.#requireFits(tensor);
    return makeConversion(this.#module, this.#handle.get().dequantize(), this.#callbacks);
  }

  #require(name: unknown): void {
    requireName(name, 'tensor');
    const tensor = this.tensors.find((one) => one.name === name);
    if (tensor) this.#requireFits(tensor);
  }

  /** A tensor is in memory as a whole, as float32. */
  #requireFits({ name, elements, quantized }: TensorInfo): void {
    const weights = quantized ? quantized.shape.reduce((product, dimension) => product * dimension, 1) : elements;
    requireFits(4 * weights, `${this.name}: tensor '${name}' as float32`, 'take the command line `trilane` for it, or leave it out');
  }

  free(): void {
    this.#handle.free();
  }

  [Symbol.dispose](): void {
    this.free();
  }
}

function readSlice(source: RandomAccess, offset: number, length: number): Uint8Array | null {
  const slice = source.read(offset, length) ?? null;
  if (slice !== null) requireArray(slice, 'Uint8Array', 'what read() returned');
  return slice;
}

/** Whatever the expression's flags: with `g` or `y` test() would go on from where it stopped. */
function matches(pattern: RegExp, text: string): boolean {
  return text.search(pattern) >= 0;
}

/** @internal Whole bytes as what a file is read through. */
export function randomAccess(source: Uint8Array | ArrayBufferLike | RandomAccess): RandomAccess {
  if (typedArrayName(source) !== undefined) {
    requireArray(source, 'Uint8Array', 'a file');
    return inMemory(source as Uint8Array);
  }
  if (isBuffer(source)) return inMemory(viewOf(source));
  const { size, read } = (source ?? {}) as Partial<RandomAccess>;
  if (Number.isSafeInteger(size) && size! >= 0 && typeof read === 'function') return source as RandomAccess;
  throw new TrilaneError('invalid_argument', 'a file is a Uint8Array, an ArrayBuffer, or an object with a size in bytes and read()');
}

function viewOf(buffer: ArrayBufferLike): Uint8Array {
  try {
    return new Uint8Array(buffer);
  } catch {
    throw new TrilaneError('invalid_argument', 'a file is an ArrayBuffer without memory: it was transferred');
  }
}

/** The array may lose its memory later, or some of it. */
const inMemory = (bytes: Uint8Array): RandomAccess => ({
  size: bytes.length,
  read: (offset, length) => (offset + length <= bytes.length ? bytes.subarray(offset, offset + length) : null),
});
