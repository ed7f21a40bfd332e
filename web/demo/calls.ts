/// Calls from a page into a worker of its own: one request, one answer, in order.

interface Request {
  id: number;
  method: string;
  parameters: unknown[];
}

type Answer = { id: number; result: unknown } | { id: number; error: { code: string; message: string } };

type Method = (...parameters: never[]) => unknown;
type Methods<M> = { [K in keyof M]: Method };
type ResultOf<F> = F extends Method ? Awaited<ReturnType<F>> : never;
type ParametersOf<F> = F extends Method ? Parameters<F> : never;

/** What a method in the worker threw. */
export class CallError extends Error {
  /** Of a TrilaneError; otherwise "failed". */
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}

/** The page's end: `call` runs a method of `M` in the worker. */
export class Caller<M extends Methods<M>> {
  readonly #worker: Worker;
  readonly #waiting = new Map<number, { resolve(result: unknown): void; reject(error: Error): void }>();
  #calls = 0;
  #broken: CallError | null = null;

  constructor(worker: Worker) {
    this.#worker = worker;
    worker.addEventListener('message', ({ data }: MessageEvent<Answer>) => {
      const waiting = this.#waiting.get(data.id);
      this.#waiting.delete(data.id);
      if ('error' in data) waiting?.reject(new CallError(data.error.code, data.error.message));
      else waiting?.resolve(data.result);
    });
    worker.addEventListener('error', (event) => {
      event.preventDefault();
      this.#broken = new CallError('failed', `The page's worker broke: ${event.message || 'it could not be loaded'}. Reload the page.`);
      for (const { reject } of this.#waiting.values()) reject(this.#broken);
      this.#waiting.clear();
    });
  }

  call<K extends keyof M & string>(method: K, ...parameters: ParametersOf<M[K]>): Promise<ResultOf<M[K]>> {
    return this.callWith([], method, ...parameters);
  }

  /** The same, and hands the worker what `transfer` lists. */
  callWith<K extends keyof M & string>(
    transfer: Transferable[],
    method: K,
    ...parameters: ParametersOf<M[K]>
  ): Promise<ResultOf<M[K]>> {
    if (this.#broken) return Promise.reject(this.#broken);
    const id = this.#calls++;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve: (result) => resolve(result as ResultOf<M[K]>), reject });
      this.#worker.postMessage({ id, method, parameters } satisfies Request, transfer);
    });
  }
}

/** The worker's end: answers with `methods`, one call after the other. */
export function answerWith<M extends Methods<M>>(methods: M): void {
  // A worker's scope posts as a port does; its own type is not in the library that pages are checked with.
  const page = self as unknown as MessagePort;
  let last = Promise.resolve();
  page.addEventListener('message', ({ data }: MessageEvent<Request>) => {
    last = last.then(async () => page.postMessage(await answer(methods, data)));
  });
}

async function answer<M extends Methods<M>>(methods: M, { id, method, parameters }: Request): Promise<Answer> {
  try {
    const call = methods[method as keyof M] as Method;
    return { id, result: await call(...(parameters as never[])) };
  } catch (error) {
    const { code, message } = error as { code?: unknown; message?: unknown };
    return { id, error: { code: typeof code === 'string' ? code : 'failed', message: String(message ?? error) } };
  }
}
