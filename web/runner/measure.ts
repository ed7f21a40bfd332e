import type { Baseline } from '../bench/baseline.ts';
import type { Machine, Tier, TrilaneBench } from '../bench/protocol.ts';
import { duration } from '../shared/format.ts';
import { type BrowserName, type LaunchOptions, startBrowser } from './browser.ts';
import type { Journal } from './journal.ts';
import { inOneLine } from './output.ts';
import { type RunOptions, openBenchPage, prepareBenchPage, runBenchPage } from './run.ts';
import type { RunningBrowser, Session } from './session.ts';
import { findTiers } from './tiers.ts';

declare const trilaneBench: TrilaneBench; // on the page

export interface MeasureOptions extends Omit<RunOptions, 'machine'> {
  machine: Omit<Machine, 'engine_version'>;
  browser: BrowserName;
  executable: string | undefined;
  site: string;
  launches: number;
  /** Where launches are kept as they end; those that it holds are not measured again. */
  journal: Journal | null;
  /** The seed of a launch's order; launch i of several, from 0 on, takes seed + i. Null: a single one as listed, several from 1 on. */
  order: number | null;
  checkTier: boolean;
  /** Of each launch. */
  timeoutSeconds: number;
  /** Never resolves; rejects when the run shall end. */
  interrupted: Promise<never>;
}

/** V8 then compiles with its optimising compiler alone, before anything runs. */
const forcedOptimizing: LaunchOptions = { args: ['--js-flags=--no-liftoff'] };

/** `work` on a page, unless the page dies, the time is over or the run shall end before. */
async function guarded<T>(session: Session, options: MeasureOptions, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<never>((_, reject) => {
    const late = () => reject(new Error(`no result after ${options.timeoutSeconds} s (--timeout)`));
    timer = setTimeout(late, options.timeoutSeconds * 1000);
  });
  let result: T;
  // What waits for `interrupted` is kept to the end of the program: no result goes through the race.
  const kept = work.then((value) => void (result = value));
  kept.catch(() => {}); // it also fails, less clearly, when the page is gone
  try {
    await Promise.race([kept, session.failed, timeout, options.interrupted]);
    return result!;
  } finally {
    clearTimeout(timer);
  }
}

/** Starts a browser for as long as `use` takes. */
async function withBrowser<T>(options: MeasureOptions, launch: LaunchOptions, use: (browser: RunningBrowser) => Promise<T>): Promise<T> {
  const browser = await startBrowser(options.browser, options.executable, { ...launch, measuring: true });
  try {
    return await use(browser);
  } finally {
    await browser.close();
  }
}

function runOptions(session: Session, options: MeasureOptions, label: string): RunOptions {
  const machine = { ...options.machine, engine_version: session.engineVersion };
  return { ...options, machine, onProgress: (status) => options.onProgress(label + status) };
}

/** Opens the page for what it offers besides running a suite: any will do, for a pattern may be of a file's tensors alone. */
function openHarness(session: Session, options: MeasureOptions, label: string): Promise<void> {
  return openBenchPage(session, options.site, { ...runOptions(session, options, label), filter: '' });
}

/** Opens a fresh page with the suite, for runPrepared(). */
export function prepare(session: Session, options: MeasureOptions): Promise<void> {
  return guarded(session, options, prepareBenchPage(session, options.site, runOptions(session, options, '')));
}

/** Runs the suite on the page that prepare() opened with these options; returns its baseline. */
export function runPrepared(session: Session, options: MeasureOptions): Promise<string> {
  return guarded(session, options, runBenchPage(session, runOptions(session, options, '')));
}

/** Runs the suite on a fresh page; returns its baseline. */
function runOnce(session: Session, options: MeasureOptions, label = ''): Promise<string> {
  const run = runOptions(session, options, label);
  return guarded(session, options, prepareBenchPage(session, options.site, run).then(() => runBenchPage(session, run)));
}

/** The seed of the order of launch `index`, from 0 on, of several. Seeds have 32 bits. */
export const seedOf = (order: number | null, index: number): number => ((order ?? 1) + index) % 2 ** 32;

/** Says which of several launches runs, and how long they still take if each takes as long as the `ended` ones before it. */
function labelOf(index: number, launches: number, ended: number, startedAt: number): string {
  if (launches === 1) return '';
  const seconds = ((performance.now() - startedAt) / 1000 / ended) * (launches - index);
  return `launch ${index + 1} of ${launches}${ended === 0 ? '' : ` (${duration(seconds)} left)`}: `;
}

/** A browser may have been updated since a journal was begun. */
function requireSamePlace(journal: Journal, text: string): void {
  const placeOf = (baseline: string) => {
    const { environment } = JSON.parse(baseline) as Partial<Baseline>;
    return JSON.stringify({ ...environment, timer: null }); // the clock's tick is measured
  };
  const [first] = journal.entries;
  if (first !== undefined && placeOf(first) !== placeOf(text)) {
    throw new Error(`'${journal.path}' was begun in another environment (machine or browser): begin another journal`);
  }
}

/** Runs the suite in fresh pages, those that the journal lacks, and returns the one baseline of all, which the last page's harness merges. */
async function runLaunches(browser: RunningBrowser, options: MeasureOptions): Promise<string> {
  const { launches, journal } = options;
  const startedAt = performance.now();
  const texts = journal ? [...journal.entries] : [];
  const held = texts.length;
  let session = await browser.newSession();
  for (let index = held; index < launches; ++index) {
    if (index > held) {
      await session.close();
      session = await browser.newSession();
    }
    const order = launches === 1 && !journal ? options.order : seedOf(options.order, index);
    const text = await runOnce(session, { ...options, order }, labelOf(index, launches, index - held, startedAt));
    if (journal) {
      requireSamePlace(journal, text);
      journal.append(inOneLine(text));
    }
    texts.push(text);
  }
  if (launches === 1 && !journal) return texts[0]!;
  const merge = async () => {
    if (held === launches) await openHarness(session, options, '');
    return session.evaluate((all: string[]) => trilaneBench.merge(all), texts);
  };
  return guarded(session, options, merge());
}

/** The baseline with the tiers that ran its cases. */
async function withTiers(baseline: string, options: MeasureOptions): Promise<string> {
  const label = 'checking the tier: ';
  const tiers = await findTiers(baseline, options.filter, (filter, optimized) =>
    withBrowser(options, optimized ? forcedOptimizing : {}, async (browser) =>
      runOnce(await browser.newSession(), { ...options, filter, order: null, calibrate: false }, label),
    ),
  );
  return withBrowser(options, {}, async (browser) => {
    const session = await browser.newSession();
    const set = async () => {
      await openHarness(session, options, label);
      return session.evaluate((text: string, found: Record<string, Tier>) => trilaneBench.setTiers(text, found), baseline, tiers);
    };
    return guarded(session, options, set());
  });
}

/** Measures as the options say and returns the baseline's text. Only one browser runs at a time. */
export async function measure(options: MeasureOptions): Promise<string> {
  const baseline = await withBrowser(options, {}, (browser) => runLaunches(browser, options));
  return options.checkTier ? withTiers(baseline, options) : baseline;
}
