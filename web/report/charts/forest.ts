import type { TooltipItem } from 'chart.js';
import { type Pair, type Verdict, verdicts } from '../../bench/baseline.ts';
import { distinct } from '../../bench/charts/data.ts';
import { common, errorBars, legend, logAxis, logTicks } from '../../bench/charts/options.ts';
import type { PointsPlot } from '../../bench/charts/plot.ts';
import type { Theme } from '../../bench/charts/theme.ts';
import { shortened } from '../data.ts';

interface Row {
  x: number;
  xMin: number;
  xMax: number;
  y: string;
  pair: Pair;
}

/** What matters first: by verdict, then by how much the time changed. */
export function byWeight(pairs: Pair[]): Pair[] {
  const rank = ({ verdict }: Pair) => (verdict ? verdicts.indexOf(verdict) : verdicts.length);
  const size = ({ ratio }: Pair) => Math.abs(Math.log(ratio.point_estimate));
  return [...pairs].sort((a, b) => rank(a) - rank(b) || size(b) - size(a));
}

const keyOf = ({ case: name, a }: Pair): string => `${name}\n${a.arch}`;
const longestLabel = 44;

/** Ratios of times with their intervals, a line a case and arch, coloured by verdict, over the changes that are too small to count. */
export function forest(pairs: Pair[], theme: Theme): PointsPlot | null {
  if (pairs.length === 0) return null;
  const rows = pairs.map((pair): Row => {
    const { lower_bound: xMin, upper_bound: xMax } = pair.ratio.confidence_interval;
    return { x: pair.ratio.point_estimate, xMin, xMax, y: keyOf(pair), pair };
  });
  const labels = rows.map(({ y }) => y);
  const effects = distinct(pairs.flatMap(({ minimum_effect }) => minimum_effect ?? []));
  const range = rangeOf(rows, effects);
  return {
    name: describe(pairs),
    config: {
      type: 'scatterWithErrorBars',
      data: {
        labels,
        datasets: verdicts
          .filter((verdict) => pairs.some((pair) => pair.verdict === verdict))
          .map((verdict) => ({
            label: verdict,
            data: rows.filter(({ pair }) => pair.verdict === verdict),
            pointStyle: marks[verdict],
            radius: 4,
            hoverRadius: 6,
            borderWidth: 2,
            borderColor: colourOf(verdict, theme),
            backgroundColor: colourOf(verdict, theme),
            ...errorBars(colourOf(verdict, theme)),
            errorBarLineWidth: 2,
          })),
      },
      options: {
        ...common(theme),
        scales: {
          x: {
            ...logAxis('time of B over A (below 1: B is faster)', theme),
            ...range,
            position: 'top', // there may be many lines
            afterBuildTicks(axis: { min: number; max: number; ticks: { value: number }[] }) {
              axis.ticks = ratioTicks(axis.min, axis.max).map((value) => ({ value }));
            },
            grid: { color: ({ tick }: { tick?: { value: number } }) => (tick?.value === 1 ? theme.text : theme.line) },
            ticks: { color: theme.quiet, maxRotation: 0, callback: (value: number | string) => String(Number(Number(value).toFixed(3))) },
          },
          y: {
            type: 'category',
            labels,
            offset: true,
            grid: { color: theme.line },
            border: { color: theme.line },
            ticks: {
              color: theme.text,
              autoSkip: false,
              crossAlign: 'far',
              callback: (_, index) => labels[index]!.split('\n').map((part) => shortened(part, longestLabel)),
            },
          },
        },
        plugins: { legend: legend(theme), tooltip: { callbacks: { title: titleOf, label: labelOf } } },
      },
    },
  };
}

/** Colour is not all that tells them apart. */
const marks = {
  regressed: 'triangle',
  improved: 'rectRot',
  inconclusive: 'crossRot',
  'slower within tolerance': 'rect',
  'faster within tolerance': 'cross',
  pass: 'circle',
} as const;

function colourOf(verdict: Verdict, theme: Theme): string {
  switch (verdict) {
    case 'regressed':
      return theme.bad;
    case 'improved':
    case 'faster within tolerance':
      return theme.good;
    case 'inconclusive':
    case 'slower within tolerance':
      return theme.warning;
    case 'pass':
      return theme.quiet;
  }
}

/** So that 1 and the smallest change that counts are in it, and the axis is the same to both sides. */
function rangeOf(rows: Row[], effects: number[]): { min: number; max: number } {
  const sides = [...rows.flatMap(({ xMin, xMax }) => [1 / xMin, xMax]), ...effects.map((effect) => 1 + 2 * effect), 1.02];
  const furthest = Math.max(...sides.filter(Number.isFinite)) ** 1.05;
  return { min: 1 / furthest, max: furthest };
}

const steps = [0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.25, 0.5];
const mostTicks = 9;

/** Round numbers, 1 among them. */
export function ratioTicks(min: number, max: number): number[] {
  const step = steps.find((one) => (max - min) / one < mostTicks);
  if (step === undefined) return logTicks(min, max);
  const ticks: number[] = [];
  for (let n = Math.ceil((min - 1) / step); 1 + n * step <= max; ++n) ticks.push(1 + n * step);
  return ticks;
}

const titleOf = (items: TooltipItem<'scatterWithErrorBars'>[]): string =>
  items[0] ? shortened((items[0].raw as Row).y.replace('\n', ', '), 2 * longestLabel) : '';

function labelOf(item: TooltipItem<'scatterWithErrorBars'>): string {
  const { ratio, verdict, note } = (item.raw as Row).pair;
  const { lower_bound, upper_bound } = ratio.confidence_interval;
  return `${verdict}: ${ratio.point_estimate.toFixed(3)} (${lower_bound.toFixed(3)} … ${upper_bound.toFixed(3)})${note ? `, ${note}` : ''}`;
}

function describe(pairs: Pair[]): string {
  const counts = verdicts.map((verdict) => `${pairs.filter((pair) => pair.verdict === verdict).length} ${verdict}`);
  return `Times of B over times of A with their intervals, ${pairs.length} of them: ${counts.join(', ')}. The table has every ratio.`;
}
