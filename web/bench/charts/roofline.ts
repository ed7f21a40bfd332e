import type { TooltipItem } from 'chart.js';
import { elementsRate, percent } from '../../shared/format.ts';
import { type Benchmark, type Calibration, boundOf } from '../baseline.ts';
import { type RatePoint, type Source, archColour, distinct, faded, formatMarks } from './data.ts';
import { common, errorBars, legend, logAxis } from './options.ts';
import type { PointsPlot } from './plot.ts';
import type { Theme } from './theme.ts';

interface Roof {
  label: string;
  color: string;
  dash: number[];
  points: { x: number; y: number }[];
}

interface Reached extends RatePoint {
  /** Elements/s at the case's own bound. */
  bound: number | null;
}

/**
 * Elements/s over arithmetic intensity (elements a byte of compulsory traffic), logarithmic both ways. Lines: the roofs that
 * the calibration measured, read bandwidth of the smallest and the largest working set and each arch's int8 peak. A point's
 * whisker ends at the case's own bound. Of one thread.
 */
export function roofline(source: Source, theme: Theme): PointsPlot | null {
  const benchmarks = source.benchmarks.filter(({ threads }) => threads === 1);
  if (benchmarks.length === 0 || !source.calibration) return null;
  const archs = distinct(benchmarks.map(({ arch }) => arch));
  const intensities = benchmarks.map(intensity);
  const roofs = roofsOf(source.calibration, archs, Math.min(...intensities) / 2, Math.max(...intensities) * 2, theme);
  return {
    name: describe(source.name, benchmarks),
    config: {
      type: 'scatterWithErrorBars',
      data: {
        datasets: [
          ...archs.map((arch) => {
            const ofArch = benchmarks.filter((one) => one.arch === arch);
            const color = archColour(arch, theme);
            return {
              label: arch,
              data: ofArch.map(reached),
              pointStyle: ofArch.map(({ format }) => formatMarks(format).pointStyle),
              borderColor: color,
              backgroundColor: color,
              radius: 4,
              hoverRadius: 6,
              ...errorBars(faded(color)), // many of them lie on each other
            };
          }),
          ...roofs.map(({ label, color, dash, points }) => ({
            label,
            data: points.map(({ x, y }) => ({ x, y, label })),
            showLine: true,
            borderColor: color,
            backgroundColor: color,
            borderWidth: 1.5,
            borderDash: dash,
            radius: 0,
            hitRadius: 0,
            pointStyle: 'line' as const,
          })),
        ],
      },
      options: {
        ...common(theme),
        interaction: { mode: 'nearest', intersect: true },
        scales: { x: logAxis('elements a byte', theme), y: logAxis('elements/s', theme) },
        plugins: { legend: legend(theme), tooltip: { callbacks: { title: titleOf, label: labelOf } } },
      },
    },
  };
}

const intensity = (one: Benchmark): number => one.elements / (one.bytes_read + one.bytes_written);

function reached(one: Benchmark): Reached {
  const y = one.throughput.elements_per_s;
  const boundNs = boundOf(one);
  const bound = boundNs === null ? null : (one.elements * 1e9) / boundNs;
  return { x: intensity(one), y, yMin: y, yMax: bound ?? y, bound, label: one.case };
}

/** Bandwidth lines rise until the highest peak, where there is one in reach; peaks lie flat from where the fastest line meets them. */
function roofsOf(calibration: Calibration, archs: string[], from: number, to: number, theme: Theme): Roof[] {
  const sets = calibration.bandwidth.filter(({ threads }) => threads === 1).sort((a, b) => a.working_set - b.working_set);
  const peaks = calibration.int8_mac.filter(({ arch, threads }) => threads === 1 && archs.includes(arch));
  const [smallest, largest] = [sets[0], sets[sets.length - 1]];
  if (!smallest || !largest) return [];
  const highest = Math.max(...peaks.map(({ gmac_per_s }) => gmac_per_s * 1e9), 0) || Infinity;
  const bandwidths = distinct([smallest, largest]).map(({ working_set, read_gb_per_s }, i): Roof => {
    const bytes_per_s = read_gb_per_s * 1e9;
    const end = Math.min(to, Math.max(from, highest / bytes_per_s));
    return {
      label: `read, ${binary(working_set)}`,
      color: theme.text,
      dash: i === 0 ? [] : [6, 4],
      points: [from, end].map((x) => ({ x, y: x * bytes_per_s })),
    };
  });
  const flat = peaks.map(({ arch, gmac_per_s }): Roof => {
    const y = gmac_per_s * 1e9;
    const start = Math.min(to, Math.max(from, y / (smallest.read_gb_per_s * 1e9)));
    return { label: `int8 peak, ${arch}`, color: archColour(arch, theme), dash: [2, 3], points: [start, to].map((x) => ({ x, y })) };
  });
  return [...bandwidths, ...flat];
}

/** "16 KiB", "256 MiB" */
function binary(bytes: number): string {
  return bytes >= 2 ** 20 ? `${bytes / 2 ** 20}\u00a0MiB` : `${bytes / 2 ** 10}\u00a0KiB`;
}

const titleOf = (items: TooltipItem<'scatterWithErrorBars'>[]): string => (items[0]?.raw as RatePoint | undefined)?.label ?? '';

function labelOf(item: TooltipItem<'scatterWithErrorBars'>): string {
  const { y, bound } = item.raw as Reached;
  const rate = `${item.dataset.label}: ${elementsRate(y)}`;
  return bound ? `${rate}, ${percent(y / bound)} of its bound ${elementsRate(bound)}` : rate;
}

function describe(name: string, benchmarks: Benchmark[]): string {
  const shares = benchmarks.flatMap((one) => {
    const bound = boundOf(one);
    return bound === null ? [] : [{ one, share: bound / one.estimates.median.point_estimate }];
  });
  const count = `Roofline of ${name}: ${benchmarks.length} ${benchmarks.length === 1 ? 'point' : 'points'}.`;
  if (shares.length === 0) return count;
  const nearest = shares.reduce((a, b) => (b.share > a.share ? b : a));
  return `${count} Nearest to its bound: ${nearest.one.case} on ${nearest.one.arch}, ${percent(nearest.share)}. The table has every share.`;
}
