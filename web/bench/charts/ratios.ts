import type { TooltipItem } from 'chart.js';
import type { Comparison, Pair } from '../baseline.ts';
import { common, errorBars, logAxis } from './options.ts';
import type { BarsPlot } from './plot.ts';
import type { Theme } from './theme.ts';

interface Bar {
  x: number;
  xMin: number;
  xMax: number;
  y: string;
  pair: Pair;
}

/** The pairs that stand in a plot: with `cross` the fastest arch of each side, else every arch. */
export const plottedPairs = ({ cross, pairs }: Comparison): Pair[] => pairs.filter(({ fastest }) => !cross || fastest);

/** Times of B over times of A by case, from 1 to either side, logarithmic, with 95 % intervals. `pairs` are those of `operation`. */
export function ratios(pairs: Pair[], operation: string, theme: Theme): BarsPlot | null {
  if (pairs.length === 0) return null;
  const bars = pairs.map((pair): Bar => {
    const { lower_bound: xMin, upper_bound: xMax } = pair.ratio.confidence_interval;
    return { x: pair.ratio.point_estimate, xMin, xMax, y: labelOf(pair), pair };
  });
  return {
    name: describe(operation, pairs),
    config: {
      type: 'barWithErrorBars',
      data: {
        labels: bars.map(({ y }) => y),
        datasets: [
          {
            data: bars,
            base: 1,
            backgroundColor: bars.map(({ x }) => (x < 1 ? theme.good : theme.series[1]!)),
            maxBarThickness: 22,
            ...errorBars(theme.text),
          },
        ],
      },
      options: {
        ...common(theme),
        indexAxis: 'y',
        scales: {
          x: { ...logAxis('time of B over time of A (left of 1: B is faster)', theme), ...rangeAroundOne(bars) },
          y: { grid: { display: false }, border: { color: theme.line }, ticks: { color: theme.text, autoSkip: false } },
        },
        plugins: { legend: { display: false }, tooltip: { callbacks: { title: titleOf, label: tooltipOf } } },
      },
    },
  };
}

/** The case without its operation; with equal archs on both sides, the arch as well. */
function labelOf({ case: name, a, fastest }: Pair): string {
  const rest = name.slice(name.indexOf('/') + 1);
  return fastest ? rest : `${rest}, ${a.arch}`;
}

/** So that 1 is on the axis, with some room. */
function rangeAroundOne(bars: Bar[]): { min: number; max: number } {
  const furthest = Math.max(1.1, ...bars.map(({ xMax }) => xMax), ...bars.map(({ xMin }) => 1 / xMin)) * 1.1;
  const slower = bars.some(({ xMax }) => xMax > 1);
  const faster = bars.some(({ xMin }) => xMin < 1);
  return { min: faster ? 1 / furthest : 0.9, max: slower ? furthest : 1.1 };
}

const pairOf = (item: TooltipItem<'barWithErrorBars'>): Pair => (item.raw as Bar).pair;
const titleOf = (items: TooltipItem<'barWithErrorBars'>[]): string => (items[0] ? pairOf(items[0]).case : '');

function tooltipOf(item: TooltipItem<'barWithErrorBars'>): string {
  const { a, b, ratio, verdict } = pairOf(item);
  const { lower_bound, upper_bound } = ratio.confidence_interval;
  const interval = `${ratio.point_estimate.toFixed(2)} (${lower_bound.toFixed(3)} … ${upper_bound.toFixed(3)})`;
  return `${b.arch} over ${a.arch}: ${interval}${verdict ? `, ${verdict}` : ''}`;
}

function describe(operation: string, pairs: Pair[]): string {
  const faster = pairs.filter(({ ratio }) => ratio.point_estimate < 1).length;
  return (
    `Time of B over time of A in ${operation}, ${pairs.length} ${pairs.length === 1 ? 'case' : 'cases'}: ` +
    `B is faster in ${faster}, not in ${pairs.length - faster}. The table has every ratio.`
  );
}
