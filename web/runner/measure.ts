import type { Baseline } from '../bench/baseline.ts';
import type { Machine, Tier, TrilaneBench } from '../bench/protocol.ts';
import { duration } from '../shared/format.ts';
import { type BrowserName, type LaunchOptions, startBrowser } from './browser.ts';
import { type RunOptions, runBenchPage } from './run.ts';
import type { RunningBrowser, Session } from './session.ts';

declare const trilaneBench: TrilaneBench; // on the page

export interface MeasureOptions extends Omit<RunOptions, 'order' | 'machine'> {
  machine: Omit<Machine, 'engine_version'>;
  browser: BrowserName;
  executable: string | undefined;
  site: string;
  launches: number;
  checkTier: boolean;
  /** Of each launch. */
  timeoutSeconds: number;
  /** Never resolves; rejects when the run shall end. */
  interrupted: Promise<never>;
}

/** V8 then compiles with its optimising compiler alone, before anything runs. */
const forcedOptimizing: LaunchOptions = { args: ['--js-flags=--no-liftoff'] };

/** A median above this many times that of forced optimised code means that the baseline compiler's code was measured: it is about 3 times slower. */
const tierThreshold = 1.25;

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

async function runOnce(session: Session, options: MeasureOptions, order: number | null, label: string): Promise<string> {
  const onProgress = (status: string) => options.onProgress(label + status);
  const machine = { ...options.machine, engine_version: session.engineVersion };
  return guarded(session, options, runBenchPage(session, options.site, { ...options, machine, order, onProgress }));
}

const key = ({ case: name, arch }: { case: string; arch: string }) => `${name} ${arch}`;

/** The medians of a baseline, in nanoseconds, by "case arch". */
function medians(text: string): Map<string, number> {
  const { benchmarks } = JSON.parse(text) as Baseline;
  return new Map(benchmarks.map((benchmark) => [key(benchmark), benchmark.estimates.median.point_estimate]));
}

/** Which tier of the JIT ran each case, told from the times of code that is certainly optimised. */
export function tiersOf(baseline: string, optimized: string): Record<string, Tier> {
  const forced = medians(optimized);
  const tiers = [...medians(baseline)].flatMap(([name, median]) => {
    const reference = forced.get(name);
    if (reference === undefined) return [];
    return [[name, median <= tierThreshold * reference ? 'optimizing' : 'baseline'] as const];
  });
  return Object.fromEntries(tiers);
}

/** Says which of several launches runs, and how long they still take if each takes as long as those before it. */
function labelOf(launch: number, launches: number, startedAt: number): string {
  if (launches === 1) return '';
  const seconds = ((performance.now() - startedAt) / 1000 / (launch - 1)) * (launches - launch + 1);
  return `launch ${launch} of ${launches}${launch === 1 ? '' : ` (${duration(seconds)} left)`}: `;
}

/** Runs the suite in fresh pages and returns the one baseline of all of them. */
export async function measure(options: MeasureOptions): Promise<string> {
  const { launches } = options;
  return withBrowser(options, {}, async (browser) => {
    const startedAt = performance.now();
    const texts: string[] = [];
    for (let launch = 1; ; ++launch) {
      const session = await browser.newSession();
      texts.push(await runOnce(session, options, launches === 1 ? null : launch, labelOf(launch, launches, startedAt)));
      if (launch === launches) return finish(session, options, texts);
      await session.close();
    }
  });
}

/** On the last launch's page: its harness merges, and writes down the tiers. */
async function finish(session: Session, options: MeasureOptions, texts: string[]): Promise<string> {
  let baseline = texts[0]!;
  if (texts.length > 1) {
    const merge = session.evaluate((launches: string[]) => trilaneBench.merge(launches), texts);
    baseline = await guarded(session, options, merge);
  }
  if (!options.checkTier) return baseline;
  const optimized = await withBrowser(options, forcedOptimizing, async (browser) =>
    runOnce(await browser.newSession(), { ...options, quick: true }, null, 'checking the tier: '),
  );
  const set = session.evaluate(
    (text: string, tiers: Record<string, Tier>) => trilaneBench.setTiers(text, tiers),
    baseline,
    tiersOf(baseline, optimized),
  );
  return guarded(session, options, set);
}
