import { exceptions, relaxedSimd, simd } from 'wasm-feature-detect';
import { TrilaneError } from './errors.ts';
import { loadFailed } from './load-failed.ts';
import type { CompiledModule } from './types.ts';
import { isCompiledModule } from './values.ts';
import type { Variant, VariantName } from './variant.ts';
import { variants } from './variants.ts';

export interface Compiled {
  module: WebAssembly.Module;
  /** Why it is not the relaxed one, should it turn out not to be. */
  whyNotRelaxed: string | null;
}

/** The module that the caller gives, or the best one for this engine, fetched and compiled. Throws `unsupported`, `load_failed`. */
export async function chooseModule(relaxedAllowed: boolean, given: CompiledModule | undefined): Promise<Compiled> {
  await requireEngine();
  if (given !== undefined) {
    if (isCompiledModule(given)) return { module: given, whyNotRelaxed: null };
    throw new TrilaneError('invalid_argument', 'module is not a WebAssembly.Module: a compiled one is needed, not its address or its bytes');
  }
  const { name, whyNotRelaxed } = await chooseVariant(relaxedAllowed);
  return { module: await compile(variants[name]), whyNotRelaxed };
}

async function requireEngine(): Promise<void> {
  if (typeof WebAssembly === 'object' && (await simd()) && (await exceptions())) return;
  throw new TrilaneError(
    'unsupported',
    'trilane needs WebAssembly with SIMD and exceptions, which this browser does not have or has switched off: take a newer one.',
  );
}

async function chooseVariant(relaxedAllowed: boolean): Promise<{ name: VariantName; whyNotRelaxed: string | null }> {
  if (!relaxedAllowed) return { name: 'simd128', whyNotRelaxed: 'load() was told not to use it' };
  if (!(await relaxedSimd())) return { name: 'simd128', whyNotRelaxed: 'this engine does not have it' };
  return { name: 'relaxed', whyNotRelaxed: null };
}

async function compile(variant: Variant): Promise<WebAssembly.Module> {
  let whyNoFile: unknown;
  try {
    return await compileFile(variant.wasm());
  } catch (error) {
    whyNoFile = error;
  }
  if (!variant.inlined) throw loadFailed(whyNoFile);
  let bytes: Uint8Array<ArrayBuffer>;
  try {
    bytes = decodeBase64((await variant.inlined()).default);
  } catch {
    throw loadFailed(whyNoFile); // the copy of the file lies beside it and is missing as well
  }
  try {
    return await WebAssembly.compile(bytes);
  } catch (error) {
    // These bytes are right: the engine does not compile at all.
    throw loadFailed(
      error,
      "Where code must not be compiled, a page's content security policy needs 'wasm-unsafe-eval'; elsewhere, as in Cloudflare Workers, " +
        'import the .wasm file and call load({ module }).',
    );
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
