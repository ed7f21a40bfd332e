/// A bench page that measures nothing: it tells what it was asked for.

import type { TestContext } from 'node:test';
import { makeSite } from './support.ts';

export interface Asked {
  order?: string;
  calibrate?: string;
  filter?: string;
  prepare?: string;
  /** When the page was opened. */
  opened: number;
  environment: { engine: string };
}

/** A site whose bench page gives what its address asks for in place of a baseline, `ms` after the button is pressed. */
export const mirror = (context: TestContext, ms = 10): string =>
  makeSite(context, {
    'bench/index.html':
      '<main id="page" data-state="ready"><button id="run">Run</button><a id="download">Download</a></main>' +
      '<script src="page.js"></script>',
    'bench/page.js': `
      const { timeOrigin: opened } = performance;
      globalThis.trilaneBench = { merge: async (texts) => JSON.stringify({ merged: texts.map((text) => JSON.parse(text)) }) };
      const page = document.getElementById('page');
      document.getElementById('run').addEventListener('click', () => {
        const { machine, ...asked } = Object.fromEntries(new URLSearchParams(location.search));
        const text = JSON.stringify({ ...asked, opened, environment: { engine: 'mirror' } }, null, 2);
        document.getElementById('download').href = URL.createObjectURL(new Blob([text]));
        page.dataset.state = 'running';
        setTimeout(() => (page.dataset.state = 'done'), ${ms});
      });`,
  });
