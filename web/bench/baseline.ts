/** The baseline's JSON, as far as the page reads it. docs/baseline.md says what the fields mean. */

export interface Estimate {
  point_estimate: number;
  confidence_interval: { confidence_level: number; lower_bound: number; upper_bound: number };
}

export interface Benchmark {
  case: string;
  arch: string;
  op: string;
  format: string;
  shape: number[];
  threads: number;
  elements: number;
  bytes_read: number;
  bytes_written: number;
  estimates: { median: Estimate };
  throughput: { elements_per_s: number; bytes_per_s: number; tokens_per_s?: number };
  roofline: {
    bandwidth_ns: number | null;
    int8_mac_ns: number | null;
    bound: 'bandwidth' | 'int8_mac' | null;
  } | null;
  compiled: 'optimizing' | 'baseline' | 'unknown' | 'ahead-of-time';
  output_digest: string;
}

export interface Calibration {
  bandwidth: {
    threads: number;
    working_set: number;
    read_gb_per_s: number;
    copy_gb_per_s: number;
    fill_gb_per_s: number;
  }[];
  int8_mac: { arch: string; threads: number; gmac_per_s: number }[];
}

export interface Baseline {
  created: string;
  build: { version: string; commit: string; dirty: boolean; compiler: string; flags: string; module_bytes?: number };
  environment: {
    platform: string;
    os: string | null;
    cpu: { model: string | null };
    engine: { name: string; version: string; user_agent: string } | null;
    cross_origin_isolated: boolean | null;
    timer: { resolution_ns: number };
    fingerprint: string | null;
  };
  calibration: Calibration;
  suite: { seed: number; launches: number };
  benchmarks: Benchmark[];
}

/** What bounds the case, in nanoseconds: the slower of its roofs. Null if it was not calibrated. */
export function boundOf({ roofline }: Benchmark): number | null {
  if (!roofline?.bound) return null;
  return roofline.bound === 'int8_mac' ? roofline.int8_mac_ns : roofline.bandwidth_ns;
}

/** The comparison's JSON: what `trilane compare --format json` prints. Ratios are times of B over times of A. */
export interface Comparison {
  cross: boolean;
  digest_errors: string[];
  only_a: string[];
  only_b: string[];
  pairs: Pair[];
}

export interface Side {
  arch: string;
  median_ns: number;
  elements_per_s: number;
  /** Of its roof. */
  share_of_bandwidth_bound: number | null;
}

/** What needs attention first. */
export const verdicts = [
  'regressed',
  'improved',
  'inconclusive',
  'slower within tolerance',
  'faster within tolerance',
  'pass',
] as const;
export type Verdict = (typeof verdicts)[number];

/** By which a style knows it: the verdict's first word. */
export const classOf = (verdict: Verdict): string => verdict.split(' ')[0]!;

export interface Pair {
  case: string;
  a: Side;
  b: Side;
  ratio: Estimate;
  /** With `cross`: the fastest arch of each side, else equal archs. */
  fastest?: boolean;
  /** Without. */
  verdict?: Verdict;
  minimum_effect?: number;
  /** How the verdict came about, where that is not plain from the ratio. */
  note?: string;
}
