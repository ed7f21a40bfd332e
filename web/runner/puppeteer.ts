import { setTimeout as pause } from 'node:timers/promises';
import type { Browser, BrowserContext, ElementHandle, KeyInput, Page } from 'puppeteer-core';
import { firstLine } from './errors.ts';
import { killGroup } from './processes.ts';
import { type RunningBrowser, Session, endsWithin } from './session.ts';

const closeSeconds = 5;
const momentMs = 100;

/** A page of Chromium or Firefox. */
class PuppeteerSession extends Session {
  readonly failed: Promise<never>;
  readonly engineVersion = null;
  readonly processGroup: number | undefined;
  /** For what only a test of Chromium asks. */
  readonly page: Page;
  readonly #context: BrowserContext;
  #forget: () => void = () => {};

  constructor(page: Page, context: BrowserContext) {
    super();
    this.page = page;
    this.#context = context;
    this.processGroup = page.browser().process()?.pid; // puppeteer makes the browser the leader of a group
    this.failed = new Promise((_, reject) => {
      page.once('error', () => reject(new Error('the page crashed')));
      page.once('pageerror', (error) => reject(new Error(`the page threw an exception: ${firstLine(error)}`)));
      // It also closes, a moment before the browser is known to have ended.
      page.once('close', () => setTimeout(() => reject(new Error('the page was closed')), momentMs));
      const end = () => reject(new Error('the browser ended'));
      page.browser().once('disconnected', end);
      if (!page.browser().connected) end(); // while the page opened
      this.#forget = () => page.browser().off('disconnected', end);
    });
    this.failed.catch(() => {}); // the page closes at a good end, too
  }

  async open(url: string): Promise<void> {
    const response = await this.#call(this.page.goto(url, { timeout: 0 }));
    if (!response?.ok()) throw new Error(`the page is not there (${response?.status() ?? 'no answer'}): ${url}`);
  }

  evaluate<P extends unknown[], R>(script: string | ((...parameters: P) => R), ...parameters: P): Promise<Awaited<R>> {
    return this.#call(this.page.evaluate(script as (...parameters: unknown[]) => R, ...parameters)) as Promise<Awaited<R>>;
  }

  click(selector: string): Promise<void> {
    return this.#call(this.page.click(selector));
  }

  async drag(selector: string, points: [number, number][]): Promise<void> {
    const element = await this.#element(selector);
    await element.scrollIntoView();
    const box = await element.boundingBox();
    if (!box) throw new Error(`${selector} is not visible`);
    const { mouse } = this.page;
    for (const [index, [x, y]] of points.entries()) {
      await mouse.move(box.x + x * box.width, box.y + y * box.height);
      if (index === 0) await mouse.down();
    }
    await mouse.up();
  }

  async press(...keys: string[]): Promise<void> {
    for (const key of keys) await this.page.keyboard.press(key as KeyInput);
  }

  async setFile(selector: string, path: string): Promise<void> {
    await this.#call(((await this.#element(selector)) as ElementHandle<HTMLInputElement>).uploadFile(path));
  }

  resize(width: number, height: number): Promise<void> {
    return this.page.setViewport({ width, height });
  }

  screenshot(): Promise<Uint8Array> {
    return this.page.screenshot();
  }

  async close(): Promise<void> {
    await endsWithin(closeSeconds, this.#context.close());
    this.#forget(); // the browser may stay for many pages
  }

  async #element(selector: string): Promise<ElementHandle> {
    const found = await this.#call(this.page.$(selector));
    if (!found) throw new Error(`the page lacks ${selector}`);
    return found;
  }

  /** A call that was under way when the page or the connection broke knows less of it than what follows in a moment. */
  async #call<T>(call: Promise<T>): Promise<T> {
    try {
      return await call;
    } catch (error) {
      await Promise.race([this.failed, pause(2 * momentMs)]);
      throw error;
    }
  }
}

export class PuppeteerBrowser implements RunningBrowser {
  readonly #browser: Browser;

  constructor(browser: Browser) {
    this.#browser = browser;
  }

  async newSession(): Promise<PuppeteerSession> {
    try {
      const context = await this.#browser.createBrowserContext();
      return new PuppeteerSession(await context.newPage(), context);
    } catch (error) {
      // The end of a browser is known a moment later than that one of its processes is gone.
      for (let waits = 0; this.#browser.connected && waits < 10; ++waits) await pause(momentMs);
      throw this.#browser.connected ? error : new Error('the browser ended');
    }
  }

  async close(): Promise<void> {
    const group = this.#browser.process()?.pid;
    await endsWithin(closeSeconds, this.#browser.close());
    // Puppeteer makes the browser the leader of a group; what a crash or a wrapper left of it ends here.
    if (group !== undefined) killGroup(group);
  }
}
