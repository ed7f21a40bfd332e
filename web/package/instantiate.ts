import type { MainModule } from '../../build/wasm/web/trilane-kernels.d.mts';
import { loadFailed } from './load-failed.ts';
import type { CreateModule } from './variant.ts';

/** Starts a compiled module by its glue code; `given`: it is the caller's. Throws `load_failed`. */
export async function instantiate(create: CreateModule, compiled: WebAssembly.Module, given: boolean): Promise<MainModule> {
  return new Promise<MainModule>((resolve, reject) => {
    const failed = (error: unknown) => reject(loadFailed(error, given ? 'The module that was given must be the one of this version of trilane.' : ''));
    create({
      instantiateWasm(imports, done) {
        // Emscripten's promise would not hear of these failures.
        WebAssembly.instantiate(compiled, imports).then(done).catch(failed);
        return {};
      },
    }).then(resolve, failed);
  });
}
