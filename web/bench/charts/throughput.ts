import { elementsRate } from '../../shared/format.ts';
import type { Benchmark } from '../baseline.ts';
import { type Source, archColour, distinct, fastestOf, formatMarks, operationOf, ratePoint, seriesColour } from './data.ts';
import { common, errorBars, legend, logAxis, rateTooltip } from './options.ts';
import type { PointsPlot } from './plot.ts';
import type { Theme } from './theme.ts';

interface Line {
  label: string;
  color: string;
  format: string;
  benchmarks: Benchmark[];
}

/**
 * Throughput by size, logarithmic both ways, with 95 % intervals. Of one source a line a format and arch; of several a line a
 * format and source, of each case's fastest arch.
 */
export function throughputBySize(sources: Source[], operation: string, theme: Theme): PointsPlot | null {
  const lines = linesOf(sources, operation, theme);
  if (lines.length === 0) return null;
  return {
    name: describe(operation, lines),
    config: {
      type: 'scatterWithErrorBars',
      data: {
        datasets: lines.map(({ label, color, format, benchmarks }) => ({
          label,
          data: benchmarks.map((one) => ratePoint(one.elements, one)).sort((a, b) => a.x - b.x),
          showLine: true,
          borderColor: color,
          backgroundColor: color,
          borderWidth: 2,
          radius: 4,
          hoverRadius: 6,
          ...formatMarks(format),
          ...errorBars(color),
        })),
      },
      options: {
        ...common(theme),
        interaction: { mode: 'nearest', intersect: false },
        scales: {
          x: logAxis('weights (of a product: times vectors)', theme),
          y: logAxis('elements/s', theme),
        },
        plugins: { legend: legend(theme), tooltip: rateTooltip },
      },
    },
  };
}

function linesOf(sources: Source[], operation: string, theme: Theme): Line[] {
  return sources.flatMap((source, i) => {
    const benchmarks = source.benchmarks.filter((one) => operationOf(one) === operation);
    const formats = distinct(benchmarks.map(({ format }) => format));
    if (sources.length > 1) {
      const fastest = fastestOf(benchmarks);
      return formats.map((format) => ({
        label: `${source.name}: ${format}`,
        color: seriesColour(i, theme),
        format,
        benchmarks: fastest.filter((one) => one.format === format),
      }));
    }
    return formats.flatMap((format) =>
      distinct(benchmarks.filter((one) => one.format === format).map(({ arch }) => arch)).map((arch) => ({
        label: `${format}, ${arch}`,
        color: archColour(arch, theme),
        format,
        benchmarks: benchmarks.filter((one) => one.format === format && one.arch === arch),
      })),
    );
  });
}

function describe(operation: string, lines: Line[]): string {
  const all = lines.flatMap((line) => line.benchmarks.map((one) => ({ line, one })));
  const best = all.reduce((a, b) => (b.one.throughput.elements_per_s > a.one.throughput.elements_per_s ? b : a));
  return (
    `Throughput of ${operation} by size, ${lines.length} ${lines.length === 1 ? 'line' : 'lines'}. ` +
    `Fastest: ${best.line.label}, ${elementsRate(best.one.throughput.elements_per_s)} in ${best.one.case}. ` +
    'The table has every figure.'
  );
}
