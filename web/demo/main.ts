/// The demo page: it is there at once; the kernels come after its first paint.

import { startWorker } from 'trilane/worker';
import { Caller } from './calls.ts';
import { weightsUrl } from './digits/assets.ts';
import type { DigitMethods } from './digits/protocol.ts';
import { DigitSection } from './digits/section.ts';
import { element } from '../shared/element.ts';
import type { WeightMethods } from './weights/protocol.ts';
import { WeightSection } from './weights/section.ts';

// `?relaxed=no` shows what a browser without relaxed SIMD does.
const relaxed = new URLSearchParams(location.search).get('relaxed') !== 'no';

const engine = element('engine');

async function digitsFile(): Promise<File> {
  const response = await fetch(weightsUrl);
  if (!response.ok) throw new Error(`The digit network could not be loaded: ${response.status} ${response.statusText}.`);
  return new File([await response.blob()], 'digits.safetensors');
}

/** What runs here, and why not more. */
function describeEngine({ version, arch, whyNotRelaxed }: { version: string; arch: string; whyNotRelaxed: string | null }): void {
  const kernels = { relaxed: 'WebAssembly with relaxed SIMD', simd128: 'WebAssembly with 128-bit SIMD' }[arch] ?? arch;
  const reason = whyNotRelaxed ? ` Not with relaxed SIMD: ${whyNotRelaxed}.` : '';
  engine.textContent = `trilane ${version} runs here as ${kernels}.${reason}`;
}

async function start(): Promise<void> {
  const digitWorker = new Worker(new URL('./digits/worker.ts', import.meta.url), { type: 'module' });
  const digits = new DigitSection(new Caller<DigitMethods>(digitWorker));
  describeEngine(await digits.open(relaxed));

  const weightWorker = new Worker(new URL('./weights/worker.ts', import.meta.url), { type: 'module' });
  const weightCaller = new Caller<WeightMethods>(weightWorker);
  const [kernels] = await Promise.all([startWorker({ relaxed }), weightCaller.call('open', relaxed)]);
  // One after the other, so that neither takes the other's time.
  await new WeightSection(kernels, weightCaller, digitsFile).open(digitsFile);
  await digits.measure();
}

element('copy').addEventListener('click', () => {
  const snippet = element('snippet');
  navigator.clipboard.writeText(snippet.textContent ?? '').then(
    () => (element('copy').textContent = 'Copied'),
    () => getSelection()?.selectAllChildren(snippet), // what may not be copied can be marked
  );
});

// Two frames: the first is painted when the second begins.
requestAnimationFrame(() =>
  requestAnimationFrame(() => {
    start().catch((error: unknown) => {
      engine.textContent = error instanceof Error ? error.message : String(error);
      engine.classList.add('bad');
      document.documentElement.dataset['state'] = 'failed';
    });
  }),
);
