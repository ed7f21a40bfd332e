import type { MainModule } from '../../build/wasm/web/trilane-kernels.d.mts';

/** One of the two WebAssembly modules, and where its parts are. Nothing is loaded before it is called. */
export interface Variant {
  /** The glue code that Emscripten made. */
  glue(): Promise<{ default: (options: GlueOptions) => Promise<MainModule> }>;
  /** The address of the .wasm file. A function: bundlers look for `new URL(…, import.meta.url)` as it stands. */
  wasm(): URL;
  /** The same bytes as base64 in a module, for development servers that bundle a package's code and lose the files beside it. */
  inlined: (() => Promise<{ default: string }>) | null;
}

export interface GlueOptions {
  instantiateWasm(imports: WebAssembly.Imports, done: (instance: WebAssembly.Instance) => void): object;
}

export type Variants = Record<'simd128' | 'relaxed', Variant>;
