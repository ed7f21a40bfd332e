/// Has the page measure: first to find onnxruntime-web's best settings, then, in fresh pages, all contestants.

import { setTimeout as pause } from 'node:timers/promises';
import type { Environment } from '../bench/protocol.ts';
import type { BrowserName } from '../runner/browser.ts';
import { machine } from '../runner/machine.ts';
import { progress } from '../runner/progress.ts';
import type { RunningBrowser } from '../runner/session.ts';
import { duration } from '../shared/format.ts';
import { candidate } from './onnx.ts';
import type { Answer, Candidate, Case, Format, Samples, Shape, Task } from './protocol.ts';
import { type Report, type Trial, caseReport } from './report.ts';
import { settings } from './settings.ts';
import { median } from './statistics.ts';

export interface MeasureOptions {
  browser: BrowserName;
  executable: string | undefined;
  quick: boolean;
  shapes: Shape[];
  format: Format;
  launches: number;
  /** Of each page. */
  timeoutSeconds: number;
  /** Never resolves; rejects when the run shall end. */
  interrupted: Promise<never>;
}

const vectorCounts = [1, 32];
const overheadShape: Shape = { rows: 32, columns: 32 };

type OnProgress = (done: number, status: string) => void;

/** Shows what is done of some work, and the time that the rest will take at this pace. */
function estimating(): OnProgress {
  const start = performance.now();
  return (done, status) => {
    const secondsLeft = ((performance.now() - start) / 1000) * (1 / done - 1);
    progress.show(done > 0.02 ? `${status}, ${duration(secondsLeft)} left` : status);
  };
}

/** Carries out a task in a fresh page. */
async function inFreshPage(
  browser: RunningBrowser,
  url: string,
  task: Task,
  { timeoutSeconds, interrupted }: MeasureOptions,
  onProgress: OnProgress,
): Promise<{ answer: Answer; environment: Environment }> {
  const session = await browser.newSession();
  const unlessOver = <T>(work: Promise<T>) => Promise.race([work, session.failed, interrupted]);
  try {
    const end = Date.now() + timeoutSeconds * 1000;
    await unlessOver(session.open(url));
    await unlessOver(session.waitFor('globalThis.peers'));
    await unlessOver(session.evaluate((given: Task) => peers.start(given), task));
    for (;;) {
      const { answer, error, status, done } = await unlessOver(session.evaluate(() => peers.state));
      if (error !== null) throw new Error(error);
      if (answer !== null) {
        const where = { ...machine(), engine_version: session.engineVersion };
        return { answer, environment: await unlessOver(session.evaluate((seen: typeof where) => peers.environment(seen), where)) };
      }
      if (Date.now() > end) throw new Error(`no result after ${timeoutSeconds} s (--timeout)`);
      onProgress(done, status);
      await unlessOver(pause(500));
    }
  } finally {
    await session.close();
  }
}

/** A case for each kind of product of onnxruntime-web, its settings the contestants. */
function trialsOf(shape: Shape, vectors: number, quick: boolean): Case[] {
  return Object.values(settings(shape, quick)).map((kind) => ({
    ...shape,
    vectors,
    candidates: kind.map((setting) => candidate(setting, shape, vectors)),
  }));
}

function fastest(trial: Case, trialled: Samples[]): { best: Candidate; tried: Trial } {
  const times = trialled.map(({ setting, nanoseconds }) => ({ setting, nanoseconds: median(nanoseconds) }));
  const least = Math.min(...times.map(({ nanoseconds }) => nanoseconds));
  const { rows, columns, vectors } = trial;
  return {
    best: trial.candidates[times.findIndex(({ nanoseconds }) => nanoseconds === least)]!,
    tried: { rows, columns, vectors, contestant: trialled[0]!.contestant, settings: times },
  };
}

/** `url`: where the built page is served. */
export async function measure(browser: RunningBrowser, url: string, options: MeasureOptions): Promise<Report> {
  const { quick, format, launches } = options;
  const wanted = options.shapes.flatMap((shape) => vectorCounts.map((vectors) => ({ shape, vectors })));
  wanted.push({ shape: overheadShape, vectors: 1 });

  const trials = wanted.map(({ shape, vectors }) => trialsOf(shape, vectors, quick));
  const showTrials = estimating();
  const trialTask: Task = { cases: trials.flat(), format: null, rounds: quick ? 2 : 3 };
  const trialled = await inFreshPage(browser, url, trialTask, options, (done, status) =>
    showTrials(done, `onnxruntime-web's settings: ${status}`),
  );
  const found = trials.flat().map((trial, index) => fastest(trial, trialled.answer.cases[index]!));
  const cases = trials.map((kinds, index): Case => {
    const first = index * kinds.length; // as many kinds for each
    return { ...kinds[0]!, candidates: found.slice(first, first + kinds.length).map(({ best }) => best) };
  });

  const rounds = quick ? 3 : 10;
  const showLaunches = estimating();
  const answers: Answer[] = [];
  for (let launch = 0; launch < launches; ++launch) {
    const { answer } = await inFreshPage(browser, url, { cases, format, rounds }, options, (done, status) =>
      showLaunches((launch + done) / launches, `page ${launch + 1} of ${launches}: ${status}`),
    );
    answers.push(answer);
  }
  const reports = cases.map((one, index) => caseReport(one, answers.map((answer) => answer.cases[index]!)));
  const { tickNanoseconds, versions, whyNotRelaxed } = answers[0]!;
  return {
    date: new Date().toISOString(),
    quick,
    environment: trialled.environment,
    versions,
    whyNotRelaxed,
    tickNanoseconds,
    launches,
    rounds,
    cases: reports.slice(0, -1),
    overhead: reports.at(-1)!,
    tried: found.map(({ tried }) => tried),
  };
}

