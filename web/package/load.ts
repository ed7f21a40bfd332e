import { chooseVariant, compile, instantiate, loadFailed } from './engine.ts';
import { type Trilane, makeTrilane } from './trilane.ts';
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

async function start(relaxed: boolean): Promise<Trilane> {
  const { name, whyNotRelaxed } = await chooseVariant(relaxed);
  const variant = variants[name];
  const glue = variant.glue().catch((error: unknown) => {
    throw loadFailed(error);
  });
  const [{ default: create }, compiled] = await Promise.all([glue, compile(variant)]);
  return makeTrilane(await instantiate(create, compiled), whyNotRelaxed);
}
