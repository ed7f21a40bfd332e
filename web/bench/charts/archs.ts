import { color } from 'chart.js/helpers';
import { elementsRate } from '../../shared/format.ts';
import type { Benchmark } from '../baseline.ts';
import { type RatePoint, type Source, archColour, distinct, inputOf, operationOf, ratePoint, seriesColour } from './data.ts';
import { common, errorBars, legend, rateTooltip, short } from './options.ts';
import type { BarsPlot } from './plot.ts';
import type { Theme } from './theme.ts';

interface Series {
  label: string;
  colour: string;
  opacity: number;
  benchmarks: Benchmark[];
}

/** Archs beside each other on one input of an operation: a group of bars a format, a bar an arch (and source), with intervals. */
export function archsBeside(sources: Source[], operation: string, input: string, theme: Theme): BarsPlot | null {
  const series = sources.flatMap((source, i) => {
    const wanted = source.benchmarks.filter((one) => operationOf(one) === operation && inputOf(one) === input);
    const archs = distinct(wanted.map(({ arch }) => arch));
    return archs.map((arch, k): Series => ({
      label: sources.length > 1 ? `${source.name}: ${arch}` : arch,
      colour: sources.length > 1 ? seriesColour(i, theme) : archColour(arch, theme),
      opacity: sources.length > 1 ? (k + 1) / archs.length : 1, // the colour tells sources apart
      benchmarks: wanted.filter((one) => one.arch === arch),
    }));
  });
  if (series.length === 0) return null;
  const formats = distinct(series.flatMap(({ benchmarks }) => benchmarks.map(({ format }) => format)));
  const bars = ({ benchmarks }: Series): RatePoint[] =>
    formats.flatMap((format, i) => {
      const one = benchmarks.find((candidate) => candidate.format === format);
      return one ? [ratePoint(i, one)] : [];
    });
  return {
    name: describe(operation, input, formats, series),
    config: {
      type: 'barWithErrorBars',
      data: {
        labels: formats,
        datasets: series.map((one) => ({
          label: one.label,
          data: bars(one),
          backgroundColor: color(one.colour).alpha(one.opacity).rgbString(),
          borderColor: one.colour,
          borderWidth: 1,
          minBarLength: 2,
          maxBarThickness: 64,
          ...errorBars(theme.text),
        })),
      },
      options: {
        ...common(theme),
        scales: {
          x: { grid: { display: false }, border: { color: theme.line }, ticks: { color: theme.text } },
          y: {
            beginAtZero: true,
            title: { display: true, text: 'elements/s', color: theme.quiet },
            grid: { color: theme.line },
            border: { color: theme.line },
            ticks: { color: theme.quiet, callback: (value) => short(Number(value)) },
          },
        },
        plugins: { legend: legend(theme), tooltip: rateTooltip },
      },
    },
  };
}

function describe(operation: string, input: string, formats: string[], series: Series[]): string {
  const best = formats.map((format) => {
    const all = series.flatMap(({ label, benchmarks }) =>
      benchmarks.filter((one) => one.format === format).map((one) => ({ label, rate: one.throughput.elements_per_s })),
    );
    const fastest = all.reduce((a, b) => (b.rate > a.rate ? b : a));
    return `${format} ${fastest.label}, ${elementsRate(fastest.rate)}`;
  });
  return `Archs beside each other in ${operation}, ${input}. Fastest: ${best.join('; ')}. The table has every figure.`;
}
