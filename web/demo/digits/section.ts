/// "Draw a digit": the pad, the four readings, the test set's digits, and how often each variant is right.

import { bytes, count, percent, ratio, time } from '../../shared/format.ts';
import type { Caller } from '../calls.ts';
import { element } from '../../shared/element.ts';
import { Latest } from '../latest.ts';
import { Card } from './card.ts';
import { classes, likeliest } from './network.ts';
import { Pad, paint } from './pad.ts';
import { type DigitMethods, type Opened, type Reading, type Variant, variants } from './protocol.ts';
import { type Sample, Samples } from './samples.ts';
import { type Predictions, accuracy, hardest, predictAll, timeAll, timedSamples } from './scoring.ts';
import { aDigit, mistake, saying } from './words.ts';

const wrongShown = 10;
/** How long the hand rests before a screen reader hears what was read. */
const restMs = 400;

export class DigitSection {
  readonly #caller: Caller<DigitMethods>;
  readonly #section = element('digits');
  readonly #seen = element<HTMLCanvasElement>('seen');
  readonly #summary = element('reading');
  readonly #progress = element<HTMLProgressElement>('scored');
  readonly #status = element('score-status');
  readonly #again = element<HTMLButtonElement>('score-again');
  readonly #cards: Record<Variant, Card>;
  readonly #pad: Pad;
  readonly #right: Samples;
  readonly #wrong: Samples;
  readonly #latest = new Latest();
  #labels: Uint8Array = new Uint8Array();
  #saying = 0;
  #isOpen = false;
  #isMeasuring = false;

  constructor(caller: Caller<DigitMethods>) {
    this.#caller = caller;
    this.#cards = {
      float32: new Card('float32'),
      i2_s: new Card('i2_s'),
      tl1: new Card('tl1'),
      tl2: new Card('tl2'),
    };
    this.#pad = new Pad(element<HTMLCanvasElement>('pad'), () => this.#readDrawing());
    this.#right = new Samples(element('right-samples'), classes, (sample) => this.#readSample(sample));
    this.#wrong = new Samples(element('wrong-samples'), wrongShown, (sample) => this.#readSample(sample));
    element('clear').addEventListener('click', () => this.#clear());
    this.#section.addEventListener('keydown', ({ key }) => {
      if (key === 'Escape') this.#clear();
    });
    this.#again.addEventListener('click', () => void this.measure().catch((error: Error) => this.#fail(error)));
  }

  /** Loads the kernels, the network and the test digits. Rejects where this browser cannot. */
  async open(relaxed: boolean): Promise<Opened> {
    const opened = await this.#caller.call('open', relaxed);
    this.#labels = opened.labels;
    this.#isOpen = true;
    for (const variant of variants) {
      this.#cards[variant].size = bytes(opened.sizes[variant]);
      this.#cards[variant].smaller = variant === 'float32' ? '–' : ratio(opened.sizes.float32 / opened.sizes[variant]);
    }
    await this.#showOneOfEach();
    this.#section.dataset['state'] = 'ready';
    return opened;
  }

  /** Reads the test set, then takes the times. */
  async measure(): Promise<void> {
    if (!this.#isOpen || this.#isMeasuring) return;
    this.#isMeasuring = true;
    this.#again.setAttribute('aria-disabled', 'true'); // a disabled button would lose the focus
    const total = this.#labels.length;
    const predictions = await predictAll(this.#caller, total, (soFar, done) => {
      this.#progress.value = done / total;
      this.#status.textContent = `Reading the test set: ${count(done)} of ${count(total)} digits`;
      for (const variant of variants) {
        this.#cards[variant].accuracy = `${(100 * accuracy(soFar[variant], this.#labels, done)).toFixed(1)}\u00a0%`;
      }
    });
    await this.#showMistakes(predictions);
    await timeAll(this.#caller, (medians, done, of) => {
      this.#status.textContent = `Taking the times: ${percent(done / of)}`;
      for (const variant of variants) this.#cards[variant].time = time(medians[variant]);
    });
    const tick = time((await this.#caller.call('clock')) * 1e6);
    this.#status.textContent =
      `Right: how many of ${count(total)} test digits. Time: of one digit, the median of ${timedSamples} samples, ` +
      `each at least 100 ticks of this browser’s clock (${tick}) long. ` +
      'Float32 runs as plain JavaScript, the others in trilane’s kernels.';
    this.#section.dataset['state'] = 'measured';
    this.#isMeasuring = false;
    this.#again.setAttribute('aria-disabled', 'false');
  }

  #readDrawing(): void {
    this.#right.clear();
    this.#wrong.clear();
    this.#section.dataset['drawn'] = '';
    this.#read(() => {
      const drawing = this.#pad.drawing();
      return this.#caller.callWith([drawing.data.buffer], 'read', drawing);
    }, '');
  }

  #readSample({ index, image }: Sample): void {
    this.#pad.show(image);
    this.#section.dataset['drawn'] = '';
    this.#read(() => this.#caller.call('readSample', index), `The test set calls it ${aDigit(this.#labels[index]!)}. `);
  }

  #clear(): void {
    this.#pad.clear();
    this.#right.clear();
    this.#wrong.clear();
    delete this.#section.dataset['drawn'];
    this.#read(() => Promise.resolve(null), '');
  }

  #read(ask: () => Promise<Reading | null>, before: string): void {
    if (!this.#isOpen) return;
    this.#latest.run(async () => this.#show(await ask(), before)).catch((error: Error) => this.#fail(error));
  }

  #show(reading: Reading | null, before: string): void {
    for (const variant of variants) this.#cards[variant].show(reading && reading.probabilities[variant]);
    paint(this.#seen, reading ? reading.pixels.map((share) => share * 255) : new Uint8Array(this.#seen.width ** 2));
    const digit = (variant: Variant) => (reading ? likeliest(reading.probabilities[variant])[0]! : 0);
    const text = reading
      ? before + saying({ float32: digit('float32'), i2_s: digit('i2_s'), tl1: digit('tl1'), tl2: digit('tl2') })
      : 'Nothing is drawn.';
    clearTimeout(this.#saying);
    this.#saying = window.setTimeout(() => (this.#summary.textContent = text), restMs);
  }

  /** The worker broke: nothing is read any more. */
  #fail({ message }: Error): void {
    this.#isOpen = false;
    this.#summary.textContent = message;
    this.#summary.classList.add('bad');
  }

  async #showOneOfEach(): Promise<void> {
    const indices = Array.from({ length: classes }, (_, digit) => this.#labels.indexOf(digit));
    const samples = await this.#samplesOf(indices, (index) => {
      const label = this.#labels[index]!;
      return { caption: String(label), name: `A test digit ${label}` };
    });
    this.#right.show(samples);
    const first = samples[3];
    if (!first || this.#section.dataset['drawn'] !== undefined) return;
    this.#right.mark(first.index);
    this.#readSample(first);
  }

  async #samplesOf(
    indices: readonly number[],
    wordsOf: (index: number) => Pick<Sample, 'caption' | 'name'>,
  ): Promise<Sample[]> {
    const images = await this.#caller.call('images', indices);
    return indices.map((index, i) => ({ index, image: images[i]!, ...wordsOf(index) }));
  }

  async #showMistakes(predictions: Predictions): Promise<void> {
    const digits = (index: number): Record<Variant, number> => ({
      float32: predictions.float32[index]!,
      i2_s: predictions.i2_s[index]!,
      tl1: predictions.tl1[index]!,
      tl2: predictions.tl2[index]!,
    });
    const indices = hardest(predictions, this.#labels, wrongShown);
    this.#wrong.show(await this.#samplesOf(indices, (index) => mistake(digits(index), this.#labels[index]!)));
  }
}
