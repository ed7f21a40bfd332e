import { exceptions, relaxedSimd, simd } from 'wasm-feature-detect';
import type { MainModule } from '../../build/wasm/web/trilane-kernels.d.mts';
import { TrilaneError } from './errors.ts';
import { type Trilane, makeTrilane } from './trilane.ts';
import type { GlueOptions, Variant } from './variant.ts';
import { variants } from './variants.ts';

export interface LoadOptions {
  /** false: never take relaxed SIMD, even where the engine has it. Default true. */
  relaxed?: boolean;
}

const loading = new Map<boolean, Promise<Trilane>>();

/**
 * Loads the kernels: with relaxed SIMD where the engine has it and it computes exactly, with plain SIMD elsewhere. The module is
 * fetched at the first call; further calls return the same promise.
 *
 * Rejects with a {@link TrilaneError}: `unsupported` if the engine has no WebAssembly SIMD or exceptions (before 2022), `load_failed`
 * if the module cannot be fetched or compiled; the next call then tries again.
 */
export function load(options: LoadOptions = {}): Promise<Trilane> {
  const relaxed = options.relaxed ?? true;
  const known = loading.get(relaxed);
  if (known) return known;
  const started = start(relaxed);
  loading.set(relaxed, started);
  started.catch(() => loading.delete(relaxed));
  return started;
}

async function start(relaxedAllowed: boolean): Promise<Trilane> {
  if (typeof WebAssembly !== 'object' || !((await simd()) && (await exceptions()))) {
    throw new TrilaneError(
      'unsupported',
      'trilane needs WebAssembly with SIMD and exceptions, which this browser does not have or has switched off: take a newer one.',
    );
  }
  const why = relaxedAllowed ? ((await relaxedSimd()) ? null : 'this engine does not have it') : 'load() was told not to use it';
  const module = await instantiate(why === null ? variants.relaxed : variants.simd128);
  // The module checks itself, and leaves the arch out if it computes something else than it should.
  const failed = why === null && module.arch() !== 'relaxed' ? 'its dot product is not exact on this processor' : null;
  return makeTrilane(module, why ?? failed);
}

async function instantiate(variant: Variant): Promise<MainModule> {
  const failed = (cause: unknown) =>
    new TrilaneError('load_failed', `The WebAssembly module cannot be loaded: ${messageOf(cause)}`, { cause });
  try {
    const [{ default: create }, compiled] = await Promise.all([variant.glue(), compile(variant)]);
    return await new Promise<MainModule>((resolve, reject) => {
      // Emscripten's promise never settles when this fails.
      const instantiateWasm: GlueOptions['instantiateWasm'] = (imports, done) => {
        WebAssembly.instantiate(compiled, imports).then(done, reject);
        return {};
      };
      create({ instantiateWasm }).then(resolve, reject);
    });
  } catch (error) {
    throw failed(error);
  }
}

async function compile(variant: Variant): Promise<WebAssembly.Module> {
  try {
    return await compileFile(variant.wasm());
  } catch (error) {
    if (!variant.inlined) throw error;
    let inlined;
    try {
      inlined = await variant.inlined();
    } catch {
      throw error; // what went wrong first says more
    }
    return WebAssembly.compile(decodeBase64(inlined.default));
  }
}

async function compileFile(url: URL): Promise<WebAssembly.Module> {
  if (url.protocol === 'file:' && globalThis.process?.getBuiltinModule) {
    const { readFile } = globalThis.process.getBuiltinModule('node:fs/promises');
    return WebAssembly.compile(await readFile(url)); // Node's fetch knows no files
  }
  const response = await fetch(url, { credentials: 'same-origin' });
  if (!response.ok) throw new Error(`${url.href} was answered with ${response.status}`);
  // Streaming needs the right type, which not every server knows.
  const isWasm = response.headers.get('Content-Type')?.startsWith('application/wasm') ?? false;
  return isWasm ? WebAssembly.compileStreaming(response) : WebAssembly.compile(await response.arrayBuffer());
}

function decodeBase64(text: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
