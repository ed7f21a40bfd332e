import type { MainModule } from '../../build/wasm/web/trilane-kernels.d.mts';

export type VariantName = 'simd128' | 'relaxed';

/** What Emscripten's glue code exports, as far as it is used. */
export type CreateModule = (options: {
  instantiateWasm(imports: WebAssembly.Imports, done: (instance: WebAssembly.Instance) => void): object;
}) => Promise<MainModule>;

/** One of the two WebAssembly modules, and where it is. Nothing is loaded before it is called. */
export interface Variant {
  /** The address of the .wasm file. A function: bundlers look for `new URL(…, import.meta.url)` as it stands. */
  wasm(): URL;
  /** The same bytes as base64 in a module, for development servers that bundle a package's code and lose the files beside it. */
  inlined: (() => Promise<{ default: string }>) | null;
}

export type Variants = Record<VariantName, Variant>;

/** The glue code that Emscripten made: the same for both modules. */
export type Glue = () => Promise<{ default: CreateModule }>;
