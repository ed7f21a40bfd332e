/// "Bring your own weights": a file, a tensor of it, how it is quantized; what that does; and the quantized file.

import type { TrilaneWorker, WorkerFile } from 'trilane/worker';
import { bytes, count, elementsRate, time } from '../../shared/format.ts';
import type { Caller } from '../calls.ts';
import { element } from '../../shared/element.ts';
import { shareOf } from '../share.ts';
import { median } from '../stopwatch.ts';
import { Conversion } from './conversion.ts';
import { drawHistogram } from './histogram.ts';
import { Pictures, magnitude } from './pictures.ts';
import type { Matrix, Options, Preview, Timing, WeightMethods } from './protocol.ts';

/** What a tensor may take as float32 to be shown: there are up to four copies of it for a moment. */
const mostBytes = 2 ** 29;
const timedSamples = 7;

type Tensor = WorkerFile['tensors'][number];

/** A file that is open, and what of it can be shown. */
interface Opened {
  readonly file: WorkerFile;
  readonly name: string;
  readonly size: number;
  readonly tensors: readonly Tensor[];
}

interface Shown {
  readonly tensor: string;
  readonly preview: Preview;
}

export class WeightSection {
  readonly #kernels: TrilaneWorker;
  readonly #caller: Caller<WeightMethods>;
  readonly #section = element('weights');
  readonly #status = element('weights-status');
  readonly #input = element<HTMLInputElement>('file');
  readonly #tensor = element<HTMLSelectElement>('tensor');
  readonly #form = element<HTMLFormElement>('options');
  readonly #histogram = element<SVGSVGElement>('histogram');
  readonly #pictures: Pictures;
  readonly #conversion: Conversion;
  #queue = Promise.resolve();
  #isChangeWaiting = false;
  #opened: Opened | null = null;
  #shown: Shown | null = null;
  #timed: Shown | null = null;

  /** `digits` gets the digit network's file. */
  constructor(kernels: TrilaneWorker, caller: Caller<WeightMethods>, digits: () => Promise<File>) {
    this.#kernels = kernels;
    this.#caller = caller;
    this.#pictures = new Pictures(caller, (error) => this.#fail(error));
    this.#conversion = new Conversion(() => this.#convert());
    this.#input.addEventListener('change', () => {
      const file = this.#input.files?.[0];
      if (file) void this.open(() => Promise.resolve(file));
      this.#input.value = ''; // so that the same file can be chosen again
    });
    element('use-digits').addEventListener('click', () => void this.open(digits));
    this.#tensor.addEventListener('change', () => this.#change());
    this.#form.addEventListener('change', ({ target }) => {
      if (target !== this.#tensor) this.#change();
    });
    this.#form.addEventListener('submit', (event) => event.preventDefault());
    this.#acceptDrops();
    new ResizeObserver(() => this.#drawHistogram()).observe(this.#histogram);
  }

  /** Opens a file, shows the first of its tensors, and takes the times. If it cannot be read, what was there stays. */
  open(get: () => Promise<File>): Promise<void> {
    this.#conversion.cancel(); // the new file need not wait for the old one
    return this.#work(async () => {
      const given = await get();
      this.#say(`Reading ${given.name} …`);
      const file = await this.#openFile(given);
      try {
        await this.#show(file, file.tensors[0]!.name);
      } catch (error) {
        file.file.free();
        throw error;
      }
      this.#opened?.file.free();
      this.#opened = file;
      this.#conversion.reset();
      this.#tensor.replaceChildren(...file.tensors.map(choiceOf));
      this.#say(summaryOf(file));
    });
  }

  async #openFile(given: File): Promise<Opened> {
    const isNpy = /\.npy$/i.test(given.name);
    const safetensors = isNpy ? await this.#caller.call('fromNpy', given) : given;
    const file = await this.#kernels.openSafetensors(safetensors);
    try {
      return { file, name: given.name, size: given.size, tensors: showable(file, given.name) };
    } catch (error) {
      file.free();
      throw error;
    }
  }

  /** Shows what the form says; of changes that wait for their turn one is enough. */
  #change(): void {
    if (!this.#opened || this.#isChangeWaiting) return;
    this.#isChangeWaiting = true;
    void this.#work(async () => {
      this.#isChangeWaiting = false;
      this.#conversion.reset();
      if (this.#opened) await this.#show(this.#opened, this.#tensor.value);
    });
  }

  #convert(): void {
    if (this.#opened) void this.#conversion.run(this.#opened.file, this.#opened.name, this.#opened.size, this.#options());
  }

  #options(): Options {
    const chosen = new FormData(this.#form);
    return Object.fromEntries(['format', 'scale', 'per'].map((key) => [key, chosen.get(key)])) as unknown as Options;
  }

  /** One task after the other; what one throws becomes a sentence, and what was shown stays. */
  async #work(task: () => Promise<void>): Promise<void> {
    const shown = this.#queue.then(async () => {
      this.#section.dataset['state'] = 'busy';
      delete this.#section.dataset['timed'];
      this.#section.setAttribute('aria-busy', 'true');
      this.#status.classList.remove('bad');
      try {
        await task();
        this.#section.dataset['state'] = 'ready';
      } catch (error) {
        this.#fail(error as Error);
        if (this.#shown) this.#tensor.value = this.#shown.tensor;
      }
      this.#section.removeAttribute('aria-busy');
    });
    this.#queue = shown;
    await shown;
    await this.#time().catch((error: Error) => this.#fail(error));
  }

  #fail({ message }: Error): void {
    this.#say(message);
    this.#status.classList.add('bad');
    this.#section.dataset['state'] = 'failed';
  }

  async #show(opened: Opened, tensor: string): Promise<void> {
    const isNew = opened !== this.#opened || tensor !== this.#shown?.tensor;
    const matrix = isNew ? await matrixOf(opened, tensor) : null;
    const transfer = matrix ? [matrix.weights.buffer] : [];
    const preview = await this.#caller.callWith(transfer, 'preview', matrix, this.#options()).catch((error: Error) => {
      throw new Error(`${opened.name}: ${tensor}: ${error.message}`);
    });
    this.#shown = { tensor, preview };
    this.#pictures.show(preview);
    this.#drawHistogram();
    this.#fill(preview);
  }

  #fill(preview: Preview): void {
    const { rows, columns, scales, minus, zero, plus } = preview;
    const weights = rows * columns;
    this.#set('share-minus', shareOf(minus / weights));
    this.#set('share-zero', shareOf(zero / weights));
    this.#set('share-plus', shareOf(plus / weights));
    this.#set('figure-size', `${bytes(4 * weights)} → ${bytes(preview.bytes)}`);
    this.#set('figure-bits', `32 → ${preview.bitsPerWeight.toFixed(3)}`);
    this.#set('figure-snr', Number.isFinite(preview.snrDb) ? `${preview.snrDb.toFixed(2)}\u00a0dB` : '∞ dB');
    this.#set('figure-cosine', preview.cosine.toFixed(4));
    this.#set(
      'figure-scale',
      scales.least === scales.most ? magnitude(scales.most) : `${magnitude(scales.least)} … ${magnitude(scales.most)}`,
    );
    this.#set('figure-zeros', shareOf(zero / weights));
  }

  #drawHistogram(): void {
    if (!this.#shown) return;
    const { preview } = this.#shown;
    const beyond = drawHistogram(this.#histogram, preview);
    const weights = preview.rows * preview.columns;
    const [minus, zero, plus] = [preview.minus, preview.zero, preview.plus].map((part) => shareOf(part / weights));
    const become = `${minus} become −s, ${zero} become 0, ${plus} become +s`;
    const label = `Histogram of the weights: ${become}; s is ${magnitude(preview.scales.median)}.`;
    this.#histogram.setAttribute('aria-label', label);
    this.#set('beyond', beyond > 0 ? `${count(beyond)} ${beyond === 1 ? 'weight lies' : 'weights lie'} outside.` : '');
  }

  /** Takes the times of what is shown, once, and unless something new is shown meanwhile. */
  async #time(): Promise<void> {
    const shown = this.#shown;
    if (!shown || shown === this.#timed) return;
    this.#timed = shown;
    this.#set('figure-quantize', '…');
    this.#set('figure-dequantize', '…');
    const samples = { quantize: [] as Timing[], dequantize: [] as Timing[] };
    for (let i = 0; i < timedSamples; ++i) {
      for (const operation of ['quantize', 'dequantize'] as const) {
        samples[operation].push(await this.#caller.call('time', operation));
        if (this.#shown !== shown) return;
      }
    }
    for (const operation of ['quantize', 'dequantize'] as const) {
      const ns = median(samples[operation].map((sample) => sample.ns));
      const { weights } = samples[operation][0]!;
      this.#set(`figure-${operation}`, `${time(ns)}, ${elementsRate(weights / (ns / 1e9))}`);
    }
    const all = shown.preview.rows * shown.preview.columns;
    const { weights } = samples.quantize[0]!;
    const part = weights < all ? ` of the first ${count(weights)} weights` : '';
    this.#set('timed', `Times are medians of ${timedSamples} samples of the package’s calls${part}, their copies included.`);
    this.#section.dataset['timed'] = shown.tensor;
  }

  #acceptDrops(): void {
    const zone = element('drop');
    document.addEventListener('dragover', (event) => {
      event.preventDefault(); // or the browser would open the file
      zone.classList.add('over');
    });
    document.addEventListener('dragleave', ({ relatedTarget }) => {
      if (!relatedTarget) zone.classList.remove('over');
    });
    document.addEventListener('drop', (event) => {
      event.preventDefault();
      zone.classList.remove('over');
      const file = event.dataTransfer?.files[0];
      if (!file) return;
      this.#section.scrollIntoView();
      void this.open(() => Promise.resolve(file));
    });
  }

  #say(text: string): void {
    this.#status.textContent = text;
  }

  #set(id: string, text: string): void {
    element(id).textContent = text;
  }
}

/** The tensors that quantize takes and that fit. Throws a sentence if there are none. */
function showable({ tensors }: WorkerFile, name: string): Tensor[] {
  if (tensors.some(({ quantized }) => quantized)) {
    throw new Error(`${name} is quantized already; choose the file that it was made from.`);
  }
  const matrices = tensors.filter(({ quantizable }) => quantizable);
  if (matrices.length === 0) throw new Error(`${name} has no F32, F16 or BF16 tensor of at least two dimensions.`);
  const fitting = matrices.filter(({ elements }) => 4 * elements <= mostBytes);
  if (fitting.length === 0) {
    const { name: tensor, elements } = matrices[0]!;
    throw new Error(`${name}: ${tensor} takes ${bytes(4 * elements)} as float32; up to ${bytes(mostBytes)} are shown here.`);
  }
  return fitting;
}

function summaryOf({ file, name, size, tensors }: Opened): string {
  const hidden = file.tensors.filter(({ quantizable }) => quantizable).length - tensors.length;
  const more = hidden > 0 ? `, and ${count(hidden)} too large to be shown` : '';
  return `${name}: ${bytes(size)}, ${count(tensors.length)} ${tensors.length === 1 ? 'matrix' : 'matrices'}${more}.`;
}

function choiceOf({ name, dtype, shape }: Tensor): HTMLOptionElement {
  return new Option(`${name}, ${shape.join('×')}, ${dtype}`, name);
}

async function matrixOf({ file, tensors }: Opened, name: string): Promise<Matrix> {
  const { shape, elements } = tensors.find((tensor) => tensor.name === name)!;
  const rows = shape[0]!;
  return { weights: await file.weights(name), rows, columns: elements / rows };
}
