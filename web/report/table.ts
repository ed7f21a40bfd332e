import { make } from '../shared/element.ts';
import { first, leftOut, mostRows, say } from './limits.ts';

export interface Column<Row> {
  title: string;
  className?: string;
  text(row: Row): string;
}

/** A plot's figures as a table, folded: filled while it is open. The first column names the row. */
export class FoldedTable<Row> {
  readonly element = make('details', 'figures');
  readonly #columns: () => Column<Row>[];
  readonly #rows: () => Row[];
  readonly #summary = make('summary');
  readonly #left = make('p', 'quiet');
  readonly #scroll = make('div', 'scroll');
  readonly #title: string;

  constructor(title: string, columns: () => Column<Row>[], rows: () => Row[]) {
    this.#title = title;
    this.#columns = columns;
    this.#rows = rows;
    this.#scroll.tabIndex = 0;
    this.#scroll.setAttribute('role', 'region');
    this.#scroll.setAttribute('aria-label', `${title}, as a table`);
    this.element.append(this.#summary, this.#scroll, this.#left);
    this.element.addEventListener('toggle', () => this.#fill());
  }

  changed(): void {
    const { length } = this.#rows();
    this.#summary.textContent = `As a table: ${length} ${length === 1 ? 'row' : 'rows'}`;
    this.element.hidden = length === 0;
    this.#fill();
  }

  #fill(): void {
    if (!this.element.open) {
      this.#scroll.replaceChildren();
      return;
    }
    const rows = first(this.#rows(), mostRows);
    this.#scroll.replaceChildren(tableOf(this.#title, this.#columns(), rows.shown));
    say(this.#left, leftOut(rows, 'rows', 'a pattern or another choice above shows others'));
  }
}

function tableOf<Row>(title: string, columns: Column<Row>[], rows: Row[]): HTMLTableElement {
  const table = make('table');
  const head = make('tr');
  head.append(...columns.map(({ title: text, className }) => headOf(text, 'col', className)));
  const body = make('tbody');
  for (const row of rows) {
    const line = make('tr');
    const [name, ...others] = columns;
    line.append(headOf(name!.text(row), 'row'), ...others.map(({ className, text }) => make('td', className, text(row))));
    body.append(line);
  }
  table.append(make('caption', 'visually-hidden', title), make('thead'), body);
  table.tHead!.append(head);
  return table;
}

export function headOf(text: string, scope: 'col' | 'row', className = ''): HTMLTableCellElement {
  const cell = make('th', className, text);
  cell.scope = scope;
  return cell;
}
