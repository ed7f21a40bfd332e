/// Options that the plots share.

import { elementsRate } from '../../shared/format.ts';
import type { RatePoint } from './data.ts';
import type { Theme } from './theme.ts';

/** "65.5 k", "16.8 M": a number on an axis. */
export function short(value: number): string {
  const [size, unit] = ([[1e12, 'T'], [1e9, 'G'], [1e6, 'M'], [1e3, 'k']] as const).find(([least]) => value >= least) ?? [1, ''];
  return `${Number((value / size).toPrecision(3))}${unit && `\u00a0${unit}`}`;
}

/** The ticks of a logarithmic axis: 1, 2 and 5 of each decade; 1 alone where there are many, every digit where there is one. */
export function logTicks(min: number, max: number): number[] {
  const mantissas = max / min > 2000 ? [1] : max / min > 8 ? [1, 2, 5] : [1, 2, 3, 4, 5, 6, 7, 8, 9];
  const ticks: number[] = [];
  for (let exponent = Math.floor(Math.log10(min)); 10 ** exponent <= max; ++exponent) {
    // A power below 1 is not exact, a quotient is.
    const power = exponent < 0 ? 1 / 10 ** -exponent : 10 ** exponent;
    ticks.push(...mantissas.map((mantissa) => mantissa * power).filter((tick) => tick >= min && tick <= max));
  }
  return ticks;
}

export function logAxis(title: string, theme: Theme) {
  return {
    type: 'logarithmic' as const,
    title: { display: true, text: title, color: theme.quiet },
    grid: { color: theme.line },
    border: { color: theme.line },
    afterBuildTicks(axis: { min: number; max: number; ticks: { value: number }[] }) {
      axis.ticks = logTicks(axis.min, axis.max).map((value) => ({ value }));
    },
    ticks: { color: theme.quiet, maxRotation: 0, callback: (value: number | string) => short(Number(value)) },
  };
}

export function legend(theme: Theme) {
  return {
    position: 'bottom' as const,
    labels: { color: theme.text, usePointStyle: true, boxHeight: 7, padding: 12 },
  };
}

/** Error bars in the colour of their series. */
export const errorBars = (color: string) => ({
  errorBarColor: color,
  errorBarWhiskerColor: color,
  errorBarLineWidth: 1.5,
  errorBarWhiskerLineWidth: 1.5,
  errorBarWhiskerRatio: 0,
  errorBarWhiskerSize: 7,
});

/** "i2_s, relaxed: 49.4 Gelem/s (48.0 … 50.1)" */
export function rateLine(series: string, { y, yMin, yMax }: Pick<RatePoint, 'y' | 'yMin' | 'yMax'>): string {
  return `${series}: ${elementsRate(y)} (${elementsRate(yMin)} … ${elementsRate(yMax)})`;
}

/** What both kinds of plots tell a tooltip. */
interface Item {
  dataset: { label?: string | undefined };
  raw: unknown;
}

export const rateTooltip = {
  callbacks: {
    title: (items: Item[]) => (items[0]?.raw as RatePoint | undefined)?.label ?? '',
    label: (item: Item) => rateLine(item.dataset.label ?? '', item.raw as RatePoint),
  },
};

/** Of all plots: no animation (a plot must not disturb a measurement), the size of the box that the page reserves. */
export const common = (theme: Theme) => ({
  animation: false as const,
  maintainAspectRatio: false,
  font: { family: theme.font, size: 13 },
});
