/// The npm package as it is built, under Node: what it computes, what it refuses, and that it gives its memory back.

import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, test } from 'node:test';
import type { Format, Granularity, ScaleRule, TernaryMatrix, Trilane } from '../package/index.ts';
import { inRepo, start, temporaryFolder, trilane as cli } from './support.ts';

const { TrilaneError, load } = (await import(inRepo('web/dist/index.js'))) as typeof import('../package/index.ts');

const formats: Format[] = ['i2_s', 'tl1', 'tl2'];
const rules: ScaleRule[] = ['absmean', 'absmax'];
const granularities: Granularity[] = ['tensor', 'row'];

let both: Trilane[];
before(async () => {
  both = await Promise.all([load(), load({ relaxed: false })]);
});

/** Numbers that look random and are the same at every run. */
function noise(length: number, seed: number): Float32Array {
  let state = seed;
  return Float32Array.from({ length }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 31 - 1;
  });
}

function roundHalfEven(value: number): number {
  const down = Math.floor(value);
  if (value - down !== 0.5) return Math.round(value);
  return down % 2 === 0 ? down : down + 1;
}

/** y = W · x as docs/formats.md defines it, from the dequantized weights. */
function naiveProduct(matrix: TernaryMatrix, x: Float32Array): Float32Array {
  const { rows, columns } = matrix;
  const weights = matrix.dequantize();
  const scales = matrix.scales();
  const y = new Float32Array((x.length / columns) * rows);
  for (let n = 0; n < x.length / columns; ++n) {
    const vector = x.subarray(n * columns, (n + 1) * columns);
    const a = Math.fround(127 / vector.reduce((most, value) => Math.max(most, Math.abs(value)), 0));
    for (let row = 0; row < rows; ++row) {
      let sum = 0;
      vector.forEach((value, k) => {
        sum += Math.sign(weights[row * columns + k]!) * roundHalfEven(Math.fround(value * a));
      });
      const scale = scales.length === 1 ? scales[0]! : scales[row]!;
      y[n * rows + row] = Math.fround(sum) * Math.fround(scale / a);
    }
  }
  return y;
}

function assertThrows(call: () => unknown, code: string, message: RegExp): void {
  assert.throws(call, (error: unknown) => {
    assert.ok(error instanceof TrilaneError && error instanceof Error);
    assert.equal(error.name, 'TrilaneError');
    assert.equal(error.code, code);
    assert.match(error.message, message);
    assert.equal(error.message.includes('\n'), false);
    return true;
  });
}

test('load() gives the same kernels to all', async () => {
  assert.equal(load(), load());
  assert.equal(load(), load({ relaxed: true }));
  const [best, plain] = both as [Trilane, Trilane];
  assert.equal(best.arch, 'relaxed');
  assert.equal(best.whyNotRelaxed, null);
  assert.equal(plain.arch, 'simd128');
  assert.match(plain.whyNotRelaxed!, /told not to/);
  assert.equal(best.version, (JSON.parse(readFileSync(inRepo('web/package.json'), 'utf8')) as { version: string }).version);
});

test('products are exact, bit for bit, for one vector and for several', () => {
  for (const [rows, columns] of [[1, 1], [5, 130], [48, 384]] as const) {
    const weights = noise(rows * columns, rows);
    for (const tl of both) {
      for (const format of formats) {
        for (const scale of rules) {
          for (const per of granularities) {
            const matrix = tl.quantize(weights, { format, rows, columns, scale, per });
            for (const vectors of [1, 5]) {
              const x = noise(vectors * columns, vectors);
              const expected = naiveProduct(matrix, x);
              assert.deepEqual(matrix.multiply(x), expected);
              const y = new Float32Array(expected.length + 1).subarray(1); // a view that does not begin its buffer
              assert.equal(matrix.multiply(x, y), y);
              assert.deepEqual(y, expected);
            }
            matrix.free();
          }
        }
      }
    }
  }
});

test('a matrix tells what it is', () => {
  const weights = noise(3 * 200, 7);
  for (const tl of both) {
    const matrix = tl.quantize(weights, { format: 'tl2', rows: 3, columns: 200, scale: 'absmax', per: 'row' });
    const { rows, columns, format, scale, per, bytes, bitsPerWeight } = matrix;
    assert.deepEqual({ rows, columns, format, scale, per }, { rows: 3, columns: 200, format: 'tl2', scale: 'absmax', per: 'row' });
    assert.equal(bytes, 3 * 3 * 20 + 3 * 4);
    assert.equal(bitsPerWeight, (8 * bytes) / 600);
    assert.equal(matrix.codes().length, 3 * 3 * 20);
    assert.deepEqual(
      matrix.scales(),
      Float32Array.from([0, 1, 2], (row) => weights.subarray(row * 200, (row + 1) * 200).reduce((most, w) => Math.max(most, Math.abs(w)), 0)),
    );
    const restored = new Float32Array(600);
    assert.equal(matrix.dequantize(restored), restored);
    assert.deepEqual(restored, matrix.dequantize());
    assertThrows(() => matrix.dequantize(weights.subarray(1)), 'size_mismatch', /weights has 599 entries; 600/);
    const quality = matrix.quality(weights);
    assert.deepEqual(quality, tl.quality(weights, matrix.dequantize()));
    assert.ok(quality.snrDb > 0 && quality.cosine > 0 && quality.cosine < 1 && quality.zeros > 0 && quality.zeros < 1);
    matrix.free();
  }
});

test('codes and scales make the same matrix again', () => {
  const weights = noise(4 * 256, 9);
  const x = noise(256, 10);
  for (const tl of both) {
    for (const format of formats) {
      const matrix = tl.quantize(weights, { format, rows: 4, columns: 256, per: 'row' });
      const again = tl.fromStorage({ format, rows: 4, columns: 256, codes: matrix.codes(), scales: matrix.scales() });
      assert.deepEqual(again.codes(), matrix.codes());
      assert.deepEqual(again.multiply(x), matrix.multiply(x));
    }
  }
});

test('activations', () => {
  for (const tl of both) {
    const { q, a, sums } = tl.quantizeActivations(Float32Array.of(1, -0.5, 0.25, 0, 0, 0), 3);
    assert.deepEqual(q, Int8Array.of(127, -64, 32, 0, 0, 0)); // −63.5 goes to the even number
    assert.deepEqual(a, Float32Array.of(127, Infinity));
    assert.deepEqual(sums, Int32Array.of(95, 0));
    assert.deepEqual(tl.quantizeActivations(Float32Array.of(2)).q, Int8Array.of(127));
  }
});

test('bad arguments are named', () => {
  const tl = both[0]!;
  const four = new Float32Array(4);
  const shape = { format: 'tl2', rows: 2, columns: 2 } as const;
  const matrix = tl.quantize(four, shape);
  const anything = <T>(value: unknown) => value as T;
  assertThrows(() => tl.quantize(four, anything(undefined)), 'invalid_argument', /^options is undefined; an object/);
  assertThrows(() => tl.fromStorage(anything(null)), 'invalid_argument', /^storage is null/);
  assertThrows(() => tl.writeSafetensors(anything(null)), 'invalid_argument', /^tensors is null/);
  assertThrows(() => tl.writeSafetensors({ a: anything(null) }), 'invalid_argument', /^tensor 'a' is null/);
  for (const size of [NaN, -1, 1.5]) {
    assertThrows(() => tl.openSafetensors({ size, read: () => null }), 'invalid_argument', /^a file is .* a size in bytes/);
  }
  assertThrows(() => tl.quantize(anything([1, 2]), shape), 'invalid_argument', /^weights is Array; a Float32Array is needed$/);
  assertThrows(() => tl.quantize(anything(null), shape), 'invalid_argument', /^weights is null/);
  assertThrows(() => tl.quantize(new Float32Array(3), shape), 'size_mismatch', /3.*2x2.*4/);
  assertThrows(() => tl.quantize(Float32Array.of(1, 2, NaN, 4), shape), 'not_finite', /NaN.*index 2/);
  assertThrows(() => tl.quantize(new Float32Array(4096).fill(3e38), { ...shape, rows: 1, columns: 4096 }), 'overflow', /./);
  assertThrows(() => tl.quantize(four, { ...shape, format: anything('tl9') }), 'invalid_argument', /'tl9'.*i2_s, tl1, tl2/);
  assertThrows(() => tl.quantize(four, { ...shape, format: anything(undefined) }), 'invalid_argument', /^format is undefined/);
  assertThrows(() => tl.quantize(four, { ...shape, scale: anything('mean') }), 'invalid_argument', /'mean'.*absmean, absmax/);
  assertThrows(() => tl.quantize(four, { ...shape, per: anything('column') }), 'invalid_argument', /'column'.*tensor, row/);
  for (const rows of [0, -1, 1.5, NaN, Infinity, '2', 2n, undefined]) {
    assertThrows(() => tl.quantize(four, { ...shape, rows: anything(rows) }), 'invalid_argument', /^rows is .*; a whole number above 0/);
  }
  assertThrows(() => tl.quantize(four, { ...shape, rows: 2 ** 40 }), 'overflow', /1099511627776 rows and 2 columns.*2 GB at most.*fewer rows/);
  assertThrows(() => tl.quantize(four, { ...shape, rows: 2 ** 31, columns: 2 ** 31 }), 'overflow', /2147483648/);
  assertThrows(() => matrix.multiply(new Float32Array(3)), 'size_mismatch', /x has 3 entries.*2 columns/);
  assertThrows(() => matrix.multiply(new Float32Array(0)), 'size_mismatch', /x has 0 entries/);
  assertThrows(() => matrix.multiply(new Float32Array(4), new Float32Array(3)), 'size_mismatch', /y has 3 entries; 4/);
  assertThrows(() => matrix.multiply(Float32Array.of(1, Infinity)), 'not_finite', /infinite at index 1/);
  assertThrows(() => matrix.multiply(anything(new Float64Array(2))), 'invalid_argument', /^x is Float64Array/);
  assertThrows(() => matrix.quality(new Float32Array(5)), 'size_mismatch', /5/);
  assertThrows(() => tl.quality(four, new Float32Array(5)), 'size_mismatch', /4.*5/);
  assertThrows(() => tl.quantizeActivations(new Float32Array(5), 2), 'size_mismatch', /5.*2/);
  assertThrows(() => tl.quantizeActivations(new Float32Array(0)), 'invalid_argument', /columns is 0/);
  assertThrows(() => tl.quantizeActivations(anything(undefined)), 'invalid_argument', /^x is undefined/);
});

test('storage that no quantizer writes is refused, by row and block', () => {
  const tl = both[0]!;
  const unused = { i2_s: 0xff, tl1: 0xff, tl2: 0xff };
  for (const format of formats) {
    const matrix = tl.quantize(noise(2 * 384, 3), { format, rows: 2, columns: 384 });
    const [codes, scales] = [matrix.codes(), matrix.scales()];
    const storage = { format, rows: 2, columns: 384, codes, scales };
    const blockBytes = format === 'tl2' ? 20 : 32;
    codes[codes.length / 2 + blockBytes] = unused[format];
    assertThrows(() => tl.fromStorage(storage), 'corrupt_data', /row 1, block 1/);
    assertThrows(() => tl.fromStorage({ ...storage, codes: codes.subarray(1) }), 'size_mismatch', /codes/);
    const good = matrix.codes();
    assertThrows(() => tl.fromStorage({ ...storage, codes: good, scales: Float32Array.of(-1) }), 'corrupt_data', /row 0 is negative/);
    assertThrows(() => tl.fromStorage({ ...storage, codes: good, scales: Float32Array.of(1, 2, 3) }), 'size_mismatch', /scales/);
  }
});

const tiny = inRepo('tests/data/tiny.safetensors');

test('files are quantized and dequantized to the bytes that the command line writes', async (context) => {
  const folder = temporaryFolder(context);
  const original = readFileSync(tiny);
  for (const format of formats) {
    for (const scale of rules) {
      for (const per of granularities) {
        const [quantized, restored] = [join(folder, 'quantized'), join(folder, 'restored')];
        const ended = await cli(['quantize', tiny, '-o', quantized, '--format', format, '--scale', scale, '--per', per]);
        assert.equal(ended.status, 0, ended.stderr);
        assert.equal((await cli(['dequantize', quantized, '-o', restored])).status, 0);
        for (const tl of both) {
          const here = tl.openSafetensors(original).quantize({ format, scale, per }).finish();
          assert.deepEqual(here, new Uint8Array(readFileSync(quantized)));
          const back = tl.openSafetensors(here).dequantize().finish();
          assert.deepEqual(back, new Uint8Array(readFileSync(restored)));
        }
      }
    }
  }
});

test('a file: its tensors, its weights, its matrices', () => {
  for (const tl of both) {
    const file = tl.openSafetensors(readFileSync(tiny), 'tiny');
    const weight = file.tensors.find((tensor) => tensor.name === 'feed_forward.weight')!;
    assert.deepEqual(weight.shape, [3, 32, 40]);
    assert.equal(weight.dtype, 'F16');
    assert.equal(weight.quantizable, true);
    assert.equal(weight.quantized, null);
    const weights = file.weights('feed_forward.weight');
    assert.equal(weights.length, weight.elements);

    // Piece by piece, read through a callback as from a disk.
    const bytes = new Uint8Array(readFileSync(tiny));
    const through = tl.openSafetensors({ size: bytes.length, read: (offset, length) => bytes.slice(offset, offset + length) });
    const conversion = through.quantize({ format: 'tl1', include: /weight$/g, exclude: /conv/ });
    const quantizedBytes = new Uint8Array(conversion.fileSize);
    const shares = [conversion.progress];
    while (conversion.step((offset, piece) => quantizedBytes.set(piece, offset))) shares.push(conversion.progress);
    assert.ok(shares.length === file.tensors.length && shares.every((share, i) => i === 0 || share >= shares[i - 1]!));
    assert.equal(conversion.progress, 1);

    const quantized = tl.openSafetensors(quantizedBytes, 'quantized');
    const info = quantized.tensors.find((tensor) => tensor.name === 'feed_forward.weight')!.quantized;
    assert.deepEqual(info, { format: 'tl1', scale: 'absmean', per: 'tensor', shape: [3, 32, 40], dtype: 'F16' });
    assert.equal(quantized.tensors.find((tensor) => tensor.name === 'conv.weight')!.quantized, null);
    const matrix = quantized.matrix('feed_forward.weight');
    const same = tl.quantize(weights, { format: 'tl1', rows: 3, columns: 32 * 40 });
    assert.deepEqual(matrix.codes(), same.codes());
    assert.deepEqual(quantized.weights('feed_forward.weight'), same.dequantize());

    assertThrows(() => file.weights('nothing'), 'invalid_argument', /^tiny has no tensor 'nothing'$/);
    assertThrows(() => file.matrix('conv.weight'), 'invalid_argument', /'conv.weight' is not quantized/);
    assertThrows(() => quantized.quantize({ format: 'tl2' }), 'bad_file', /quantized already/);
    assertThrows(() => file.dequantize(), 'bad_file', /no tensor that trilane quantized/);
    assertThrows(() => file.quantize({ format: 'tl2', include: /nothing/ }), 'bad_file', /no tensor to quantize/);
  }
});

test('a file written here is read by the command line', async (context) => {
  const path = join(temporaryFolder(context), 'written.safetensors');
  const tl = both[0]!;
  const matrix = tl.quantize(noise(6 * 100, 5), { format: 'tl2', rows: 6, columns: 100, per: 'row', scale: 'absmax' });
  const bias = noise(6, 6);
  writeFileSync(path, tl.writeSafetensors({ 'layer.weight': matrix, 'layer.bias': { shape: [6], data: bias } }, { author: 'a test' }));
  const ended = await cli(['inspect', '--json', path]);
  assert.equal(ended.status, 0, ended.stderr);
  const { tensors } = JSON.parse(ended.stdout) as { tensors: { name: string; quantized: { format: string; per: string; scale: string } | null }[] };
  const quantized = tensors.find(({ name }) => name === 'layer.weight')!.quantized!;
  assert.deepEqual([quantized.format, quantized.scale, quantized.per], ['tl2', 'absmax', 'row']);
  const again = tl.openSafetensors(readFileSync(path));
  assert.deepEqual(again.weights('layer.bias'), bias);
  assert.equal(again.metadata['author'], 'a test');

  assertThrows(() => tl.writeSafetensors({ a: matrix, 'a.scale': { shape: [1], data: bias.slice(0, 1) } }), 'invalid_argument', /'a.scale'.*twice/);
  assertThrows(() => tl.writeSafetensors({ a: { shape: [7], data: bias } }), 'size_mismatch', /'a' has 6 entries; its shape needs 7/);
  assertThrows(() => tl.writeSafetensors({ a: { shape: [-6], data: bias } }), 'invalid_argument', /'a'.*shape/);
  assertThrows(() => tl.writeSafetensors({ a: matrix }, { trilane: 'mine' }), 'invalid_argument', /'trilane'/);
  const metadata = (value: unknown) => () => tl.writeSafetensors({ a: matrix }, value as Record<string, string>);
  assertThrows(metadata({ epochs: 3 }), 'invalid_argument', /^metadata 'epochs' is 3; a string is needed$/);
  for (const wrong of [null, 'text', ['a']]) assertThrows(metadata(wrong), 'invalid_argument', /^the metadata is no object/);
  const half = '\ud800';
  assertThrows(() => tl.writeSafetensors({ [half]: matrix }), 'invalid_argument', /half of a character/);
  assertThrows(metadata({ author: half }), 'invalid_argument', /half of a character/);
});

test('names that mean something to JavaScript are names like others', () => {
  const tl = both[0]!;
  const matrix = tl.quantize(noise(4, 1), { format: 'i2_s', rows: 2, columns: 2 });
  const names = ['', '__proto__', 'a\0b', 'constructor', 'toString'];
  const file = tl.openSafetensors(tl.writeSafetensors(Object.fromEntries(names.map((name) => [name, matrix])), { ['__proto__']: 'kept' }));
  assert.deepEqual(file.tensors.filter(({ quantized }) => quantized).map(({ name }) => name), names);
  for (const name of names) assert.deepEqual(file.weights(name), matrix.dequantize());
  assert.deepEqual(Object.entries(file.metadata).find(([key]) => key === '__proto__'), ['__proto__', 'kept']);
});

test('a conversion is made at once or step by step, not both', () => {
  const file = both[0]!.openSafetensors(readFileSync(tiny));
  const conversion = file.quantize({ format: 'tl2' });
  conversion.step(() => {});
  assertThrows(() => conversion.finish(), 'invalid_argument', /before any step/);
});

test('broken files are refused in one line', () => {
  const tl = both[0]!;
  const bytes = new Uint8Array(readFileSync(tiny));
  const open = (changed: Uint8Array) => () => tl.openSafetensors(changed, 'broken');
  for (const length of [0, 7, 8, 100, bytes.length - 1]) assertThrows(open(bytes.slice(0, length)), 'bad_file', /^broken: /);
  assertThrows(open(new TextEncoder().encode('this is a text, and no file of tensors')), 'bad_file', /^broken: /);
  assertThrows(() => tl.openSafetensors({ size: 100, read: () => null }, 'gone'), 'io', /cannot be read/);
  assertThrows(() => tl.openSafetensors('tiny' as unknown as Uint8Array), 'invalid_argument', /^a file is /);
  const thrown = new Error('mine');
  const throwing = () => {
    throw thrown;
  };
  assert.throws(() => tl.openSafetensors({ size: 100, read: throwing }), thrown); // the caller's own error stays his
});

test('after free() an object says so', () => {
  const tl = both[0]!;
  const matrix = tl.quantize(noise(4, 1), { format: 'i2_s', rows: 2, columns: 2 });
  const file = tl.openSafetensors(readFileSync(tiny));
  matrix.free();
  matrix.free();
  file[Symbol.dispose]();
  assertThrows(() => matrix.multiply(noise(2, 1)), 'freed', /^This matrix was freed\.$/);
  assertThrows(() => tl.writeSafetensors({ matrix }), 'freed', /matrix/);
  assertThrows(() => file.weights('conv.weight'), 'freed', /^This file was freed\.$/);
  assert.equal(matrix.rows, 2);
});

test('what is freed while it calls its user back goes when the call is over', () => {
  const tl = both[0]!;
  const bytes = readFileSync(tiny);
  let opened: { free(): void } | null = null;
  const file = tl.openSafetensors({
    size: bytes.length,
    read(offset, length) {
      opened?.free();
      return bytes.subarray(offset, offset + length);
    },
  });
  const conversion = file.quantize({ format: 'tl2' });
  const name = file.tensors.find(({ quantizable }) => quantizable)!.name;
  const before = file.weights(name);
  opened = file;
  assert.deepEqual(file.weights(name), before);
  assertThrows(() => file.weights(name), 'freed', /file was freed/);
  assert.equal(conversion.step(() => conversion.free()), true);
  assertThrows(() => conversion.step(() => {}), 'freed', /conversion was freed/);
});

test('what the caller holds survives the growth of the memory', () => {
  const tl = both[1]!;
  const matrix = tl.quantize(noise(64 * 64, 1), { format: 'tl1', rows: 64, columns: 64 });
  const [y, codes] = [matrix.multiply(noise(64, 2)), matrix.codes()];
  const [yBefore, codesBefore] = [y.slice(), codes.slice()];
  const large = tl.quantize(noise(4096 * 4096, 3), { format: 'tl1', rows: 4096, columns: 4096 }); // 64 MB beside 16 to begin with
  assert.deepEqual(y, yBefore);
  assert.deepEqual(codes, codesBefore);
  assert.deepEqual(matrix.multiply(noise(64, 2)), yBefore);
  large.free();
});

/** Runs `body` in a Node of its own where `tl` are the kernels, `memory()` the size of their memory and gc() is there. */
async function inFreshNode(body: string) {
  const script = `
    const instantiate = WebAssembly.instantiate;
    let exported;
    WebAssembly.instantiate = async (...parameters) => {
      const instance = await instantiate(...parameters);
      exported = Object.values(instance.exports).find((value) => value instanceof WebAssembly.Memory);
      return instance;
    };
    const memory = () => exported.buffer.byteLength;
    const { load } = await import(${JSON.stringify(inRepo('web/dist/index.js'))});
    const tl = await load();
    ${body}`;
  const ended = await start(process.execPath, ['--expose-gc', '--input-type=module', '--eval', script]).ended;
  assert.equal(ended.status, 0, ended.stderr);
  return JSON.parse(ended.stdout) as unknown[];
}

const round = `
  const weights = Float32Array.from({ length: 64 * 256 }, (_, i) => Math.sin(i));
  const x = Float32Array.from({ length: 256 }, (_, i) => Math.cos(i));
  const round = (i) => {
    const matrix = tl.quantize(weights, { format: ['i2_s', 'tl1', 'tl2'][i % 3], rows: 64, columns: 256 });
    matrix.multiply(x);
    return matrix;
  };`;

test('10,000 rounds of quantize, multiply and free leave the memory as it was', async () => {
  const [before, after] = (await inFreshNode(`${round}
    for (let i = 0; i < 100; ++i) round(i).free();
    const before = memory();
    for (let i = 0; i < 10000; ++i) round(i).free();
    console.log(JSON.stringify([before, memory()]));`)) as [number, number];
  assert.equal(after, before);
});

test('what nobody freed is freed when it is collected', async () => {
  // 20,000 matrices of 4 kB and more: 80 MB if none came back.
  const [most] = (await inFreshNode(`${round}
    round(0).free();
    for (let i = 0; i < 20000; ++i) {
      round(i);
      if (i % 100 === 0) {
        gc();
        await new Promise((resolve) => setImmediate(resolve));
      }
    }
    console.log(JSON.stringify([memory()]));`)) as [number];
  assert.ok(most < 40e6, `${most} bytes`);
});

test('memory that cannot be had is an error, and no end', async () => {
  const [code, length] = (await inFreshNode(`${round}
    const matrix = round(0);
    WebAssembly.Memory.prototype.grow = () => { throw new RangeError('no more'); };
    let code;
    try {
      tl.quantize(new Float32Array(4096 * 4096), { format: 'tl2', rows: 4096, columns: 4096 });
    } catch (error) {
      code = error.code;
    }
    console.log(JSON.stringify([code, matrix.multiply(x).length]));`)) as [string, number];
  assert.equal(code, 'out_of_memory');
  assert.equal(length, 64);
});

test('what the functions of a caller throw, however often, does not wear out the module', () => {
  const tl = both[1]!;
  const bytes = readFileSync(tiny);
  const thrown = new Error('mine');
  let broken = false;
  const read = (offset: number, length: number) => {
    if (broken) throw thrown;
    return bytes.subarray(offset, offset + length);
  };
  const file = tl.openSafetensors({ size: bytes.length, read });
  const before = file.weights('conv.weight');
  const conversion = file.quantize({ format: 'tl2' });
  const throwing = () => {
    throw thrown;
  };
  for (let i = 0; i < 10_000; ++i) {
    broken = true;
    assert.throws(() => file.weights('conv.weight'), thrown); // each once took 32 bytes and more of a stack of 256 kB
    broken = false;
    assert.throws(() => conversion.step(throwing), thrown);
  }
  assert.deepEqual(file.weights('conv.weight'), before);
});

test('what read() returns is checked', () => {
  const tl = both[0]!;
  const open = (read: unknown) => () => tl.openSafetensors({ size: 100, read: read as () => null });
  assertThrows(open(async () => new Uint8Array(8)), 'invalid_argument', /^what read\(\) returned is Promise; a Uint8Array/);
  assertThrows(open(() => new Uint8Array(7)), 'io', /cannot be read/);
  assertThrows(open(() => undefined), 'io', /cannot be read/);
});

test('more vectors than one workspace holds', () => {
  const tl = both[1]!;
  const matrix = tl.quantize(Float32Array.of(1), { format: 'i2_s', rows: 1, columns: 1 });
  const y = matrix.multiply(new Float32Array(2 ** 21).fill(1)); // 2 kB each: 2^32 bytes, which a size of 32 bits takes for none
  assert.equal(y.length, 2 ** 21);
  assert.equal(y.findIndex((value) => value !== 1), -1);
  const tall = tl.quantize(new Float32Array(65536), { format: 'tl2', rows: 65536, columns: 1 });
  assertThrows(() => tall.multiply(new Float32Array(65536)), 'overflow', /65536 vectors.*more than 2 GB.*fewer/);
});

test('what is larger than 2 GB says what to do', () => {
  const tl = both[1]!;
  const rows = 32768;
  const columns = 16385;
  const large = new Float32Array(rows * columns); // of which nothing is touched
  const shape = { format: 'tl2', rows, columns } as const;
  assertThrows(() => tl.quantize(large, shape), 'overflow', /^weights has 2\.1 GB, and WebAssembly takes 2 GB at most.*fewer rows.*command line/);
  const [codes, scales] = [new Uint8Array(1), new Float32Array(1)];
  assertThrows(() => tl.fromStorage({ ...shape, codes, scales }), 'overflow', /^a matrix of 32768 rows and 16385 columns.*2\.2 GB/);
  assertThrows(() => tl.writeSafetensors({ a: { shape: [large.length], data: large } }), 'overflow', /^tensor 'a': data has 2\.1 GB/);

  const size = 2 * rows * columns;
  const header = JSON.stringify({ w: { dtype: 'F16', shape: [rows, columns], data_offsets: [0, size] } });
  const head = new Uint8Array(8 + header.length);
  new DataView(head.buffer).setBigUint64(0, BigInt(header.length), true);
  head.set(new TextEncoder().encode(header), 8);
  const read = (offset: number, length: number) => {
    const bytes = new Uint8Array(length); // weights are 0
    bytes.set(head.subarray(offset, offset + length));
    return bytes;
  };
  const file = tl.openSafetensors({ size: head.length + size, read }, 'large');
  const message = /^large: tensor 'w' as float32 has 2\.1 GB.*command line/;
  assertThrows(() => file.weights('w'), 'overflow', message);
  assertThrows(() => file.quantize({ format: 'tl2' }), 'overflow', message);
  assertThrows(() => file.quantize({ format: 'tl2', exclude: /w/ }), 'bad_file', /no tensor to quantize/);
});

test('load() takes a compiled module, and tries again after a failure', async () => {
  for (const [name, arch] of [['trilane-kernels', 'simd128'], ['trilane-kernels-relaxed', 'relaxed']] as const) {
    const module = new WebAssembly.Module(readFileSync(inRepo(`web/dist/${name}.wasm`)));
    const tl = await load({ module });
    assert.equal(load({ module }), load({ module }));
    assert.equal(tl.arch, arch);
    if (arch === 'relaxed') assert.equal(tl.whyNotRelaxed, null);
    else assert.match(tl.whyNotRelaxed!, /^the module that was given does not have it/);
    assert.deepEqual(tl.quantize(Float32Array.of(2), { format: 'tl2', rows: 1, columns: 1 }).multiply(Float32Array.of(3)), Float32Array.of(6));
  }
  const other = new WebAssembly.Module(Uint8Array.of(0, 97, 115, 109, 1, 0, 0, 0));
  for (const [module, code] of [[new Uint8Array(8), 'invalid_argument'], ['./a.wasm', 'invalid_argument'], [other, 'load_failed']] as const) {
    const first = load({ module });
    await assert.rejects(first, { name: 'TrilaneError', code });
    assert.notEqual(load({ module }), first);
    await assert.rejects(load({ module }), { code });
  }
});
