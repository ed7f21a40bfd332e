/// What one variant of the network makes of the digit: its answer, a bar a digit, and what is known about it.

import { shareOf } from '../share.ts';
import { classes } from './network.ts';
import type { Variant } from './protocol.ts';

export class Card {
  readonly #root: HTMLElement;
  readonly #bars: { item: HTMLElement; bar: HTMLElement; text: HTMLElement }[] = [];

  constructor(variant: Variant) {
    const root = document.querySelector<HTMLElement>(`.reading[data-variant="${variant}"]`);
    const list = root?.querySelector('.bars');
    if (!root || !list) throw new Error(`The page lacks a card for ${variant}.`);
    this.#root = root;
    for (let digit = 0; digit < classes; ++digit) {
      const item = document.createElement('li');
      const track = item.appendChild(document.createElement('span'));
      track.className = 'track';
      const bar = track.appendChild(document.createElement('span'));
      bar.className = 'bar';
      item.append(String(digit));
      const text = item.appendChild(document.createElement('span'));
      text.className = 'visually-hidden';
      list.append(item);
      this.#bars.push({ item, bar, text });
    }
    this.show(null);
  }

  /** Ten probabilities; null where there is nothing to read. */
  show(probabilities: Float32Array | null): void {
    const most = probabilities ? probabilities.indexOf(Math.max(...probabilities)) : -1;
    this.#bars.forEach(({ item, bar, text }, digit) => {
      const share = probabilities?.[digit] ?? 0;
      bar.style.transform = `scaleY(${share.toFixed(4)})`;
      text.textContent = probabilities ? `: ${shareOf(share)}` : '';
      item.classList.toggle('most', digit === most);
    });
    this.#set('.digit', most < 0 ? '–' : String(most));
    this.#set('.share', probabilities ? shareOf(probabilities[most]!) : '');
  }

  set accuracy(text: string) {
    this.#set('.accuracy', text);
  }

  set size(text: string) {
    this.#set('.size', text);
  }

  set smaller(text: string) {
    this.#set('.smaller', text);
  }

  set time(text: string) {
    this.#set('.time', text);
  }

  #set(selector: string, text: string): void {
    const found = this.#root.querySelector(selector);
    if (found && found.textContent !== text) found.textContent = text;
  }
}
