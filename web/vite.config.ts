import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';
import { isolationHeaders } from './runner/headers.ts';
import { isolation } from './shared/isolation-plugin.ts';
import { licenses } from './shared/licenses-plugin.ts';
import { sourceLink } from './shared/source-link.ts';
import { testDigitsFile } from './training/test-digits.ts';

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

/** The site: the pages `demo` and `bench`, and a first page that leads to them. The npm package is built by package/build.ts. */
export default defineConfig({
  root: here('.'),
  base: './', // the built site works from any folder of any server
  publicDir: false,
  plugins: [testDigitsFile(), sourceLink(), isolation(), licenses()],
  resolve: {
    alias: [
      // What the preset `wasm` builds.
      { find: /^(trilane-(?:bench|kernels)(?:-relaxed)?)$/, replacement: `${here('../build/wasm/web')}/$1.mjs` },
      // The pages use the package as its users do, from its sources.
      { find: /^trilane$/, replacement: here('package/index.ts') },
      { find: /^trilane\/worker$/, replacement: here('package/worker.ts') },
    ],
  },
  build: {
    outDir: here('site'),
    emptyOutDir: true,
    target: 'es2022',
    rollupOptions: { input: [here('index.html'), here('demo/index.html'), here('bench/index.html')] },
  },
  worker: { format: 'es' },
  server: { headers: isolationHeaders, fs: { allow: [here('..')] } },
  preview: { headers: isolationHeaders },
});
