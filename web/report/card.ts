import { PlotFigure } from '../bench/charts/figure.ts';
import type { Plot } from '../bench/charts/plot.ts';
import type { Theme } from '../bench/charts/theme.ts';
import { make } from '../shared/element.ts';
import { say } from './limits.ts';

/** A plot with its title, what it leaves out, and its figures as text below. */
export class PlotCard {
  readonly #canvas = make('div', 'canvas');
  readonly #title = make('span');
  readonly #note = make('small');
  readonly #left = make('p', 'quiet left-out');
  readonly #figure: PlotFigure;
  readonly #table: { element: HTMLElement; changed(): void };

  constructor(
    parent: HTMLElement,
    id: string,
    wide: boolean,
    plot: (theme: Theme) => Plot | null,
    empty: string,
    table: { element: HTMLElement; changed(): void },
  ) {
    const figure = make('figure', wide ? 'plot wide' : 'plot');
    figure.id = id;
    const caption = make('figcaption');
    caption.append(this.#title, this.#note);
    const canvas = make('canvas');
    canvas.hidden = true;
    this.#canvas.append(canvas, make('p', 'empty', empty));
    figure.append(caption, this.#canvas, this.#left, table.element);
    parent.append(figure);
    this.#table = table;
    this.#figure = new PlotFigure(figure, plot);
  }

  /** What it shows is another now. */
  changed({ title, note = '', leftOut = '', height }: { title: string; note?: string; leftOut?: string; height?: number }): void {
    this.#title.textContent = title;
    say(this.#note, note);
    say(this.#left, leftOut);
    if (height !== undefined) this.#canvas.style.height = `${height}px`;
    this.#table.changed();
    void this.#figure.changed();
  }
}
