import { fastestOf, operationOf } from '../bench/charts/data.ts';
import { element, make } from '../shared/element.ts';
import { elementsRate } from '../shared/format.ts';
import type { File, MeasuredBenchmark } from './data.ts';
import { first, leftOut, say } from './limits.ts';
import { headOf } from './table.ts';

const mostOperations = 24;

interface Row {
  operation: string;
  case: string;
  /** A file each, where it has the case. */
  cells: (MeasuredBenchmark | undefined)[];
}

/** Of each operation the case with the highest throughput in the first file that has it, the fastest arch of each file. */
export function glanceRows(files: File[]): Row[] {
  const fastest = files.map(({ benchmarks }) => fastestOf(benchmarks) as MeasuredBenchmark[]);
  const byCase = fastest.map((ofFile) => new Map(ofFile.map((one) => [one.case, one])));
  const best = new Map<string, MeasuredBenchmark>();
  for (const ofFile of fastest) {
    const ofThis = new Map<string, MeasuredBenchmark>();
    for (const one of ofFile) {
      const operation = operationOf(one);
      if (best.has(operation)) continue;
      const before = ofThis.get(operation);
      if (!before || one.throughput.elements_per_s > before.throughput.elements_per_s) ofThis.set(operation, one);
    }
    for (const [operation, one] of ofThis) best.set(operation, one);
  }
  return [...best].map(([operation, one]) => ({ operation, case: one.case, cells: byCase.map((cases) => cases.get(one.case)) }));
}

export function showGlance(files: File[]): void {
  const rows = first(glanceRows(files), mostOperations);
  const table = element<HTMLTableElement>('glance-table');
  const head = make('tr');
  head.append(headOf('Operation', 'col'), ...files.map(({ name }) => headOf(name, 'col')));
  table.tHead!.replaceChildren(head);
  table.tBodies[0]!.replaceChildren(...rows.shown.map(lineOf));
  say(element('glance-left-out'), leftOut(rows, 'operations'));
}

function lineOf({ operation, case: name, cells }: Row): HTMLTableRowElement {
  const line = make('tr');
  const head = headOf('', 'row');
  head.append(make('span', 'operation', operation), make('span', 'quiet', name));
  const highest = Math.max(...cells.map((cell) => cell?.throughput.elements_per_s ?? 0));
  line.append(
    head,
    ...cells.map((cell) => {
      const made = make('td', 'rate');
      if (!cell) return made;
      const { elements_per_s, tokens_per_s } = cell.throughput;
      const tokens = tokens_per_s === undefined ? '' : `, ${tokens_per_s.toFixed(1)}\u00a0tokens/s`;
      const bar = make('span', 'bar');
      bar.style.width = `${highest > 0 ? (100 * elements_per_s) / highest : 0}%`;
      made.append(make('strong', '', elementsRate(elements_per_s)), make('span', 'quiet', cell.arch + tokens), bar);
      return made;
    }),
  );
  return line;
}
