import { exceptions, relaxedSimd, simd } from 'wasm-feature-detect';
import type { MainModule } from '../../build/wasm/web/trilane-kernels.d.mts';
import { TrilaneError } from './errors.ts';
import type { CreateModule, Variant, VariantName } from './variant.ts';

/** Which module this engine can run, and why it is not the relaxed one, if it is not. Throws `unsupported` if it can run neither. */
export async function chooseVariant(relaxedAllowed: boolean): Promise<{ name: VariantName; whyNotRelaxed: string | null }> {
  if (typeof WebAssembly !== 'object' || !((await simd()) && (await exceptions()))) {
    throw new TrilaneError(
      'unsupported',
      'trilane needs WebAssembly with SIMD and exceptions, which this browser does not have or has switched off: take a newer one.',
    );
  }
  if (!relaxedAllowed) return { name: 'simd128', whyNotRelaxed: 'load() was told not to use it' };
  if (!(await relaxedSimd())) return { name: 'simd128', whyNotRelaxed: 'this engine does not have it' };
  return { name: 'relaxed', whyNotRelaxed: null };
}

/** Fetches and compiles a module. Throws `load_failed`. */
export async function compile(variant: Variant): Promise<WebAssembly.Module> {
  try {
    return await compileFile(variant.wasm());
  } catch (error) {
    try {
      if (variant.inlined) return await WebAssembly.compile(decodeBase64((await variant.inlined()).default));
    } catch {
      // What went wrong first says more.
    }
    throw loadFailed(error);
  }
}

/** Starts a compiled module by its glue code. Throws `load_failed`. */
export async function instantiate(create: CreateModule, compiled: WebAssembly.Module): Promise<MainModule> {
  return new Promise<MainModule>((resolve, reject) => {
    const failed = (error: unknown) => reject(loadFailed(error));
    create({
      instantiateWasm(imports, done) {
        WebAssembly.instantiate(compiled, imports).then(done, failed); // of which Emscripten's promise would not hear
        return {};
      },
    }).then(resolve, failed);
  });
}

export function loadFailed(cause: unknown, what: 'WebAssembly module' | 'worker' = 'WebAssembly module'): TrilaneError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new TrilaneError('load_failed', `The ${what} cannot be loaded: ${reason}`, { cause });
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
