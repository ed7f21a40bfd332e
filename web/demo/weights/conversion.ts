/// The quantized file: made in the package's worker with progress, cancelled at will, and handed over as a download.

import type { WorkerFile } from 'trilane/worker';
import { bytes, duration, percent } from '../../shared/format.ts';
import { element } from '../../shared/element.ts';
import type { Options } from './protocol.ts';

export class Conversion {
  readonly #convert = element<HTMLButtonElement>('convert');
  readonly #cancel = element<HTMLButtonElement>('cancel');
  readonly #download = element<HTMLAnchorElement>('download');
  readonly #progress = element<HTMLProgressElement>('converted');
  readonly #status = element('convert-status');
  readonly #idle = this.#status.textContent;
  #abort: AbortController | null = null;

  /** `start` is called when a person asks for the file. */
  constructor(start: () => void) {
    this.#convert.addEventListener('click', start);
    this.#cancel.addEventListener('click', () => this.cancel());
  }

  /** Stops what is under way. */
  cancel(): void {
    this.#abort?.abort();
  }

  /** Forgets the file that was made, and the one in the making: another is asked for from now on. */
  reset(): void {
    this.#abort?.abort();
    this.#abort = null;
    URL.revokeObjectURL(this.#download.href);
    this.#download.removeAttribute('href');
    this.#progress.value = 0;
    this.#status.textContent = this.#idle;
    this.#setRunning(false);
  }

  /** Quantizes the whole file, then offers and starts its download. */
  async run(file: WorkerFile, name: string, before: number, options: Options): Promise<void> {
    this.reset();
    const abort = new AbortController();
    this.#abort = abort;
    this.#setRunning(true);
    const begun = performance.now();
    try {
      const onProgress = (done: number) => {
        if (this.#abort === abort) this.#say(done, (performance.now() - begun) / 1000);
      };
      const made = await file.quantize(options, { signal: abort.signal, onProgress });
      if (this.#abort === abort) this.#offer(made, name, before, options);
    } catch (error) {
      // Another file or a reset has the lines by now.
      if (this.#abort !== abort) return;
      this.#progress.value = 0;
      this.#status.textContent = abort.signal.aborted ? 'Cancelled.' : (error as Error).message;
    } finally {
      if (this.#abort === abort) {
        this.#abort = null;
        this.#setRunning(false);
      }
    }
  }

  /** A button that is disabled loses the focus: the other one gets it. */
  #setRunning(isRunning: boolean): void {
    const [from, to] = isRunning ? [this.#convert, this.#cancel] : [this.#cancel, this.#convert];
    const hadFocus = document.activeElement === from;
    to.disabled = false;
    if (hadFocus) to.focus();
    from.disabled = true;
  }

  #say(done: number, seconds: number): void {
    this.#progress.value = done;
    const left = done > 0 && seconds > 1 ? `, ${duration((seconds / done) * (1 - done))} left` : '';
    this.#status.textContent = `Quantizing: ${percent(done)}${left}`;
  }

  #offer(made: Blob, name: string, before: number, { format }: Options): void {
    this.#progress.value = 1;
    this.#download.download = `${name.replace(/\.(safetensors|npy)$/i, '')}-${format.replace('_', '')}.safetensors`;
    this.#download.href = URL.createObjectURL(made);
    this.#download.textContent = `Save ${this.#download.download}`;
    this.#status.textContent = `${bytes(before)} before, ${bytes(made.size)} after.`;
    this.#download.click();
  }
}
