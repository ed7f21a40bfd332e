import { chooseModule } from './engine.ts';
import { instantiate } from './instantiate.ts';
import { loadFailed } from './load-failed.ts';
import { type Trilane, makeTrilane } from './trilane.ts';
import type { CompiledModule } from './types.ts';
import { glue } from './variants.ts';

export interface LoadOptions {
  /** false: never take relaxed SIMD, even where the engine has it. Default true. */
  relaxed?: boolean | undefined;
  /**
   * The module, compiled: for runtimes that do not compile WebAssembly themselves, such as Cloudflare Workers. It is what an import of
   * `trilane/trilane-kernels.wasm` gives there, or of `trilane/trilane-kernels-relaxed.wasm`. Nothing is fetched then, and `relaxed`
   * has no meaning.
   */
  module?: CompiledModule | undefined;
}

const loading = new Map<boolean | CompiledModule, Promise<Trilane>>();

/**
 * Loads the kernels: with relaxed SIMD where the engine has it and it computes exactly, with plain SIMD elsewhere. The module is
 * fetched at the first call; further calls return the same promise.
 *
 * Rejects with a {@link TrilaneError}: `unsupported` if the engine has no WebAssembly SIMD or exceptions (before 2022), `load_failed`
 * if the module cannot be fetched or compiled; the next call then tries again.
 */
export function load(options: LoadOptions = {}): Promise<Trilane> {
  const { relaxed = true, module } = options;
  const key = module ?? relaxed;
  const known = loading.get(key);
  if (known) return known;
  const started = start(relaxed, module);
  loading.set(key, started);
  started.catch(() => loading.delete(key));
  return started;
}

async function start(relaxed: boolean, given: CompiledModule | undefined): Promise<Trilane> {
  const isGiven = given !== undefined;
  const { module, whyNotRelaxed } = await chooseModule(relaxed, given);
  const { default: create } = await loadGlue();
  return makeTrilane(await instantiate(create, module, isGiven), whyNotRelaxed, isGiven);
}

async function loadGlue() {
  try {
    return await glue();
  } catch (error) {
    throw loadFailed(error, isServiceWorker() ? 'A service worker has no import(): bundle it into one file.' : '');
  }
}

const isServiceWorker = () => Object.prototype.toString.call(globalThis) === '[object ServiceWorkerGlobalScope]';
