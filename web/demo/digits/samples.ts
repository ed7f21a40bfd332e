/// Digits of the test set to choose from: radio buttons that show them, so that the arrow keys go through them.

import { imageSize } from './network.ts';
import { paint } from './pad.ts';

export interface Sample {
  readonly index: number;
  readonly image: Uint8Array;
  /** What is written below it. */
  readonly caption: string;
  /** What a screen reader says instead. */
  readonly name: string;
}

interface Slot {
  readonly root: HTMLElement;
  readonly radio: HTMLInputElement;
  readonly canvas: HTMLCanvasElement;
  readonly caption: HTMLElement;
}

/** A row of slots, there before their samples are, so that nothing moves when these come. */
export class Samples {
  readonly #slots: Slot[];
  #samples: readonly Sample[] = [];

  constructor(strip: HTMLElement, slots: number, chosen: (sample: Sample) => void) {
    this.#slots = Array.from({ length: slots }, (_, i) => {
      const slot = makeSlot();
      // A click on the one that is chosen already shows it again.
      slot.radio.addEventListener('click', () => {
        const sample = this.#samples[i];
        if (sample) chosen(sample);
      });
      strip.append(slot.root);
      return slot;
    });
  }

  show(samples: readonly Sample[]): void {
    this.#samples = samples;
    this.#slots.forEach(({ root, radio, canvas, caption }, i) => {
      const sample = samples[i];
      root.classList.toggle('empty', !sample);
      radio.disabled = !sample;
      if (!sample) return;
      radio.setAttribute('aria-label', sample.name);
      caption.textContent = sample.caption;
      paint(canvas, sample.image);
    });
  }

  /** Chooses none. */
  clear(): void {
    for (const { radio } of this.#slots) radio.checked = false;
  }

  /** Shows which sample is chosen. */
  mark(index: number): void {
    const slot = this.#slots[this.#samples.findIndex((sample) => sample.index === index)];
    if (slot) slot.radio.checked = true;
  }
}

function makeSlot(): Slot {
  const root = document.createElement('label');
  root.className = 'slot empty';
  const radio = root.appendChild(document.createElement('input'));
  radio.type = 'radio';
  radio.name = 'sample';
  radio.className = 'visually-hidden';
  radio.disabled = true;
  radio.setAttribute('aria-label', 'not there yet');
  const canvas = root.appendChild(document.createElement('canvas'));
  canvas.width = canvas.height = imageSize;
  const caption = root.appendChild(document.createElement('span'));
  caption.textContent = '\u00a0';
  return { root, radio, canvas, caption };
}
