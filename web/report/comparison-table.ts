import type { Comparison } from '../bench/baseline.ts';
import { fillTable } from '../bench/comparison/table.ts';
import { make } from '../shared/element.ts';
import { count } from '../shared/format.ts';
import { first, leftOut, mostRows, say } from './limits.ts';

/** The bench page's table of a comparison, folded: filled while it is open. */
export class ComparisonTable {
  readonly element = make('details', 'figures');
  readonly #comparison: () => Comparison | null;
  readonly #summary = make('summary');
  readonly #table = make('table', 'cards');
  readonly #left = make('p', 'quiet');

  constructor(comparison: () => Comparison | null) {
    this.#comparison = comparison;
    this.#table.id = 'comparison-table'; // by which the style knows it
    this.#table.append(make('caption', 'visually-hidden', 'B compared with A'), make('thead'), make('tbody'));
    this.element.append(this.#summary, this.#table, this.#left);
    this.element.addEventListener('toggle', () => this.#fill());
  }

  changed(): void {
    const pairs = this.#comparison()?.pairs.length ?? 0;
    this.#summary.textContent = `As a table: ${count(pairs)} ${pairs === 1 ? 'row' : 'rows'}`;
    this.element.hidden = pairs === 0;
    this.#fill();
  }

  #fill(): void {
    const comparison = this.element.open ? this.#comparison() : null;
    const pairs = first(comparison?.pairs ?? [], mostRows);
    fillTable(this.#table, { cross: false, digest_errors: [], only_a: [], only_b: [], ...comparison, pairs: pairs.shown });
    say(this.#left, leftOut(pairs, 'ratios', 'choose an operation to see others'));
  }
}
