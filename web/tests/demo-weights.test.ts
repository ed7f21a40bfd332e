/// The demo page, "Bring your own weights": files become what the command line writes, and bad ones get a sentence.

import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { openSync, readFileSync, truncateSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { npyToSafetensors } from '../demo/weights/npy.ts';
import { type Session, skipWithout, testInEachBrowser } from './browsers.ts';
import { digits, inState, openDemo, quantizedNatively, textOf, tiny } from './demo.ts';
import { skipUnlessAll, temporaryFolder, trilane } from './support.ts';

const formats = ['i2_s', 'tl1', 'tl2'];

/** Makes the page shown ready with another file. */
async function choose(session: Session, file: string): Promise<void> {
  await session.evaluate(`document.getElementById('weights').dataset.state = 'old'`);
  await session.setFile('#file', file);
  await session.waitFor(inState('weights', 'ready', 'failed'));
}

async function setOptions(session: Session, options: Record<string, string>): Promise<void> {
  for (const [name, value] of Object.entries(options)) {
    await session.evaluate(`document.querySelector('#options [name=${name}][value=${value}]').click()`);
  }
  await session.waitFor(inState('weights', 'ready'));
}

/** The file that the page offers, as a digest or whole. */
async function convert(session: Session): Promise<void> {
  await session.click('#convert');
  await session.waitFor(`document.getElementById('download').href !== '' || !document.getElementById('convert').disabled`);
  assert.match(await textOf(session, '#convert-status'), /before, .* after\.$/);
}

async function converted(session: Session): Promise<Buffer> {
  await convert(session);
  const text = await session.evaluate(async () => {
    const bytes = new Uint8Array(await (await fetch(document.querySelector<HTMLAnchorElement>('#download')!.href)).arrayBuffer());
    let characters = '';
    for (let i = 0; i < bytes.length; i += 4096) characters += String.fromCharCode(...bytes.subarray(i, i + 4096));
    return btoa(characters);
  });
  return Buffer.from(text, 'base64');
}

testInEachBrowser('files become what the command line writes', async (context, name) => {
  const session = await openDemo(context, name);
  await session.waitFor(inState('weights', 'ready'));
  assert.match(await textOf(session, '#weights-status'), /^digits\.safetensors: 94\d\u00a0kB, 3 matrices\.$/);
  const native = await quantizedNatively(context, digits, ['--format', 'tl2']);
  assert.ok(native.equals(await converted(session)), 'digits');

  await choose(session, tiny);
  assert.equal(await textOf(session, '#weights-status'), 'tiny.safetensors: 42.2\u00a0kB, 4 matrices.');
  for (const format of formats) {
    for (const [scale, per] of [['absmean', 'tensor'], ['absmax', 'row']] as const) {
      await setOptions(session, { format, scale, per });
      const expected = await quantizedNatively(context, tiny, ['--format', format, '--scale', scale, '--per', per]);
      assert.ok(expected.equals(await converted(session)), `${format} ${scale} ${per}`);
    }
  }
});

test('what the page says of a tensor is what the command line says', { skip: skipWithout('chromium') }, async (context) => {
  const session = await openDemo(context, 'chromium');
  await session.waitFor(inState('weights', 'ready'));
  await choose(session, tiny);
  const ended = await trilane(['quantize', tiny, '-o', join(temporaryFolder(context), 'out'), '--format', 'tl2']);
  // tensor, shape, before (two columns), after (two columns), bits a weight, SNR, cosine, zeros
  const rows = ended.stdout.split('\n').map((line) => line.trim().split(/\s+/));
  for (const tensor of ['conv.weight', 'embedding.weight', 'attention.weight', 'feed_forward.weight']) {
    await session.evaluate((wanted) => {
      const select = document.querySelector<HTMLSelectElement>('#tensor')!;
      select.value = wanted;
      select.dispatchEvent(new Event('change', { bubbles: true }));
    }, tensor);
    await session.waitFor(`document.getElementById('weights').dataset.timed === '${tensor}'`);
    const row = rows.find(([name]) => name === tensor)!;
    const after = `${row[4]}\u00a0${row[5]}`;
    const size = await textOf(session, '#figure-size');
    assert.ok(size.endsWith(`→ ${after}`), `${size}: ${after}`);
    assert.equal(await textOf(session, '#figure-bits'), `32 → ${row[6]}`);
    assert.equal(await textOf(session, '#figure-snr'), `${row[7]}\u00a0dB`);
    assert.equal(await textOf(session, '#figure-cosine'), row[8]);
    assert.equal(await textOf(session, '#figure-zeros'), `${row[9]}\u00a0%`);
    assert.match(await textOf(session, '#figure-quantize'), /^\d.* elem\/s$|^\d.*[kMG]elem\/s$/);
    assert.match(await textOf(session, '#figure-dequantize'), /elem\/s$/);
  }
});

/** A .npy file of version 1. */
function npy(descr: string, shape: string, data: ArrayBufferView, order = 'False'): Buffer {
  const dictionary = `{'descr': ${descr}, 'fortran_order': ${order}, 'shape': ${shape}, }`;
  const header = dictionary.padEnd(Math.ceil((10 + dictionary.length + 1) / 64) * 64 - 11) + '\n';
  const start = Buffer.from('\x93NUMPY\x01\x00\x00\x00', 'latin1');
  start.writeUInt16LE(header.length, 8);
  return Buffer.concat([start, Buffer.from(header), Buffer.from(data.buffer, data.byteOffset, data.byteLength)]);
}

/** A safetensors file of one tensor of `size` bytes. */
function safetensors(name: string, dtype: string, shape: number[], data: Buffer, size = data.length): Buffer {
  const header = Buffer.from(JSON.stringify({ [name]: { dtype, shape, data_offsets: [0, size] } }));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(header.length));
  return Buffer.concat([length, header, data]);
}

const floats = Float32Array.from({ length: 6 * 130 }, (_, i) => Math.sin(i * i) * (i % 5));

test('.npy files become safetensors of one tensor', async () => {
  const tensorOf = async (bytes: Buffer, name = 'weights.npy') => {
    const file = await npyToSafetensors(new File([Uint8Array.from(bytes)], name));
    const all = Buffer.from(await file.arrayBuffer());
    const length = Number(all.readBigUInt64LE());
    assert.equal(length % 8, 0);
    const header = JSON.parse(all.toString('utf8', 8, 8 + length)) as Record<string, { dtype: string; shape: number[] }>;
    return { name: file.name, header, data: all.subarray(8 + length) };
  };
  const plain = await tensorOf(npy(`'<f4'`, '(6, 130)', floats));
  assert.equal(plain.name, 'weights.safetensors');
  assert.deepEqual(plain.header, { weights: { dtype: 'F32', shape: [6, 130], data_offsets: [0, floats.byteLength] } });
  assert.ok(plain.data.equals(Buffer.from(floats.buffer)));

  const wide = await tensorOf(npy(`'<f8'`, '(2, 3, 130)', Float64Array.from(floats, (value) => value * (1 + 1e-12))));
  assert.deepEqual(wide.header['weights']?.shape, [2, 3, 130]);
  assert.ok(wide.data.equals(Buffer.from(floats.buffer)));

  const halves = Uint16Array.from({ length: 8 }, (_, i) => 0x3c00 + i);
  const half = await tensorOf(npy(`'<f2'`, '(2, 4)', halves), 'ä "b".npy');
  assert.deepEqual(half.header, { 'ä "b"': { dtype: 'F16', shape: [2, 4], data_offsets: [0, 16] } });
  assert.ok(half.data.equals(Buffer.from(halves.buffer)));
});

testInEachBrowser('.npy files are quantized as the command line does', async (context, name) => {
  const folder = temporaryFolder(context);
  const session = await openDemo(context, name);
  await session.waitFor(inState('weights', 'ready'));
  for (const [descr, data] of [['<f4', floats], ['<f8', Float64Array.from(floats)]] as const) {
    writeFileSync(join(folder, 'some weights.npy'), npy(`'${descr}'`, '(6, 130)', data));
    writeFileSync(join(folder, 'same.safetensors'), safetensors('some weights', 'F32', [6, 130], Buffer.from(floats.buffer)));
    await choose(session, join(folder, 'some weights.npy'));
    assert.match(await textOf(session, '#weights-status'), /^some weights\.npy: .*, 1 matrix\.$/);
    const expected = await quantizedNatively(context, join(folder, 'same.safetensors'), ['--format', 'tl2']);
    assert.ok(expected.equals(await converted(session)), descr);
    const download = await session.evaluate(`document.getElementById('download').download`);
    assert.equal(download, 'some weights-tl2.safetensors');
  }
});

/** Files that are refused, and what is said of them. */
function badFiles(): Record<string, { bytes: Buffer; says: RegExp }> {
  const whole = readFileSync(tiny);
  const integers = Int32Array.from([1, 2, 3, 4]);
  const nan = Float32Array.from([1, 2, NaN, 4]);
  return {
    'cut-header.safetensors': { bytes: whole.subarray(0, 100), says: /cut-header\.safetensors/ },
    'cut-data.safetensors': { bytes: whole.subarray(0, whole.length - 100), says: /cut-data\.safetensors/ },
    'text.safetensors': { bytes: Buffer.from('These are no weights.\n'), says: /text\.safetensors/ },
    'empty.safetensors': { bytes: Buffer.alloc(0), says: /empty\.safetensors/ },
    'vector.safetensors': {
      bytes: safetensors('v', 'F32', [4], Buffer.alloc(16)),
      says: /^vector\.safetensors has no F32, F16 or BF16 tensor of at least two dimensions\.$/,
    },
    'nan.safetensors': {
      bytes: safetensors('w', 'F32', [2, 2], Buffer.from(nan.buffer)),
      says: /^nan\.safetensors: w: .*\b2\b/,
    },
    'text.npy': { bytes: Buffer.from('These are no weights.\n'), says: /^text\.npy is no \.npy file/ },
    'cut.npy': { bytes: npy(`'<f4'`, '(6, 130)', floats).subarray(0, 500), says: /^cut\.npy has \d+ bytes .* takes 3120\.$/ },
    'cut-header.npy': { bytes: npy(`'<f4'`, '(6, 130)', floats).subarray(0, 40), says: /^cut-header\.npy is cut off/ },
    'start.npy': { bytes: Buffer.from('\x93NUMPY', 'latin1'), says: /^start\.npy is cut off/ },
    'fortran.npy': { bytes: npy(`'<f4'`, '(6, 130)', floats, 'True'), says: /^fortran\.npy is in Fortran order; save it/ },
    'integers.npy': {
      bytes: npy(`'<i4'`, '(2, 2)', integers),
      says: /^integers\.npy holds integers \(<i4\); what is read here .*float32/,
    },
    'big.npy': { bytes: npy(`'>f4'`, '(2, 2)', integers), says: /^big\.npy holds .*\(>f4\); what is read here is little-endian/ },
    'records.npy': { bytes: npy(`[('a', '<f4')]`, '(2, 2)', integers), says: /^records\.npy holds something else/ },
    'vector.npy': { bytes: npy(`'<f4'`, '(4,)', integers), says: /^vector\.npy has no .* two dimensions\.$/ },
  };
}

test('a bad file gets one sentence, and what was there stays', { skip: skipWithout('chromium') }, async (context) => {
  const folder = temporaryFolder(context);
  const session = await openDemo(context, 'chromium');
  await session.waitFor(inState('weights', 'ready'));
  await choose(session, tiny);
  await session.waitFor(`document.getElementById('weights').dataset.timed === 'conv.weight'`);
  const state = async () => [await textOf(session, '#tensor'), await textOf(session, '#figures'), await textOf(session, '#picture-note')];
  const former = await state();
  const quantized = await quantizedNatively(context, tiny, ['--format', 'tl2']);
  const ternary = { bytes: quantized, says: /^ternary\.safetensors is quantized already; choose/ };
  const files = { ...badFiles(), 'ternary.safetensors': ternary };
  for (const [file, { bytes, says }] of Object.entries(files)) {
    writeFileSync(join(folder, file), bytes);
    await choose(session, join(folder, file));
    const said = await textOf(session, '#weights-status');
    assert.match(said, says, file);
    assert.doesNotMatch(said, /\n/, file);
    assert.ok(await session.evaluate(`document.getElementById('weights-status').matches('.bad')`), file);
    assert.deepEqual(await state(), former, file);
  }
  // And it still works.
  assert.ok(quantized.equals(await converted(session)));
});

/** A sparse safetensors file of a gigabyte: five matrices, with a few weights that are not zero. */
function makeGigabyte(path: string): void {
  const shape = [8192, 6400];
  const size = 4 * 8192 * 6400;
  const tensors = Object.fromEntries(
    Array.from({ length: 5 }, (_, i) => [`layer${i}`, { dtype: 'F32', shape, data_offsets: [i * size, (i + 1) * size] }]),
  );
  const header = Buffer.from(JSON.stringify(tensors));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(header.length));
  const file = openSync(path, 'w');
  writeSync(file, Buffer.concat([length, header]));
  for (let i = 0; i < 5; ++i) writeSync(file, floats, 0, floats.byteLength, 8 + header.length + (i + 0.5) * size);
  truncateSync(path, 8 + header.length + 5 * size);
}

test('a gigabyte is read by slices, with progress, and can be cancelled', { skip: skipUnlessAll || skipWithout('chromium') }, async (context) => {
  const file = join(temporaryFolder(context), 'large.safetensors');
  makeGigabyte(file);
  const session = await openDemo(context, 'chromium');
  await session.waitFor(inState('weights', 'ready'));
  await choose(session, file);
  assert.equal(await textOf(session, '#weights-status'), 'large.safetensors: 1.05\u00a0GB, 5 matrices.');
  assert.match(await textOf(session, '#picture-note'), /^8,192 rows of 6,400 weights, each cell the mean of 26 × 20 weights/);

  // One matrix of a gigabyte is more than is shown; what was there stays.
  const single = join(temporaryFolder(context), 'single.safetensors');
  writeFileSync(single, safetensors('w', 'F32', [2, 2 ** 27], Buffer.alloc(0), 2 ** 30));
  truncateSync(single, readFileSync(single).length + 2 ** 30);
  await choose(session, single);
  const tooLarge = 'single.safetensors: w takes 1.07\u00a0GB as float32; up to 537\u00a0MB are shown here.';
  assert.equal(await textOf(session, '#weights-status'), tooLarge);

  await session.click('#convert');
  await session.waitFor(`document.getElementById('converted').value > 0`);
  await session.click('#cancel');
  await session.waitFor(`document.getElementById('convert-status').textContent === 'Cancelled.'`);
  assert.equal(await session.evaluate(`document.getElementById('download').href`), '');

  await convert(session);
  const digest = await session.evaluate(async () => {
    const bytes = await (await fetch(document.querySelector<HTMLAnchorElement>('#download')!.href)).arrayBuffer();
    return [...new Uint8Array(await crypto.subtle.digest('SHA-256', bytes))].join();
  });
  const expected = createHash('sha256').update(await quantizedNatively(context, file, ['--format', 'tl2'])).digest();
  assert.equal(digest, [...expected].join());
});
