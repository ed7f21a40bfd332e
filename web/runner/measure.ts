import type { Machine, Tier, TrilaneBench } from '../bench/protocol.ts';
import { duration } from '../shared/format.ts';
import { type BrowserName, type LaunchOptions, startBrowser } from './browser.ts';
import { type RunOptions, openBenchPage, runBenchPage } from './run.ts';
import type { RunningBrowser, Session } from './session.ts';
import { findTiers } from './tiers.ts';

declare const trilaneBench: TrilaneBench; // on the page

export interface MeasureOptions extends Omit<RunOptions, 'machine'> {
  machine: Omit<Machine, 'engine_version'>;
  browser: BrowserName;
  executable: string | undefined;
  site: string;
  launches: number;
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
  work.catch(() => {}); // it also fails, less clearly, when the page is gone
  try {
    return await Promise.race([work, session.failed, timeout, options.interrupted]);
  } finally {
    clearTimeout(timer);
  }
}

/** Starts a browser for as long as `use` takes. */
async function withBrowser<T>(options: MeasureOptions, launch: LaunchOptions, use: (browser: RunningBrowser) => Promise<T>): Promise<T> {
  const browser = await startBrowser(options.browser, options.executable, launch);
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

/** Runs the suite on a fresh page; returns its baseline. */
export function runOnce(session: Session, options: MeasureOptions, label = ''): Promise<string> {
  return guarded(session, options, runBenchPage(session, options.site, runOptions(session, options, label)));
}

/** The seed of the order of launch `index`, from 0 on, of several. Seeds have 32 bits. */
export const seedOf = (order: number | null, index: number): number => ((order ?? 1) + index) % 2 ** 32;

/** Says which of several launches runs, and how long they still take if each takes as long as those before it. */
function labelOf(launch: number, launches: number, startedAt: number): string {
  if (launches === 1) return '';
  const seconds = ((performance.now() - startedAt) / 1000 / (launch - 1)) * (launches - launch + 1);
  return `launch ${launch} of ${launches}${launch === 1 ? '' : ` (${duration(seconds)} left)`}: `;
}

/** Runs the suite in fresh pages and returns the one baseline of all of them, which the last page's harness merges. */
async function runLaunches(browser: RunningBrowser, options: MeasureOptions): Promise<string> {
  const { launches } = options;
  const startedAt = performance.now();
  const texts: string[] = [];
  for (let launch = 1; ; ++launch) {
    const session = await browser.newSession();
    const order = launches === 1 ? options.order : seedOf(options.order, launch - 1);
    texts.push(await runOnce(session, { ...options, order }, labelOf(launch, launches, startedAt)));
    if (launches === 1) return texts[0]!;
    if (launch === launches) return guarded(session, options, session.evaluate((all: string[]) => trilaneBench.merge(all), texts));
    await session.close();
  }
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
      await openBenchPage(session, options.site, runOptions(session, options, label));
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
