import { bytesRate, elementsRate, percent, ratio, time, timeInterval } from '../shared/format.ts';
import { make } from '../shared/element.ts';
import { type Benchmark, boundOf } from './baseline.ts';
import type { Case } from './protocol.ts';

/** The columns after case and arch. */
type Figures = [className: string, text: string][];

const figures = (result: Benchmark | null, speedUp: number | null): Figures => {
  const interval = result?.estimates.median.confidence_interval;
  return [
    ['median', result ? time(result.estimates.median.point_estimate) : ''],
    ['interval', interval ? timeInterval(interval.lower_bound, interval.upper_bound) : ''],
    ['elements', result ? work(result) : ''],
    ['bytes', result ? bytesRate(result.throughput.bytes_per_s) : ''],
    ['speed-up', speedUp === null ? '' : ratio(speedUp)],
    ['roof', result ? shareOfRoof(result) : ''],
  ];
};

/** "20.6 Gelem/s", and of a model "9.9 tokens/s" as well. */
function work({ throughput }: Benchmark): string {
  const { elements_per_s, tokens_per_s } = throughput;
  const elements = elementsRate(elements_per_s);
  return tokens_per_s === undefined ? elements : `${elements}, ${tokens_per_s.toFixed(1)}\u00a0tokens/s`;
}

/** "87 % of int8 peak": how near the case is to the lower of its two roofs. */
function shareOfRoof(result: Benchmark): string {
  const bound = boundOf(result);
  if (bound === null) return '';
  const name = result.roofline?.bound === 'int8_mac' ? 'int8 peak' : 'bandwidth';
  return `${percent(bound / result.estimates.median.point_estimate)} of ${name}`;
}

/** The table: every case from the start, its figures when they arrive. */
export class ResultsTable {
  readonly #body: HTMLTableSectionElement;
  #rows: { row: HTMLTableRowElement; name: HTMLElement; result: Benchmark | null }[] = [];

  constructor(body: HTMLTableSectionElement) {
    this.#body = body;
  }

  list(cases: Case[]): void {
    this.#rows = cases.map((listed) => {
      const row = make('tr', 'waiting');
      const name = make('th', '', listed.case);
      name.scope = 'row';
      row.append(name, make('td', 'arch', listed.arch));
      fill(row, figures(null, null));
      return { row, name, result: null };
    });
    this.#body.replaceChildren(...this.#rows.map(({ row }) => row));
  }

  started(index: number): void {
    this.#rows[index]?.row.setAttribute('aria-busy', 'true');
  }

  /** `disturbed`: the page was hidden while this was measured. */
  ended(index: number, result: Benchmark, disturbed: boolean): void {
    const ended = this.#rows[index]!;
    ended.result = result;
    ended.row.className = '';
    ended.row.removeAttribute('aria-busy');
    if (disturbed) {
      const mark = make('abbr', 'disturbed', '†');
      mark.title = 'measured while the page was hidden';
      ended.name.append(' ', mark);
    }
    // The scalar arch may come before the others or after them.
    for (const other of this.#rows) if (other.result?.case === result.case) this.#show(other.row, other.result);
  }

  #show(row: HTMLTableRowElement, result: Benchmark): void {
    const scalar = this.#rows.find((other) => other.result?.case === result.case && other.result.arch === 'scalar')?.result;
    fill(row, figures(result, scalar ? medianOf(scalar) / medianOf(result) : null));
  }
}

const medianOf = ({ estimates }: Benchmark): number => estimates.median.point_estimate;

function fill(row: HTMLTableRowElement, cells: Figures): void {
  while (row.cells.length > 2) row.deleteCell(2);
  for (const [className, text] of cells) row.append(make('td', className, text));
}
