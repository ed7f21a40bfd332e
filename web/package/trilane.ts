import type { MainModule } from '../../build/wasm/web/trilane-kernels.d.mts';
import { TrilaneError } from './errors.ts';
import { checked } from './handles.ts';
import { TernaryMatrix, handleOf, makeMatrix } from './matrix.ts';
import { type SafetensorsFile, makeFile, randomAccess } from './safetensors.ts';
import type { Activations, ArchName, Bytes, Quality, QuantizeOptions, RandomAccess, Storage } from './types.ts';
import { requireArray, requireCount, requireMetadata, requireName, requireObject, requireShape, requireText } from './values.ts';

/** A tensor that a file keeps as float32. */
export interface FloatTensor {
  shape: number[];
  data: Float32Array;
}

/** @internal The kernels around a module that is loaded; `whyNotRelaxed` says why it is the plain one, unless the caller gave it. */
export let makeTrilane: (module: MainModule, whyNotRelaxed: string | null, given: boolean) => Trilane;

/** The kernels, loaded. Get it from `load()`. */
export class Trilane {
  readonly version: string;
  /** The kernels in use. They all compute the same bits. */
  readonly arch: ArchName;
  /** Why {@link arch} is not `relaxed`; null if it is. */
  readonly whyNotRelaxed: string | null;
  readonly #module: MainModule;

  static {
    makeTrilane = (module, whyNotRelaxed, given) => new Trilane(module, whyNotRelaxed, given);
  }

  private constructor(module: MainModule, whyNotRelaxed: string | null, given: boolean) {
    this.#module = module;
    this.version = module.version();
    this.arch = module.arch() as ArchName;
    // The module checks itself, and leaves the arch out if it computes something else than it should.
    const inexact = 'its dot product is not exact on this processor';
    const failed = given ? `the module that was given does not have it, or ${inexact}` : inexact;
    this.whyNotRelaxed = this.arch === 'relaxed' ? null : (whyNotRelaxed ?? failed);
  }

  /**
   * Quantizes float32 weights to ternary codes and scales, w ≈ s·t: t = sign(w) if 2·|w| > s, else 0.
   *
   * @param weights rows · columns floats, row-major
   * @throws {TrilaneError} `size_mismatch`; `not_finite`, naming the first index; `invalid_argument`; `overflow`; `out_of_memory`
   */
  quantize(weights: Float32Array, options: QuantizeOptions): TernaryMatrix {
    requireObject(options, 'options');
    const { format, rows, columns, scale = 'absmean', per = 'tensor' } = options;
    requireArray(weights, 'Float32Array', 'weights');
    requireShape(rows, columns);
    for (const [what, value] of Object.entries({ format, scale, per })) requireName(value, what);
    return makeMatrix(this.#module, this.#module.quantize(weights, rows, columns, format, scale, per));
  }

  /**
   * A matrix of codes and scales that quantization made, here or elsewhere. They are checked and copied.
   *
   * @throws {TrilaneError} `corrupt_data`, naming row and block; `size_mismatch`; `invalid_argument`
   */
  fromStorage(storage: Storage): TernaryMatrix {
    requireObject(storage, 'storage');
    const { format, rows, columns, codes, scales, scale = 'absmean' } = storage;
    requireArray(codes, 'Uint8Array', 'codes');
    requireArray(scales, 'Float32Array', 'scales');
    requireShape(rows, columns);
    for (const [what, value] of Object.entries({ format, scale })) requireName(value, what);
    return makeMatrix(this.#module, this.#module.fromStorage(codes, scales, rows, columns, format, scale));
  }

  /**
   * Float32 vectors as int8, as products take them: a = 127 / max|x|, q = round-half-even(x · a).
   *
   * @param columns length of each vector; by default x is one
   * @throws {TrilaneError} `not_finite`, naming the first index; `size_mismatch`
   */
  quantizeActivations(x: Float32Array, columns?: number): Activations {
    requireArray(x, 'Float32Array', 'x');
    columns ??= x.length;
    requireCount(columns, 'columns');
    return checked(this.#module, this.#module.quantizeActivations(x, columns));
  }

  /**
   * How near `restored` is to `original`.
   *
   * @throws {TrilaneError} `size_mismatch`
   */
  quality(original: Float32Array, restored: Float32Array): Quality {
    requireArray(original, 'Float32Array', 'original');
    requireArray(restored, 'Float32Array', 'restored');
    return checked(this.#module, this.#module.quality(original, restored));
  }

  /**
   * Opens a safetensors file: checks its header, and reads tensors when they are asked for.
   *
   * @param source its bytes, or something to read them from
   * @param name names the file in messages
   * @throws {TrilaneError} `bad_file`, in one line that says what is wrong with it
   */
  openSafetensors(source: Uint8Array | ArrayBufferLike | RandomAccess, name = 'the file'): SafetensorsFile {
    requireName(name, 'name');
    return makeFile(this.#module, randomAccess(source), name);
  }

  /**
   * A safetensors file of these tensors, as the command line reads it: ternary matrices as trilane keeps them, others as F32.
   *
   * @throws {TrilaneError} `size_mismatch`; `invalid_argument` for names that collide and for metadata other than strings
   */
  writeSafetensors(
    tensors: Record<string, TernaryMatrix | FloatTensor>,
    metadata: Record<string, string> = {},
  ): Bytes {
    requireMetadata(metadata);
    requireObject(tensors, 'tensors');
    const writer = new this.#module.Writer();
    try {
      for (const [name, tensor] of Object.entries(tensors)) {
        requireText(name);
        if (tensor instanceof TernaryMatrix) {
          checked(this.#module, writer.addMatrix(name, handleOf(tensor)));
        } else {
          requireObject(tensor, `tensor '${name}'`);
          checked(this.#module, writer.addFloats(name, tensor.shape, bytesOf(name, tensor)));
        }
      }
      return checked(this.#module, writer.finish(JSON.stringify(metadata)) as Bytes | null);
    } finally {
      writer.delete();
    }
  }
}

function bytesOf(name: string, { shape, data }: FloatTensor): Uint8Array {
  requireArray(data, 'Float32Array', `tensor '${name}': data`);
  if (!Array.isArray(shape) || !shape.every((dimension) => Number.isSafeInteger(dimension) && dimension >= 0)) {
    throw new TrilaneError('invalid_argument', `tensor '${name}': the shape is no list of whole numbers`);
  }
  const elements = shape.reduce((product, dimension) => product * dimension, 1);
  if (elements !== data.length) {
    throw new TrilaneError('size_mismatch', `tensor '${name}' has ${data.length} entries; its shape needs ${elements}`);
  }
  return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
}
