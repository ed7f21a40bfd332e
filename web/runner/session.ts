import { setTimeout as pause } from 'node:timers/promises';
import { firstLine } from './errors.ts';

/** A fresh page of a browser, driven from outside of it: the same for every engine. */
export abstract class Session {
  /** Never resolves; rejects when the page or its browser dies, or when the page throws what nobody catches. */
  abstract readonly failed: Promise<never>;

  /** The engine's version where its pages do not know it; null where they do. */
  abstract readonly engineVersion: string | null;

  /** The group that the browser's processes are in, where it is known. */
  abstract readonly processGroup: number | undefined;

  /** Goes to `url` and waits until the page has loaded. */
  abstract open(url: string): Promise<void>;

  /** What `script`, an expression or a function of `parameters`, gives on the page; a promise is waited for. All of it must be JSON. */
  abstract evaluate<P extends unknown[], R>(script: string | ((...parameters: P) => R), ...parameters: P): Promise<Awaited<R>>;

  abstract click(selector: string): Promise<void>;

  /** Presses the pointer on the first of `points`, moves it over the others and lets go; a point is [0 … 1, 0 … 1] in the element. */
  abstract drag(selector: string, points: [x: number, y: number][]): Promise<void>;

  /** Types text, or presses a key ("Enter", "Tab"), where the focus is. */
  abstract press(...keys: string[]): Promise<void>;

  /** Gives the file input the file at `path`, an absolute one. */
  abstract setFile(selector: string, path: string): Promise<void>;

  /** The size of the page's window, in CSS pixels. */
  abstract resize(width: number, height: number): Promise<void>;

  /** What the page looks like, as a PNG. */
  abstract screenshot(): Promise<Uint8Array>;

  /** Closes the page and what belongs to it, dead or alive. */
  abstract close(): Promise<void>;

  /** Waits until `expression` is true on the page, over reloads, too. */
  async waitFor(expression: string, seconds = 60): Promise<void> {
    const end = Date.now() + seconds * 1000;
    for (let seen = 'it is not true'; ; await pause(50)) {
      if (Date.now() > end) throw new Error(`waited ${seconds} s for ${expression}: ${seen}`);
      const answer = this.evaluate<[], boolean>(`Boolean(${expression})`).catch((error) => {
        seen = firstLine(error); // a page that is being replaced has no answer
        return false;
      });
      if (await Promise.race([answer, this.failed])) return;
    }
  }
}

/** A browser that runs, without a window. */
export interface RunningBrowser {
  /** Opens a page that shares nothing with other pages. */
  newSession(): Promise<Session>;
  /** Ends the browser and all that was started for it, whatever state it is in. */
  close(): Promise<void>;
}

/** Whether `work` ends, well or not, within `seconds`. */
export async function endsWithin(seconds: number, work: Promise<unknown>): Promise<boolean> {
  const late = pause(seconds * 1000, false, { ref: false });
  return Promise.race([work.then(() => true, () => true), late]);
}
