/**
 * What runs inside the worker: the kernels, and the objects that pages refer to by number. One request at a time. A file on its own,
 * without further imports, so that bundlers may copy it as it is.
 */
import create from '../../build/wasm/web/trilane-kernels.mjs';
import { instantiate } from './instantiate.ts';
import { TrilaneError } from './errors.ts';
import type { TernaryMatrix } from './matrix.ts';
import type { FromWorker, MatrixReply, Methods, Reference, ToWorkerMessage } from './protocol.ts';
import type { Conversion, SafetensorsFile } from './safetensors.ts';
import { type Trilane, makeTrilane } from './trilane.ts';
import type { Bytes, RandomAccess } from './types.ts';
import { messageOf } from './values.ts';

/** Where this module lies: the address of a second worker, should the first one's not be found. */
export const url = import.meta.url;

declare const self: DedicatedWorkerGlobalScope;

let trilane: Trilane;
let lastReference = 0;
const objects = new Map<Reference, TernaryMatrix | SafetensorsFile>();
/** The request that is under way, and whether its answer is still wanted. */
let running: { id: number; cancelled: boolean } | null = null;

function keep(object: TernaryMatrix | SafetensorsFile): Reference {
  objects.set(++lastReference, object);
  return lastReference;
}

function keepMatrix(matrix: TernaryMatrix): MatrixReply {
  const { rows, columns, format, scale, per, bytes } = matrix;
  return { reference: keep(matrix), rows, columns, format, scale, per, bytes };
}

const matrixOf = (reference: Reference) => objects.get(reference) as TernaryMatrix;
const fileOf = (reference: Reference) => objects.get(reference) as SafetensorsFile;

/** Reads a file by slices, so that one of any size fits. Bun and Deno can read a Blob only later, and so all of it at once. */
async function open(file: Blob): Promise<RandomAccess | ArrayBuffer> {
  if (typeof FileReaderSync !== 'function') return readWhole(file);
  const reader = new FileReaderSync();
  return {
    size: file.size,
    read(offset, length) {
      try {
        return new Uint8Array(reader.readAsArrayBuffer(file.slice(offset, offset + length)));
      } catch {
        return null;
      }
    },
  };
}

async function readWhole(file: Blob): Promise<ArrayBuffer> {
  try {
    return await file.arrayBuffer();
  } catch (error) {
    throw new TrilaneError('io', `The file cannot be read into memory, which this runtime needs: ${messageOf(error)}`);
  }
}

/** Lets messages in: a cancellation is one. */
function breathe(): Promise<void> {
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(null);
  });
}

/** The new file as a Blob, whose pieces the browser may keep on disk. */
async function finish(id: number, conversion: Conversion): Promise<Blob> {
  try {
    const pieces: { offset: number; blob: Blob }[] = [];
    const write = (offset: number, bytes: Bytes) => pieces.push({ offset, blob: new Blob([bytes]) });
    while (conversion.step(write)) {
      self.postMessage({ id, progress: conversion.progress } satisfies FromWorker);
      await breathe();
      if (running?.cancelled) throw new TrilaneError('aborted', 'The conversion was aborted.');
    }
    pieces.sort((a, b) => a.offset - b.offset);
    return new Blob(pieces.map(({ blob }) => blob));
  } finally {
    conversion.free();
  }
}

type Calls = { [M in keyof Methods]: (...parameters: Parameters<Methods[M]>) => ReturnType<Methods[M]> | Promise<ReturnType<Methods[M]>> };

const calls = (id: number): Calls => ({
  async load(compiled, whyNotRelaxed, given) {
    trilane = makeTrilane(await instantiate(create, compiled, given), whyNotRelaxed, given);
    return { version: trilane.version, arch: trilane.arch, whyNotRelaxed: trilane.whyNotRelaxed };
  },
  quantize: (weights, options) => keepMatrix(trilane.quantize(weights, options)),
  fromStorage: (storage) => keepMatrix(trilane.fromStorage(storage)),
  quantizeActivations: (x, columns) => trilane.quantizeActivations(x, columns),
  quality: (original, restored) => trilane.quality(original, restored),
  writeSafetensors(tensors, metadata) {
    const entries = Object.entries(tensors);
    const here = entries.map(([name, tensor]) => [name, typeof tensor === 'number' ? matrixOf(tensor) : tensor] as const);
    return trilane.writeSafetensors(Object.fromEntries(here), metadata);
  },
  async openSafetensors(file, name) {
    const opened = trilane.openSafetensors(await open(file), name);
    return { reference: keep(opened), name, tensors: [...opened.tensors], metadata: opened.metadata };
  },
  multiply: (matrix, x) => matrixOf(matrix).multiply(x),
  matrixDequantize: (matrix) => matrixOf(matrix).dequantize(),
  codes: (matrix) => matrixOf(matrix).codes(),
  scales: (matrix) => matrixOf(matrix).scales(),
  matrixQuality: (matrix, original) => matrixOf(matrix).quality(original),
  weights: (file, tensor) => fileOf(file).weights(tensor),
  fileMatrix: (file, tensor) => keepMatrix(fileOf(file).matrix(tensor)),
  fileQuantize: (file, options) => finish(id, fileOf(file).quantize(options)),
  fileDequantize: (file) => finish(id, fileOf(file).dequantize()),
});

/** The buffers of a result that go to the page without a copy: all of them were made for it. */
function buffersOf(result: unknown): Transferable[] {
  if (ArrayBuffer.isView(result)) return [result.buffer as ArrayBuffer];
  if (result === null || typeof result !== 'object') return [];
  return Object.values(result).flatMap((value) => (ArrayBuffer.isView(value) ? [value.buffer as ArrayBuffer] : []));
}

async function answer(id: number, method: keyof Methods, parameters: unknown[]): Promise<void> {
  running = { id, cancelled: false };
  try {
    const call = calls(id)[method] as (...parameters: unknown[]) => unknown;
    const result = await call(...parameters);
    self.postMessage({ id, result } satisfies FromWorker, buffersOf(result));
  } catch (error) {
    self.postMessage({ id, error: described(error) } satisfies FromWorker);
  }
  running = null;
}

function described(error: unknown): { code: string; message: string } {
  if (error instanceof TrilaneError) return { code: error.code, message: error.message };
  // A trap, or a stack that has no end: nothing in the module can be trusted then.
  if ((error as Error | null)?.name === 'RuntimeError' || isStackOverflow(error)) {
    return { code: 'crash', message: `The WebAssembly module broke: ${messageOf(error)}` };
  }
  return { code: 'internal', message: `The worker cannot do this: ${String(error)}` };
}

/** Each engine words it in its own way: a RangeError in V8 and JavaScriptCore, an InternalError in SpiderMonkey. */
const isStackOverflow = (error: unknown): boolean => /call stack|recursion/i.test(messageOf(error));

function receive({ data }: MessageEvent<ToWorkerMessage | undefined>): void {
  const message = data?.trilane;
  if (typeof message !== 'object' || message === null) return;
  if ('cancel' in message) {
    if (running?.id === message.cancel) running.cancelled = true;
  } else if ('release' in message) {
    objects.get(message.release)?.free();
    objects.delete(message.release);
  } else {
    void answer(message.id, message.method, message.parameters);
  }
}

// This module may be imported for its address alone: by a page, or by a worker that has messages of its own. Bun gives its workers
// no name to tell them by.
if (!('document' in globalThis)) globalThis.addEventListener?.('message', receive);
