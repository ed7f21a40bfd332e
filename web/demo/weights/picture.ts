/// Grids as pictures: blue below 0, the page's ground at 0, orange above, in the colours of the scheme.

import type { Grid } from './grid.ts';

/** Beyond this many cells a side a picture has about a pixel a cell, and looks better smoothed. */
const smoothBeyond = 160;

type Colour = readonly [red: number, green: number, blue: number];

export interface Colours {
  readonly minus: Colour;
  readonly ground: Colour;
  readonly plus: Colour;
}

/** The scheme's colours as they are now. */
export function schemeColours(): Colours {
  const probe = document.body.appendChild(document.createElement('span'));
  const colour = (token: string): Colour => {
    probe.style.color = `var(${token})`;
    const [red = 0, green = 0, blue = 0] = (getComputedStyle(probe).color.match(/[\d.]+/g) ?? []).map(Number);
    return [red, green, blue];
  };
  const colours = { minus: colour('--minus'), ground: colour('--ground'), plus: colour('--plus') };
  probe.remove();
  return colours;
}

/** Paints a grid; ±`limit` and beyond have the full colour. */
export function paintGrid(canvas: HTMLCanvasElement, grid: Grid, limit: number, colours: Colours): void {
  const { rows, columns, values } = grid;
  const pixels = new ImageData(columns, rows);
  values.forEach((value, i) => {
    const share = limit > 0 ? Math.min(Math.abs(value) / limit, 1) : 0;
    const end = value < 0 ? colours.minus : colours.plus;
    for (let channel = 0; channel < 3; ++channel) {
      pixels.data[4 * i + channel] = colours.ground[channel]! + share * (end[channel]! - colours.ground[channel]!);
    }
    pixels.data[4 * i + 3] = 255;
  });
  canvas.width = columns;
  canvas.height = rows;
  canvas.classList.toggle('smooth', Math.max(rows, columns) > smoothBeyond);
  canvas.getContext('2d')?.putImageData(pixels, 0, 0);
}
