/// The start of the package's worker where it fails, with workers that only imitate one.

import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { inRepo } from './support.ts';

const { startWorker } = (await import(inRepo('web/dist/worker.js'))) as typeof import('../package/worker.ts');

let last: Imitation | null = null;

/** A worker that takes messages and says nothing of its own. */
class Imitation extends EventTarget {
  terminated = 0;
  readonly received: unknown[] = [];
  readonly started: Promise<void>;
  #tell!: () => void;

  constructor() {
    super();
    last = this;
    this.started = new Promise((resolve) => (this.#tell = resolve));
    queueMicrotask(() => opened?.(this));
  }

  postMessage(message: unknown): void {
    this.received.push(message);
    this.#tell();
  }

  terminate(): void {
    ++this.terminated;
  }
}

let opened: ((worker: Imitation) => void) | null = null;

/** The next worker, once it was asked for something. */
function imitate(context: TestContext): Promise<Imitation> {
  Object.assign(globalThis, { Worker: Imitation });
  context.after(() => Reflect.deleteProperty(globalThis, 'Worker'));
  return new Promise((resolve) => {
    opened = (worker) => void worker.started.then(() => resolve(worker));
  });
}

const timers = () => process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length;

test('without workers there is an error', async () => {
  await assert.rejects(startWorker(), { name: 'TrilaneError', code: 'unsupported' });
});

test('a worker that says nothing is given up, and no timer stays', async (context) => {
  void imitate(context);
  const before = timers();
  await assert.rejects(startWorker({ timeoutMs: 1 }), { code: 'load_failed', message: /did not start within 1 ms/ });
  assert.equal(last!.terminated, 1);
  assert.equal(timers(), before);
});

for (const event of ['error', 'messageerror', 'close']) {
  test(`a worker that ends by '${event}' while it starts is an error, and no timer stays`, async (context) => {
    const worker = imitate(context);
    const before = timers();
    const starting = assert.rejects(startWorker(), { code: 'load_failed', message: /^The worker stopped: / });
    (await worker).dispatchEvent(new Event(event));
    opened = (second) => void second.started.then(() => second.dispatchEvent(new Event(event))); // by its other address
    await starting;
    assert.equal(last!.terminated, 1);
    assert.equal(timers(), before);
  });
}

test('an abort ends the start; signals that imitate the standard have no reason to tell', async (context) => {
  const worker = imitate(context);
  const before = timers();
  const signal = Object.assign(new EventTarget(), { aborted: false });
  const starting = assert.rejects(startWorker({ signal: signal as never }), { name: 'AbortError' });
  const started = await worker;
  signal.aborted = true;
  signal.dispatchEvent(new Event('abort'));
  await starting;
  assert.equal(started.terminated, 1);
  assert.equal(timers(), before);
});

test('wrong options are named', async (context) => {
  void imitate(context);
  const refused = (options: object, message: RegExp) => assert.rejects(startWorker(options), { code: 'invalid_argument', message });
  for (const timeoutMs of [0, -1, NaN, '5', 2 ** 31]) await refused({ timeoutMs }, /^timeoutMs is /);
  await refused({ signal: {} }, /^signal is Object; an AbortSignal is needed/);
  await refused({ module: 'a.wasm' }, /^module is not a WebAssembly\.Module/);
  await assert.rejects(startWorker(null as never), { code: 'invalid_argument' });
});
