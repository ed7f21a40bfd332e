import { make } from '../../shared/element.ts';
import { elementsRate, percent, time } from '../../shared/format.ts';
import type { Comparison, Pair, Side } from '../baseline.ts';

interface Column {
  title: string;
  className?: string;
  text(pair: Pair): string;
}

const share = (side: Side): string =>
  side.share_of_bandwidth_bound === null ? '' : percent(side.share_of_bandwidth_bound);

function interval({ ratio }: Pair): string {
  const { lower_bound, upper_bound } = ratio.confidence_interval;
  return `${lower_bound.toFixed(3)} … ${upper_bound.toFixed(3)}`;
}

/** The columns of `trilane compare --cross`, after the case. */
const crossColumns: Column[] = [
  { title: 'A', className: 'arch', text: ({ a }) => a.arch },
  { title: 'A, elements/s', text: ({ a }) => elementsRate(a.elements_per_s) },
  { title: 'A, of roof', text: ({ a }) => share(a) },
  { title: 'B', className: 'arch', text: ({ b }) => b.arch },
  { title: 'B, elements/s', text: ({ b }) => elementsRate(b.elements_per_s) },
  { title: 'B, of roof', text: ({ b }) => share(b) },
  { title: 'Time, B/A', className: 'ratio', text: ({ ratio }) => ratio.point_estimate.toFixed(2) },
  { title: '95 % interval', className: 'interval', text: interval },
];

/** Of `trilane compare`. */
const verdictColumns: Column[] = [
  { title: 'Arch', className: 'arch', text: ({ a }) => a.arch },
  { title: 'A', text: ({ a }) => time(a.median_ns) },
  { title: 'B', text: ({ b }) => time(b.median_ns) },
  { title: 'Time, B/A', className: 'ratio', text: ({ ratio }) => ratio.point_estimate.toFixed(3) },
  { title: '95 % interval', className: 'interval', text: interval },
  { title: 'Verdict', className: 'verdict', text: ({ verdict }) => verdict ?? '' },
];

/** Fills the table with what the command line would print. */
export function fillTable(table: HTMLTableElement, { cross, pairs }: Comparison): void {
  const columns = cross ? crossColumns : verdictColumns;
  const head = make('tr');
  head.append(...['Case', ...columns.map(({ title }) => title)].map(headOf));
  table.tHead!.replaceChildren(head);
  table.tBodies[0]!.replaceChildren(...pairs.map((pair) => rowOf(pair, columns)));
}

function headOf(title: string): HTMLTableCellElement {
  const cell = make('th', '', title);
  cell.scope = 'col';
  return cell;
}

function rowOf(pair: Pair, columns: Column[]): HTMLTableRowElement {
  const row = make('tr', pair.verdict ?? (pair.fastest ? 'fastest' : 'same-arch'));
  const name = make('th', '', pair.case);
  name.scope = 'row';
  if (pair.fastest === false) name.append(make('span', 'quiet', ' same arch'));
  row.append(name);
  for (const { title, className = '', text } of columns) {
    const cell = make('td', className, text(pair));
    cell.dataset['title'] = title;
    row.append(cell);
  }
  return row;
}
