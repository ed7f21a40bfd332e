import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';
import { isolationHeaders } from './runner/headers.ts';

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

export default defineConfig({
  root: here('pages'),
  base: './', // the built site works from any folder of any server
  publicDir: false,
  resolve: {
    // What the preset `wasm` builds.
    alias: [
      { find: /^(trilane-bench|trilane-bench-relaxed)$/, replacement: `${here('../build/wasm/web')}/$1.mjs` },
    ],
  },
  build: {
    outDir: here('dist'),
    emptyOutDir: true,
    target: 'es2022',
    rollupOptions: { input: { bench: here('pages/bench/index.html') } },
  },
  worker: { format: 'es' },
  server: { headers: isolationHeaders, fs: { allow: [here('..')] } },
  preview: { headers: isolationHeaders },
});
