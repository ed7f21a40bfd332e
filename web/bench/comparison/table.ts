import { make } from '../../shared/element.ts';
import { elementsRate, percent, time } from '../../shared/format.ts';
import { type Comparison, type Pair, type Side, classOf } from '../baseline.ts';

interface Column {
  title: string;
  className?: string;
  /** Before the figure on a phone, where there are no column heads. */
  label?: string;
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
  { title: 'A', className: 'arch', label: 'A', text: ({ a }) => a.arch },
  { title: 'A, elements/s', text: ({ a }) => elementsRate(a.elements_per_s) },
  { title: 'A, of roof', text: ({ a }) => share(a) },
  { title: 'B', className: 'arch', label: 'B', text: ({ b }) => b.arch },
  { title: 'B, elements/s', text: ({ b }) => elementsRate(b.elements_per_s) },
  { title: 'B, of roof', text: ({ b }) => share(b) },
  { title: 'Time, B/A', className: 'ratio', label: 'B/A', text: ({ ratio }) => ratio.point_estimate.toFixed(2) },
  { title: '95 % interval', className: 'interval', text: interval },
];

/** Of `trilane compare`. */
const verdictColumns: Column[] = [
  { title: 'Arch', className: 'arch', text: ({ a }) => a.arch },
  { title: 'A', label: 'A', text: ({ a }) => time(a.median_ns) },
  { title: 'B', label: 'B', text: ({ b }) => time(b.median_ns) },
  { title: 'Time, B/A', className: 'ratio', label: 'B/A', text: ({ ratio }) => ratio.point_estimate.toFixed(3) },
  { title: 'Interval', className: 'interval', text: interval },
  { title: 'Verdict', className: 'verdict', text: ({ verdict, note }) => [verdict, note].filter(Boolean).join(': ') },
];

/** Fills the table with what the command line would print. */
export function fillTable(table: HTMLTableElement, { cross, pairs }: Comparison): void {
  const columns = cross ? crossColumns : verdictColumns;
  const head = make('tr');
  head.append(...[{ title: 'Case' }, ...columns].map(headOf));
  table.tHead!.replaceChildren(head);
  table.tBodies[0]!.replaceChildren(...pairs.map((pair) => rowOf(pair, columns)));
}

function headOf({ title, className = '' }: Pick<Column, 'title' | 'className'>): HTMLTableCellElement {
  const cell = make('th', className, title);
  cell.scope = 'col';
  return cell;
}

function rowOf(pair: Pair, columns: Column[]): HTMLTableRowElement {
  const row = make('tr', pair.verdict ? classOf(pair.verdict) : pair.fastest ? 'fastest' : 'same-arch');
  const name = make('th', '', pair.case);
  name.scope = 'row';
  if (pair.fastest === false) name.append(make('span', 'quiet', ' same arch'));
  row.append(name);
  for (const { className = '', label, text } of columns) {
    const cell = make('td', className, text(pair));
    if (label !== undefined) cell.dataset['label'] = label;
    row.append(cell);
  }
  return row;
}
