/// What the plots have in common: pure functions from a baseline's JSON.

import type { Benchmark, Calibration } from '../baseline.ts';
import type { Theme } from './theme.ts';

/** One baseline, or as much of one as has been measured. */
export interface Source {
  /** For people: "Chromium", "native.json". */
  name: string;
  calibration: Calibration | null;
  benchmarks: Benchmark[];
}

/** "gemm × 8", "gemv, 2 threads": the cases that share an axis. */
export function operationOf({ op, shape, threads }: Benchmark): string {
  const vectors = shape[2];
  return `${op}${vectors === undefined ? '' : ` × ${vectors}`}${threads > 1 ? `, ${threads} threads` : ''}`;
}

/** The case without operation, format and threads: "65536", "2560x2560x8". */
export function inputOf({ case: name, format }: Benchmark): string {
  return name
    .split('/')
    .slice(1)
    .filter((part) => part !== format && !part.startsWith('threads='))
    .join('/');
}

export interface RatePoint {
  x: number;
  y: number;
  yMin: number;
  yMax: number;
  /** The case's name. */
  label: string;
}

/** Elements a second with the 95 % interval; `x` as given. */
export function ratePoint(x: number, benchmark: Benchmark): RatePoint {
  const { point_estimate, confidence_interval } = benchmark.estimates.median;
  const rate = (ns: number) => (benchmark.elements * 1e9) / ns;
  return {
    x,
    y: rate(point_estimate),
    yMin: rate(confidence_interval.upper_bound),
    yMax: rate(confidence_interval.lower_bound),
    label: benchmark.case,
  };
}

/** The values in the order in which they first come. */
export const distinct = <T>(values: T[]): T[] => [...new Set(values)];

/** Of each case the benchmark of the fastest arch. */
export function fastestOf(benchmarks: Benchmark[]): Benchmark[] {
  const best = new Map<string, Benchmark>();
  for (const one of benchmarks) {
    const before = best.get(one.case);
    if (!before || one.estimates.median.point_estimate < before.estimates.median.point_estimate) best.set(one.case, one);
  }
  return [...best.values()];
}

const archsByColour = ['ssse3', 'avx2', 'avx512vnni', 'simd128', 'relaxed', 'neon64', 'neon64_dotprod'];

/** An arch has the same colour in every plot; the scalar one is grey. */
export function archColour(arch: string, theme: Theme): string {
  return arch === 'scalar' ? theme.quiet : seriesColour(Math.max(0, archsByColour.indexOf(arch)), theme);
}

export const seriesColour = (index: number, theme: Theme): string => theme.series[index % theme.series.length]!;

/** A format has the same marks and dashes in every plot. */
export function formatMarks(format: string): { pointStyle: 'circle' | 'triangle' | 'rect' | 'rectRot'; borderDash: number[] } {
  switch (format) {
    case 'i2_s':
      return { pointStyle: 'circle', borderDash: [] };
    case 'tl1':
      return { pointStyle: 'triangle', borderDash: [7, 4] };
    case 'tl2':
      return { pointStyle: 'rect', borderDash: [2, 3] };
    default:
      return { pointStyle: 'rectRot', borderDash: [] };
  }
}

/** A colour of the theme, mostly transparent. */
export const faded = (colour: string): string => colour.replace(/^rgb\((.*)\)$/, 'rgba($1, 0.25)');
