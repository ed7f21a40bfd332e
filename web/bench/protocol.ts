/** What the page asks of the worker, and the answers. The C++ harness makes them; field names are the baseline's. */

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
}

export interface Suite {
  archs: string[];
  cases: Case[];
  /** The clock's tick, measured. */
  timer_resolution_ns: number;
  /** Why the arch `relaxed` is not among the archs; null if it is. */
  why_not_relaxed: string | null;
}

export interface Estimate {
  point_estimate: number;
  confidence_interval: { lower_bound: number; upper_bound: number };
}

/** One entry of the baseline's `benchmarks`, as far as the page shows it. */
export interface Benchmark {
  case: string;
  arch: string;
  estimates: { median: Estimate };
  throughput: { elements_per_s: number; bytes_per_s: number; tokens_per_s?: number };
  roofline: {
    bandwidth_ns: number | null;
    int8_mac_ns: number | null;
    bound: 'bandwidth' | 'int8_mac' | null;
  } | null;
  output_digest: string;
}

export interface Step {
  benchmark: Benchmark;
  /** Until every case of the suite has run. */
  seconds_left: number | null;
}

/** What a page cannot find out by itself; the headless runner supplies it. */
export interface Machine {
  os: string | null;
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

export interface Environment extends Machine {
  engine: Engine;
  cross_origin_isolated: boolean;
}

export interface Methods {
  open(options: SuiteOptions, weights: File | null): Suite;
  calibrate(): null;
  run(index: number): Step;
  /** The baseline of what ran since open(), as the text of its JSON file. */
  baseline(environment: Environment): string;
}

export type Method = keyof Methods;

export interface Request {
  id: number;
  method: Method;
  parameters: unknown[];
}

export type Response = { id: number } & ({ result: unknown } | { error: { code: string; message: string } });
