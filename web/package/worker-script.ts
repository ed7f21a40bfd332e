/**
 * What runs inside the worker: the kernels, and the objects that pages refer to by number. One request at a time. A file on its own,
 * without further imports, so that bundlers may copy it as it is.
 */
import createPlain from '../../build/wasm/web/trilane-kernels.mjs';
import createRelaxed from '../../build/wasm/web/trilane-kernels-relaxed.mjs';
import { instantiate } from './engine.ts';
import { TrilaneError } from './errors.ts';
import type { TernaryMatrix } from './matrix.ts';
import { type FromWorker, type MatrixReply, type Methods, type Reference, type ToWorker, workerName } from './protocol.ts';
import type { Conversion, SafetensorsFile } from './safetensors.ts';
import { type Trilane, makeTrilane } from './trilane.ts';
import type { RandomAccess } from './types.ts';

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

/** Reads a file by slices, so that one of any size fits. */
function slicesOf(file: Blob): RandomAccess {
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
    const write = (offset: number, bytes: Uint8Array<ArrayBuffer>) => pieces.push({ offset, blob: new Blob([bytes]) });
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
  async load(compiled, variant, whyNotRelaxed) {
    const create = variant === 'relaxed' ? createRelaxed : createPlain;
    trilane = makeTrilane(await instantiate(create, compiled), whyNotRelaxed);
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
  openSafetensors(file, name) {
    const opened = trilane.openSafetensors(slicesOf(file), name);
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
  if (result === null || typeof result !== 'object' || result instanceof Blob) return [];
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
  // Thrown before the module is entered: for options that are none, for a pattern that is no RegExp.
  if (error instanceof TypeError || error instanceof SyntaxError) return { code: 'invalid_argument', message: error.message };
  // A trap or an exhausted memory: nothing in the module can be trusted then.
  return { code: 'crash', message: `The WebAssembly module broke: ${String(error)}` };
}

// Whoever imports this module for its address alone is no worker of that name.
if (self.name === workerName) {
  self.addEventListener('message', ({ data }: MessageEvent<ToWorker>) => {
    if ('cancel' in data) {
      if (running?.id === data.cancel) running.cancelled = true;
    } else if ('release' in data) {
      objects.get(data.release)?.free();
      objects.delete(data.release);
    } else {
      void answer(data.id, data.method, data.parameters);
    }
  });
}
