/// The harness runs here, so that the page stays alive while a case is timed. One request, one response, in order.

import type { BenchModule, ReadSlice, Reply } from 'trilane-bench';
import { exceptions, relaxedSimd, simd } from 'wasm-feature-detect';
import type { Calibration } from '../baseline.ts';
import type { Methods, Request, Response, Step, Suite } from '../protocol.ts';

declare const self: DedicatedWorkerGlobalScope;

/** An error with trilane's code; C++ exceptions do not cross Embind as errors. */
class HarnessError extends Error {
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}

let loading: Promise<BenchModule> | null = null;

/** Why the arch `relaxed` is missing, as far as the module itself cannot tell; null if it is not. */
let whyNotRelaxed: string | null = null;

/** The page's address may forbid relaxed SIMD, to try what browsers without it do. */
const relaxedForbidden = self.name === 'without-relaxed';

async function findWhyNotRelaxed(): Promise<string | null> {
  if (relaxedForbidden) return 'the address of this page says so';
  return (await relaxedSimd()) ? null : 'this browser does not have it';
}

/** The module, loaded when it is first asked for: with relaxed SIMD where there is such. */
function load(): Promise<BenchModule> {
  loading ??= (async () => {
    if (!((await simd()) && (await exceptions()))) {
      throw new HarnessError('unsupported', 'This browser has no WebAssembly SIMD or exceptions: take a newer one.');
    }
    whyNotRelaxed = await findWhyNotRelaxed();
    const { default: create } = await (whyNotRelaxed ? import('trilane-bench') : import('trilane-bench-relaxed'));
    return create();
  })();
  return loading;
}

/** What the module's file weighs, decompressed: the only .wasm that this worker loads. 0 where the browser does not tell. */
function moduleBytes(): number {
  const resources = performance.getEntriesByType('resource') as PerformanceResourceTiming[];
  return resources.find(({ name }) => new URL(name).pathname.endsWith('.wasm'))?.decodedBodySize ?? 0;
}

/** Reads a file by slices, so that one of any size fits. */
function slicesOf(file: File): ReadSlice {
  const reader = new FileReaderSync();
  return (offset, length) => {
    try {
      return new Uint8Array(reader.readAsArrayBuffer(file.slice(offset, offset + length)));
    } catch {
      return null;
    }
  };
}

function unwrap(reply: Reply): string {
  if (reply.error) throw new HarnessError(reply.error, reply.message);
  return reply.value;
}

const methods: { [M in keyof Methods]: (...parameters: Parameters<Methods[M]>) => Promise<ReturnType<Methods[M]>> } = {
  async open(options, weights) {
    const { open } = await load();
    const opened = open(JSON.stringify(options), weights?.name ?? '', weights?.size ?? 0, weights && slicesOf(weights));
    const suite = JSON.parse(unwrap(opened)) as Omit<Suite, 'why_not_relaxed'>;
    // The module checks itself, and leaves the arch out if it computes something else than it should.
    const failed = suite.archs.includes('relaxed') ? null : 'its dot product is not exact on this processor';
    return { ...suite, why_not_relaxed: whyNotRelaxed ?? failed };
  },
  async calibrate() {
    return JSON.parse(unwrap((await load()).calibrate())) as Calibration;
  },
  async prepare(index) {
    unwrap((await load()).prepare(index));
  },
  async run(index) {
    return JSON.parse(unwrap((await load()).run(index))) as Step;
  },
  async baseline(environment) {
    const created = new Date().toISOString().replace(/\.\d+/, '');
    return unwrap((await load()).baseline(JSON.stringify(environment), created, moduleBytes()));
  },
  async merge(texts) {
    return unwrap((await load()).merge(texts));
  },
  async setTiers(text, tiers) {
    return unwrap((await load()).setTiers(text, JSON.stringify(tiers)));
  },
  async check(text, name) {
    return unwrap((await load()).check(text, name));
  },
  async compare(a, b, cross) {
    return unwrap((await load()).compare(a.text, a.name, b.text, b.name, cross));
  },
};

async function answer({ id, method, parameters }: Request): Promise<Response> {
  try {
    const call = methods[method] as (...parameters: unknown[]) => Promise<unknown>;
    return { id, result: await call(...parameters) };
  } catch (error) {
    if (error instanceof HarnessError) return { id, error: { code: error.code, message: error.message } };
    // A trap, an exhausted memory, a module that does not load.
    return { id, error: { code: 'crash', message: `The benchmark module broke: ${String(error)}` } };
  }
}

// One after the other: a second request waits for the first one's answer.
let last: Promise<void> = Promise.resolve();
self.addEventListener('message', ({ data }: MessageEvent<Request>) => {
  last = last.then(async () => self.postMessage(await answer(data)));
});
