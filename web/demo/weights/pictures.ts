/// Before, after and error: of the whole matrix, or of a part of it weight by weight.

import { count } from '../../shared/format.ts';
import type { Caller } from '../calls.ts';
import { element } from '../../shared/element.ts';
import { Latest } from '../latest.ts';
import { type Grid, extent } from './grid.ts';
import { paintGrid, schemeColours } from './picture.ts';
import type { CloseUp, Preview, WeightMethods } from './protocol.ts';

/** Weights a side of a close-up. */
const closeSize = 40;

const kinds = ['before', 'after', 'error'] as const;

/** Magnitudes are legible with three digits. */
export const magnitude = (value: number): string => (value === 0 ? '0' : String(Number(value.toPrecision(3))));

export class Pictures {
  readonly #caller: Caller<WeightMethods>;
  readonly #canvases = {
    before: element<HTMLCanvasElement>('picture-before'),
    after: element<HTMLCanvasElement>('picture-after'),
    error: element<HTMLCanvasElement>('picture-error'),
  };
  readonly #whole = element<HTMLInputElement>('view-whole');
  readonly #close = element<HTMLInputElement>('view-close');
  readonly #row = element<HTMLInputElement>('close-row');
  readonly #column = element<HTMLInputElement>('close-column');
  readonly #latest = new Latest();
  readonly #failed: (error: Error) => void;
  #preview: Preview | null = null;
  #closeUp: CloseUp | null = null;

  constructor(caller: Caller<WeightMethods>, failed: (error: Error) => void) {
    this.#caller = caller;
    this.#failed = failed;
    for (const view of [this.#whole, this.#close]) view.addEventListener('change', () => this.#changeView());
    for (const slider of [this.#row, this.#column]) slider.addEventListener('input', () => this.#lookCloser());
    for (const kind of kinds) this.#canvases[kind].addEventListener('click', (event) => this.#lookAt(event));
    matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => this.#paint());
  }

  show(preview: Preview): void {
    const sameShape = this.#preview?.rows === preview.rows && this.#preview.columns === preview.columns;
    this.#preview = preview;
    this.#row.max = String(Math.max(0, preview.rows - closeSize));
    this.#column.max = String(Math.max(0, preview.columns - closeSize));
    if (!sameShape) this.#row.value = this.#column.value = '0';
    this.#changeView();
  }

  #changeView(): void {
    const close = this.#close.checked;
    this.#row.disabled = !close || this.#row.max === '0';
    this.#column.disabled = !close || this.#column.max === '0';
    if (close) this.#lookCloser();
    else this.#paint();
  }

  /** A click into the whole matrix looks closer there. */
  #lookAt({ currentTarget, offsetX, offsetY }: MouseEvent): void {
    if (!this.#preview || this.#close.checked) return;
    const { clientWidth, clientHeight } = currentTarget as HTMLCanvasElement;
    this.#row.value = String(Math.round((offsetY / clientHeight) * this.#preview.rows - closeSize / 2));
    this.#column.value = String(Math.round((offsetX / clientWidth) * this.#preview.columns - closeSize / 2));
    this.#close.checked = true;
    this.#changeView();
  }

  #lookCloser(): void {
    const look = async () => {
      this.#closeUp = await this.#caller.call('closeUp', this.#row.valueAsNumber, this.#column.valueAsNumber, closeSize);
      this.#paint();
    };
    this.#latest.run(look).catch(this.#failed);
  }

  #paint(): void {
    if (!this.#preview) return;
    const shown: CloseUp | null = this.#close.checked ? this.#closeUp : this.#preview;
    if (!shown) return;
    const limit = colourLimit(this.#preview.before, shown.after);
    const colours = schemeColours();
    for (const kind of kinds) paintGrid(this.#canvases[kind], shown[kind], limit, colours);
    element('legend-low').textContent = `≤ −${magnitude(limit)}`;
    element('legend-high').textContent = `≥ +${magnitude(limit)}`;
    const note = this.#close.checked ? this.#closeNote(shown.before) : wholeNote(shown.before, this.#preview);
    element('picture-note').textContent = note;
  }

  #closeNote({ rows, columns }: Grid): string {
    const [row, column] = [this.#row.valueAsNumber, this.#column.valueAsNumber];
    const range = (first: number, many: number) => `${count(first)} to ${count(first + many - 1)}`;
    return `Rows ${range(row, rows)}, columns ${range(column, columns)}: one square a weight.`;
  }
}

/**
 * The magnitude that has the full colour, the same in all three pictures so that they can be compared: with half of it ±s is
 * seen well, and what is far beyond ±s is told from it.
 */
function colourLimit(before: Grid, after: Grid): number {
  return Math.min(2 * extent(after) || Infinity, extent(before));
}

function wholeNote({ rowStep, columnStep }: Grid, { rows, columns }: Preview): string {
  const size = `${count(rows)} rows of ${count(columns)} weights`;
  const isSingle = rowStep * columnStep === 1;
  const cell = isSingle ? 'one cell a weight' : `each cell the mean of ${rowStep} × ${columnStep} weights`;
  return `${size}, ${cell}. Click a picture to look closer.`;
}
