/// The histogram: how many weights there are of each size, in the colour of what they become, with the thresholds ±s/2 and the
/// levels −s, 0 and +s.

import { join } from './distribution.ts';
import type { Preview } from './protocol.ts';

const height = 240;
const margin = { top: 26, bottom: 30, side: 4 };
const pixelsABin = 6;

const svgOf = (name: string, attributes: Record<string, string | number>): SVGElement => {
  const element = document.createElementNS('http://www.w3.org/2000/svg', name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, String(value));
  return element;
};

/** Draws into `svg`, as wide as it is. Returns how many weights lie outside of what is shown. */
export function drawHistogram(svg: SVGSVGElement, { distribution, scales }: Preview): number {
  const width = Math.max(svg.clientWidth, 200);
  const inner = { width: width - 2 * margin.side, height: height - margin.top - margin.bottom };
  const wanted = Math.min(distribution.most, Math.max(3.5 * distribution.rms, 1.25 * scales.most));
  const bins = join(distribution, Math.max(wanted, 1.1 * scales.most) || 1, Math.round(inner.width / pixelsABin));
  const base = height - margin.bottom;
  const x = (weight: number) => margin.side + ((weight + bins.range) / (2 * bins.range)) * inner.width;
  const most = Math.max(...bins.counts, 1);
  const barWidth = inner.width / bins.counts.length;
  const threshold = scales.median / 2;

  const parts: SVGElement[] = [];
  // Where rows have scales of their own, their thresholds lie in a band.
  for (const sign of scales.most > scales.least ? [-1, 1] : []) {
    const [from, to] = [x((sign * scales.least) / 2), x((sign * scales.most) / 2)];
    const band = { x: Math.min(from, to), y: margin.top, width: Math.abs(to - from), height: inner.height };
    parts.push(svgOf('rect', { class: 'band', ...band }));
  }
  bins.counts.forEach((count, i) => {
    const tall = (count / most) * inner.height;
    if (tall === 0) return;
    const centre = ((i + 0.5) / bins.counts.length) * 2 * bins.range - bins.range;
    const kind = Math.abs(centre) <= threshold ? 'zero' : centre < 0 ? 'minus' : 'plus';
    const bar = { x: margin.side + i * barWidth + 0.5, y: base - tall, width: Math.max(barWidth - 1, 0.5), height: tall };
    parts.push(svgOf('rect', { class: kind, ...bar }));
  });
  parts.push(svgOf('line', { class: 'axis', x1: margin.side, x2: width - margin.side, y1: base, y2: base }));
  const write = (text: string, at: number, y: number) => {
    const label = svgOf('text', { x: at, y, 'text-anchor': 'middle' });
    label.textContent = text;
    parts.push(label);
  };
  for (const [text, at] of [['−s/2', -threshold], ['s/2', threshold]] as const) {
    parts.push(svgOf('line', { class: 'threshold', x1: x(at), x2: x(at), y1: margin.top - 6, y2: base }));
    write(text, x(at), margin.top - 12);
  }
  for (const [text, at] of [['−s', -scales.median], ['0', 0], ['+s', scales.median]] as const) {
    parts.push(svgOf('path', { class: 'level', d: `M${x(at)} ${base + 2}l5 8h-10z` }));
    write(text, x(at), base + 24);
  }
  svg.setAttribute('viewBox', `0 0 ${width} ${height}`);
  svg.replaceChildren(...parts);
  return bins.beyond;
}
