import type { Conversion as ModuleConversion, File as ModuleFile, MainModule } from '../../build/wasm/web/trilane-kernels.d.mts';
import { TrilaneError } from './errors.ts';
import { Handle, checked, requireName, requireObject } from './handles.ts';
import { type TernaryMatrix, makeMatrix } from './matrix.ts';
import type { FileQuantizeOptions, RandomAccess, TensorInfo } from './types.ts';

export type WritePiece = (offset: number, bytes: Uint8Array<ArrayBuffer>) => void;

/** A Conversion around what the module returned, or its error. */
let makeConversion: (module: MainModule, conversion: ModuleConversion | null) => Conversion;
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
  #begun = false;

  static {
    makeConversion = (module, conversion) => new Conversion(module, checked(module, conversion));
  }

  private constructor(module: MainModule, conversion: ModuleConversion) {
    this.fileSize = conversion.fileSize;
    this.#module = module;
    this.#handle = new Handle(this, conversion, 'conversion');
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
    const done = this.#handle.use((conversion) => conversion.step(write as (offset: number, bytes: Uint8Array) => void));
    return checked(this.#module, done);
  }

  /**
   * All steps at once: the whole file.
   *
   * @throws {TrilaneError} as step(); `invalid_argument` after a step(), whose bytes went elsewhere
   */
  finish(): Uint8Array<ArrayBuffer> {
    if (this.#begun) throw new TrilaneError('invalid_argument', 'finish() makes the whole file: call it before any step()');
    const file = new Uint8Array(this.fileSize);
    while (this.step((offset, bytes) => file.set(bytes, offset)));
    return file;
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

  static {
    makeFile = (module, source, name) => {
      const read = (offset: number, length: number) => source.read(offset, length);
      return new SafetensorsFile(module, checked(module, module.openFile(source.size, read, name)), name);
    };
  }

  private constructor(module: MainModule, file: ModuleFile, name: string) {
    this.name = name;
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
    requireName(tensor, 'tensor');
    return checked(this.#module, this.#handle.use((file) => file.weights(tensor)));
  }

  /**
   * A quantized tensor, ready to multiply.
   *
   * @throws {TrilaneError} `invalid_argument` if there is no such tensor or it is not quantized, `corrupt_data`, `io`
   */
  matrix(tensor: string): TernaryMatrix {
    requireName(tensor, 'tensor');
    return makeMatrix(this.#module, this.#handle.use((file) => file.matrix(tensor)));
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
    const names = this.tensors.map((tensor) => tensor.name);
    const chosen = names.filter((name) => !(include && !matches(include, name)) && !(exclude && matches(exclude, name)));
    for (const [what, value] of Object.entries({ format, scale, per })) requireName(value, what);
    return makeConversion(this.#module, this.#handle.get().quantize(format, scale, per, chosen));
  }

  /**
   * The file with its quantized tensors as F32 again, as the command `trilane dequantize` writes it.
   *
   * @throws {TrilaneError} `bad_file` if none is quantized and some could be; without any such tensor the file is copied
   */
  dequantize(): Conversion {
    return makeConversion(this.#module, this.#handle.get().dequantize());
  }

  free(): void {
    this.#handle.free();
  }

  [Symbol.dispose](): void {
    this.free();
  }
}

/** Whatever the expression's flags: with `g` or `y` test() would go on from where it stopped. */
function matches(pattern: RegExp, text: string): boolean {
  return text.search(pattern) >= 0;
}

/** @internal Whole bytes as what a file is read through. */
export function randomAccess(source: Uint8Array | ArrayBuffer | RandomAccess): RandomAccess {
  if (source instanceof Uint8Array || source instanceof ArrayBuffer) {
    const bytes = source instanceof ArrayBuffer ? new Uint8Array(source) : source;
    return { size: bytes.length, read: (offset, length) => bytes.subarray(offset, offset + length) };
  }
  if (Number.isSafeInteger(source?.size) && source.size >= 0 && typeof source.read === 'function') return source;
  throw new TrilaneError('invalid_argument', 'a file is a Uint8Array, an ArrayBuffer, or an object with a size in bytes and read()');
}
