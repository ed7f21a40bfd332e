/// A matrix as a picture of few cells: each the mean of the weights in it, all of one size, so that one is as noisy as the
/// next.

/** Cells a side at most: more than a picture on the page has pixels to show. */
const mostCells = 320;

export interface Grid {
  /** Cells. */
  readonly rows: number;
  readonly columns: number;
  /** Weights a cell; those at the far edges may have fewer. */
  readonly rowStep: number;
  readonly columnStep: number;
  /** Row by row. */
  readonly values: Float32Array;
}

/** Adds a matrix row by row, so that it never needs to be there whole. */
export class GridBuilder {
  readonly #rows: number;
  readonly #columns: number;
  readonly #grid: Grid;

  constructor(rows: number, columns: number) {
    this.#rows = rows;
    this.#columns = columns;
    const rowStep = Math.ceil(rows / mostCells);
    const columnStep = Math.ceil(columns / mostCells);
    const [gridRows, gridColumns] = [Math.ceil(rows / rowStep), Math.ceil(columns / columnStep)];
    const values = new Float32Array(gridRows * gridColumns);
    this.#grid = { rows: gridRows, columns: gridColumns, rowStep, columnStep, values };
  }

  /** Whole rows from row `first` on. */
  add(first: number, weights: Float32Array): void {
    const { rowStep, columnStep, columns, values } = this.#grid;
    for (let at = 0, row = first; at < weights.length; ++row) {
      const cells = Math.floor(row / rowStep) * columns;
      for (let cell = 0; cell < columns; ++cell) {
        const end = Math.min(at + columnStep, (row - first + 1) * this.#columns);
        let sum = 0;
        for (; at < end; ++at) sum += weights[at]!;
        values[cells + cell]! += sum;
      }
    }
  }

  finish(): Grid {
    const { rows, columns, rowStep, columnStep, values } = this.#grid;
    for (let row = 0; row < rows; ++row) {
      const high = Math.min(rowStep, this.#rows - row * rowStep);
      for (let column = 0; column < columns; ++column) {
        const wide = Math.min(columnStep, this.#columns - column * columnStep);
        values[row * columns + column]! /= high * wide;
      }
    }
    return this.#grid;
  }
}

/** The error's picture: after − before. */
export function difference(after: Grid, before: Grid): Grid {
  return { ...after, values: after.values.map((value, i) => value - before.values[i]!) };
}

/** The magnitude that all but a few cells stay below, to scale colours by. */
export function extent({ values }: Grid): number {
  const sorted = values.map(Math.abs).sort();
  return sorted[Math.floor((sorted.length - 1) * 0.995)] ?? 0;
}
