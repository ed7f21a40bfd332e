/// Launches on request: a line asks, a line answers, one browser for all of them.

import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { startBrowser } from './browser.ts';
import { firstLine } from './errors.ts';
import { Interrupted } from './interruption.ts';
import { type MeasureOptions, runOnce } from './measure.ts';
import { inOneLine } from './output.ts';
import type { RunningBrowser, Session } from './session.ts';

export interface Request {
  /** The seed of the order of the cases. */
  seed?: number;
  /** An ECMAScript regular expression, in place of --filter. */
  cases?: string;
}

/** A request's line. Throws an error of one line for what is none. */
export function parseRequest(line: string): Request {
  let request: unknown;
  try {
    request = JSON.parse(line);
  } catch {
    throw new Error('the request is not JSON');
  }
  if (typeof request !== 'object' || request === null || Array.isArray(request)) throw new Error('the request is no JSON object');
  for (const [name, value] of Object.entries(request)) {
    if (name === 'seed') {
      if (!Number.isInteger(value) || value < 0 || value >= 2 ** 32) throw new Error("the request's seed is no integer from 0 to 4294967295");
    } else if (name === 'cases') {
      if (typeof value !== 'string') throw new Error("the request's cases are no text");
    } else {
      throw new Error(`the request has an unknown field ${JSON.stringify(name)}: there are seed and cases`);
    }
  }
  return request;
}

/**
 * A launch loads the page anew: document, worker, module and memory are fresh, the tab's process stays. Starting a process takes longer
 * than a launch, and what a browser still has to do in a new one (compiling above all) disturbs the samples. So that no process's
 * luck in placing code and memory decides a comparison, each gets this many launches.
 */
const launchesOfATab = 16;

/** A browser that stays for the next launch, unless one fails: then whatever is wrong with it ends with it. */
class Launcher {
  readonly #options: MeasureOptions;
  #browser: Promise<RunningBrowser> | null = null;
  #tab: { session: Session; launches: number } | null = null;
  /** What the machine can do at all does not change: the first launch alone finds it out. */
  #calibrate: boolean;

  constructor(options: MeasureOptions) {
    this.#options = options;
    this.#calibrate = options.calibrate;
    this.#startBrowser().catch(() => {}); // the first launch says so
  }

  #startBrowser(): Promise<RunningBrowser> {
    const { browser, executable } = this.#options;
    return (this.#browser ??= startBrowser(browser, executable, { measuring: true }));
  }

  /** A tab that has launches left. */
  async #openTab(): Promise<Session> {
    if (this.#tab && this.#tab.launches >= launchesOfATab) {
      await this.#tab.session.close();
      this.#tab = null;
    }
    const browser = await this.#startBrowser();
    this.#tab ??= { session: await browser.newSession(), launches: 0 };
    ++this.#tab.launches;
    return this.#tab.session;
  }

  /** The baseline of a freshly loaded page. When it comes that page has done its work: nothing runs between launches. */
  async launch({ seed, cases }: Request): Promise<string> {
    const { order, filter } = this.#options;
    const options = { ...this.#options, calibrate: this.#calibrate, order: seed ?? order, filter: cases ?? filter };
    try {
      const baseline = await runOnce(await this.#openTab(), options);
      this.#calibrate = false;
      return baseline;
    } catch (error) {
      await this.close();
      throw error;
    }
  }

  async close(): Promise<void> {
    const browser = this.#browser;
    this.#browser = null;
    this.#tab = null;
    await browser?.then((one) => one.close(), () => {}); // one that did not start has nothing to close
  }
}

/** Answers each line of `input` by one line, the baseline or {"error": …}, until it ends. */
export async function answerRequests(input: Readable, answer: (line: string) => Promise<void>, options: MeasureOptions): Promise<void> {
  const lines = createInterface({ input, crlfDelay: Infinity });
  options.interrupted.catch(() => lines.close());
  const launcher = new Launcher(options);
  const answerTo = async (line: string): Promise<string> => {
    try {
      return inOneLine(await launcher.launch(parseRequest(line)));
    } catch (error) {
      if (error instanceof Interrupted) throw error;
      return JSON.stringify({ error: firstLine(error) });
    }
  };
  try {
    for await (const line of lines) await answer(`${await answerTo(line)}\n`);
    await Promise.race([options.interrupted, null]);
  } finally {
    lines.close();
    input.destroy(); // it would keep the program alive
    await launcher.close();
  }
}
