/// Launches on request: a line asks, a line answers, one browser for all of them.

import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { startBrowser } from './browser.ts';
import { firstLine } from './errors.ts';
import { Interrupted } from './interruption.ts';
import { type MeasureOptions, prepare, runPrepared } from './measure.ts';
import { inOneLine } from './output.ts';
import type { RunningBrowser, Session } from './session.ts';

export interface Launch {
  /** The seed of the order of the cases. */
  seed?: number;
  /** An ECMAScript regular expression, in place of --filter. */
  cases?: string;
}

/** A launch, or to get all ready that it needs. */
export type Request = Launch | { prepare: Launch };

function checkLaunch(request: object): Launch {
  for (const [name, value] of Object.entries(request)) {
    if (name === 'seed') {
      if (!Number.isInteger(value) || value < 0 || value >= 2 ** 32) throw new Error("the request's seed is no integer from 0 to 4294967295");
    } else if (name === 'cases') {
      if (typeof value !== 'string') throw new Error("the request's cases are no text");
    } else {
      throw new Error(`the request has an unknown field ${JSON.stringify(name)}: there are seed and cases, or prepare alone`);
    }
  }
  return request;
}

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null && !Array.isArray(value);

/** A request's line. Throws an error of one line for what is none. */
export function parseRequest(line: string): Request {
  let request: unknown;
  try {
    request = JSON.parse(line);
  } catch {
    throw new Error('the request is not JSON');
  }
  if (!isObject(request)) throw new Error('the request is no JSON object');
  if (!('prepare' in request) || Object.keys(request).length > 1) return checkLaunch(request);
  if (!isObject(request.prepare)) throw new Error("the request's prepare is no JSON object");
  return { prepare: checkLaunch(request.prepare) };
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
  /** The launch that the tab's page is ready for. */
  #prepared: Launch | null = null;

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

  #optionsOf({ seed, cases }: Launch): MeasureOptions {
    const { order, filter } = this.#options;
    return { ...this.#options, calibrate: this.#calibrate, prepares: true, order: seed ?? order, filter: cases ?? filter };
  }

  /** Loads a fresh page for this launch. */
  async prepare(launch: Launch): Promise<void> {
    this.#prepared = null;
    try {
      await prepare(await this.#openTab(), this.#optionsOf(launch));
      this.#prepared = launch;
    } catch (error) {
      await this.close();
      throw error;
    }
  }

  /** The baseline of a freshly loaded page. When it comes that page has done its work: nothing runs between launches. */
  async launch(launch: Launch): Promise<string> {
    const isPrepared = this.#prepared?.seed === launch.seed && this.#prepared?.cases === launch.cases;
    if (!this.#prepared || !isPrepared) await this.prepare(launch);
    this.#prepared = null;
    try {
      const baseline = await runPrepared(this.#tab!.session, this.#optionsOf(launch));
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
    this.#prepared = null;
    await browser?.then((one) => one.close(), () => {}); // one that did not start has nothing to close
  }
}

/** Answers each line of `input` by one line, the baseline, {} or {"error": …}, until it ends. */
export async function answerRequests(input: Readable, answer: (line: string) => Promise<void>, options: MeasureOptions): Promise<void> {
  const lines = createInterface({ input, crlfDelay: Infinity });
  options.interrupted.catch(() => lines.close());
  const launcher = new Launcher(options);
  const answerTo = async (line: string): Promise<string> => {
    try {
      const request = parseRequest(line);
      if (!('prepare' in request)) return inOneLine(await launcher.launch(request));
      await launcher.prepare(request.prepare);
      return '{}';
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
