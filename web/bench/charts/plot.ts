import type { ChartConfiguration } from 'chart.js';
import type {} from 'chartjs-chart-error-bars';

/** A point or bar with the interval that its error bar shows; numbers, or a label on an axis of labels. */
export interface Point {
  x: number;
  y: number | string;
  xMin?: number;
  xMax?: number;
  yMin?: number;
  yMax?: number;
}

type PlotOf<T extends 'scatterWithErrorBars' | 'barWithErrorBars'> = {
  /** What a screen reader says in place of the picture. */
  name: string;
  config: ChartConfiguration<T, (Point | null)[]>;
};

/** Plots, ready to be drawn by Chart.js with the parts that draw.ts registers. */
export type PointsPlot = PlotOf<'scatterWithErrorBars'>;
export type BarsPlot = PlotOf<'barWithErrorBars'>;
export type Plot = PointsPlot | BarsPlot;
