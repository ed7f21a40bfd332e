/**
 * Every error that trilane throws. `code` is stable, `message` is for people and names the offending value and its index.
 *
 * | code | when |
 * |---|---|
 * | `invalid_argument` | a value that no call accepts |
 * | `size_mismatch` | an array whose length does not fit the shape |
 * | `not_finite` | NaN or infinity among weights or activations |
 * | `overflow` | a sum or a size that its type cannot hold |
 * | `corrupt_data` | codes or scales that no quantizer writes |
 * | `bad_file` | a file whose content is not what its format says |
 * | `io` | a file that can no longer be read |
 * | `out_of_memory` | WebAssembly gets no more memory |
 * | `freed` | an object used after `free()` |
 * | `internal` | a fault of trilane itself |
 * | `unsupported` | an engine without WebAssembly SIMD or exceptions, or without workers |
 * | `load_failed` | the WebAssembly module or the worker cannot be loaded, or the worker does not start |
 * | `crash` | the module or the worker broke; nothing of it can be used further |
 */
export class TrilaneError extends Error {
  override readonly name = 'TrilaneError';
  readonly code: string;

  constructor(code: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
