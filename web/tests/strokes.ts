/// Digits as a pen draws them, and what its ink leaves on a square.

import type { Drawing } from '../demo/digits/preprocessing.ts';

type Point = readonly [x: number, y: number];

/** Points of an ellipse, clockwise between two angles in turns from the top. */
function arc(x: number, y: number, radiusX: number, radiusY: number, from: number, to: number): Point[] {
  return Array.from({ length: 25 }, (_, i) => {
    const angle = 2 * Math.PI * (from + ((to - from) * i) / 24);
    return [x + radiusX * Math.sin(angle), y - radiusY * Math.cos(angle)] as const;
  });
}

/** The strokes of 0 … 9, in a square from 0 to 1. */
export const digitStrokes: readonly (readonly Point[])[][] = [
  [arc(0.5, 0.5, 0.25, 0.4, 0, 1)],
  [[[0.53, 0.1], [0.47, 0.9]]],
  [[...arc(0.48, 0.32, 0.23, 0.22, -0.22, 0.38), [0.24, 0.88], [0.78, 0.86]]],
  [[...arc(0.46, 0.3, 0.22, 0.2, -0.18, 0.48), ...arc(0.46, 0.69, 0.25, 0.21, 0.02, 0.68)]],
  [[[0.3, 0.1], [0.23, 0.52], [0.78, 0.5]], [[0.68, 0.12], [0.64, 0.92]]],
  [[[0.74, 0.12], [0.34, 0.12], [0.29, 0.46], ...arc(0.46, 0.66, 0.25, 0.24, -0.1, 0.66)]],
  [[[0.62, 0.1], [0.4, 0.3], [0.29, 0.55], ...arc(0.5, 0.7, 0.21, 0.19, -0.25, 0.75)]],
  [[[0.24, 0.14], [0.76, 0.12], [0.45, 0.9]]],
  [[...arc(0.5, 0.3, 0.19, 0.19, 0.5, -0.5), ...arc(0.5, 0.7, 0.23, 0.21, 0, 1)]],
  [[...arc(0.48, 0.32, 0.21, 0.22, 0.25, -0.75), [0.68, 0.5], [0.6, 0.92]]],
];

export interface Pen {
  /** Pixels a side of the drawing. */
  readonly size: number;
  /** Thickness of the strokes, and the corner and side of the square that is drawn in; all in sides of the drawing. */
  readonly thickness: number;
  readonly corner: Point;
  readonly side: number;
}

/** Ink within half a thickness of a stroke, with an edge a pixel wide. */
export function drawn(strokes: readonly (readonly Point[])[], { size, thickness, corner, side }: Pen): Drawing {
  const ink = new Uint8Array(size * size);
  const radius = (thickness * size) / 2;
  const onSquare = ([x, y]: Point): Point => [size * (corner[0] + side * x), size * (corner[1] + side * y)];
  for (const stroke of strokes) {
    const points = stroke.map(onSquare);
    points.slice(1).forEach((to, i) => drawLine(ink, size, points[i]!, to, radius));
  }
  return { size, ink };
}

function drawLine(ink: Uint8Array, size: number, from: Point, to: Point, radius: number): void {
  const [fromX, toX] = around(from[0], to[0], radius, size);
  const [fromY, toY] = around(from[1], to[1], radius, size);
  for (let y = fromY; y < toY; ++y) {
    for (let x = fromX; x < toX; ++x) {
      const covered = radius + 0.5 - distanceToLine([x + 0.5, y + 0.5], from, to);
      const at = y * size + x;
      ink[at] = Math.max(ink[at]!, 255 * Math.min(covered, 1));
    }
  }
}

/** The pixels along one axis that a line between two places can reach. */
const around = (one: number, other: number, radius: number, size: number): [number, number] => [
  Math.max(Math.floor(Math.min(one, other) - radius - 1), 0),
  Math.min(Math.ceil(Math.max(one, other) + radius + 1), size),
];

function distanceToLine([x, y]: Point, [fromX, fromY]: Point, [toX, toY]: Point): number {
  const [alongX, alongY] = [toX - fromX, toY - fromY];
  const length2 = alongX ** 2 + alongY ** 2;
  const part = length2 === 0 ? 0 : Math.min(Math.max(((x - fromX) * alongX + (y - fromY) * alongY) / length2, 0), 1);
  return Math.hypot(x - fromX - part * alongX, y - fromY - part * alongY);
}
