import type { Method, Methods, Response } from './protocol.ts';

/** An error that the harness reported; `code` is trilane's ErrorCode, or "crash" when the module itself broke. */
export class BenchError extends Error {
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}

interface Pending {
  resolve(result: unknown): void;
  reject(error: Error): void;
}

/** The harness in its worker: one promise a call. */
export class BenchClient {
  readonly #worker: Worker;
  readonly #pending = new Map<number, Pending>();
  #lastId = 0;
  #broken: BenchError | null = null;

  /** `relaxed`: whether relaxed SIMD may be used where the browser has it. */
  constructor(relaxed: boolean) {
    // A worker's address is fixed when the page is built; its name is free.
    this.#worker = relaxed
      ? new Worker(new URL('./worker/worker.ts', import.meta.url), { type: 'module' })
      : new Worker(new URL('./worker/worker.ts', import.meta.url), { type: 'module', name: 'without-relaxed' });
    this.#worker.addEventListener('message', ({ data }: MessageEvent<Response>) => {
      const pending = this.#pending.get(data.id);
      this.#pending.delete(data.id);
      if ('error' in data) pending?.reject(new BenchError(data.error.code, data.error.message));
      else pending?.resolve(data.result);
    });
    this.#worker.addEventListener('error', (event) => {
      event.preventDefault();
      this.#break(event.message || 'its script could not be loaded');
    });
    this.#worker.addEventListener('messageerror', () => this.#break('it sent what cannot be read'));
  }

  call<M extends Method>(method: M, ...parameters: Parameters<Methods[M]>): Promise<ReturnType<Methods[M]>> {
    if (this.#broken) return Promise.reject(this.#broken);
    const id = ++this.#lastId;
    this.#worker.postMessage({ id, method, parameters });
    return new Promise((resolve, reject) => this.#pending.set(id, { resolve: resolve as Pending['resolve'], reject }));
  }

  #break(reason: string): void {
    this.#broken = new BenchError('crash', `The benchmark worker stopped: ${reason}. Reload the page.`);
    for (const { reject } of this.#pending.values()) reject(this.#broken);
    this.#pending.clear();
  }
}
