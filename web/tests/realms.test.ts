/// The npm package with values of another realm: what jsdom, Jest, node:vm and frames hand in. Frames are in worker.test.ts.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { before, test } from 'node:test';
import { createContext, runInContext } from 'node:vm';
import type { Trilane } from '../package/index.ts';
import { inRepo } from './support.ts';

const { load } = (await import(inRepo('web/dist/index.js'))) as typeof import('../package/index.ts');

const realm = createContext({});
const foreign = <T>(code: string): T => runInContext(code, realm) as T;
const shape = { format: 'tl2', rows: 2, columns: 3 } as const;
const weights = Float32Array.of(4, 1, -1, -2, 0.5, 3);
const foreignWeights = foreign<Float32Array>('Float32Array.of(4, 1, -1, -2, 0.5, 3)');

let tl: Trilane;
before(async () => {
  tl = await load();
});

function refuses(call: () => unknown, message: RegExp, code = 'invalid_argument'): void {
  assert.throws(call, { name: 'TrilaneError', code, message });
}

test('arrays, buffers, shapes and patterns of another realm are taken', () => {
  assert.equal(foreignWeights instanceof Float32Array, false);
  const matrix = tl.quantize(foreignWeights, foreign(`({ format: 'tl2', rows: 2, columns: 3 })`));
  const expected = tl.quantize(weights, shape);
  assert.deepEqual(matrix.codes(), expected.codes());
  const y = foreign<Float32Array>('new Float32Array(2)');
  assert.equal(matrix.multiply(foreign('Float32Array.of(1, 2, 3)'), y), y);
  assert.deepEqual([...y], [...expected.multiply(Float32Array.of(1, 2, 3))]);
  assert.deepEqual(matrix.quality(foreignWeights), expected.quality(weights));
  assert.deepEqual(tl.quality(foreignWeights, foreignWeights), tl.quality(weights, weights));
  assert.deepEqual(tl.quantizeActivations(foreignWeights), tl.quantizeActivations(weights));
  const copied = (array: ArrayLike<number>, type: string) => foreign<(values: number[]) => unknown>(`(values) => ${type}.from(values)`)([...Array.from(array)]);
  const codes = copied(expected.codes(), 'Uint8Array') as Uint8Array;
  const scales = copied(expected.scales(), 'Float32Array') as Float32Array;
  assert.deepEqual(tl.fromStorage({ ...shape, codes, scales }).codes(), expected.codes());

  const bytes = tl.writeSafetensors(foreign<() => Record<string, never>>('() => ({})')());
  assert.ok(bytes.length > 0);
  const file = tl.writeSafetensors({ a: { shape: foreign('[2, 3]'), data: foreignWeights } }, foreign(`({ author: 'a test' })`));
  assert.deepEqual(file, tl.writeSafetensors({ a: { shape: [2, 3], data: weights } }, { author: 'a test' }));
  const foreignFile = copied(file, 'Uint8Array') as Uint8Array;
  for (const source of [foreignFile, foreignFile.buffer, { size: file.length, read: (from: number, length: number) => foreignFile.subarray(from, from + length) }]) {
    const opened = tl.openSafetensors(source);
    assert.deepEqual(opened.weights('a'), weights);
    assert.ok(opened.quantize({ format: 'tl2', include: foreign('/^a$/') }).finish().length > 0);
  }
});

test('shared, growable and resizable buffers, and arrays that follow their length', () => {
  const expected = tl.quantize(weights, shape).codes();
  const file = tl.writeSafetensors({ a: { shape: [2, 3], data: weights } });
  // Of ES2024, of which the compiler's library does not know yet.
  const resizable = foreign<ArrayBuffer & { resize(bytes: number): void }>('new ArrayBuffer(24, { maxByteLength: 64 })');
  const growable = foreign<SharedArrayBuffer>('new SharedArrayBuffer(24, { maxByteLength: 64 })');
  for (const buffer of [new SharedArrayBuffer(24), resizable, growable, foreign<ArrayBuffer>('new SharedArrayBuffer(24)')]) {
    const array = new Float32Array(buffer);
    array.set(weights);
    assert.deepEqual(tl.quantize(array, shape).codes(), expected);
    assert.deepEqual(tl.quantize(structuredClone(array), shape).codes(), expected);
    const y = new Float32Array(buffer, 0, 2);
    assert.equal(tl.quantize(weights, shape).multiply(Float32Array.of(1, 2, 3), y), y);
  }
  const fixed = new Float32Array(resizable, 8, 4);
  resizable.resize(12);
  refuses(() => tl.quantizeActivations(fixed), /^x is an array without memory/);
  const shared = new SharedArrayBuffer(file.length);
  new Uint8Array(shared).set(file);
  assert.deepEqual(tl.openSafetensors(shared).weights('a'), weights);
});

test('memory that is gone is named', () => {
  const gone = weights.slice();
  structuredClone(gone, { transfer: [gone.buffer] });
  const goneBytes = Uint8Array.of(1);
  structuredClone(goneBytes, { transfer: [goneBytes.buffer] });
  const matrix = tl.quantize(weights, shape);
  const lost = /is an array without memory \(its buffer was transferred or made smaller\)/;
  refuses(() => tl.quantize(gone, shape), lost);
  refuses(() => matrix.multiply(gone), lost);
  refuses(() => matrix.multiply(Float32Array.of(1, 2, 3), gone), lost);
  refuses(() => matrix.dequantize(gone), lost);
  refuses(() => matrix.quality(gone), lost);
  refuses(() => tl.quality(weights, gone), lost);
  refuses(() => tl.quantizeActivations(gone), lost);
  refuses(() => tl.fromStorage({ ...shape, codes: goneBytes, scales: matrix.scales() }), lost);
  refuses(() => tl.writeSafetensors({ a: { shape: [0], data: gone } }), lost);
  refuses(() => tl.openSafetensors(goneBytes), lost);
  refuses(() => tl.openSafetensors(goneBytes.buffer), /ArrayBuffer without memory: it was transferred/);

  const bytes = readFileSync(inRepo('tests/data/tiny.safetensors'));
  const later = new Uint8Array(bytes);
  const file = tl.openSafetensors(later);
  structuredClone(later, { transfer: [later.buffer] });
  refuses(() => file.weights('conv.weight'), /cannot be read: it changed, or is gone/, 'io');
});

test('what only looks like an array or an option is named', () => {
  refuses(() => tl.quantize(new Proxy(weights, {}), shape), /^weights is an imitation or a proxy of a Float32Array; a Float32Array is needed$/);
  refuses(() => tl.quantize(Object.create(null) as never, shape), /^weights is object/);
  refuses(() => tl.quantize(weights, { ...shape, rows: Object.create(null) as never }), /^rows is object/);
  assert.deepEqual(tl.quantize(weights, new Proxy(shape, {})).codes(), tl.quantize(weights, shape).codes());
  const file = tl.openSafetensors(readFileSync(inRepo('tests/data/tiny.safetensors')));
  refuses(() => file.quantize({ format: 'tl2', include: '(' as never }), /^include is string; a RegExp is needed$/);
});
