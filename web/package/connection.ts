import { reasonOf } from './abort.ts';
import type { CallOptions } from './call-options.ts';
import { TrilaneError } from './errors.ts';
import type { FromWorker, Method, Methods, Reference, ToWorker, ToWorkerMessage } from './protocol.ts';
import { messageOf, requireSignal } from './values.ts';

interface Call {
  id: number;
  method: Method;
  parameters: unknown[];
  transfer: Transferable[];
  onProgress: ((done: number) => void) | undefined;
  resolve(result: unknown): void;
  reject(reason: unknown): void;
}

export interface RequestOptions extends CallOptions {
  transfer?: Transferable[];
  onProgress?: ((done: number) => void) | undefined;
}

/** Requests and answers. One request is with the worker at a time, so that an aborted one can be taken back. */
export class Connection {
  readonly #worker: Worker;
  /** Releases wait behind the calls that came before them, which may need what they let go. */
  readonly #waiting: (Call | { release: Reference })[] = [];
  #running: Call | null = null;
  #lastId = 0;
  #ended: TrilaneError | null = null;

  constructor(worker: Worker) {
    this.#worker = worker;
    worker.addEventListener('message', ({ data }: MessageEvent<FromWorker>) => this.#receive(data));
    worker.addEventListener('error', (event) => {
      event.preventDefault();
      this.end('crash', `The worker stopped: ${event.message || 'its script could not be loaded'}.`);
    });
    worker.addEventListener('messageerror', () => this.end('crash', 'The worker stopped: it sent what cannot be read.'));
    // Bun tells of a worker's end by this event. Others have no such event.
    worker.addEventListener('close', () => this.end('crash', 'The worker stopped: it was ended from outside.'));
  }

  request<M extends Method>(
    method: M,
    parameters: Parameters<Methods[M]>,
    { signal, transfer = [], onProgress }: RequestOptions = {},
  ): Promise<ReturnType<Methods[M]>> {
    return new Promise((resolve, reject) => {
      requireSignal(signal);
      if (this.#ended) return reject(this.#ended);
      if (signal?.aborted) return reject(reasonOf(signal));
      const call: Call = {
        id: ++this.#lastId,
        method,
        parameters,
        transfer,
        onProgress,
        resolve: (result) => {
          signal?.removeEventListener('abort', abort);
          resolve(result as ReturnType<Methods[M]>);
        },
        reject: (reason) => {
          signal?.removeEventListener('abort', abort);
          reject(reason);
        },
      };
      const abort = () => this.#abort(call, reasonOf(signal));
      signal?.addEventListener('abort', abort, { once: true });
      this.#waiting.push(call);
      this.#next();
    });
  }

  release(reference: Reference): void {
    if (this.#ended) return;
    this.#waiting.push({ release: reference });
    this.#sendReleases();
  }

  /** Ends the worker; what is under way and what comes later rejects. */
  end(code: string, message: string): void {
    if (this.#ended) return;
    this.#ended = new TrilaneError(code, message);
    this.#worker.terminate();
    this.#running?.reject(this.#ended);
    this.#running = null;
    for (const waiting of this.#waiting.splice(0)) if ('id' in waiting) waiting.reject(this.#ended);
  }

  #send(message: ToWorker, transfer: Transferable[] = []): void {
    this.#worker.postMessage({ trilane: message } satisfies ToWorkerMessage, transfer);
  }

  /** Sends the releases that no call is before. The worker has what is running already: it takes messages in their order. */
  #sendReleases(): void {
    for (let first = this.#waiting[0]; first && 'release' in first; first = this.#waiting[0]) {
      this.#waiting.shift();
      this.#send(first);
    }
  }

  #next(): void {
    if (this.#running) return;
    this.#sendReleases();
    const call = this.#waiting.shift();
    if (!call || !('id' in call)) return;
    this.#running = call;
    try {
      this.#send({ id: call.id, method: call.method, parameters: call.parameters }, call.transfer);
    } catch (error) {
      // A parameter that cannot be sent: a function, a buffer that is gone.
      this.#running = null;
      call.reject(new TrilaneError('invalid_argument', `The worker cannot be given this: ${messageOf(error)}`, { cause: error }));
      this.#next();
    }
  }

  #abort(call: Call, reason: unknown): void {
    const place = this.#waiting.indexOf(call);
    if (place >= 0) this.#waiting.splice(place, 1);
    else if (this.#running === call) this.#send({ cancel: call.id });
    this.#sendReleases();
    call.reject(reason);
    call.resolve = discard((reference) => this.release(reference));
    call.reject = () => {};
    call.onProgress = undefined;
  }

  #receive(data: FromWorker): void {
    const call = this.#running;
    if (call?.id !== data.id) return;
    if ('progress' in data) {
      call.onProgress?.(data.progress);
      return;
    }
    this.#running = null;
    if ('error' in data) {
      call.reject(new TrilaneError(data.error.code, data.error.message));
      if (data.error.code === 'crash') return this.end('crash', data.error.message);
    } else {
      call.resolve(data.result);
    }
    this.#next();
  }
}

/** A result that nobody waits for any more: an object that stayed in the worker is let go. */
const discard = (release: (reference: Reference) => void) => (result: unknown) => {
  if (result !== null && typeof result === 'object' && 'reference' in result) release(result.reference as Reference);
};
