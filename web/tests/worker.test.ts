/// The package's worker helper, in every browser.

import assert from 'node:assert/strict';
import { copyFileSync, cpSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { build } from 'esbuild';
import { serve } from '../runner/server.ts';
import { type BrowserName, type Session, openSession, skipWithout, testInEachBrowser } from './browsers.ts';
import { inRepo, makeSite, temporaryFolder, trilane as cli } from './support.ts';

type Module = typeof import('../package/worker.ts');

const tiny = inRepo('tests/data/tiny.safetensors');

/** A page with the package beside it; `startWorker` and a started `worker` are global on it. */
async function openPage(context: TestContext, name: BrowserName): Promise<Session> {
  const site = makeSite(context, {
    'index.html': '<!doctype html><link rel="icon" href="data:," /><script type="module" src="main.js"></script>',
    'main.js': `
      import * as module from './trilane/worker.js';
      const worker = await module.startWorker();
      const file = async (name) => new File([await (await fetch(name)).arrayBuffer()], name);
      Object.assign(globalThis, { ...module, worker, file, ready: true });`,
  });
  cpSync(inRepo('web/dist'), join(site, 'trilane'), { recursive: true });
  copyFileSync(tiny, join(site, 'tiny.safetensors'));
  writeFileSync(join(site, 'broken.safetensors'), readFileSync(tiny).subarray(0, 3000));
  const server = await serve(site);
  context.after(() => server.close());
  const session = await openSession(context, name, server.url);
  await session.waitFor('globalThis.ready');
  return session;
}

/** What the page has, for the functions that run there. */
declare const worker: Awaited<ReturnType<Module['startWorker']>>;
declare const startWorker: Module['startWorker'];
declare const file: (name: string) => Promise<File>;

testInEachBrowser('files: read by slices, quantized to what the command line writes', async (context, name) => {
  const session = await openPage(context, name);
  const expected = join(temporaryFolder(context), 'quantized');
  assert.equal((await cli(['quantize', tiny, '-o', expected, '--format', 'tl2', '--per', 'row'])).status, 0);
  const { bytes, shares, restored, same } = await session.evaluate(async () => {
    const opened = await worker.openSafetensors(await file('tiny.safetensors'));
    const shares: number[] = [];
    const blob = await opened.quantize({ format: 'tl2', per: 'row' }, { onProgress: (done) => shares.push(done) });
    const quantized = await worker.openSafetensors(blob);
    const restored = await worker.openSafetensors(await quantized.dequantize());
    const [before, after] = [await quantized.weights('conv.weight'), await restored.weights('conv.weight')];
    const matrix = await quantized.matrix('conv.weight');
    const written = await worker.openSafetensors(new Blob([await worker.writeSafetensors({ matrix })]));
    const same = (await (await written.matrix('matrix')).codes()).join() === (await matrix.codes()).join();
    return {
      bytes: [...new Uint8Array(await blob.arrayBuffer())],
      shares,
      restored: before.length === 16 * 36 && before.every((weight, i) => weight === after[i]),
      same,
    };
  });
  assert.deepEqual(Uint8Array.from(bytes), new Uint8Array(readFileSync(expected)));
  assert.ok(shares.length > 1 && shares.every((share, i) => share > 0 && share < 1 && share >= (shares[i - 1] ?? 0)));
  assert.ok(restored && same);
});

testInEachBrowser('errors come across with code and message', async (context, name) => {
  const session = await openPage(context, name);
  const errors = await session.evaluate(async () => {
    const seen: string[] = [];
    const tried = async (call: () => Promise<unknown>) => {
      const error = await call().then(() => new Error('no error'), (error: Error & { code?: string }) => error);
      seen.push(`${error instanceof Error} ${error.name} ${(error as { code?: string }).code}: ${error.message}`);
    };
    const shape = { format: 'tl1', rows: 1, columns: 2 } as const;
    await tried(() => worker.quantize(Float32Array.of(1, NaN), shape));
    await tried(async () => worker.openSafetensors(await file('broken.safetensors')));
    await tried(() => worker.quantize((() => 1) as unknown as Float32Array, shape));
    const matrix = await worker.quantize(Float32Array.of(1, 2), shape);
    await tried(() => matrix.multiply(new Float32Array(3)));
    matrix.free();
    await tried(() => matrix.multiply(new Float32Array(2)));
    worker.terminate();
    await tried(() => worker.quantize(Float32Array.of(1, 2), shape));
    return seen;
  });
  const patterns = [
    /^true TrilaneError not_finite: weight is NaN at .*index 1/,
    /^true TrilaneError bad_file: broken.safetensors: cut off|^true TrilaneError bad_file: broken.safetensors: tensor/,
    /^true TrilaneError invalid_argument: /,
    /^true TrilaneError size_mismatch: x has 3 entries/,
    /^true TrilaneError freed: This matrix was freed\.$/,
    /^true TrilaneError freed: This worker was terminated\.$/,
  ];
  assert.equal(errors.length, patterns.length);
  for (const [i, pattern] of patterns.entries()) assert.match(errors[i]!, pattern);
});

testInEachBrowser('aborting: before, while waiting, and under way', async (context, name) => {
  const session = await openPage(context, name);
  const seen = await session.evaluate(async () => {
    const shape = { format: 'i2_s', rows: 512, columns: 512 } as const;
    const weights = Float32Array.from({ length: 512 * 512 }, (_, i) => Math.sin(i));
    const outcome = (call: Promise<unknown>) => call.then(() => 'done', (reason: Error) => `${reason.name} ${reason.message}`);
    const before = await outcome(worker.quantize(weights, shape, { signal: AbortSignal.abort(new Error('too late')) }));

    const abort = new AbortController();
    const first = worker.quantize(weights, shape);
    const waiting = weights.slice();
    const second = outcome(worker.quantize(waiting, shape, { signal: abort.signal, transfer: true }));
    abort.abort();
    const third = outcome(worker.quantize(weights, shape));
    const whileWaiting = [await outcome(first), await second, await third, waiting.byteLength > 0];

    const opened = await worker.openSafetensors(await file('tiny.safetensors'));
    const stop = new AbortController();
    let told = 0;
    const onProgress = () => {
      ++told;
      stop.abort(new Error('enough'));
    };
    const underWay = await outcome(opened.quantize({ format: 'tl2' }, { signal: stop.signal, onProgress }));
    const afterwards = await outcome(opened.quantize({ format: 'tl2' }));
    return { before, whileWaiting, underWay, told, afterwards };
  });
  assert.equal(seen.before, 'Error too late');
  assert.equal(seen.whileWaiting[0], 'done');
  assert.match(seen.whileWaiting[1] as string, /^AbortError /);
  assert.equal(seen.whileWaiting[2], 'done');
  assert.equal(seen.whileWaiting[3], true); // what was never sent was never taken
  assert.equal(seen.underWay, 'Error enough');
  assert.equal(seen.told, 1);
  assert.equal(seen.afterwards, 'done');
});

testInEachBrowser('what is freed while a call waits for it is freed after that call', async (context, name) => {
  const session = await openPage(context, name);
  const seen = await session.evaluate(async () => {
    const outcome = (call: Promise<unknown>) =>
      call.then((result) => String(result), (error: Error & { code: string }) => `${error.code} ${error.message}`);
    const shape = { format: 'i2_s', rows: 1, columns: 2 } as const;
    const matrix = await worker.quantize(Float32Array.of(1, 1), shape);
    const abort = new AbortController();
    const before = worker.quantize(Float32Array.of(1, 1), shape);
    const aborted = outcome(matrix.multiply(Float32Array.of(9, 9), { signal: abort.signal }));
    const waiting = outcome(matrix.multiply(Float32Array.of(2, 2)));
    matrix.free();
    abort.abort(new Error('enough'));
    const behind = outcome((await before).multiply(Float32Array.of(3, 3)));
    return [await aborted, await waiting, await behind];
  });
  assert.deepEqual(seen, ['undefined enough', '4', '6']);
});

testInEachBrowser('wrong arguments are refused, and the worker goes on', async (context, name) => {
  const session = await openPage(context, name);
  const seen = await session.evaluate(async () => {
    const code = (call: Promise<unknown>) => call.then(() => 'done', (error: Error & { code: string }) => error.code);
    const shape = { format: 'i2_s', rows: 1, columns: 2 } as const;
    const other = await startWorker();
    const foreign = await other.quantize(Float32Array.of(1, 1), shape);
    return [
      await code(worker.quantize(Float32Array.of(1, 1), undefined as never)),
      await code(worker.openSafetensors(new Uint8Array(9) as never)),
      await code(worker.writeSafetensors({ none: null as never })),
      await code(worker.writeSafetensors({ foreign })),
      await code(worker.quantize(Float32Array.of(1, 1), shape)),
    ];
  });
  assert.deepEqual(seen, [...Array(4).fill('invalid_argument'), 'done']);
});

testInEachBrowser("a frame's files, arrays and signals are taken", async (context, name) => {
  const session = await openPage(context, name);
  const seen = await session.evaluate(async () => {
    const outcome = (call: Promise<unknown>) => call.then(() => 'done', (reason: Error & { code?: string }) => `${reason.code ?? reason.name} ${reason.message}`);
    const frame = document.body.appendChild(document.createElement('iframe')).contentWindow as unknown as typeof globalThis;
    const shape = { format: 'i2_s', rows: 1, columns: 2 } as const;
    const matrix = await worker.quantize(frame.Float32Array.of(1, 1), shape);
    const bytes = await worker.writeSafetensors({ matrix, b: { shape: frame.Array.of(2), data: frame.Float32Array.of(1, 2) } });
    const opened = await worker.openSafetensors(new frame.File([bytes], 'framed'));
    const abort = new frame.AbortController();
    const aborted = outcome(matrix.multiply(frame.Float32Array.of(1, 1), { signal: abort.signal }));
    abort.abort(new frame.Error('enough'));
    const x = Float32Array.of(1, 1);
    structuredClone(x, { transfer: [x.buffer] });
    return [
      x instanceof frame.Float32Array,
      opened.name,
      (await opened.weights('b')).join(),
      await aborted,
      await outcome(worker.openSafetensors(new frame.Blob([bytes]))),
      await outcome(worker.quantize(Float32Array.of(1, 1), new Proxy(shape, {}))),
      await outcome(matrix.multiply(x)),
      (await matrix.multiply(frame.Float32Array.of(2, 2))).join(),
    ];
  });
  assert.deepEqual(seen, [
    false,
    'framed',
    '1,2',
    'Error enough',
    'done',
    'done',
    'invalid_argument x is an array without memory (its buffer was transferred or made smaller); a Float32Array is needed',
    '4',
  ]);
});

test('a service worker: bundled it has the kernels, else it is told to', { skip: skipWithout('chromium') }, async (context) => {
  const tell = `
    const answer = load().then(({ arch }) => arch, ({ code, message }) => code + ' ' + message);
    self.addEventListener('message', ({ source }) => answer.then((said) => source.postMessage(said)));`;
  const site = makeSite(context, {
    'index.html': '<!doctype html><link rel="icon" href="data:," /><script type="module" src="main.js"></script>',
    'main.js': `
      navigator.serviceWorker.addEventListener('message', ({ data }) => (globalThis.result = data));
      const registered = await navigator.serviceWorker.register(location.hash.slice(1), { type: 'module' });
      (await navigator.serviceWorker.ready, registered.active ?? registered.installing ?? registered.waiting).postMessage(null);`,
    'module.js': `import { load } from './trilane/index.js';${tell}`,
  });
  cpSync(inRepo('web/dist'), join(site, 'trilane'), { recursive: true });
  await build({ entryPoints: [join(site, 'module.js')], bundle: true, format: 'iife', outfile: join(site, 'bundled.js'), logLevel: 'silent' });
  const server = await serve(site);
  context.after(() => server.close());
  for (const [script, expected] of [
    ['bundled.js', /^relaxed$/],
    ['module.js', /^load_failed .*A service worker has no import\(\): bundle it into one file\.$/],
  ] as const) {
    const session = await openSession(context, 'chromium', `${server.url}#${script}`);
    await session.waitFor('globalThis.result');
    assert.match(await session.evaluate<[], string>('globalThis.result'), expected);
  }
});

testInEachBrowser('transferred arrays move, others stay; the page stays awake', async (context, name) => {
  const session = await openPage(context, name);
  const seen = await session.evaluate(async () => {
    const shape = { format: 'tl2', rows: 2048, columns: 2048 } as const;
    const weights = Float32Array.from({ length: 2048 * 2048 }, (_, i) => Math.sin(i));
    let ticks = 0;
    const clock = setInterval(() => ++ticks, 1);
    const copied = await worker.quantize(weights, shape);
    const stayed = weights.byteLength;
    const moved = await worker.quantize(weights, shape, { transfer: true });
    for (let i = 0; i < 20; ++i) await moved.dequantize();
    clearInterval(clock);
    const x = new Float32Array(2048).fill(1);
    const same = (await copied.multiply(x)).join() === (await moved.multiply(x, { transfer: true })).join();
    return { stayed, left: weights.byteLength, xLeft: x.byteLength, same, ticks };
  });
  assert.equal(seen.stayed, 4 * 2048 * 2048);
  assert.equal(seen.left, 0);
  assert.equal(seen.xLeft, 0);
  assert.equal(seen.same, true);
  assert.ok(seen.ticks > 0);
});

test('a script or a module that is not there', { skip: skipWithout('chromium') }, async (context) => {
  for (const pattern of [/^worker-script\.js$/, /\.wasm$|inlined/]) {
    const site = makeSite(context, {
      'index.html': '<!doctype html><link rel="icon" href="data:," /><script type="module" src="main.js"></script>',
      'main.js': `
        import { startWorker } from './trilane/worker.js';
        await startWorker().then(() => (globalThis.result = 'started'), ({ name, code }) => (globalThis.result = name + ' ' + code));`,
    });
    const packed = join(site, 'trilane');
    cpSync(inRepo('web/dist'), packed, { recursive: true, filter: (path) => !pattern.test(path.split('/').pop()!) });
    const server = await serve(site);
    context.after(() => server.close());
    const session = await openSession(context, 'chromium', server.url);
    await session.waitFor('globalThis.result');
    assert.equal(await session.evaluate('globalThis.result'), 'TrilaneError load_failed');
    rmSync(packed, { recursive: true });
  }
});
