/// The packed package as its users have it: under Node, in plain HTML under a strict content security policy, in a worker of
/// their own, in a Vite app, and in front of a compiler. All must compute the same numbers.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { copyFileSync, cpSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { after, before, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { serve } from '../runner/server.ts';
import {
  type Session,
  chromiumWithoutSimd,
  firefoxWithoutRelaxed,
  openSession,
  skipWithout,
  testInEachBrowser,
  webkitWithoutSimd,
} from './browsers.ts';
import { installPacked, run } from './packed.ts';
import { inRepo } from './support.ts';

interface Exercised {
  results: { format: string; y: number[]; snrDb: number }[];
  code: string;
}

interface Result {
  arch: string;
  workerArch?: string;
  here: Exercised;
  there?: Exercised;
  error?: string;
  code?: string;
}

const consumers = inRepo('web/tests/consumers');
const vite = inRepo('web/node_modules/vite/bin/vite.js');
let folder: string;
let expected: Exercised;

/** A consumer's folder, with the package installed from its tarball and the exercise beside it. */
const consumer = (name: string) => join(folder, name);

before(async () => {
  folder = mkdtempSync(join(tmpdir(), 'trilane-consumers-'));
  await installPacked(folder);
  for (const name of readdirSync(consumers, { withFileTypes: true })) {
    if (!name.isDirectory()) continue;
    cpSync(join(consumers, name.name), consumer(name.name), { recursive: true });
    copyFileSync(join(consumers, 'exercise.js'), join(consumer(name.name), 'exercise.js'));
  }
  cpSync(consumer('readme'), join(consumer('vite'), 'readme'), { recursive: true });
  for (const name of ['plain', 'own-worker']) {
    cpSync(join(folder, 'node_modules/trilane/dist'), join(consumer(name), 'trilane'), { recursive: true });
  }
  const { arch, ...rest } = JSON.parse(await run(process.execPath, ['main.mjs'], consumer('node'))) as Exercised & { arch: string };
  assert.equal(arch, 'relaxed');
  assert.equal(rest.code, 'size_mismatch');
  assert.equal(rest.results.length, 3);
  assert.ok(rest.results.every(({ y, snrDb }) => y.length === 48 && y.some((value) => value !== 0) && snrDb > 1));
  expected = rest;
});
after(() => rmSync(folder, { recursive: true, force: true }));

const resultOf = async (session: Session): Promise<Result> => {
  await session.waitFor('globalThis.result', 60);
  return session.evaluate<[], Result>('globalThis.result');
};

function assertExpected(result: Result, arch: string): void {
  assert.equal(result.error, undefined);
  assert.equal(result.arch, arch);
  assert.deepEqual(result.here, expected);
  if (result.there) {
    assert.equal(result.workerArch, arch);
    assert.deepEqual(result.there, expected);
  }
}

test('only the package is packed, and publint finds nothing', async () => {
  const packed = readdirSync(join(folder, 'node_modules/trilane'));
  assert.deepEqual(packed.filter((name) => !['README.md', 'dist', 'package.json'].includes(name)), []);
  const licenses = readdirSync(join(folder, 'node_modules/trilane/dist/licenses'));
  assert.deepEqual(licenses.sort(), ['emscripten.txt', 'nlohmann-json.txt', 'trilane.txt', 'wasm-feature-detect.txt', 'xsimd.txt']);
  await run(process.execPath, [inRepo('web/node_modules/publint/src/cli.js'), '--strict', join(folder, 'node_modules/trilane')], folder);
});

test('the simd128 module and its glue have 100 kB at most after gzip', () => {
  const size = (name: string) => gzipSync(readFileSync(join(folder, 'node_modules/trilane/dist', name)), { level: 9 }).length;
  const bytes = size('trilane-kernels.wasm') + size('trilane-kernels.js');
  assert.ok(bytes <= 100_000, `${bytes} bytes`);
});

test('Node without relaxed SIMD computes the same', async () => {
  const { arch, ...rest } = JSON.parse(await run(process.execPath, ['main.mjs', 'plain'], consumer('node'))) as Exercised & { arch: string };
  assert.equal(arch, 'simd128');
  assert.deepEqual(rest, expected);
});

test('the first code of the README does what it says', async () => {
  assert.match(await run(process.execPath, ['main.js'], consumer('readme')), /\[\s*1, 1, -1, -1, 0, 1\s*\][^]*\[\s*0, 3\.848[\d.]* \] \{ snrDb: [\d.]+, cosine: [\d.]+, zeros: [\d.]+ \}/);
});

// 5.0 has no `using`, 5.6 no Uint8Array<ArrayBuffer>.
const compilers = [
  { compiler: 'typescript', resolution: 'Bundler', lib: ['ES2022', 'DOM', 'ESNext'], file: 'main.ts' },
  { compiler: 'typescript', resolution: 'NodeNext', lib: ['ES2022', 'DOM'], file: 'main.ts' },
  { compiler: 'typescript', resolution: 'Node10', lib: ['ES2022'], file: 'without-dom.ts' },
  { compiler: 'typescript-5.6', resolution: 'Bundler', lib: ['ES2022', 'DOM'], file: 'main.ts' },
  { compiler: 'typescript-5.0', resolution: 'Node10', lib: ['ES2022', 'DOM'], file: 'oldest.ts' },
];
for (const { compiler, resolution, lib, file } of compilers) {
  const packages = inRepo(`web/node_modules/${compiler}`);
  const { version } = JSON.parse(readFileSync(join(packages, 'package.json'), 'utf8')) as { version: string };
  test(`TypeScript ${version} takes the types, resolved as ${resolution} does, with ${lib.join()}`, async () => {
    const options = {
      target: 'ES2022',
      lib,
      module: { Bundler: 'ESNext', NodeNext: 'NodeNext', Node10: 'ES2022' }[resolution],
      moduleResolution: resolution,
      strict: true,
      exactOptionalPropertyTypes: true,
      skipLibCheck: false,
      types: [],
      noEmit: true,
    };
    const project = join(consumer('types'), `${compiler}-${resolution}.json`);
    writeFileSync(project, JSON.stringify({ compilerOptions: options, files: [file] }));
    await run(process.execPath, [join(packages, 'bin/tsc'), '-p', project], consumer('types'));
  });
}

/** Serves a consumer's folder and opens it. */
async function open(context: Parameters<typeof openSession>[0], path: string, ...browser: [Parameters<typeof openSession>[1], Parameters<typeof openSession>[3]?]) {
  const server = await serve(path);
  context.after(() => server.close());
  return openSession(context, browser[0], server.url, browser[1]);
}

testInEachBrowser('plain HTML, on the page and in the worker helper', async (context, name) => {
  const session = await open(context, consumer('plain'), name);
  assertExpected(await resultOf(session), name === 'webkit' ? 'simd128' : 'relaxed');
});

testInEachBrowser("a user's own worker", async (context, name) => {
  const session = await open(context, consumer('own-worker'), name);
  assertExpected(await resultOf(session), name === 'webkit' ? 'simd128' : 'relaxed');
});

test('a browser without relaxed SIMD', { skip: skipWithout('firefox') }, async (context) => {
  const session = await open(context, consumer('plain'), 'firefox', firefoxWithoutRelaxed);
  assertExpected(await resultOf(session), 'simd128');
});

for (const [name, options] of [['chromium', chromiumWithoutSimd], ['webkit', webkitWithoutSimd]] as const) {
  test(`${name} without SIMD says so`, { skip: skipWithout(name) }, async (context) => {
    const result = await resultOf(await open(context, consumer('plain'), name, options));
    assert.equal(result.code, 'unsupported');
    assert.match(result.error!, /needs WebAssembly with SIMD/);
  });
}

test('a Vite app, built', { skip: skipWithout('chromium') }, async (context) => {
  await run(process.execPath, [vite, 'build', '--base', './'], consumer('vite'));
  const session = await open(context, join(consumer('vite'), 'dist'), 'chromium');
  assertExpected(await resultOf(session), 'relaxed');
});

test("a Vite app, on Vite's development server", { skip: skipWithout('chromium') }, async (context) => {
  const server = spawn(process.execPath, [vite, '--port', '0'], { cwd: consumer('vite'), stdio: ['ignore', 'pipe', 'inherit'] });
  context.after(() => server.kill());
  for await (const line of createInterface(server.stdout)) {
    const url = /http:\/\/localhost:\d+\//.exec(line.replace(/\x1b\[\d+m/g, ''))?.[0];
    if (url === undefined) continue;
    assertExpected(await resultOf(await openSession(context, 'chromium', url)), 'relaxed');
    return;
  }
  assert.fail('the server ended');
});
