/// Where a page runs, and what of it spoils a measurement.

import { time } from '../shared/format.ts';
import type { Baseline, Benchmark } from './baseline.ts';
import type { Environment, Suite } from './protocol.ts';

export interface Fact {
  name: string;
  value: string;
  /** What it means for the times. */
  sentence: string;
}

/** A sample lasts at least so many ticks of the clock: bench/sampler.cpp. */
const ticksASample = 1000;
/** From here on samples are so long that there are few of them. */
const coarseTickNs = 50_000;

type Tier = Benchmark['compiled'];

/** "optimizing", or how many cases ran in which tier. */
export function tierOf(benchmarks: Pick<Benchmark, 'compiled'>[]): string {
  const tiers = new Map<Tier, number>();
  for (const { compiled } of benchmarks) tiers.set(compiled, (tiers.get(compiled) ?? 0) + 1);
  if (tiers.size <= 1) return [...tiers.keys()][0] ?? 'unknown';
  return [...tiers].map(([tier, count]) => `${tier} ${count}`).join(', ');
}

export function facts({ engine, cross_origin_isolated, cpu }: Environment, suite: Suite): Fact[] {
  const tick = suite.timer_resolution_ns;
  return [
    { name: 'Engine', value: `${engine.name} ${engine.version}`, sentence: engine.user_agent },
    {
      name: 'Cross-origin isolated',
      value: cross_origin_isolated ? 'yes' : 'no',
      sentence: cross_origin_isolated ? 'The browser gives the page its finest clock.' : isolationSentence(tick),
    },
    {
      name: 'Clock tick, measured',
      value: time(tick),
      sentence: `A sample lasts ${ticksASample} ticks or more, so that a tick is at most 0.1 % of it.`,
    },
    {
      name: 'JIT tier',
      value: 'unknown to a page',
      sentence:
        'A page cannot ask which compiler’s code runs. Each case is warmed up until its times are flat; the headless runner ' +
        'also checks that.',
    },
    {
      name: 'Relaxed SIMD',
      value: suite.why_not_relaxed ? `no: ${suite.why_not_relaxed}` : 'yes',
      sentence: suite.why_not_relaxed ? 'The arch relaxed is not among the archs.' : 'Its dot product was checked to be exact.',
    },
    {
      name: 'CPU',
      value: cpu.model ?? 'unknown to a page',
      sentence: `${cpu.logical_cores} logical cores; everything is measured on one.`,
    },
  ];
}

const isolationSentence = (tickNs: number): string =>
  `Not cross-origin isolated, so the clock ticks only every ${time(tickNs)}: samples are long and few, intervals wide.`;

/** What of the clock spoils times, a sentence each. */
export function clockSpoilers(isolated: boolean | null, tickNs: number): string[] {
  if (isolated === false) return [isolationSentence(tickNs)];
  return tickNs < coarseTickNs ? [] : [`The clock ticks only every ${time(tickNs)}: samples are long and few, intervals wide.`];
}

/** What spoils a baseline's times, a sentence each. */
export function spoilers({ environment, benchmarks }: Pick<Baseline, 'environment' | 'benchmarks'>): string[] {
  const found = clockSpoilers(environment.cross_origin_isolated, environment.timer.resolution_ns);
  const inBaseline = benchmarks.filter(({ compiled }) => compiled === 'baseline');
  if (inBaseline.length > 0) {
    const [first] = inBaseline;
    found.push(
      `${inBaseline.length} of ${benchmarks.length} cases ran in the JIT's baseline tier, ${first!.case} on ${first!.arch} ` +
        'among them: code that was never optimised, slower than it gets.',
    );
  } else if (benchmarks.some(({ compiled }) => compiled === 'unknown')) {
    found.push('Which tier of the JIT ran is not known: the code was warmed up, but nothing proves that it was optimised.');
  }
  return found;
}

/** Of the cases that were being measured while the page was out of sight; empty if there are none. */
export function hiddenSentence(cases: number): string {
  if (cases === 0) return '';
  return (
    `The page was hidden while ${cases === 1 ? 'a case was' : `${cases} cases were`} measured (marked in the table): a browser ` +
    'may slow hidden pages down. Run again with the page in sight.'
  );
}
