/// Chart.js, with the parts that the plots use and no others. A chunk of its own: the page loads it when there is something to draw.

import {
  CategoryScale,
  Chart,
  type ChartConfiguration,
  Legend,
  LineElement,
  LinearScale,
  LogarithmicScale,
  Tooltip,
} from 'chart.js';
import {
  BarWithErrorBar,
  BarWithErrorBarsController,
  PointWithErrorBar,
  ScatterWithErrorBarsController,
} from 'chartjs-chart-error-bars';
import type { Plot } from './plot.ts';

Chart.register(
  BarWithErrorBar,
  BarWithErrorBarsController,
  CategoryScale,
  Legend,
  LineElement,
  LinearScale,
  LogarithmicScale,
  PointWithErrorBar,
  ScatterWithErrorBarsController,
  Tooltip,
);

/** Draws the plot on the canvas, in place of what was there. */
export function draw(canvas: HTMLCanvasElement, { name, config }: Plot): void {
  erase(canvas);
  new Chart(canvas, config as ChartConfiguration);
  canvas.setAttribute('role', 'img');
  canvas.setAttribute('aria-label', name);
}

export function erase(canvas: HTMLCanvasElement): void {
  Chart.getChart(canvas)?.destroy();
}
