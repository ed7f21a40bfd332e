import type { TooltipItem } from 'chart.js';
import { distinct, faded, seriesColour } from '../../bench/charts/data.ts';
import { common, errorBars, legend } from '../../bench/charts/options.ts';
import type { PointsPlot } from '../../bench/charts/plot.ts';
import type { Theme } from '../../bench/charts/theme.ts';
import { time } from '../../shared/format.ts';
import type { Launch } from '../data.ts';

/** A launch's samples, nanoseconds an iteration, and what a box plot shows of them. */
export interface Strip {
  file: string;
  /** From 1. */
  launch: number;
  samples: number[];
  least: number;
  q1: number;
  median: number;
  q3: number;
  most: number;
}

export function stripOf(file: string, launch: number, { iterations, times_ns }: Launch): Strip {
  const samples = times_ns.map((total, i) => total / iterations[i]!);
  const sorted = [...samples].sort((a, b) => a - b);
  return {
    file,
    launch,
    samples,
    least: sorted[0] ?? NaN,
    q1: quantile(sorted, 0.25),
    median: quantile(sorted, 0.5),
    q3: quantile(sorted, 0.75),
    most: sorted.at(-1) ?? NaN,
  };
}

/** Linear between the two nearest, as the harness does it for medians. */
function quantile(sorted: number[], share: number): number {
  const place = (sorted.length - 1) * share;
  const below = sorted[Math.floor(place)] ?? NaN;
  return below + (place % 1) * ((sorted[Math.ceil(place)] ?? NaN) - below);
}

/** Beyond so many quartile distances above the third quartile a sample would flatten all others: such ones lie outside. */
const reach = 4;

/** Up to where the plot shows samples. */
export function ceilingOf(strips: Strip[]): number {
  const spread = Math.max(...strips.map(({ q1, q3 }) => q3 - q1));
  const most = Math.max(...strips.map((strip) => strip.most));
  return Math.min(most, Math.max(...strips.map(({ q3 }) => q3)) + reach * spread || most);
}

/** A column a launch: its samples side by side, its median and quartiles over them. Files have colours and stand apart. */
export function samplesByLaunch(strips: Strip[], label: string, mostSamples: number, theme: Theme): PointsPlot | null {
  if (strips.length === 0) return null;
  const files = distinct(strips.map(({ file }) => file));
  const each = Math.max(1, Math.floor(mostSamples / strips.length));
  const columns = strips.map((strip, i) => i + files.indexOf(strip.file));
  const columnOf = new Map(strips.map((strip, i) => [strip, columns[i]!]));
  const launchAt = new Map(strips.map((strip, i) => [columns[i]!, strip.launch]));
  const ceiling = ceilingOf(strips);
  const floor = Math.min(...strips.map(({ least }) => least));
  const margin = (ceiling - floor) * 0.06 || ceiling * 0.01;
  return {
    name: describe(strips, label),
    config: {
      type: 'scatterWithErrorBars',
      data: {
        datasets: files.flatMap((file, i) => {
          const ofFile = strips.filter((strip) => strip.file === file);
          const color = seriesColour(i, theme);
          return [
            {
              label: file,
              data: ofFile.map((strip) => ({
                x: columnOf.get(strip)!,
                y: strip.median,
                yMin: strip.q1,
                yMax: strip.q3,
                strip,
              })),
              pointStyle: 'line' as const,
              radius: 11,
              hoverRadius: 13,
              borderWidth: 3,
              borderColor: color,
              backgroundColor: color,
              ...errorBars(color),
            },
            {
              label: `${file}, samples`,
              data: ofFile.flatMap((strip) =>
                evenly(strip.samples, each).map((y, n) => ({ x: columnOf.get(strip)! + scatter(n), y, strip })),
              ),
              radius: 2.5,
              hoverRadius: 4,
              borderWidth: 0,
              backgroundColor: faded(color),
            },
          ];
        }),
      },
      options: {
        ...common(theme),
        interaction: { mode: 'nearest', intersect: true },
        scales: {
          x: {
            type: 'linear',
            min: -0.6,
            max: columns.at(-1)! + 0.6,
            title: { display: true, text: 'launch', color: theme.quiet },
            grid: { display: false },
            border: { color: theme.line },
            afterBuildTicks: (axis) => {
              axis.ticks = thinned(columns).map((value) => ({ value }));
            },
            ticks: { color: theme.quiet, maxRotation: 0, callback: (value) => String(launchAt.get(Number(value)) ?? '') },
          },
          y: {
            type: 'linear',
            min: Math.max(0, floor - margin),
            max: ceiling + margin,
            title: { display: true, text: 'time an iteration', color: theme.quiet },
            grid: { color: theme.line },
            border: { color: theme.line },
            ticks: { color: theme.quiet, includeBounds: false, callback: (value) => time(Number(value)) },
          },
        },
        plugins: {
          legend: {
            ...legend(theme),
            labels: { ...legend(theme).labels, filter: ({ text }) => !text.endsWith(', samples') },
          },
          tooltip: { callbacks: { title: titleOf, label: labelOf } },
        },
      },
    },
  };
}

/** From -0.3 to 0.3, never the same for neighbours: multiples of the golden ratio fill an interval evenly. */
const scatter = (n: number): number => 0.6 * ((n * 0.6180339887) % 1) - 0.3;

/** At most so many, evenly out of all in their order. */
export function evenly<T>(items: T[], most: number): T[] {
  if (items.length <= most) return items;
  return Array.from({ length: most }, (_, i) => items[Math.floor((i * items.length) / most)]!);
}

/** So many labels fit. */
const thinned = (columns: number[]): number[] => evenly(columns, 30);

interface Point {
  y: number;
  strip: Strip;
}

const titleOf = (items: TooltipItem<'scatterWithErrorBars'>[]): string => {
  const strip = (items[0]?.raw as Point | undefined)?.strip;
  return strip ? `${strip.file}, launch ${strip.launch}` : '';
};

function labelOf({ raw, datasetIndex }: TooltipItem<'scatterWithErrorBars'>): string {
  const { y, strip } = raw as Point;
  return datasetIndex % 2 === 1 ? time(y) : `median ${time(strip.median)}, quartiles ${time(strip.q1)} and ${time(strip.q3)}`;
}

function describe(strips: Strip[], label: string): string {
  const medians = strips.map(({ median }) => median);
  const samples = strips.reduce((sum, strip) => sum + strip.samples.length, 0);
  return (
    `Samples of ${label} by launch: ${samples} in ${strips.length} ${strips.length === 1 ? 'launch' : 'launches'}, ` +
    `medians from ${time(Math.min(...medians))} to ${time(Math.max(...medians))}. The table has every launch.`
  );
}
