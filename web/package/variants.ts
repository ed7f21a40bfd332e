import type { Glue, Variants } from './variant.ts';

/** The modules where the build leaves them: for the site, and for tests on the sources. build.ts puts the package's own in their place. */
export const glue: Glue = () => import('../../build/wasm/web/trilane-kernels.mjs');

export const variants: Variants = {
  simd128: {
    wasm: () => new URL('../../build/wasm/web/trilane-kernels.wasm', import.meta.url),
    inlined: null,
  },
  relaxed: {
    wasm: () => new URL('../../build/wasm/web/trilane-kernels-relaxed.wasm', import.meta.url),
    inlined: null,
  },
};
