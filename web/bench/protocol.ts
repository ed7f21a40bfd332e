/** What the page asks of the worker, and the answers. The C++ harness makes them; field names are the baseline's. */

import type { Benchmark, Calibration } from './baseline.ts';

export interface SuiteOptions {
  quick: boolean;
  /** A regular expression that is looked for in "quantize/i2_s/65536"; empty: everything. */
  filter: string;
  /** Empty: every arch that this engine runs. */
  archs: string[];
}

/** One row of the table: a kernel on one arch. */
export interface Case {
  case: string;
  arch: string;
  op: string;
  format: string;
  /** What the case works on: "65536", "2560x2560x8", "bitnet-2b4t", or a tensor's name as it stands in the case's. */
  input: string;
}

export interface Suite {
  archs: string[];
  cases: Case[];
  /** The clock's tick, measured. */
  timer_resolution_ns: number;
  /** Why the arch `relaxed` is not among the archs; null if it is. */
  why_not_relaxed: string | null;
}

export interface Step {
  benchmark: Benchmark;
  /** Until every case of the suite has run. */
  seconds_left: number | null;
}

/** What a page cannot find out by itself; the headless runner supplies it. */
export interface Machine {
  os: string | null;
  /** The engine's version; null where the page knows it better. */
  engine_version: string | null;
  cpu: {
    model: string | null;
    logical_cores: number;
    caches: { level: number; type: string; size: number }[];
  };
}

export interface Engine {
  name: string;
  version: string;
  user_agent: string;
}

export interface Environment extends Omit<Machine, 'engine_version'> {
  engine: Engine;
  cross_origin_isolated: boolean;
}

/** A baseline's file; the name is for messages. */
export interface BaselineFile {
  name: string;
  text: string;
}

/** The tier of the JIT that ran a case. */
export type Tier = 'optimizing' | 'baseline';

export interface Methods {
  open(options: SuiteOptions, weights: File | null): Suite;
  /** Measures what this machine can do at all. */
  calibrate(): Calibration;
  /** Does what comes before the first sample of run(index), if that is the next that runs. */
  prepare(index: number): void;
  run(index: number): Step;
  /** The baseline of what ran since open(), as the text of its JSON file. */
  baseline(environment: Environment): string;
  /** One baseline of several launches of the same suite in the same place. */
  merge(texts: string[]): string;
  /** The baseline with these tiers, each as [case, arch, tier]. */
  setTiers(text: string, tiers: [name: string, arch: string, tier: Tier][]): string;
  /** The baseline as the harness writes it. An error says what is wrong with the file. */
  check(text: string, name: string): string;
  /** What `trilane compare --format json` prints; with `cross` as with --cross. */
  compare(a: BaselineFile, b: BaselineFile, cross: boolean): string;
}

export type Method = keyof Methods;

export interface Request {
  id: number;
  method: Method;
  parameters: unknown[];
}

export type Response = { id: number } & ({ result: unknown } | { error: { code: string; message: string } });

/**
 * What the page offers to the headless runner as `globalThis.trilaneBench`, once it is in the state `ready`. Texts are of
 * baselines' files. A call that fails rejects with an Error of one line.
 */
export interface TrilaneBench {
  /** One baseline of the launches of one run; the order is kept. They must agree in build, environment, suite, cases and digests. */
  merge(texts: string[]): Promise<string>;
  /** The baseline with the tiers of these cases, by "case arch": "gemv/i2_s/2560x2560 simd128". The others' stay as they are. */
  setTiers(text: string, tiers: Record<string, Tier>): Promise<string>;
  /** What `trilane compare --format json` prints; with `cross` as with --cross. */
  compare(a: string, b: string, cross: boolean): Promise<string>;
}
