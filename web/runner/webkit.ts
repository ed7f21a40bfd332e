import { mkdtempSync, readFileSync, readdirSync, readlinkSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { Builder, By, Capabilities, error, Key, type WebDriver, type WebElement } from 'selenium-webdriver';
import { type Display, startDisplay } from './display.ts';
import { firstLine } from './errors.ts';
import { type Group, startGroup } from './processes.ts';
import { type RunningBrowser, Session, endsWithin } from './session.ts';

export interface WebKitPrograms {
  browser: string;
  driver: string;
  /** Null where there is a display. */
  displayServer: string | null;
}

const startSeconds = 30;
const closeSeconds = 5;
const scriptSeconds = 24 * 3600; // whoever waits for a page has a limit of their own

/** The port on which a process listens; undefined while there is none. Linux only. */
function portOf(pid: number): number | undefined {
  const descriptors = readdirSync(`/proc/${pid}/fd`).map((name) => readlinkSync(`/proc/${pid}/fd/${name}`));
  const sockets = new Set(descriptors.map((target) => /^socket:\[(\d+)\]$/.exec(target)?.[1]));
  // Below the titles: number, local address:port, the other end, state (0A: listening), and the socket as the tenth field.
  const lines = readFileSync(`/proc/${pid}/net/tcp`, 'utf8').split('\n').slice(1);
  const listening = lines.map((line) => line.trim().split(/\s+/)).find((fields) => fields[3] === '0A' && sockets.has(fields[9]));
  return listening && parseInt(listening[1]!.split(':')[1]!, 16);
}

/** Waits for the port that the driver has chosen: one that was free a moment before may be another program's by now. */
async function untilListening({ child }: Group): Promise<number> {
  for (const end = Date.now() + startSeconds * 1000; Date.now() < end; await pause(20)) {
    if (child.exitCode !== null) throw new Error('WebKitWebDriver ended at once');
    try {
      const port = portOf(child.pid!);
      if (port !== undefined) return port;
    } catch {
      // It is ending, or closed a file just then.
    }
  }
  throw new Error(`WebKitWebDriver did not answer within ${startSeconds} s`);
}

/** What runs on the page for evaluate(): an exception has to cross as a value. */
const evaluation = (script: string, isFunction: boolean) => `
  const parameters = [...arguments];
  const done = parameters.pop();
  (async () => ${isFunction ? `(${script})(...parameters)` : `(${script}\n)`})().then(
    (value) => done({ value }),
    (error) => done({ thrown: error instanceof Error ? error.message : String(error) }),
  );`;

/** Keeps what goes uncaught from here on. WebDriver has no event for it, and does not run before the page does. */
function watch(): string | null {
  const holder = globalThis as { trilaneUncaught?: string | null };
  if (holder.trilaneUncaught === undefined) {
    holder.trilaneUncaught = null;
    const keep = (error: unknown) => (holder.trilaneUncaught ??= error instanceof Error ? error.message : String(error));
    addEventListener('error', ({ error, message }) => keep(error ?? message));
    addEventListener('unhandledrejection', ({ reason }) => keep(reason));
  }
  return holder.trilaneUncaught;
}

/** A page of WebKitGTK, in a browser and a driver of its own: a driver knows one page. */
class WebKitSession extends Session {
  readonly failed: Promise<never>;
  readonly engineVersion: string;
  readonly processGroup: number | undefined;
  readonly #driver: WebDriver;
  readonly #group: Group;
  readonly #onClose: (session: WebKitSession) => void;
  #fail: (error: Error) => void = () => {};

  constructor(driver: WebDriver, group: Group, engineVersion: string, onClose: (session: WebKitSession) => void) {
    super();
    this.#driver = driver;
    this.#group = group;
    this.processGroup = group.child.pid;
    this.#onClose = onClose;
    this.engineVersion = engineVersion;
    this.failed = new Promise((_, reject) => (this.#fail = reject));
    this.failed.catch(() => {});
    group.child.once('exit', () => this.#fail(new Error('the browser ended')));
  }

  async open(url: string): Promise<void> {
    // WebDriver does not tell, and a page of WebKit does not know.
    const status = await fetch(url).then((response) => response.status, () => 'no answer');
    if (status !== 200) throw new Error(`the page is not there (${status}): ${url}`);
    await this.#call(this.#driver.get(url));
  }

  async evaluate<P extends unknown[], R>(script: string | ((...parameters: P) => R), ...parameters: P): Promise<Awaited<R>> {
    const isFunction = typeof script === 'function';
    const uncaught = await this.#run<string | null>(evaluation(String(watch), true));
    if (uncaught !== null) this.#fail(new Error(`the page threw an exception: ${firstLine(uncaught)}`));
    return this.#run<Awaited<R>>(evaluation(String(script), isFunction), ...parameters);
  }

  async click(selector: string): Promise<void> {
    await this.#call((await this.#element(selector)).click());
  }

  async drag(selector: string, points: [number, number][]): Promise<void> {
    const box = await this.evaluate((wanted) => {
      const element = document.querySelector(wanted)!;
      element.scrollIntoView({ block: 'center' });
      const { x, y, width, height } = element.getBoundingClientRect();
      return { x, y, width, height };
    }, selector);
    const actions = this.#driver.actions();
    for (const [index, [x, y]] of points.entries()) {
      actions.move({ x: Math.round(box.x + x * box.width), y: Math.round(box.y + y * box.height), duration: 0 });
      if (index === 0) actions.press();
    }
    await this.#call(actions.release().perform());
  }

  async press(...keys: string[]): Promise<void> {
    for (const key of keys) {
      const named = (Key as unknown as Record<string, string>)[key.replace(/(?<=[a-z])(?=[A-Z])/g, '_').toUpperCase()];
      await this.#call(this.#driver.actions().sendKeys(key.length > 1 && named ? named : key).perform());
    }
  }

  async setFile(selector: string, path: string): Promise<void> {
    await this.#call((await this.#element(selector)).sendKeys(path));
  }

  async resize(width: number, height: number): Promise<void> {
    await this.#call(this.#driver.manage().window().setRect({ x: 0, y: 0, width, height }));
  }

  async screenshot(): Promise<Uint8Array> {
    return Buffer.from(await this.#call(this.#driver.takeScreenshot()), 'base64');
  }

  async close(): Promise<void> {
    this.#onClose(this);
    await endsWithin(closeSeconds, this.#driver.quit());
    this.#group.end();
  }

  async #element(selector: string): Promise<WebElement> {
    const [found] = await this.#call(this.#driver.findElements(By.css(selector)));
    if (!found) throw new Error(`the page lacks ${selector}`);
    return found;
  }

  async #run<T>(script: string, ...parameters: unknown[]): Promise<T> {
    type Result = { value: T; thrown?: string };
    const { value, thrown } = await this.#call(this.#driver.executeAsyncScript<Result>(script, ...parameters));
    if (thrown !== undefined) throw new Error(thrown);
    return value;
  }

  #explain(problem: unknown): unknown {
    // The driver ends its session when either dies, and does not say which.
    if (problem instanceof error.NoSuchSessionError) return new Error('the page crashed, or the browser ended');
    // As it dies it also answers with an error that says nothing.
    if (/ECONN(REFUSED|RESET)|socket hang up/.test(String(problem)) || firstLine(problem) === '') return new Error('the browser ended');
    return problem;
  }

  async #call<T>(call: Promise<T>): Promise<T> {
    try {
      return await call;
    } catch (problem) {
      throw this.#explain(problem);
    }
  }
}

export class WebKit implements RunningBrowser {
  readonly #programs: WebKitPrograms;
  readonly #display: Display | null;
  readonly #environment: NodeJS.ProcessEnv;
  readonly #folder: string;
  readonly #sessions = new Set<WebKitSession>();

  private constructor(programs: WebKitPrograms, display: Display | null, environment: Record<string, string>) {
    this.#programs = programs;
    this.#display = display;
    this.#folder = mkdtempSync(join(tmpdir(), 'trilane-webkit-'));
    const isRoot = process.getuid?.() === 0;
    this.#environment = {
      ...process.env,
      ...display?.environment,
      XDG_CACHE_HOME: this.#folder,
      XDG_CONFIG_HOME: this.#folder,
      XDG_DATA_HOME: this.#folder,
      ...(isRoot ? { WEBKIT_DISABLE_SANDBOX_THIS_IS_DANGEROUS: '1' } : {}), // its sandbox does not work for root
      ...environment,
    };
  }

  static async start(programs: WebKitPrograms, environment: Record<string, string> = {}): Promise<WebKit> {
    const display = programs.displayServer === null ? null : await startDisplay(programs.displayServer);
    return new WebKit(programs, display, environment);
  }

  async newSession(): Promise<WebKitSession> {
    const group = await startGroup(this.#programs.driver, ['--port=0'], { env: this.#environment, stdio: 'ignore' });
    try {
      const port = await untilListening(group);
      const building = new Builder()
        .disableEnvironmentOverrides()
        .usingServer(`http://127.0.0.1:${port}`)
        .withCapabilities(
          new Capabilities({
            browserName: 'MiniBrowser',
            timeouts: { script: scriptSeconds * 1000, pageLoad: scriptSeconds * 1000, implicit: 0 },
            'webkitgtk:browserOptions': { binary: this.#programs.browser, args: ['--automation'] },
          }),
        )
        .build();
      // A program that is no WebKit leaves the driver waiting.
      if (!(await endsWithin(startSeconds, building))) throw new Error(`it did not answer within ${startSeconds} s`);
      const driver = await building;
      const version = (await driver.getCapabilities()).getBrowserVersion()!;
      const session = new WebKitSession(driver, group, version, (closed) => this.#sessions.delete(closed));
      this.#sessions.add(session);
      return session;
    } catch (problem) {
      group.end();
      throw new Error(`webkit did not start: ${firstLine(problem)}`);
    }
  }

  async close(): Promise<void> {
    await Promise.all([...this.#sessions].map((session) => session.close()));
    this.#display?.end();
    // A process that just ended may have written there meanwhile.
    await rm(this.#folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 50 });
  }
}
