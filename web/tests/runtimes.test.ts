/// The packed package where there is no browser and no Node: under Bun and Deno, in Cloudflare's runtime, and in bundles that know no
/// address of their own.

import assert from 'node:assert/strict';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { build } from 'esbuild';
import { installPacked, run } from './packed.ts';
import { inRepo } from './support.ts';

const program = (name: string) => inRepo(`web/node_modules/.bin/${name}`);
let folder: string;

before(async () => {
  folder = mkdtempSync(join(tmpdir(), 'trilane-runtimes-'));
  await installPacked(folder);
  for (const name of ['runtimes', 'readme']) cpSync(inRepo(`web/tests/consumers/${name}`), join(folder, name), { recursive: true });
});
after(() => rmSync(folder, { recursive: true, force: true }));

const said = async (name: string, args: string[]) => JSON.parse(await run(program(name), args, join(folder, 'runtimes'))) as object;

const expected = {
  arch: 'relaxed',
  workerArch: 'relaxed',
  format: 'tl2', // of the README's file, quantized in a worker
  refused: 'bad_file',
  weights: [4, 1, -1, -2, 0.5, 3], // the worker goes on after that
};

test('Bun: on its main thread and in the worker', async () => {
  assert.deepEqual(await said('bun', ['main.js']), expected);
});

test('Deno: on its main thread and in the worker', async () => {
  assert.deepEqual(await said('deno', ['run', '--quiet', '--no-prompt', '--allow-read', 'main.js']), expected);
});

test('Deno without any permission', async () => {
  assert.deepEqual(await said('deno', ['run', '--quiet', '--no-prompt', 'load.js']), { arch: 'relaxed' });
});

/** Bundles a script as Cloudflare's tools do and runs it in their runtime. `compatibilityDate` is before it had FinalizationRegistry. */
async function inWorkerd(script: string): Promise<string> {
  const at = join(folder, 'runtimes');
  await build({ entryPoints: [join(at, script)], bundle: true, format: 'esm', external: ['*.wasm'], outfile: join(at, 'bundled.js') });
  const wasm = (name: string) => `( name = "trilane/${name}", wasm = embed "../node_modules/trilane/dist/${name}" )`;
  const modules = ['( name = "worker.js", esModule = embed "bundled.js" )', wasm('trilane-kernels.wasm'), wasm('trilane-kernels-relaxed.wasm')];
  const config = `
    using Workerd = import "/workerd/workerd.capnp";
    const config :Workerd.Config = ( services = [
      ( name = "main", worker = ( modules = [ ${modules.join()} ], compatibilityDate = "2024-09-01" ) ) ] );`;
  writeFileSync(join(at, 'config.capnp'), config);
  return run(program('workerd'), ['test', 'config.capnp'], at);
}

test('Cloudflare Workers: a module that is imported', async () => {
  const [plain, relaxed] = (await inWorkerd('workerd-module.js')).trim().split('\n');
  assert.match(plain!, /^simd128, the module that was given does not have it.*: 0 3\.848/);
  assert.match(relaxed!, /^relaxed, null: 0 3\.848/);
});

test('Cloudflare Workers: without one, the error says why and what to do', async () => {
  assert.match(await inWorkerd('workerd-plain.js'), /^load_failed .*code generation disallowed by embedder\. .*load\(\{ module \}\)/);
});

for (const format of ['iife', 'cjs'] as const) {
  test(`a bundle as ${format} loads the kernels, and says that its worker has no address`, async () => {
    const outfile = join(folder, `${format}.cjs`);
    const at = join(folder, 'runtimes', 'bundled-app.js');
    const { warnings } = await build({ entryPoints: [at], bundle: true, format, outfile, logLevel: 'silent' });
    assert.ok(warnings.every(({ text }) => text.includes('import.meta')), JSON.stringify(warnings));
    const lines = (await run(process.execPath, [outfile], folder)).trim().split('\n');
    assert.deepEqual(lines[0], 'relaxed');
    assert.match(lines[1]!, /^load_failed The worker cannot be loaded: .*Bundle it as an ES module/);
  });
}

test('the README names what Cloudflare imports', () => {
  const exported = JSON.parse(readFileSync(inRepo('web/package.json'), 'utf8')) as { exports: Record<string, unknown> };
  const readme = readFileSync(inRepo('web/README.md'), 'utf8');
  const named = [...readme.matchAll(/from 'trilane(\/[^']*)?'/g)].map(([, path = '']) => `.${path}`);
  assert.ok(named.includes('./trilane-kernels-relaxed.wasm'));
  assert.deepEqual(named.filter((name) => !(name in exported.exports)), []);
});
