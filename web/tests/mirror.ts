/// Bench pages that measure nothing: one tells what it was asked for, the other stays as it is.

import { closeSync, ftruncateSync, openSync, readdirSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import type { Program } from './processes.ts';
import { makeSite } from './support.ts';
import { until } from './waiting.ts';

export interface Asked {
  order?: string;
  calibrate?: string;
  filter?: string;
  prepare?: string;
  /** When the page was opened. */
  opened: number;
  /** How many pages its tab had opened then, itself included. */
  visit: number;
  environment: { engine: string };
}

const heldFile = 'held.bin';

/** For a page's script: a response that never ends, since nobody reads it. The server has that file open until the page ends. */
export const hold = `fetch('${heldFile}')`;

/** Adds to the bench page of a site what `hold` asks for. */
function addHeldFile(site: string): string {
  const file = openSync(join(site, 'bench', heldFile), 'w');
  ftruncateSync(file, 2 ** 28); // takes no room
  closeSync(file);
  return site;
}

/** Waits until a page of the runner has come to its `hold`. Linux only. */
export async function untilHeld({ pid }: Program): Promise<void> {
  const isHeld = (descriptor: string): boolean => {
    try {
      return readlinkSync(`/proc/${pid}/fd/${descriptor}`).endsWith(heldFile);
    } catch {
      return false; // it was closed meanwhile
    }
  };
  await until('a page that holds', () => readdirSync(`/proc/${pid}/fd`).some(isHeld));
}

/** A site whose bench page gives what its address asks for in place of a baseline. */
export const mirror = (context: TestContext): string =>
  makeSite(context, {
    'bench/index.html':
      '<main id="page" data-state="ready"><button id="run">Run</button><a id="download">Download</a></main>' +
      '<script src="page.js"></script>',
    'bench/page.js': `
      const { timeOrigin: opened } = performance;
      const visit = (sessionStorage.visit = Number(sessionStorage.visit ?? 0) + 1);
      globalThis.trilaneBench = { merge: async (texts) => JSON.stringify({ merged: texts.map((text) => JSON.parse(text)) }) };
      const page = document.getElementById('page');
      document.getElementById('run').addEventListener('click', async () => {
        const { machine, ...asked } = Object.fromEntries(new URLSearchParams(location.search));
        const text = JSON.stringify({ ...asked, opened, visit, environment: { engine: 'mirror' } }, null, 2);
        document.getElementById('download').href = URL.createObjectURL(new Blob([text]));
        page.dataset.state = 'running';
        if (asked.filter === 'hold') return ${hold};
        await fetch(location.href);
        page.dataset.state = 'done';
      });`,
  });

/** The same; a run of the filter "hold" does not end. */
export const mirrorThatHolds = (context: TestContext): string => addHeldFile(mirror(context));

/** A site whose bench page runs `script` and otherwise stays as it is: loading. */
export const siteWith = (context: TestContext, script: string): string =>
  addHeldFile(
    makeSite(context, {
      'bench/index.html':
        '<main id="page" data-state="loading"><p id="status"></p><p id="error"></p></main><script src="page.js"></script>',
      'bench/page.js': script,
    }),
  );

/** For siteWith(): runs `script` once the runner has looked at the page; what it throws goes uncaught. */
export const onceLookedAt = (script: string): string => `
  const { port1, port2 } = new MessageChannel();
  port1.onmessage = () => { ${script} };
  document.getElementById = (id) => {
    delete document.getElementById;
    port2.postMessage(null);
    return document.getElementById(id);
  };`;
