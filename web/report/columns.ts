/// The columns that the tables of the plots have.

import { type Benchmark, boundOf } from '../bench/baseline.ts';
import { elementsRate, percent, time, timeInterval } from '../shared/format.ts';
import type { Column } from './table.ts';

/** An entry of a file. */
export interface Entry {
  file: string;
  one: Benchmark;
}

const shareOf = (one: Benchmark): string => {
  const bound = boundOf(one);
  if (bound === null) return '';
  const roof = one.roofline?.bound === 'int8_mac' ? 'int8 peak' : 'bandwidth';
  return `${percent(bound / one.estimates.median.point_estimate)} of ${roof}`;
};

export const entryColumns: Column<Entry>[] = [
  { title: 'Case', text: ({ one }) => one.case },
  { title: 'File', className: 'text', text: ({ file }) => file },
  { title: 'Arch', className: 'text', text: ({ one }) => one.arch },
  { title: 'Median', text: ({ one }) => time(one.estimates.median.point_estimate) },
  {
    title: '95 % interval',
    className: 'interval',
    text: ({ one }) => {
      const { lower_bound, upper_bound } = one.estimates.median.confidence_interval;
      return timeInterval(lower_bound, upper_bound);
    },
  },
  { title: 'Elements/s', text: ({ one }) => elementsRate(one.throughput.elements_per_s) },
  { title: 'Of its roof', text: ({ one }) => shareOf(one) },
];

export const rooflineColumns: Column<Entry>[] = [
  ...entryColumns.filter(({ title }) => title === 'Case' || title === 'Arch' || title === 'Elements/s'),
  { title: 'Elements a byte', text: ({ one }) => (one.elements / (one.bytes_read + one.bytes_written)).toPrecision(3) },
  {
    title: 'At its bound',
    text: ({ one }) => {
      const bound = boundOf(one);
      return bound === null ? '' : elementsRate((one.elements * 1e9) / bound);
    },
  },
  ...entryColumns.filter(({ title }) => title === 'Of its roof'),
];
