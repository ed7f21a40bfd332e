import type { MainModule } from '../../build/wasm/web/trilane-kernels.d.mts';
import { loadFailed } from './load-failed.ts';
import type { CreateModule } from './variant.ts';

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
