import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';
import site from '../vite.config.ts';

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

/** The page of the comparison, apart from the site: nobody who visits that loads onnxruntime-web. */
export default defineConfig({
  ...site,
  plugins: [], // the site's own
  root: here('.'),
  build: {
    outDir: here('../../build/peers'),
    emptyOutDir: true,
    target: 'es2022',
  },
});
