import { fileURLToPath } from 'node:url';
import type { Plugin } from 'vite';

/** Puts the isolation into every page that is built: its script first of all, its worker at the site's root. */
export function isolation(): Plugin {
  return {
    name: 'isolation',
    apply: 'build', // the development server sends the headers itself
    buildStart() {
      const id = fileURLToPath(new URL('isolation-worker.ts', import.meta.url));
      this.emitFile({ type: 'chunk', id, fileName: 'isolation-worker.js' });
    },
    transformIndexHtml: {
      order: 'pre',
      handler: () => [{ tag: 'script', attrs: { type: 'module', src: '/shared/isolation.ts' }, injectTo: 'head-prepend' }],
    },
  };
}
