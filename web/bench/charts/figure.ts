import type { Plot } from './plot.ts';
import { type Theme, currentTheme } from './theme.ts';

const dark = matchMedia('(prefers-color-scheme: dark)');

/**
 * A plot in its figure, whose size the style sheet reserves. It is drawn when it is on the screen and its data or the colour
 * scheme have changed.
 */
export class PlotFigure {
  readonly #canvas: HTMLCanvasElement;
  readonly #empty: HTMLElement;
  readonly #plot: (theme: Theme) => Plot | null;
  #stale = true;
  #visible = false;
  #printing = false;

  /** `figure` has a canvas, and an element of the class `empty` that says what is missing where `plot` makes nothing. */
  constructor(figure: HTMLElement, plot: (theme: Theme) => Plot | null) {
    this.#canvas = figure.querySelector('canvas')!;
    this.#empty = figure.querySelector('.empty')!;
    this.#empty.hidden = true; // whether anything is missing is not known before it is to be drawn
    this.#plot = plot;
    dark.addEventListener('change', () => void this.changed());
    // On paper everything is seen, in the colours of paper.
    addEventListener('beforeprint', () => void this.#print(true));
    addEventListener('afterprint', () => void this.#print(false));
    new IntersectionObserver((entries) => {
      this.#visible = entries.some(({ isIntersecting }) => isIntersecting);
      void this.#draw();
    }).observe(figure);
  }

  /** The data are others now. Resolves when the plot is drawn, at once if nobody sees it. */
  changed(): Promise<void> {
    this.#stale = true;
    return this.#draw();
  }

  #print(printing: boolean): Promise<void> {
    this.#printing = printing;
    return this.changed();
  }

  async #draw(): Promise<void> {
    if (!this.#stale || !(this.#visible || this.#printing)) return;
    this.#stale = false;
    const plot = this.#plot(currentTheme());
    this.#empty.hidden = plot !== null;
    this.#canvas.hidden = plot === null;
    if (plot === null && this.#canvas.getAttribute('aria-label') === null) return; // nothing to erase, nothing to load
    try {
      const { draw, erase } = await import('./draw.ts');
      if (plot) draw(this.#canvas, plot);
      else erase(this.#canvas);
    } catch (error) {
      // The table is there; a plot less must not end a run.
      this.#empty.textContent = `The plot could not be drawn: ${error instanceof Error ? error.message : String(error)}`;
      this.#empty.hidden = false;
      this.#canvas.hidden = true;
    }
  }
}
