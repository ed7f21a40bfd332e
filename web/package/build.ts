/// Builds the npm package into web/dist: JavaScript by esbuild, declarations by tsc, the WebAssembly modules from build/wasm/web.

import { execFileSync } from 'node:child_process';
import { copyFileSync, cpSync, existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { type BuildOptions, type Plugin, build, transform } from 'esbuild';

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));
const modules = here('../../build/wasm/web');
const dist = here('../dist');
const license = `/*! trilane, MIT licence. Contains wasm-feature-detect (Copyright Google Inc., Apache-2.0) and others: see licenses/ */`;

/** What the sources name by where the build leaves it, and the package by its own files. */
const replacements: Record<string, string> = {
  './variants.ts': `
    export const glue = () => import('./trilane-kernels.js');
    export const variants = {
      simd128: {
        wasm: () => new URL('./trilane-kernels.wasm', import.meta.url),
        inlined: () => import('./trilane-kernels.inlined.js'),
      },
      relaxed: {
        wasm: () => new URL('./trilane-kernels-relaxed.wasm', import.meta.url),
        inlined: () => import('./trilane-kernels-relaxed.inlined.js'),
      },
    };`,
  './worker-source.ts': `
    // The address on its own: a bundler that sees a worker's creation bundles its script anew, and Vite then fails unless it is told of
    // ES modules. In a function: where import.meta.url is unknown, as in a bundle of CommonJS, it throws.
    const url = () => new URL('./worker-script.js', import.meta.url);
    export const createWorker = () => new Worker(url(), { type: 'module', name: 'trilane' });
    export const createWorkerOtherwise = async () => {
      const script = await import('./worker-script.js');
      return new Worker(script.url, { type: 'module', name: 'trilane' });
    };`,
};

const replace: Plugin = {
  name: 'replace',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^\.\/(variants|worker-source)\.ts$/ }, ({ path }) => ({ path, namespace: 'replaced' }));
    onLoad({ filter: /.*/, namespace: 'replaced' }, ({ path }) => ({ contents: replacements[path]!, loader: 'js' }));
    onResolve({ filter: /.*/, namespace: 'replaced' }, ({ path }) => ({ path, external: true }));
  },
};

const options: BuildOptions = {
  outdir: dist,
  bundle: true,
  format: 'esm',
  target: 'es2022',
  sourcemap: true,
  banner: { js: license },
  plugins: [replace],
  logLevel: 'warning',
};

/** The glue, smaller. Both modules have the same but for a file name that is not used: a caller may hand in either module. */
async function copyGlue(): Promise<void> {
  const [plain, relaxed] = ['trilane-kernels', 'trilane-kernels-relaxed'].map((name) => readFileSync(`${modules}/${name}.mjs`, 'utf8'));
  if (relaxed!.replaceAll('trilane-kernels-relaxed', 'trilane-kernels') !== plain) throw new Error('the two modules need glue of their own');
  const glue = await transform(plain!, { minify: true, format: 'esm' });
  writeFileSync(`${dist}/trilane-kernels.js`, glue.code);
}

/** A module's two files: the .wasm, and that as base64 in a module. */
function copyModule(name: string): void {
  copyFileSync(`${modules}/${name}.wasm`, `${dist}/${name}.wasm`);
  const base64 = readFileSync(`${modules}/${name}.wasm`).toString('base64');
  writeFileSync(`${dist}/${name}.inlined.js`, `export default '${base64}';\n`);
}

/** The declarations that the two entries lead to. */
const published = ['index', 'worker', 'call-options', 'errors', 'load', 'matrix', 'safetensors', 'trilane', 'types'];

/** Declarations name their neighbours by the sources' ending, and disposable.d.ts by its place in the sources. */
function writeDeclarations(): void {
  execFileSync(process.execPath, [here('../node_modules/typescript/bin/tsc'), '-p', here('tsconfig.declarations.json')], {
    stdio: 'inherit',
  });
  for (const name of readdirSync(dist)) {
    if (!name.endsWith('.d.ts')) continue;
    if (!published.includes(name.slice(0, -'.d.ts'.length))) {
      rmSync(`${dist}/${name}`);
      continue;
    }
    const text = readFileSync(`${dist}/${name}`, 'utf8');
    const renamed = text.replace(/(from '\.\/[\w-]+)\.ts'/g, "$1.js'").replace('"../package/disposable.d.ts" preserve="true"', '"./disposable.d.ts"');
    writeFileSync(`${dist}/${name}`, renamed);
  }
}

function reportSizes(): void {
  for (const name of ['trilane-kernels', 'trilane-kernels-relaxed']) {
    const size = (file: string) => gzipSync(readFileSync(`${dist}/${file}`), { level: 9 }).length;
    const [wasm, glue] = [size(`${name}.wasm`), size('trilane-kernels.js')];
    const kB = (bytes: number) => `${(bytes / 1000).toFixed(1)} kB`;
    console.log(`${name}: ${kB(wasm + glue)} after gzip (${kB(wasm)} and ${kB(glue)} of glue)`);
  }
}

if (!existsSync(`${modules}/trilane-kernels.wasm`)) {
  console.error('package: no WebAssembly modules: run cmake --preset wasm && cmake --build --preset wasm --target trilane_web first');
  process.exit(1);
}
const fault = `${modules}/../test-fault.txt`; // of cmake/TestFault.cmake
if (existsSync(fault)) {
  console.error(`package: the modules are faulty on purpose (TRILANE_TEST_FAULT=${readFileSync(fault, 'utf8').trim()}) and are not packed`);
  process.exit(1);
}
rmSync(dist, { recursive: true, force: true });
mkdirSync(dist, { recursive: true });
await build({ ...options, entryPoints: [here('index.ts'), here('worker.ts')], splitting: true, chunkNames: 'shared-[hash]' });
await build({ ...options, entryPoints: [here('worker-script.ts')], minify: true });
await copyGlue();
copyModule('trilane-kernels');
copyModule('trilane-kernels-relaxed');
writeDeclarations();
copyFileSync(here('disposable.d.ts'), `${dist}/disposable.d.ts`);
cpSync(here('licenses'), `${dist}/licenses`, { recursive: true });
copyFileSync(here('../../LICENSE'), `${dist}/licenses/trilane.txt`);
copyFileSync(here('../node_modules/wasm-feature-detect/LICENSE'), `${dist}/licenses/wasm-feature-detect.txt`);
reportSizes();
