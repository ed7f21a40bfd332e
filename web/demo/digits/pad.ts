/// The drawing pad: strokes of mouse, finger or pen become black ink on a transparent canvas.

import { imageSize } from './network.ts';

/** Of the canvas's side: about as thick as the strokes that the network has seen. */
const strokeWidth = 0.075;

interface Point {
  readonly x: number;
  readonly y: number;
}

interface Stroke {
  /** Where the canvas lies, looked up once: asking for it at every point would lay out the page each time. */
  readonly place: DOMRect;
  /** The last two points. */
  last: Point;
  middle: Point;
}

export class Pad {
  readonly #canvas: HTMLCanvasElement;
  readonly #context: CanvasRenderingContext2D;
  readonly #changed: () => void;
  /** What is being drawn, by pointer. */
  readonly #strokes = new Map<number, Stroke>();
  /** True while the pad shows a digit that was not drawn here: the next stroke replaces it. */
  #isSample = false;

  /** `changed` is called whenever ink was added. */
  constructor(canvas: HTMLCanvasElement, changed: () => void) {
    this.#canvas = canvas;
    const context = canvas.getContext('2d', { willReadFrequently: true });
    if (!context) throw new Error('This browser cannot draw.');
    this.#context = context;
    this.#changed = changed;
    context.lineWidth = strokeWidth * canvas.width;
    context.lineCap = 'round';
    context.lineJoin = 'round';
    canvas.addEventListener('pointerdown', (event) => this.#begin(event));
    canvas.addEventListener('pointermove', (event) => this.#draw(event));
    for (const end of ['pointerup', 'pointercancel'] as const) {
      canvas.addEventListener(end, ({ pointerId }) => this.#end(pointerId));
    }
  }

  clear(): void {
    this.#context.clearRect(0, 0, this.#canvas.width, this.#canvas.height);
    this.#strokes.clear();
    this.#isSample = false;
  }

  /** Shows a digit of 28 × 28 bytes. */
  show(image: Uint8Array): void {
    this.clear();
    const { width, height } = this.#canvas;
    const small = document.createElement('canvas');
    small.width = small.height = imageSize;
    paint(small, image);
    this.#context.drawImage(small, 0, 0, width, height);
    this.#isSample = true;
  }

  drawing(): ImageData {
    return this.#context.getImageData(0, 0, this.#canvas.width, this.#canvas.height);
  }

  #pointOf(event: PointerEvent, { left, top, width, height }: DOMRect): Point {
    return {
      x: ((event.clientX - left) / width) * this.#canvas.width,
      y: ((event.clientY - top) / height) * this.#canvas.height,
    };
  }

  #begin(event: PointerEvent): void {
    if (event.button !== 0) return;
    if (this.#isSample) this.clear();
    try {
      this.#canvas.setPointerCapture(event.pointerId); // so that a stroke may leave the pad and come back
    } catch {
      // The pointer is gone already.
    }
    const place = this.#canvas.getBoundingClientRect();
    const point = this.#pointOf(event, place);
    this.#strokes.set(event.pointerId, { place, last: point, middle: point });
    this.#dot(point);
    this.#changed();
  }

  #draw(event: PointerEvent): void {
    const stroke = this.#strokes.get(event.pointerId);
    if (!stroke) return;
    // The pointer's path between two frames, where the browser tells it.
    const coalesced = event.getCoalescedEvents?.() ?? [];
    for (const one of coalesced.length > 0 ? coalesced : [event]) {
      const point = this.#pointOf(one, stroke.place);
      const middle = { x: (stroke.last.x + point.x) / 2, y: (stroke.last.y + point.y) / 2 };
      this.#line(stroke.middle, stroke.last, middle);
      stroke.last = point;
      stroke.middle = middle;
    }
    this.#changed();
  }

  #end(pointer: number): void {
    const stroke = this.#strokes.get(pointer);
    this.#strokes.delete(pointer);
    if (!stroke) return;
    this.#line(stroke.middle, stroke.last, stroke.last);
    this.#changed();
  }

  #dot({ x, y }: Point): void {
    this.#context.beginPath();
    this.#context.arc(x, y, this.#context.lineWidth / 2, 0, 2 * Math.PI);
    this.#context.fill();
  }

  /** A curve from one middle to the next: the points between pull it, so that it has no corners. */
  #line(from: Point, pull: Point, to: Point): void {
    this.#context.beginPath();
    this.#context.moveTo(from.x, from.y);
    this.#context.quadraticCurveTo(pull.x, pull.y, to.x, to.y);
    this.#context.stroke();
  }
}

/** Paints 28 × 28 bytes, 0 paper … 255 ink, as black ink. */
export function paint(canvas: HTMLCanvasElement, image: ArrayLike<number>): void {
  const pixels = new ImageData(imageSize, imageSize);
  for (let i = 0; i < image.length; ++i) pixels.data[4 * i + 3] = image[i]!;
  canvas.getContext('2d')?.putImageData(pixels, 0, 0);
}
