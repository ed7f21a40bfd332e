import { load } from 'trilane';
import { startWorker } from 'trilane/worker';
// @ts-expect-error plain JavaScript
import { exercise } from './exercise.js';
// @ts-expect-error plain JavaScript
import { quantizeFile } from './readme/worker.js';

async function run() {
  const tl = await load();
  const worker = await startWorker();
  const small = tl.writeSafetensors({ a: { shape: [2, 3], data: Float32Array.of(4, 1, -1, -2, 0.5, 3) } });
  const quantized: Blob = await quantizeFile(new File([small], 'small'), {});
  const file = tl.openSafetensors(await quantized.arrayBuffer());
  if (file.matrix('a').format !== 'tl2') throw new Error('the quantized file holds something else');
  return { arch: tl.arch, workerArch: worker.arch, here: await exercise(tl), there: await exercise(worker) };
}
run().then(
  (result) => Object.assign(globalThis, { result }),
  (error: Error) => Object.assign(globalThis, { result: { error: String(error) } }),
);
