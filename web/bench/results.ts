import { bytesRate, elementsRate, percent, ratio, time, timeInterval } from '../shared/format.ts';
import type { Benchmark, Case } from './protocol.ts';

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
function shareOfRoof({ roofline, estimates }: Benchmark): string {
  if (!roofline?.bound) return '';
  const [bound, name] =
    roofline.bound === 'int8_mac' ? [roofline.int8_mac_ns, 'int8 peak'] : [roofline.bandwidth_ns, 'bandwidth'];
  return bound === null ? '' : `${percent(bound / estimates.median.point_estimate)} of ${name}`;
}

/** The table: every case from the start, its figures when they arrive. */
export class ResultsTable {
  readonly #body: HTMLTableSectionElement;
  /** Median of the scalar arch by case, in nanoseconds. */
  readonly #scalar = new Map<string, number>();
  #rows: HTMLTableRowElement[] = [];

  constructor(body: HTMLTableSectionElement) {
    this.#body = body;
  }

  list(cases: Case[]): void {
    this.#scalar.clear();
    this.#rows = cases.map((listed) => {
      const row = document.createElement('tr');
      row.className = 'waiting';
      const name = document.createElement('th');
      name.scope = 'row';
      name.textContent = listed.case;
      const arch = document.createElement('td');
      arch.className = 'arch';
      arch.textContent = listed.arch;
      row.append(name, arch);
      this.#fill(row, figures(null, null));
      return row;
    });
    this.#body.replaceChildren(...this.#rows);
  }

  started(index: number): void {
    this.#rows[index]?.setAttribute('aria-busy', 'true');
  }

  ended(index: number): void {
    this.#rows[index]?.removeAttribute('aria-busy');
  }

  show(index: number, result: Benchmark): void {
    const median = result.estimates.median.point_estimate;
    if (result.arch === 'scalar') this.#scalar.set(result.case, median);
    const scalar = this.#scalar.get(result.case);
    const row = this.#rows[index]!;
    row.className = '';
    this.#fill(row, figures(result, scalar === undefined ? null : scalar / median));
  }

  #fill(row: HTMLTableRowElement, cells: Figures): void {
    while (row.cells.length > 2) row.deleteCell(2);
    for (const [className, text] of cells) {
      const cell = row.insertCell();
      cell.className = className;
      cell.textContent = text;
    }
  }
}
