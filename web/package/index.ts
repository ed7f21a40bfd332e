/// <reference path="./disposable.d.ts" preserve="true" />
/** Ternary weights (BitNet b1.58) quantized, dequantized and multiplied in WebAssembly. */
export { TrilaneError } from './errors.ts';
export { type LoadOptions, load } from './load.ts';
export type { TernaryMatrix } from './matrix.ts';
export type { Conversion, SafetensorsFile, WritePiece } from './safetensors.ts';
export type { FloatTensor, Trilane } from './trilane.ts';
export type * from './types.ts';
