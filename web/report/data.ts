/// What the command line put into the page: native/report_page.hpp. Every text in it may be anything.

import type { Baseline, Benchmark, Comparison } from '../bench/baseline.ts';
import type { Source } from '../bench/charts/data.ts';

export interface Launch {
  iterations: number[];
  times_ns: number[];
}

export interface MeasuredBenchmark extends Benchmark {
  /** By call, where the machine lends its counters. */
  counters?: { instructions: number; cycles: number };
  launches: Launch[];
}

/** What `trilane aa` found on this target. */
export interface Noise {
  verdicts: number;
  alarms: number;
  alarm_rate: { lower_bound: number; upper_bound: number };
  detectable_effect: number;
}

export interface MeasuredBaseline extends Baseline {
  environment: Baseline['environment'] & {
    cpu: { model: string | null; features: string[]; logical_cores: number; caches: { level: number; type: string; size: number }[] };
  };
  suite: { name: string; seed: number; launches: number };
  noise?: Noise;
  benchmarks: MeasuredBenchmark[];
}

export interface Compared {
  /** Indices of the baselines. */
  a: number;
  b: number;
  comparison?: Comparison;
  /** Why there is none. */
  error?: string;
}

export interface Report {
  title: string;
  made_by: string;
  baselines: { name: string; baseline: MeasuredBaseline }[];
  comparisons: Compared[];
}

export interface File extends Source {
  benchmarks: MeasuredBenchmark[];
  baseline: MeasuredBaseline;
}

export const readReport = (element: Element): Report | null => JSON.parse(element.textContent ?? 'null') as Report | null;

const longestName = 40;

export const filesOf = ({ baselines }: Report): File[] =>
  baselines.map(({ name, baseline }) => ({ name: shortened(name, longestName), baseline, ...baseline }));

/** With an ellipsis in its middle, if it is longer. */
export function shortened(text: string, longest: number): string {
  const half = Math.floor((longest - 1) / 2);
  return text.length <= longest ? text : `${text.slice(0, half)}…${text.slice(-half)}`;
}
